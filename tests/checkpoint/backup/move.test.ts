// Moving a checkpoint out and putting a backup in its place: exact at the end, wherever it was cut off and however often.
import { describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import {
  type KeptCounts,
  listBackups,
  moveToBackup,
  pruneBackups,
  readBackup,
} from "../../../lib/checkpoint/backup/backups.ts";
import { manifestProblems } from "../../../lib/checkpoint/backup/manifest.ts";
import { systemClock } from "../../../lib/io/clock.ts";
import { finishIntent, removeLeftovers, stablePaths } from "../../../lib/checkpoint/backup/move.ts";
import { CHECKPOINT_FILES, type CheckpointPaths } from "../../../lib/checkpoint/names.ts";
import { encodeReceipt, readReceipt } from "../../../lib/checkpoint/backup/receipt.ts";
import { restoreBackup } from "../../../lib/checkpoint/backup/restore.ts";
import type { Status } from "../../../lib/core/status.ts";
import { type FileSystem, realFileSystem } from "../../../lib/io/fs.ts";
import { makeCheckpoint, newPaths, recoverAll } from "../../helpers/checkpoint.ts";
import { type Call, FaultyFileSystem } from "../../helpers/faulty-fs.ts";

const NOW_MS = Date.UTC(2026, 10, 24, 12);
const CALLS: readonly Call[] = ["open", "write", "fsync", "rename", "unlink", "mkdir", "rmdir"];

function complete(files: FileSystem, paths: CheckpointPaths, status: Status, nowMs: number = NOW_MS): string {
  return moveToBackup(files, paths, {
    reason: "completed",
    nowMs,
    contents: status,
    receipt: (name) => encodeReceipt(status, name, nowMs),
  });
}

/** What the next command does before anything else. */
function nextStart(files: FileSystem, paths: CheckpointPaths): void {
  finishIntent(files, paths);
  removeLeftovers(files, paths);
}

function throws(action: () => unknown): boolean {
  try {
    action();
    return false;
  } catch {
    return true; // that it failed is all that is asked
  }
}

/** Names of the checkpoint's files that are in a folder. */
function filesIn(folder: string): string[] {
  return CHECKPOINT_FILES.filter((name) => fs.existsSync(path.join(folder, name)));
}

function isIntact(paths: CheckpointPaths, name: string): boolean {
  const { folder, manifest } = readBackup(realFileSystem, path.join(paths.backups, name));
  return manifest !== null && manifestProblems(realFileSystem, folder, manifest, true).length === 0;
}

describe("moveToBackup", () => {
  test("moves log and status, leaves manifest and receipt, and nothing else", async () => {
    const paths = newPaths();
    const status = await makeCheckpoint(paths, 3, 0);
    const name = complete(realFileSystem, paths, status);
    expect(filesIn(paths.dir)).toEqual([]);
    expect(fs.readdirSync(paths.dir).toSorted()).toEqual(["backups", "last_run.json"]);
    expect(isIntact(paths, name)).toBe(true);
    expect(readReceipt(realFileSystem, paths)).toMatchObject({ backup: name, completed: 3, exit_code: 0 });
    expect(recoverAll(paths).recovered).toBeNull();
  });

  test("the intent is on the disk before the first rename, and goes after the last", async () => {
    const paths = newPaths();
    const status = await makeCheckpoint(paths, 1, 0);
    const faulty = new FaultyFileSystem();
    complete(faulty.fs, paths, status);
    const folder = path.basename(paths.dir);
    const steps = faulty.calls.filter(
      (call) => /^(rename|unlink intent)|intent/.test(call) || call === `fsync ${folder}`,
    );
    expect(steps).toEqual([
      `fsync ${folder}`, // the name of backups/
      "open intent.json.tmp",
      "write intent.json.tmp",
      "fsync intent.json.tmp",
      "rename intent.json.tmp intent.json",
      `fsync ${folder}`,
      "rename processing_status.json processing_status.json",
      "rename checkpoint_results.jsonl checkpoint_results.jsonl",
      `fsync ${folder}`,
      "rename manifest.json.tmp manifest.json",
      "rename last_run.json.tmp last_run.json",
      `fsync ${folder}`,
      "unlink intent.json",
      `fsync ${folder}`,
    ]);
  });

  test("what a killed process had not synced is on the disk before its hash is on record", async () => {
    const paths = newPaths();
    await makeCheckpoint(paths, 1, 0);
    const faulty = new FaultyFileSystem();
    moveToBackup(faulty.fs, paths, { reason: "cleared", nowMs: NOW_MS, contents: null });
    const before = faulty.calls.slice(0, faulty.calls.indexOf("write intent.json.tmp"));
    expect(before).toContain("fsync checkpoint_results.jsonl");
    expect(before).toContain("fsync processing_status.json");
  });

  test("cut off at any call, and again while it is finished, it is either not begun or whole", async () => {
    for (const call of CALLS) {
      let failed = true;
      for (let nth = 1; failed; nth++) {
        const paths = newPaths();
        const status = await makeCheckpoint(paths, 2, 0);
        const faulty = new FaultyFileSystem();
        faulty.fail({ call, nth, code: "EIO" });
        failed = throws(() => complete(faulty.fs, paths, status));
        const second = new FaultyFileSystem();
        second.fail({ call, nth: 2, code: "EIO" });
        throws(() => nextStart(second.fs, paths));
        nextStart(realFileSystem, paths);
        const [backup] = listBackups(realFileSystem, paths);
        const here = filesIn(paths.dir).length;
        const moved = backup === undefined ? 0 : filesIn(backup.folder).length;
        expect({ call, nth, here, moved }).toEqual({
          call,
          nth,
          here: moved === 2 ? 0 : 2,
          moved: moved === 2 ? 2 : 0,
        });
        if (moved === 2)
          expect({ call, nth, intact: isIntact(paths, backup?.name ?? "") }).toEqual({
            call,
            nth,
            intact: true,
          });
        else expect(recoverAll(paths).indices).toEqual([0, 1]);
        expect(fs.readdirSync(paths.dir).filter((name) => /tmp|intent/.test(name))).toEqual([]);
        fs.rmSync(paths.dir, { recursive: true });
      }
    }
  });

  test("two in the same second get different names", async () => {
    const paths = newPaths();
    const first = complete(realFileSystem, paths, await makeCheckpoint(paths, 1, 0));
    const second = complete(realFileSystem, paths, await makeCheckpoint(paths, 1, 0));
    expect(second).toBe(`${first}-2`);
    expect([isIntact(paths, first), isIntact(paths, second)]).toEqual([true, true]);
  });
});

describe("restoreBackup", () => {
  test("cut off at any call, what lies there is the old checkpoint or the backup, never a mixture; nothing is lost", async () => {
    for (const call of CALLS) {
      let failed = true;
      for (let nth = 1; failed; nth++) {
        const paths = newPaths();
        const name = complete(realFileSystem, paths, await makeCheckpoint(paths, 3, 0));
        await makeCheckpoint(paths, 1, 0);
        const { folder, manifest } = readBackup(realFileSystem, path.join(paths.backups, name));
        if (manifest === null) throw new Error("no manifest");
        const faulty = new FaultyFileSystem();
        faulty.fail({ call, nth, code: "EIO" });
        failed = throws(() => restoreBackup(faulty.fs, paths, folder, manifest, NOW_MS + 5000));
        nextStart(realFileSystem, paths);
        const { indices } = recoverAll(paths);
        expect({ call, nth, found: [[0], [0, 1, 2]] }).toEqual({
          call,
          nth,
          found: expect.arrayContaining([indices]),
        });
        expect(isIntact(paths, name)).toBe(true);
        const before = listBackups(realFileSystem, paths).filter((entry) =>
          entry.name.includes("before_restore"),
        );
        expect({ call, nth, kept: before.length }).toEqual({ call, nth, kept: indices.length === 3 ? 1 : 0 });
        expect(fs.readdirSync(paths.backups).filter((entry) => entry.startsWith("."))).toEqual([]);
        fs.rmSync(paths.dir, { recursive: true });
      }
    }
  });

  test("a backup whose bytes are not those of its manifest is refused, and nothing is changed", async () => {
    const paths = newPaths();
    const name = complete(realFileSystem, paths, await makeCheckpoint(paths, 3, 0));
    await makeCheckpoint(paths, 1, 0);
    const { folder, manifest } = readBackup(realFileSystem, path.join(paths.backups, name));
    if (manifest === null) throw new Error("no manifest");
    const log = path.join(folder, "checkpoint_results.jsonl");
    const bytes = fs.readFileSync(log);
    bytes[30] = (bytes[30] ?? 0) ^ 1;
    fs.writeFileSync(log, bytes);
    expect(() => restoreBackup(realFileSystem, paths, folder, manifest, NOW_MS)).toThrow("backup.damaged");
    expect(recoverAll(paths).indices).toEqual([0]);
    expect(fs.existsSync(paths.intent)).toBe(false);
  });
});

describe("pruneBackups", () => {
  const both = (count: number): KeptCounts => ({ completed: count, other: count });

  async function backupsAt(paths: CheckpointPaths, times: readonly number[]): Promise<string[]> {
    const names: string[] = [];
    for (const nowMs of times) {
      const status = await makeCheckpoint(paths, 1, 0);
      const session = { ...status.session, nonce: `${nowMs}`.padStart(32, "0") };
      names.push(complete(realFileSystem, paths, { ...status, session }, nowMs));
    }
    return names;
  }

  test("keeps the newest automatic backups, and all that were not made by ckpt itself", async () => {
    const paths = newPaths();
    const names = await backupsAt(
      paths,
      [0, 1, 2, 3].map((day) => NOW_MS + day * 86_400_000),
    );
    fs.mkdirSync(path.join(paths.backups, "mine"));
    expect(pruneBackups(realFileSystem, paths, both(2), names[3] ?? "").toSorted()).toEqual(
      names.slice(0, 2).toSorted(),
    );
    expect(fs.readdirSync(paths.backups).toSorted()).toEqual([...names.slice(2), "mine"].toSorted());
  });

  test("counts completed sessions apart from all others", async () => {
    const paths = newPaths();
    const days = (...numbers: number[]): number[] => numbers.map((day) => NOW_MS + day * 86_400_000);
    const completed = await backupsAt(paths, days(0, 1, 2));
    const cleared: string[] = [];
    for (const nowMs of days(3, 4, 5, 6)) {
      const status = await makeCheckpoint(paths, 1, 0);
      cleared.push(moveToBackup(realFileSystem, paths, { reason: "cleared", nowMs, contents: status }));
    }
    const gone = pruneBackups(realFileSystem, paths, { completed: 2, other: 1 }, cleared[3] ?? "");
    expect(gone.toSorted()).toEqual([...completed.slice(0, 1), ...cleared.slice(0, 3)].toSorted());
  });

  test("of a session that went on after it was completed, the newest backup counts; earlier states are kept as others are", async () => {
    const paths = newPaths();
    const [other = ""] = await backupsAt(paths, [NOW_MS]);
    const states: string[] = [];
    for (const day of [1, 2, 3, 4]) {
      const status = await makeCheckpoint(paths, day, 0);
      states.push(complete(realFileSystem, paths, status, NOW_MS + day * 86_400_000));
    }
    expect(pruneBackups(realFileSystem, paths, both(2), states[3] ?? "")).toEqual(states.slice(0, 1));
    expect(fs.readdirSync(paths.backups).toSorted()).toEqual([other, ...states.slice(1)].toSorted());
  });

  test("backups without a result take the place of none with results", async () => {
    const paths = newPaths();
    const move = async (count: number, nowMs: number): Promise<string> => {
      const status = await makeCheckpoint(paths, count, 0);
      return moveToBackup(realFileSystem, paths, { reason: "start_over", nowMs, contents: status });
    };
    const cleared = await move(2, NOW_MS);
    const empty: string[] = [];
    for (const day of [1, 2, 3]) empty.push(await move(0, NOW_MS + day * 86_400_000));
    expect(pruneBackups(realFileSystem, paths, both(1), empty[2] ?? "").toSorted()).toEqual(
      empty.slice(0, 2),
    );
    expect(fs.readdirSync(paths.backups).toSorted()).toEqual([cleared, ...empty.slice(2)].toSorted());
  });

  test("never takes the one just made, though the clock was set back before it", async () => {
    const paths = newPaths();
    const names = await backupsAt(
      paths,
      [9, 8, 1].map((day) => NOW_MS + day * 86_400_000),
    );
    const made = names[2] ?? "";
    expect(pruneBackups(realFileSystem, paths, both(2), made)).toEqual([names[1] ?? ""]);
    expect(isIntact(paths, made)).toBe(true);
  });

  test("cut off at any call, no half of a backup is left under a name", async () => {
    for (const call of ["rename", "fsync", "unlink", "rmdir"] as const) {
      for (let nth = 1; nth <= 3; nth++) {
        const paths = newPaths();
        const [, made = ""] = await backupsAt(
          paths,
          [0, 1].map((day) => NOW_MS + day * 86_400_000),
        );
        const faulty = new FaultyFileSystem();
        faulty.fail({ call, nth, code: "EIO" });
        throws(() => pruneBackups(faulty.fs, paths, both(1), made));
        nextStart(realFileSystem, paths);
        for (const entry of listBackups(realFileSystem, paths))
          expect({ call, nth, intact: isIntact(paths, entry.name) }).toEqual({ call, nth, intact: true });
        pruneBackups(realFileSystem, paths, both(1), made);
        expect(fs.readdirSync(paths.backups)).toEqual([made]);
      }
    }
  });
});

test("stablePaths() looks again while a log is there without its status, as it is in the middle of a move", async () => {
  const paths = newPaths();
  await makeCheckpoint(paths, 1, 0);
  const aside = path.join(paths.dir, "aside");
  fs.renameSync(paths.status, aside);
  let looks = 0;
  const clock = {
    ...systemClock,
    sleep: () => {
      looks++;
      if (looks === 3) fs.renameSync(aside, paths.status);
      return Promise.resolve();
    },
  };
  expect((await stablePaths(realFileSystem, paths, clock)).status).toBe(paths.status);
  expect(looks).toBe(3);
  fs.unlinkSync(paths.status);
  await stablePaths(realFileSystem, paths, clock); // gone for good: it gives up
  expect(looks).toBeLessThan(20);
});
