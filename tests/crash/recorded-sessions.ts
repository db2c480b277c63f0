// What is to be found in a checkpoint folder, whatever interrupted the work on it: every session in it and in its backups, with the records that are
// whole and follow each other. Changes nothing.
import * as fs from "node:fs";
import * as path from "node:path";
import { scanLog } from "../../lib/checkpoint/log/log-reader.ts";
import { pathsDuringMove } from "../../lib/checkpoint/backup/move.ts";
import { type CheckpointPaths, checkpointPaths, isUnfinishedBackup } from "../../lib/checkpoint/names.ts";
import { parseRecord } from "../../lib/checkpoint/record/parse-record.ts";
import { logStart } from "../../lib/checkpoint/log/log-start.ts";
import { readStatus } from "../../lib/checkpoint/status/status-file.ts";
import type { Status } from "../../lib/core/status.ts";
import { realFileSystem } from "../../lib/io/fs.ts";

export type RecordedSession = {
  readonly status: Status;
  /** Output by the item's index. */
  readonly outputs: ReadonlyMap<number, unknown>;
  /** Items of the records that the status vouches for. */
  readonly committed: ReadonlySet<number>;
  /** Where each record ends and what its sum is, as `BYTES SUM`. */
  readonly ends: ReadonlySet<string>;
};

/** The sessions in a checkpoint folder, the one in place first. */
export function recordedSessions(dir: string): readonly RecordedSession[] {
  const paths = checkpointPaths(dir);
  const backups = fs.existsSync(paths.backups) ? fs.readdirSync(paths.backups) : [];
  const folders = backups.filter((name) => !isUnfinishedBackup(name));
  const inBackups = folders.map((name) => checkpointPaths(path.join(paths.backups, name)));
  return [pathsDuringMove(realFileSystem, paths), ...inBackups].flatMap((at) => sessionAt(at) ?? []);
}

/** The status in place; null when there is none that can be read. */
export function statusIn(dir: string): Status | null {
  const read = readStatus(realFileSystem, pathsDuringMove(realFileSystem, checkpointPaths(dir)).status);
  return read.kind === "good" ? read.status : null;
}

/** Whether the log in place is longer than what its status vouches for. */
export function hasUncommitted(dir: string): boolean {
  const { status, log } = checkpointPaths(dir);
  const read = readStatus(realFileSystem, status);
  return (
    read.kind === "good" && (fs.statSync(log, { throwIfNoEntry: false })?.size ?? 0) > read.status.log.bytes
  );
}

function sessionAt(paths: CheckpointPaths): RecordedSession | null {
  const read = readStatus(realFileSystem, paths.status);
  if (read.kind !== "good" || !fs.existsSync(paths.log)) return null;
  const outputs = new Map<number, unknown>();
  const committed = new Set<number>();
  const ends = new Set<string>();
  const start = logStart(read.status);
  scanLog(realFileSystem, paths.log, start, (frame, line, offset) => {
    outputs.set(frame.index, outputOf(line));
    if (frame.seq <= read.status.log.records) committed.add(frame.index);
    ends.add(`${offset + line.length + 1} ${frame.sum}`);
  });
  // In the middle of an adoption the records that are written anew stand in the copy alone, behind its head.
  for (const line of copied(paths.recovering)) {
    const record = parseRecord(Buffer.from(line));
    if (record !== null) outputs.set(record.index, record.output);
  }
  return { status: read.status, outputs, committed, ends };
}

function outputOf(line: Buffer): unknown {
  return parseRecord(line)?.output;
}

function copied(recovering: string): readonly string[] {
  return fs.existsSync(recovering) ? fs.readFileSync(recovering, "utf8").split("\n").slice(1, -1) : [];
}
