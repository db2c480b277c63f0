// A log that is taken over from an owner that may still be running: whatever the two do, and wherever a kill comes, nothing that was saved is lost.
import { describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { lockFolder } from "../../../lib/checkpoint/folder.ts";
import { takeOverLog } from "../../../lib/checkpoint/log/take-over.ts";
import { type CheckpointPaths, checkpointPaths } from "../../../lib/checkpoint/names.ts";
import type { Session } from "../../../lib/checkpoint/status/session.ts";
import { systemClock } from "../../../lib/io/clock.ts";
import { type FileSystem, realFileSystem } from "../../../lib/io/fs.ts";
import { FUSE } from "../../../lib/io/network-folder.ts";
import { addAll, newPaths, openSession, OWNER, recoverAll } from "../../helpers/checkpoint.ts";
import { crashingFileSystem, failingFileSystem, interruptedFileSystem } from "../../helpers/crashing-fs.ts";
import { memoryFolder } from "../../helpers/memory.ts";
import { mountedFileSystem } from "../../helpers/mounted-fs.ts";

const ELSEWHERE = { pid: 77, host: "elsewhere", started_at: "2026-11-23T21:00:00.000Z" };
const nobody = (): void => undefined;
const lock = (paths: CheckpointPaths, files: FileSystem = realFileSystem): ReturnType<typeof lockFolder> =>
  lockFolder(files, paths.dir, OWNER, systemClock);

/** A running session of a process elsewhere: two results are committed, and a third is saved. */
async function running(
  files: FileSystem = realFileSystem,
): Promise<{ readonly paths: CheckpointPaths; readonly session: Session }> {
  const paths = checkpointPaths(memoryFolder());
  fs.writeFileSync(paths.owner, JSON.stringify(ELSEWHERE));
  const session = openSession(paths, { fs: files, owner: ELSEWHERE });
  await session.begin();
  addAll(session, [0, 1]);
  await session.commit();
  addAll(session, [2]);
  session.write();
  return { paths, session };
}

/** Whether the commit was reported as saved; anything but a displaced owner, or one whose commit was disturbed, is an error. */
function isSaved(committed: Promise<void>): Promise<boolean> {
  return committed.then(
    () => true,
    (error: { readonly code?: string }) => {
      if (error.code === "checkpoint.takenOver" || error.code === "checkpoint.writeFailed") return false;
      throw error;
    },
  );
}

describe("takeOverLog()", () => {
  test("puts a copy in place: what the earlier owner appends goes into the old file", () => {
    const { log } = newPaths();
    fs.writeFileSync(log, "one\n");
    const old = fs.openSync(log, "a");
    takeOverLog(realFileSystem, log, nobody);
    fs.writeSync(old, "late\n");
    expect(fs.readFileSync(log, "utf8")).toBe("one\n");
    expect(fs.statSync(log).ino).not.toBe(fs.fstatSync(old).ino);
    expect(fs.statSync(log).mode & 0o777).toBe(0o600);
    expect(fs.readdirSync(path.dirname(log))).toEqual([path.basename(log)]);
    fs.closeSync(old);
  });

  test("makes nothing where there is no log", () => {
    const { log, dir } = newPaths();
    takeOverLog(realFileSystem, log, nobody);
    expect(fs.readdirSync(dir)).toEqual([]);
  });

  test("killed before any of its calls, or with one failing, the log is whole, and another try leaves nothing behind", () => {
    for (const broken of [crashingFileSystem, (at: number) => failingFileSystem(at, "ENOSPC")]) {
      for (let at = 1; ; at++) {
        const { log } = newPaths();
        fs.writeFileSync(log, "one\ntwo\n");
        const watched = broken(at);
        try {
          takeOverLog(watched.fs, log, nobody);
        } catch (error) {
          if (!watched.struck()) throw error;
        }
        expect(fs.readFileSync(log, "utf8")).toBe("one\ntwo\n");
        takeOverLog(realFileSystem, log, nobody);
        expect(fs.readFileSync(log, "utf8")).toBe("one\ntwo\n");
        expect(fs.readdirSync(path.dirname(log))).toEqual([path.basename(log)]);
        if (!watched.struck()) break;
      }
    }
  });

  test("what is appended before any of its calls is in the log, unless it came after the rename", () => {
    let late = 0;
    for (let at = 1; ; at++) {
      const { log } = newPaths();
      fs.writeFileSync(log, "one\n");
      const old = fs.openSync(log, "a");
      const inode = fs.fstatSync(old).ino;
      let wasInPlace = false;
      const watched = interruptedFileSystem(at, () => {
        wasInPlace = fs.statSync(log).ino === inode;
        fs.writeSync(old, "two\n");
      });
      takeOverLog(watched.fs, log, nobody);
      fs.closeSync(old);
      const text = fs.readFileSync(log, "utf8");
      if (wasInPlace) expect({ at, text }).toEqual({ at, text: "one\ntwo\n" });
      else if (watched.struck()) late++;
      if (!watched.struck()) break;
    }
    expect(late).toBeGreaterThan(0);
  });
});

describe("lockFolder() takes the log over", () => {
  const inode = ({ log }: CheckpointPaths): number => fs.statSync(log).ino;

  test("where the owner file names another machine", async () => {
    const { paths } = await running();
    const before = inode(paths);
    const folder = await lock(paths);
    expect([inode(paths) === before, folder.takenFrom]).toEqual([false, ELSEWHERE]);
    folder.release();
  });

  test("where the owner file does not tell whose it is", async () => {
    const { paths } = await running();
    fs.writeFileSync(paths.owner, '{"pid":');
    const before = inode(paths);
    const folder = await lock(paths);
    expect([inode(paths) === before, folder.takenFrom]).toEqual([false, null]);
    folder.release();
  });

  test("wherever an owner file is left on a file system whose locks may not reach other machines", async () => {
    const { paths } = await running();
    fs.writeFileSync(paths.owner, JSON.stringify({ ...OWNER, pid: 5 }));
    const before = inode(paths);
    (await lock(paths, mountedFileSystem("", 45, FUSE))).release();
    expect(inode(paths)).not.toBe(before);
  });

  test.each([
    ["a killed run of this machine", JSON.stringify({ ...OWNER, pid: 5 })],
    ["no owner file", null],
  ])("and not after %s on a local disk", async (_name, text) => {
    const { paths } = await running();
    if (text === null) fs.unlinkSync(paths.owner);
    else fs.writeFileSync(paths.owner, text);
    const before = inode(paths);
    const folder = await lock(paths);
    expect([inode(paths), folder.takenFrom]).toEqual([before, null]);
    folder.release();
  });

  test("again after a kill before any of its calls, and nothing saved is lost", async () => {
    for (let at = 1; ; at++) {
      const { paths, session } = await running();
      const before = inode(paths);
      const watched = crashingFileSystem(at);
      await lock(paths, watched.fs).catch(() => null);
      // As the system does with a killed process, whose lock ends with it.
      fs.rmSync(paths.lock, { force: true });
      const folder = await lock(paths);
      expect({ at, isOld: inode(paths) === before }).toEqual({ at, isOld: false });
      expect({ at, indices: recoverAll(paths).indices }).toEqual({ at, indices: [0, 1, 2] });
      folder.release();
      session.close();
      if (!watched.struck()) break;
    }
  });
});

test("release() leaves the owner file of whoever has taken over", async () => {
  const paths = newPaths();
  const folder = await lock(paths);
  fs.writeFileSync(paths.owner, JSON.stringify(ELSEWHERE));
  folder.release();
  expect(JSON.parse(fs.readFileSync(paths.owner, "utf8"))).toEqual(ELSEWHERE);
});

/** After both have come to an end: every record that was reported as saved is there, once, and not both continue. */
async function expectKept(
  at: number,
  paths: CheckpointPaths,
  saved: readonly number[],
  sessions: readonly Session[],
): Promise<void> {
  const continued = await Promise.all(sessions.map((session) => isSaved(session.commit())));
  expect({ at, both: continued.filter(Boolean).length > 1 }).toEqual({ at, both: false });
  const folder = await lock(paths);
  const { indices } = recoverAll(paths);
  expect({ at, indices }).toEqual({ at, indices: expect.arrayContaining([...saved]) });
  expect({ at, indices: [...new Set(indices)] }).toEqual({ at, indices });
  folder.release();
}

describe("two owners at once: what either reports as saved is in the log, and one of them stops", () => {
  test("the earlier one commits before any call of the one that takes over", async () => {
    let savedByEarlier = 0;
    for (let at = 1; ; at++) {
      const { paths, session } = await running();
      const earlier: Promise<boolean>[] = [];
      let isOver = false;
      const watched = interruptedFileSystem(at, () => {
        if (isOver) return;
        addAll(session, [3]);
        earlier.push(isSaved(session.commit()));
      });
      const saved = [0, 1];
      const sessions = [session];
      const folder = await lock(paths, watched.fs);
      try {
        const { recovered } = recoverAll(paths, watched.fs);
        if (recovered === null) throw new Error("there is a checkpoint here");
        const next = openSession(paths, { fs: watched.fs, recovered });
        sessions.push(next);
        if (await isSaved(next.begin())) {
          addAll(next, [9]);
          if (await isSaved(next.commit())) saved.push(2, 9);
        }
      } catch (error) {
        if (!String(error).includes("checkpoint.takenOver")) throw error;
      }
      folder.release();
      isOver = true;
      if ((await Promise.all(earlier)).includes(true)) {
        savedByEarlier++;
        saved.push(2, 3);
      }
      await expectKept(at, paths, saved, sessions);
      if (earlier.length === 0) break;
    }
    expect(savedByEarlier).toBeGreaterThan(0);
  });

  test("another one takes over before any call of a commit", async () => {
    let savedByBoth = 0;
    for (let at = 1; ; at++) {
      let watched = interruptedFileSystem(0, () => undefined);
      const late: FileSystem = new Proxy(realFileSystem, {
        get: (_target, name) => Reflect.get(watched.fs, name),
      });
      const { paths, session } = await running(late);
      const sessions = [session];
      let next: Promise<boolean> = Promise.resolve(false);
      watched = interruptedFileSystem(at, () => {
        takeOverLog(realFileSystem, paths.log, () => fs.writeFileSync(paths.owner, JSON.stringify(OWNER)));
        const { recovered } = recoverAll(paths);
        if (recovered === null) throw new Error("there is a checkpoint here");
        const other = openSession(paths, { recovered });
        sessions.push(other);
        next = isSaved(other.begin());
      });
      addAll(session, [3]);
      const isEarlierSaved = await isSaved(session.commit());
      if (isEarlierSaved && (await next)) savedByBoth++;
      fs.rmSync(`${paths.status}.tmp`, { force: true });
      await expectKept(at, paths, isEarlierSaved ? [0, 1, 2, 3] : [0, 1, 2], sessions);
      if (!watched.struck()) break;
    }
    // The moment between the look and the rename, for which there is no fence.
    expect(savedByBoth).toBeGreaterThan(0);
  });
});
