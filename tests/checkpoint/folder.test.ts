// The folder of a checkpoint in the hands of one process: locked, proved to be writable, tidied.
import { describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { lockFolder } from "../../lib/checkpoint/folder.ts";
import { currentHolder } from "../../lib/checkpoint/owner.ts";
import { seal } from "../../lib/checkpoint/status/seal.ts";
import { realFileSystem, type FileSystem } from "../../lib/io/fs.ts";
import { systemClock } from "../../lib/io/clock.ts";
import { takeLock } from "../../lib/io/lock.ts";
import { makeCheckpoint, newPaths } from "../helpers/checkpoint.ts";
import { FaultyFileSystem } from "../helpers/faulty-fs.ts";
import { rejection } from "../helpers/rejection.ts";
import { ENV } from "../helpers/ckpt.ts";

const OWNER = { pid: process.pid, host: "a-host", started_at: "2026-11-23T20:00:00.000Z" };
const lock = (dir: string, files: FileSystem = realFileSystem): ReturnType<typeof lockFolder> =>
  lockFolder(files, dir, OWNER, systemClock);

describe("lockFolder", () => {
  test("makes the folder and those above it, for their owner alone", async () => {
    const dir = path.join(newPaths().dir, "a/b");
    const folder = await lock(dir);
    expect(fs.statSync(dir).mode & 0o777).toBe(0o700);
    expect(fs.readdirSync(dir).toSorted()).toEqual(["lock", "owner.json"]);
    folder.release();
    expect(fs.existsSync(folder.paths.owner)).toBe(false);
  });

  test("a second one is refused and told who has it; after the release it may", async () => {
    const { dir } = newPaths();
    const script = `import { lockFolder } from ${JSON.stringify(path.resolve("lib/checkpoint/folder.ts"))};
      import { systemClock } from ${JSON.stringify(path.resolve("lib/io/clock.ts"))};
      import * as fs from "node:fs";
      const owner = { pid: process.pid, host: "first", started_at: "T" };
      const folder = await lockFolder(fs, ${JSON.stringify(dir)}, owner, systemClock);
      console.log("locked");
      for await (const _ of process.stdin) folder.release();`;
    const first = Bun.spawn([process.execPath, "-e", script], {
      env: ENV,
      stdin: "pipe",
      stdout: "pipe",
      stderr: "inherit",
    });
    await first.stdout.getReader().read();
    expect(await rejection(lock(dir))).toMatchObject({
      code: "checkpoint.locked",
      params: { dir, pid: first.pid, host: "first", since: "T" },
    });
    first.kill("SIGKILL");
    await first.exited;
    (await lock(dir)).release();
  });

  test("finishes a move whose intent is there, and removes what was left half done", async () => {
    const paths = newPaths();
    await makeCheckpoint(paths, 1, 0);
    fs.writeFileSync(path.join(paths.dir, "processing_status.json.tmp"), "half");
    fs.mkdirSync(path.join(paths.backups, ".stage-0"), { recursive: true });
    fs.mkdirSync(path.join(paths.backups, ".tmp-by-hand"));
    const out = ["processing_status.json", "checkpoint_results.jsonl"];
    const none = { manifest: null, stage: null, in: [], receipt: null };
    const intent = { v: 1, kind: "intent", id: "0", out, target: "moved", ...none };
    fs.writeFileSync(paths.intent, seal(intent));
    const making = await takeLock(realFileSystem, paths.backupLock, systemClock);
    const folder = await lock(paths.dir);
    expect(fs.readdirSync(path.join(paths.backups, "moved")).toSorted()).toEqual(out.toSorted());
    expect(fs.readdirSync(paths.backups).toSorted()).toEqual([".tmp-by-hand", "moved"]);
    const files = fs.readdirSync(paths.dir).filter((name) => !name.includes("lock"));
    expect(files.toSorted()).toEqual(["backups", "owner.json"]);
    folder.release();
    making?.release();
    // Nobody is making a backup any more: what is there was left half built.
    (await lock(paths.dir)).release();
    expect(fs.readdirSync(paths.backups)).toEqual(["moved"]);
  });

  for (const [call, code, expected] of [
    ["write", "ENOSPC", "checkpoint.diskFull"],
    ["fsync", "EIO", "checkpoint.notWritable"],
    ["rename", "EROFS", "checkpoint.notWritable"],
  ] as const) {
    test(`a folder in which ${call} fails is refused before anything is run, and let go of`, async () => {
      const { dir } = newPaths();
      const faulty = new FaultyFileSystem();
      faulty.fail({ call, name: "probe.tmp.tmp", code });
      expect(await rejection(lock(dir, faulty.fs))).toMatchObject({ code: expected });
      (await lock(dir)).release();
    });
  }

  test("a symbolic link in the place of a file of ckpt is not followed", async () => {
    const paths = newPaths();
    fs.writeFileSync(path.join(paths.dir, "precious"), "precious");
    fs.symlinkSync("precious", paths.owner);
    expect(await rejection(lock(paths.dir))).toMatchObject({ code: "checkpoint.notOurs" });
    expect(fs.readFileSync(path.join(paths.dir, "precious"), "utf8")).toBe("precious");
  });

  test("nobody holds a folder that was never locked, or whose holder has let go", async () => {
    const paths = newPaths();
    expect(currentHolder(realFileSystem, paths)).toBeNull();
    const folder = await lock(paths.dir);
    expect(currentHolder(realFileSystem, paths)).toEqual(OWNER);
    folder.release();
    expect(currentHolder(realFileSystem, paths)).toBeNull();
  });
});
