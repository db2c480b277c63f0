import { afterAll, afterEach, expect, test } from "bun:test";
import * as nodeFs from "node:fs";
import { keepInput } from "../../lib/input/copy-input.ts";
import type { FileSystem } from "../../lib/io/fs.ts";
import { errorOf, newFile, newPath, removeFiles } from "../helpers/inputs.ts";
import { ENV } from "../helpers/ckpt.ts";

afterAll(removeFiles);

const CONTENT = Buffer.from("你好, line\n".repeat(50_000));

function failing(name: keyof FileSystem, code: string, from = 1): FileSystem {
  let calls = 0;
  const call = nodeFs[name] as (...args: unknown[]) => unknown;
  const fail = (...args: unknown[]): unknown => {
    if (++calls < from) return call(...args);
    throw Object.assign(new Error(`${code}: injected`), { code });
  };
  return { ...nodeFs, [name]: fail };
}

const writers: Bun.Subprocess[] = [];

// A writer whose FIFO nobody has opened would wait for ever, and hold this process's streams open.
afterEach(() => {
  for (const writer of writers.splice(0)) writer.kill("SIGKILL");
});

function fifo(content: Buffer): string {
  const path = newPath();
  expect(Bun.spawnSync(["mkfifo", path], { env: ENV }).exitCode).toBe(0);
  const stdio = [content, "ignore", "ignore"] as const;
  writers.push(Bun.spawn(["sh", "-c", 'exec cat > "$1"', "sh", path], { env: ENV, stdio: [...stdio] }));
  return path;
}

test("keepInput() copies a FIFO whole, syncs the copy, and tells its size and SHA-256", async () => {
  const calls: string[] = [];
  const target = newFile("an older and longer copy".repeat(100_000));
  const fs: FileSystem = {
    ...nodeFs,
    writeSync: ((...args: Parameters<typeof nodeFs.writeSync>) => {
      calls.push("write");
      return nodeFs.writeSync(...args);
    }) as typeof nodeFs.writeSync,
    fsyncSync: (fd) => {
      calls.push("fsync");
      nodeFs.fsyncSync(fd);
    },
  };
  const source = fifo(CONTENT);
  const bytes = await keepInput(fs, source, target, { shownPath: "shown" });
  expect(bytes).toEqual({ sizeBytes: CONTENT.length, sha256: Bun.SHA256.hash(CONTENT, "hex") });
  expect(nodeFs.readFileSync(target)).toEqual(CONTENT);
  expect(calls.lastIndexOf("write")).toBe(calls.length - 2);
  expect(calls.at(-1)).toBe("fsync");
});

test("keepInput() copies what a descriptor gives and leaves it open", async () => {
  const fd = nodeFs.openSync(newFile(CONTENT), "r");
  const target = newPath();
  const { sizeBytes } = await keepInput(nodeFs, fd, target);
  expect(sizeBytes).toBe(CONTENT.length);
  expect(nodeFs.readFileSync(target)).toEqual(CONTENT);
  nodeFs.closeSync(fd);
});

test("keepInput() continues after short writes", async () => {
  const target = newPath();
  const short = {
    ...nodeFs,
    writeSync: ((fd: number, bytes: Uint8Array, offset: number, length: number) =>
      nodeFs.writeSync(fd, bytes, offset, Math.min(length, 1000))) as typeof nodeFs.writeSync,
  };
  await keepInput(short, newFile(CONTENT), target);
  expect(nodeFs.readFileSync(target)).toEqual(CONTENT);
});

test.each([
  ["writeSync", "ENOSPC", 3, "checkpoint.diskFull"],
  ["writeSync", "EIO", 1, "checkpoint.writeFailed"],
  ["openSync", "EACCES", 1, "checkpoint.writeFailed"],
  ["fsyncSync", "EIO", 1, "checkpoint.syncFailed"],
] as const)(
  "when %s fails with %s, keepInput() says so and leaves no copy",
  async (call, code, from, name) => {
    const target = newPath();
    const fs = failing(call, code, from);
    expect(await errorOf(() => keepInput(fs, newFile(CONTENT), target))).toEqual({
      code: name,
      path: target,
      cause: `${code}: injected`,
    });
    expect(nodeFs.existsSync(target)).toBe(false);
  },
);

test("a source that cannot be read is the input's error, not the checkpoint's", async () => {
  const target = newPath();
  for (const [source, code] of [
    [newPath(), "input.missing"],
    [import.meta.dir, "input.folder"],
  ] as const) {
    expect(await errorOf(() => keepInput(nodeFs, source, target, { shownPath: "shown" }))).toEqual({
      code,
      path: "shown",
    });
  }
  expect(nodeFs.existsSync(target)).toBe(false);
});

test("a signal ends the waiting for a source that says nothing", async () => {
  const target = newPath();
  const path = newPath();
  expect(Bun.spawnSync(["mkfifo", path], { env: ENV }).exitCode).toBe(0);
  // Open for reading and writing: nobody has to come, nothing does.
  const fd = nodeFs.openSync(path, nodeFs.constants.O_RDWR);
  const stop = new AbortController();
  const reason = new Error("stopped");
  const kept = keepInput(nodeFs, fd, target, { signal: stop.signal });
  stop.abort(reason);
  expect(await kept.catch((error: unknown) => error)).toBe(reason);
  expect(nodeFs.existsSync(target)).toBe(false);
  nodeFs.writeSync(fd, "x");
  nodeFs.closeSync(fd);
});
