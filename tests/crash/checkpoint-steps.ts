// Steps that processes take on a checkpoint folder, run on the calling thread, and what they have reported as saved so far.
import * as path from "node:path";
import { moveToBackup } from "../../lib/checkpoint/backup/backups.ts";
import { directCommitter } from "../../lib/checkpoint/status/committer.ts";
import { type LockedFolder, lockFolder } from "../../lib/checkpoint/folder.ts";
import { makeBackup } from "../../lib/checkpoint/backup/make-backup.ts";
import { readManifest } from "../../lib/checkpoint/backup/manifest.ts";
import { encodeReceipt } from "../../lib/checkpoint/backup/receipt.ts";
import { parseRecord } from "../../lib/checkpoint/record/parse-record.ts";
import { checkpointPaths } from "../../lib/checkpoint/names.ts";
import { emptyPosition } from "../../lib/checkpoint/log/log-start.ts";
import { recover, type Recovered } from "../../lib/checkpoint/log/recovery.ts";
import { raiseVersion } from "../../lib/checkpoint/log/raise-version.ts";
import { repairCheckpoint } from "../../lib/checkpoint/log/repair.ts";
import { restoreBackup } from "../../lib/checkpoint/backup/restore.ts";
import { Session } from "../../lib/checkpoint/status/session.ts";
import { verifyCheckpoint } from "../../lib/checkpoint/log/verify.ts";
import { Plan } from "../../lib/core/plan.ts";
import type { SessionState } from "../../lib/core/status.ts";
import { type Clock, systemClock } from "../../lib/io/clock.ts";
import { type FileSystem, O } from "../../lib/io/fs.ts";

/** What has been reported to the user. A crash afterwards must not make it untrue. */
export type Reported = {
  /** By nonce of the session, the items reported as saved. */
  readonly saved: Map<string, Set<number>>;
  /** Nonce of the session that must be in place; null: none; undefined: a move was going on. */
  place: string | null | undefined;
  /** A record of the checkpoint in place has been damaged on purpose: the next opening has to repair it. */
  damaged: boolean;
};

export type Step = (fs: FileSystem, dir: string, reported: Reported) => Promise<void>;

const ITEMS = 5000;
const OWNER = { pid: 1, host: "host", started_at: "2026-11-23T20:00:00.000Z" };
export const NONCES: readonly string[] = ["a".repeat(32), "b".repeat(32)];
const AT_MS = Date.UTC(2026, 10, 23, 20);
/** The same lives make the same bytes, so that a state seen before is known again. */
const STILL: Clock = { ...systemClock, now: () => AT_MS, monotonic: () => 0 };

export function outputOf(index: number): string {
  return `answer ${index} ${"x".repeat((index * 37) % 160)}`;
}

export type Opened = {
  readonly recovered: Recovered | null;
  readonly indices: readonly number[];
  readonly garbage: number;
};

/** Recovers and gathers the records. */
export function openCheckpoint(fs: FileSystem, folder: LockedFolder): Opened {
  const indices: number[] = [];
  let garbage = 0;
  const recovered = recover(fs, folder.paths, (_frame, line) => {
    const record = parseRecord(line);
    if (record === null || record.output !== outputOf(record.index)) garbage++;
    else indices.push(record.index);
  });
  return { recovered, indices, garbage };
}

export async function withLock<T>(
  fs: FileSystem,
  dir: string,
  use: (folder: LockedFolder) => T | Promise<T>,
): Promise<T> {
  const folder = await lockFolder(fs, path.join(dir, "c"), OWNER, systemClock);
  try {
    return await use(folder);
  } finally {
    folder.release();
  }
}

export function openSession(fs: FileSystem, folder: LockedFolder, opened: Opened, nonce: string): Session {
  const { recovered, indices } = opened;
  const session = recovered?.status.session ?? { id: "20261123_200000", nonce, started_at: OWNER.started_at };
  const v = recovered?.status.v ?? 1;
  // The records of version 2 are second answers, which only that version has.
  const plan = new Plan(ITEMS, { repeats: v, isPart: false });
  for (const index of indices) plan.recorded(plan.unitOf(index, 1) ?? 0, null, 0);
  const facts = {
    v,
    session,
    input: {
      path: "q.txt",
      format: "txt",
      compression: "none",
      encoding: "utf-8",
      id_field: null,
      kept: false,
      size: 1,
      mtime: null,
      sha256: "",
      count: ITEMS,
      repeated: 0,
      changes: 0,
    },
    processor: { kind: "command", shown: "echo" },
    fingerprint: { id: "0a1b2c3d", parts: [] },
    batch_size: 3,
    output: null,
    earlier: recovered?.status ?? null,
    plan,
  };
  const position = recovered?.position ?? emptyPosition(session.nonce);
  return new Session(fs, folder.paths, STILL, directCommitter(fs), facts, position, OWNER);
}

/** A run: saves the items up to `to`, commits after every third and at its end. */
export function saveItems(
  to: number,
  nonce: string = NONCES[0] ?? "",
  ended: SessionState = "stopped",
): Step {
  return (fs, dir, reported) =>
    withLock(fs, dir, async (folder) => {
      const opened = openCheckpoint(fs, folder);
      await saveUpTo(fs, folder, reported, opened, { to, nonce, ended });
    });
}

