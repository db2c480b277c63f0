// What is on record of sessions: which completed ones a run may go on from, and that clearing them survives a kill at any call.
import { describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { listBackups, moveToBackup } from "../../../lib/checkpoint/backup/backups.ts";
import { removeLeftovers } from "../../../lib/checkpoint/backup/move.ts";
import { encodeReceipt, readReceipt } from "../../../lib/checkpoint/backup/receipt.ts";
import {
  clearCompleted,
  completedSessions,
  receiptBackup,
  recordedSessions,
} from "../../../lib/checkpoint/backup/sessions.ts";
import type { CheckpointPaths } from "../../../lib/checkpoint/names.ts";
import { seal } from "../../../lib/checkpoint/status/seal.ts";
import { jobOf } from "../../../lib/core/job.ts";
import type { Status } from "../../../lib/core/status.ts";
import { realFileSystem } from "../../../lib/io/fs.ts";
import { makeCheckpoint, newPaths } from "../../helpers/checkpoint.ts";
import { crashingFileSystem } from "../../helpers/crashing-fs.ts";

const NOW_MS = Date.UTC(2026, 10, 24, 12);

/** A completed session in the backups. */
async function complete(paths: CheckpointPaths, day: number, change: Partial<Status> = {}): Promise<string> {
  const status = { ...(await makeCheckpoint(paths, 2, 0)), ...change };
  return moveToBackup(realFileSystem, paths, {
    reason: "completed",
    nowMs: NOW_MS + day * 86_400_000,
    contents: status,
    receipt: (name) => encodeReceipt(status, name, NOW_MS),
  });
}

const all = (): boolean => true;
const found = (paths: CheckpointPaths): string[] =>
  completedSessions(realFileSystem, paths, all).map(({ backup }) => backup);

describe("completedSessions()", () => {
  test("the newest first; none that is of another fingerprint, damaged, cleared away, or no completed session", async () => {
    const paths = newPaths();
    const [first, second, third] = [
      await complete(paths, 0),
      await complete(paths, 1),
      await complete(paths, 2),
    ];
    const status = await makeCheckpoint(paths, 1, 0);
    moveToBackup(realFileSystem, paths, { reason: "cleared", nowMs: NOW_MS, contents: status });
    expect(found(paths)).toEqual([third, second, first]);
    expect(completedSessions(realFileSystem, paths, ({ fp }) => fp !== status.fingerprint.id)).toEqual([]);
    fs.truncateSync(path.join(paths.backups, second, "checkpoint_results.jsonl"), 3);
    expect(found(paths)).toEqual([third, first]);
  });

  test("a manifest of an older version says no job: the status next to it does", async () => {
    const paths = newPaths();
    const name = await complete(paths, 0);
    const file = path.join(paths.backups, name, "manifest.json");
    const { job, sum: _sum, ...older } = JSON.parse(fs.readFileSync(file, "utf8")) as Record<string, unknown>;
    fs.writeFileSync(file, seal(older));
    const [session] = completedSessions(realFileSystem, paths, all);
    expect(session?.job).toEqual(job as NonNullable<typeof session>["job"]);
  });

  test("one that cannot be read at this moment is an error, not none", async () => {
    const paths = newPaths();
    const name = await complete(paths, 0);
    const file = path.join(paths.backups, name, "manifest.json");
    fs.unlinkSync(file);
    fs.mkdirSync(file);
    expect(() => found(paths)).toThrow("system.failed");
    expect(recordedSessions(realFileSystem, paths).map(({ backup }) => backup)).toEqual([null]);
  });
});

test("a receipt's session stays on record when its backup is gone, or its name is another session's", async () => {
  const paths = newPaths();
  const name = await complete(paths, 0);
  const receipt = readReceipt(realFileSystem, paths);
  if (receipt === null) throw new Error("there is no receipt");
  expect(receiptBackup(realFileSystem, paths, receipt)?.name).toBe(name);
  expect(receiptBackup(realFileSystem, paths, { ...receipt, nonce: "f".repeat(32) })).toBeNull();
  fs.rmSync(path.join(paths.backups, name), { recursive: true });
  expect(receiptBackup(realFileSystem, paths, receipt)).toBeNull();
  expect(recordedSessions(realFileSystem, paths)).toMatchObject([{ nonce: receipt.nonce, backup: null }]);
});

describe("clearCompleted()", () => {
  test("marks the sessions of that job, and those alone", async () => {
    const paths = newPaths();
    const status = await makeCheckpoint(newPaths(), 1, 0);
    await complete(paths, 0);
    const otherInput = { ...status.input, path: "/data/other.txt", sha256: "1".repeat(64) };
    const elsewhere = await complete(paths, 1, { input: otherInput });
    const otherCommand = await complete(paths, 2, { fingerprint: { id: "00000000", parts: [] } });
    clearCompleted(realFileSystem, paths, jobOf(status));
    expect(found(paths)).toEqual([otherCommand, elsewhere]);
  });

  test("killed before any of its calls: each backup is whole, and the next one finishes it and leaves nothing", async () => {
    const paths = newPaths();
    const names = [await complete(paths, 0), await complete(paths, 1)];
    const job = jobOf(await makeCheckpoint(newPaths(), 1, 0));
    let calls = 0;
    for (let struck = true; struck; calls++) {
      const copy = newPaths();
      fs.cpSync(paths.dir, copy.dir, { recursive: true });
      const watched = crashingFileSystem(calls + 1);
      try {
        clearCompleted(watched.fs, copy, job);
      } catch {
        // killed
      }
      struck = watched.struck();
      const left = listBackups(realFileSystem, copy);
      expect(left.map(({ name, problems }) => ({ name, problems }))).toEqual(
        names.toReversed().map((name) => ({ name, problems: [] })),
      );
      removeLeftovers(realFileSystem, copy);
      clearCompleted(realFileSystem, copy, job);
      expect({ calls, found: found(copy) }).toEqual({ calls, found: [] });
      expect(fs.readdirSync(copy.dir).toSorted()).toEqual(["backups", "last_run.json"]);
    }
    expect(calls).toBeGreaterThan(10);
  });
});
