// Recovers a checkpoint from any state, under the lock, before the first attempt. The status file tells where the log ended at the last commit. Reads
// the whole log once and verifies each record. Records after the last commit are adopted by writing their bytes again, never by reading alone: after a
// failed sync, bytes that can be read may not be on the disk (docs/durability.md). They are first copied to a file of their own (`paths.recovering`),
// which is called the copy here. Every step can be repeated after a crash.
import { LINE_FEED } from "../../core/ascii.ts";
import * as path from "node:path";
import { CkptError } from "../../core/errors.ts";
import { NEWEST_VERSION } from "../../core/format-version.ts";
import type { Problem } from "../../core/problem.ts";
import type { Sealed } from "../../core/shape.ts";
import type { LogPosition, Status } from "../../core/status.ts";
import {
  copyBytes,
  fileSize,
  makeOwnFolder,
  naming,
  readFully,
  removeFile,
  syncFolder,
  writeSynced,
} from "../../io/file.ts";
import { type FileSystem, O } from "../../io/fs.ts";
import { listBackups } from "../backup/backups.ts";
import { readableStatus } from "../contents.ts";
import { AdoptedTotals, type SessionTotals } from "./adopted-totals.ts";
import { type LogFault, type LogScan, type RecordVisitor, scanLog } from "./log-reader.ts";
import { logStart } from "./log-start.ts";
import type { CheckpointPaths } from "../names.ts";
import { parseRecord } from "../record/parse-record.ts";
import { seal } from "../status/seal.ts";
import { readStatus, unsealAs } from "../status/status-file.ts";

export type Recovered = {
  readonly status: Status;
  /** End of the log; everything before it is durable. */
  readonly position: LogPosition;
  /** Totals of the session, adopted records included. */
  readonly totals: SessionTotals;
  /** Adopted records: saved but not committed, now written again. Nothing in `status` includes them. */
  readonly adopted: number;
  /** Bytes of a torn tail that were moved to quarantine. */
  readonly quarantinedBytes: number;
};

/** The first line of the copy: to which session its records belong, and where in the log (the end of the last commit). docs/format.md has the format. */
const COPY_HEAD = {
  nonce: "string",
  base_bytes: "number",
  base_sum: "string",
  records: "number",
} as const;

/**
 * Recovers the checkpoint; null when there is none. After an adoption the copy stays until a new status covers its records (finishAdoption).
 * @param visit called for each record of the log, in order, adopted ones included
 * @throws checkpoint.damaged, checkpoint.logLost, checkpoint.newer: nothing has been changed then
 */
export function recover(fs: FileSystem, paths: CheckpointPaths, visit: RecordVisitor): Recovered | null {
  const status = presentStatus(fs, paths);
  if (status === null) {
    removeFile(fs, paths.recovering);
    return null;
  }
  redoAdoption(fs, paths, status);
  const totals = new AdoptedTotals(status);
  const scan = verifiedScan(fs, paths, status, (frame, line, offset) => {
    const record = frame.seq > status.log.records ? parseRecord(line) : null;
    if (record !== null) totals.add(record);
    visit(frame, line, offset);
  });
  const quarantinedBytes = scan.fault === null ? 0 : quarantineTail(fs, paths, scan);
  if (scan.valid.bytes > status.log.bytes) adopt(fs, paths, status, scan.valid);
  else if (quarantinedBytes > 0) cut(fs, paths.log, status.log.bytes);
  return {
    status,
    position: scan.valid,
    totals: totals.totals,
    adopted: scan.valid.records - status.log.records,
    quarantinedBytes,
  };
}

/**
 * Reads what `recover` would recover, with the same checks, without changing anything. Null when there is no checkpoint.
 * @param visit called for each record of the log, in order
 * @throws as `recover` does
 */
export function previewRecovery(
  fs: FileSystem,
  paths: CheckpointPaths,
  visit: RecordVisitor,
): { readonly status: Status; readonly records: number } | null {
  const status = presentStatus(fs, paths);
  return status === null ? null : { status, records: verifiedScan(fs, paths, status, visit).valid.records };
}

/** The status of the current checkpoint; null when there is no checkpoint. @throws checkpoint.damaged without a good status, checkpoint.logLost */
function presentStatus(fs: FileSystem, paths: CheckpointPaths): Status | null {
  const read = readStatus(fs, paths.status);
  const logBytes = fileSize(fs, paths.log);
  // A session starts with its status. An empty log without a status belongs to no session yet.
  if (read.kind === "absent" && (logBytes ?? 0) === 0) return null;
  if (read.kind !== "good") throw statusLost(paths, read.kind);
  if (logBytes !== null) return read.status;
  const backups = listBackups(fs, paths).filter(({ problems }) => problems.length === 0);
  throw new CkptError("checkpoint.logLost", {
    path: paths.log,
    records: read.status.log.records,
    backups: backups.map(({ name }) => name),
  });
}