/** The same, after the checkpoint has been made one of version 2. */
export function raiseVersionAndSave(to: number): Step {
  return (fs, dir, reported) =>
    withLock(fs, dir, async (folder) => {
      const opened = openCheckpoint(fs, folder);
      if (opened.recovered === null) throw new Error("there is a checkpoint here");
      reported.place = undefined;
      const recovered = raiseVersion(fs, folder.paths, opened.recovered, AT_MS);
      reported.place = recovered.status.session.nonce;
      await saveUpTo(fs, folder, reported, { ...opened, recovered }, { to, nonce: "", ended: "stopped" });
    });
}

type Work = { readonly to: number; readonly nonce: string; readonly ended: SessionState };

async function saveUpTo(
  fs: FileSystem,
  folder: LockedFolder,
  reported: Reported,
  opened: Opened,
  { to, nonce, ended }: Work,
): Promise<void> {
  const session = openSession(fs, folder, opened, nonce);
  if (opened.recovered === null) reported.place = undefined;
  await session.begin();
  reported.place = session.committed.session.nonce;
  const saved = new Set(opened.indices);
  const tell = (): void => void reported.saved.set(session.committed.session.nonce, new Set(saved));
  for (let index = 0; index < to; index++) {
    if (saved.has(index)) continue;
    const key = {
      index,
      line: index + 1,
      id: null,
      idIsJson: false,
      hash: index.toString(16).padStart(32, "0"),
      occurrence: 1,
      repeat: session.committed.v,
    };
    const common = { attempts: 1, retries: [], startedAtMs: AT_MS, durationMs: 1 };
    const outputJson = JSON.stringify(outputOf(index));
    session.add(key, { ...common, status: "ok", outputJson });
    session.write();
    saved.add(index);
    if (index % 3 === 2) {
      await session.commit();
      tell();
    }
  }
  await session.end(ended, "limit");
  tell();
  session.close();
}

/** Moves the checkpoint away; `receipt`: as at the end of a completed session. */
export function moveAway(reason: "cleared" | "completed"): Step {
  return (fs, dir, reported) =>
    withLock(fs, dir, (folder) => {
      const { status } = verifyCheckpoint(fs, folder.paths) ?? { status: null };
      if (status === null) throw new Error("there is a checkpoint here");
      reported.place = undefined;
      const receipt = (name: string): string => encodeReceipt(status, name, AT_MS);
      moveToBackup(fs, folder.paths, {
        reason,
        nowMs: AT_MS,
        contents: status,
        ...(reason === "completed" ? { receipt } : {}),
      });
      reported.place = null;
    });
}

/** Leaves the owner file of a run on another machine, which may still be going. */
export const ownElsewhere: Step = (fs, dir) => {
  const fd = fs.openSync(
    checkpointPaths(path.join(dir, "c")).owner,
    O.O_WRONLY | O.O_CREAT | O.O_TRUNC,
    0o600,
  );
  fs.writeSync(fd, Buffer.from(JSON.stringify({ ...OWNER, host: "elsewhere" })));
  fs.fsyncSync(fd);
  fs.closeSync(fd);
  return Promise.resolve();
};

export const backUp: Step = (fs, dir) =>
  withLock(fs, dir, (folder) => void makeBackup(fs, folder.paths, "mine", AT_MS));

/** Restores the backup of that name, which holds the session of `nonce`. */
export function restore(name: string, nonce: string = NONCES[0] ?? ""): Step {
  return (fs, dir, reported) =>
    withLock(fs, dir, (folder) => {
      const from = path.join(folder.paths.backups, name);
      const manifest = readManifest(fs, from);
      if (manifest === null) throw new Error(`no backup ${name}`);
      reported.place = undefined;
      restoreBackup(fs, folder.paths, from, manifest, AT_MS);
      reported.place = nonce;
    });
}

/** Changes a byte of the second record for good. */
export const damage: Step = (fs, dir, reported) =>
  withLock(fs, dir, (folder) => {
    reported.damaged = true;
    for (const items of reported.saved.values()) items.delete(1);
    const fd = fs.openSync(folder.paths.log, O.O_RDWR);
    const size = fs.fstatSync(fd).size;
    const bytes = Buffer.alloc(size);
    fs.readSync(fd, bytes, 0, size, 0);
    fs.writeSync(fd, Buffer.from("?"), 0, 1, bytes.indexOf("answer 1"));
    fs.fsyncSync(fd);
    fs.closeSync(fd);
  });

export const repair: Step = (fs, dir) =>
  withLock(fs, dir, (folder) => {
    const report = verifyCheckpoint(fs, folder.paths);
    if (report === null || report.problemCount === 0) return;
    const identity = { id: "20261123_200000", nonce: NONCES[1] ?? "", started_at: OWNER.started_at };
    repairCheckpoint(fs, folder.paths, report, { nowMs: AT_MS, identity });
  });
