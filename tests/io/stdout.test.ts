import { expect, test } from "bun:test";
import { join } from "node:path";
import { type FileSystem, realFileSystem } from "../../lib/io/fs.ts";
import { writePatiently } from "../../lib/io/stdout.ts";
import { ENV } from "../helpers/ckpt.ts";

const PROGRAM = join(import.meta.dir, "../fixtures/io/write-stdout.ts");

/** What the fixture says when a shell runs it with `redirection` behind it, after `before`. */
async function run(
  redirection: string,
  before = ":",
): Promise<{ readonly status: number; readonly errors: string }> {
  const script = `${before}; "$0" "$1" ${redirection}`;
  const child = Bun.spawn(["bash", "-c", script, process.execPath, PROGRAM], {
    env: ENV,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [, errors, status] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return { status, errors };
}

test("all is written to a reader that takes its time", async () => {
  expect(await run("| { sleep 0.2; wc -c; }")).toEqual({ status: 0, errors: "64 blocks, then true\n" });
});

test("a reader that goes away is no error, and nothing more is written", async () => {
  const { status, errors } = await run("| head -c 1 > /dev/null");
  expect(status).toBe(0);
  expect(errors).toMatch(/^\d blocks, then false\n$/);
});

test("a pipe that is closed from the start is no error", async () => {
  expect(await run(">&3", "exec 3> >(:); wait $!")).toMatchObject({ status: 0 });
});

test("a full disk is an error", async () => {
  const { status, errors } = await run("> /dev/full");
  expect(status).not.toBe(0);
  expect(errors).toContain("ENOSPC");
});

/** A file system whose writes go as `steps` says: so many bytes, or an error of that code. */
function scripted(steps: (number | string)[]): { readonly fs: FileSystem; readonly taken: () => string } {
  let taken = "";
  const writeSync = (_fd: number, bytes: Uint8Array, offset: number, length: number): number => {
    const step = steps.shift() ?? length;
    if (typeof step === "string") throw Object.assign(new Error(step), { code: step });
    taken += Buffer.from(bytes.subarray(offset, offset + step)).toString();
    return step;
  };
  return { fs: { ...realFileSystem, writeSync: writeSync as FileSystem["writeSync"] }, taken: () => taken };
}

test("short writes and a full pipe are handled", () => {
  const { fs, taken } = scripted([3, "EAGAIN", "EAGAIN", 1, "EAGAIN"]);
  expect(writePatiently(fs, 1, Buffer.from("content"))).toBe(true);
  expect(taken()).toBe("content");
});

test("any other error of a write is thrown", () => {
  expect(() => writePatiently(scripted([2, "EIO"]).fs, 1, Buffer.from("content"))).toThrow("EIO");
});