/** Scans the log. @throws checkpoint.damaged when it does not hold all that was committed, checkpoint.newer */
function verifiedScan(fs: FileSystem, paths: CheckpointPaths, status: Status, visit: RecordVisitor): LogScan {
  const scan = scanLog(fs, paths.log, logStart(status), committedCheck(paths, status, visit));
  if (scan.fault !== null) refuseDamage(paths, status, scan, scan.fault);
  if (scan.valid.bytes < status.log.bytes) {
    throw damaged(paths, { kind: "records-missing", from: scan.valid.records + 1, to: status.log.records });
  }
  return scan;
}

function statusLost(paths: CheckpointPaths, kind: "absent" | "damaged"): CkptError {
  const problem: Problem = { kind: kind === "absent" ? "status-missing" : "status-sum" };
  return new CkptError("checkpoint.damaged", { path: paths.status, problems: [problem] });
}

/** Passes records on, and checks that the last committed record is the one that the status names. */
function committedCheck(paths: CheckpointPaths, status: Status, visit: RecordVisitor): RecordVisitor {
  const { bytes, records, last_sum: lastSum } = status.log;
  return (frame, line, offset) => {
    if (frame.seq === records && (frame.sum !== lastSum || offset + line.length + 1 !== bytes)) {
      throw damaged(paths, { kind: "last-record", record: records });
    }
    visit(frame, line, offset);
  };
}

function damaged(paths: CheckpointPaths, problem: Problem): CkptError {
  return new CkptError("checkpoint.damaged", { path: paths.log, problems: [problem] });
}

/**
 * After a power cut anything may follow the last commit: pages reach the disk in any order, so a valid record after a bad one is not damage there.
 * None of it was reported as saved. So a fault after the last commit is no damage.
 * @throws when the fault is in committed data, or a newer version wrote it
 */
function refuseDamage(paths: CheckpointPaths, status: Status, scan: LogScan, fault: LogFault): void {
  if (fault.version !== null) {
    const params = { path: paths.log, version: fault.version, supported: NEWEST_VERSION };
    throw new CkptError("checkpoint.newer", params);
  }
  // A log that starts with a valid record of another session belongs to that session: no crash causes this.
  const isOfOtherSession = fault.offset === 0 && problemOf(fault).kind === "record-stray";
  if (isOfOtherSession || scan.valid.bytes < status.log.bytes) throw damaged(paths, problemOf(fault));
}

/** `newer` is listed for completeness: refuseDamage has already thrown for it. */
function problemOf(fault: LogFault): Problem {
  const where = { record: fault.seq, offset: fault.offset, item: null };
  switch (fault.kind) {
    case "sum":
    case "newer":
      return { kind: "record-sum", ...where };
    case "unended":
      return { kind: "record-cut", ...where };
    case "version":
    case "sequence":
    case "chain":
      return { kind: "record-stray", ...where };
  }
}

/** Copies the bytes after the valid records into quarantine. The copy is durable before anything is cut. */
function quarantineTail(fs: FileSystem, paths: CheckpointPaths, scan: LogScan): number {
  makeOwnFolder(fs, paths.quarantine);
  syncFolder(fs, paths.dir);
  const length = scan.fileBytes - scan.valid.bytes;
  const name = path.join(paths.quarantine, `tail-${scan.valid.records}-${scan.valid.last_sum}-${length}`);
  copyRange(fs, paths.log, scan.valid.bytes, length, name);
  syncFolder(fs, paths.quarantine);
  return length;
}

function copyRange(fs: FileSystem, from: string, offset: number, length: number, to: string): void {
  const source = fs.openSync(from, O.O_RDONLY | O.O_NOFOLLOW);
  try {
    const target = fs.openSync(to, O.O_WRONLY | O.O_CREAT | O.O_TRUNC | O.O_NOFOLLOW, 0o600);
    try {
      naming(to, () => {
        copyBytes(fs, source, offset, length, target);
        fs.fsyncSync(target);
      });
    } finally {
      fs.closeSync(target);
    }
  } finally {
    fs.closeSync(source);
  }
}

/** Truncates a log durably. */
function cut(fs: FileSystem, log: string, bytes: number): void {
  const fd = fs.openSync(log, O.O_WRONLY | O.O_NOFOLLOW);
  try {
    naming(log, () => {
      fs.ftruncateSync(fd, bytes);
      fs.fdatasyncSync(fd);
    });
  } finally {
    fs.closeSync(fd);
  }
}

/** Writes the uncommitted records again: first into the copy, whose first line says where they belong, then in place. */
function adopt(fs: FileSystem, paths: CheckpointPaths, status: Status, end: LogPosition): void {
  const head: Sealed<"recovering", typeof COPY_HEAD> = {
    v: 1,
    kind: "recovering",
    nonce: status.session.nonce,
    base_bytes: status.log.bytes,
    base_sum: status.log.last_sum,
    records: end.records - status.log.records,
  };
  const temporary = `${paths.recovering}.tmp`;
  const headBytes = Buffer.from(seal(head));
  writeSynced(fs, temporary, headBytes);
  const target = fs.openSync(temporary, O.O_WRONLY | O.O_APPEND | O.O_NOFOLLOW);
  const source = fs.openSync(paths.log, O.O_RDONLY | O.O_NOFOLLOW);
  try {
    naming(temporary, () => {
      copyBytes(fs, source, status.log.bytes, end.bytes - status.log.bytes, target);
      fs.fsyncSync(target);
    });
  } finally {
    fs.closeSync(source);
    fs.closeSync(target);
  }
  fs.renameSync(temporary, paths.recovering);
  syncFolder(fs, paths.dir);
  rewrite(fs, paths, status.log.bytes, headBytes.length);
}

/** Puts the copied records in place. Repeatable, because it first truncates the log to the last commit. */
function rewrite(fs: FileSystem, paths: CheckpointPaths, baseBytes: number, headLength: number): void {
  cut(fs, paths.log, baseBytes);
  const source = fs.openSync(paths.recovering, O.O_RDONLY | O.O_NOFOLLOW);
  const target = fs.openSync(paths.log, O.O_WRONLY | O.O_APPEND | O.O_NOFOLLOW);
  try {
    naming(paths.log, () => {
      copyBytes(fs, source, headLength, fs.fstatSync(source).size - headLength, target);
      fs.fdatasyncSync(target);
    });
  } finally {
    fs.closeSync(target);
    fs.closeSync(source);
  }
}

/**
 * Finishes an interrupted recovery. Called whenever the folder is locked: moving the checkpoint to or from a backup deletes the copy, so its records must
 * be in the log before. If the status cannot be read, the copy is left alone.
 */
export function finishRecovery(fs: FileSystem, paths: CheckpointPaths): void {
  if (fileSize(fs, paths.recovering) === null) return;
  const status = readableStatus(fs, paths);
  if (status !== null) redoAdoption(fs, paths, status);
}

/** Puts the copy of an interrupted recovery in place again; removes a copy that belongs to another state, or whose first line is damaged. */
function redoAdoption(fs: FileSystem, paths: CheckpointPaths, status: Status): void {
  const size = fileSize(fs, paths.recovering);
  // A log that is shorter than its last commit is damaged; appending the copy would hide that.
  if (size === null || (fileSize(fs, paths.log) ?? -1) < status.log.bytes) return;
  const fd = fs.openSync(paths.recovering, O.O_RDONLY | O.O_NOFOLLOW);
  const start = readFully(fs, fd, 0, 4096);
  fs.closeSync(fd);
  const headLength = start.indexOf(LINE_FEED) + 1;
  const head = unsealAs(start.subarray(0, headLength), paths.recovering, "recovering", COPY_HEAD);
  const belongs =
    head !== null &&
    head.nonce === status.session.nonce &&
    head.base_bytes === status.log.bytes &&
    head.base_sum === status.log.last_sum;
  if (!belongs) finishAdoption(fs, paths);
  else if (areCommittedIntact(fs, paths, status)) rewrite(fs, paths, status.log.bytes, headLength);
}

/** Whether the committed records are intact. If not, nothing may be changed, and the next scan refuses them. */
function areCommittedIntact(fs: FileSystem, paths: CheckpointPaths, status: Status): boolean {
  const { valid } = scanLog(fs, paths.log, logStart(status), () => undefined);
  return valid.bytes >= status.log.bytes;
}

/** Removes the copy. Called when a status that covers the records is durable, before anything else is appended. */
export function finishAdoption(fs: FileSystem, paths: CheckpointPaths): void {
  if (removeFile(fs, paths.recovering)) syncFolder(fs, paths.dir);
}
