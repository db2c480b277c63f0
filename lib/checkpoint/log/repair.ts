// Builds a new checkpoint from the provable records of a damaged one. Records are copied with new numbers and links, and a new status covers them.
// The damaged checkpoint becomes an automatic backup, unchanged.
import * as path from "node:path";
import { type LogPosition, NO_USAGE, type SessionIdentity, type Status } from "../../core/status.ts";
import { copySynced, fileSize, writeSynced } from "../../io/file.ts";
import type { FileSystem } from "../../io/fs.ts";
import { type CheckpointPaths, KEPT_INPUT, LOG, STATUS } from "../names.ts";
import { emptyPosition } from "./log-start.ts";
import { replaceCheckpoint } from "../backup/stage.ts";
import { encodeStatus } from "../status/status-file.ts";
import { RelinkedLog } from "./relinked-log.ts";
import { eachRecordLine, type VerifyReport } from "./verify.ts";

export type RepairOptions = {
  readonly nowMs: number;
  /** Identity of the new session, used if the old one is lost with its status. */
  readonly identity: SessionIdentity;
};

export type Repaired = { readonly status: Status; readonly backup: string | null };

/** Repairs the checkpoint described by `report`. Needs the lock, taken before the report was made. */
export function repairCheckpoint(
  fs: FileSystem,
  paths: CheckpointPaths,
  report: VerifyReport,
  options: RepairOptions,
): Repaired {
  const before =
    report.status ?? unknownStatus(report, options.identity, fileSize(fs, paths.keptInput) !== null);
  let status = before;
  const fill = (stage: string): string[] => {
    const log = copyRecords(fs, paths.log, report, before, path.join(stage, LOG));
    status = repairedStatus(before, report, log, options.nowMs);
    writeSynced(fs, path.join(stage, STATUS), encodeStatus(status));
    if (fileSize(fs, paths.keptInput) === null) return [STATUS, LOG];
    copySynced(fs, paths.keptInput, path.join(stage, KEPT_INPUT));
    return [STATUS, LOG, KEPT_INPUT];
  };
  const backup = replaceCheckpoint(fs, paths, { reason: "before_repair", nowMs: options.nowMs, fill });
  return { status, backup };
}

type CopiedLog = {
  readonly position: LogPosition;
  /** The new number of the last record up to `to_seq` of a rerun. */
  readonly rerunTo: number;
};

/** Writes the provable records without duplicates into a new log. */
function copyRecords(
  fs: FileSystem,
  from: string,
  report: VerifyReport,
  before: Status,
  to: string,
): CopiedLog {
  const log = new RelinkedLog(fs, to, before.session.nonce, report.version);
  try {
    let rerunTo = 0;
    eachRecordLine(fs, from, report.runs, (line, offset, record) => {
      if (report.doubles.has(offset)) return;
      log.add(line, "origin");
      if (record <= (before.rerun?.to_seq ?? 0)) rerunTo = log.position.records;
    });
    log.finish();
    return { position: log.position, rerunTo };
  } finally {
    log.close();
  }
}

function repairedStatus(before: Status, report: VerifyReport, log: CopiedLog, nowMs: number): Status {
  const { items, failed } = report;
  // The log does not tell which items are no longer in the input, or not chosen; the next run counts again.
  const lost = Math.max(0, before.results_saved + before.gone - items);
  const gone = Math.min(before.gone, items);
  const saved =
    before.input.changes === 0
      ? items - gone
      : Math.max(0, Math.min(before.results_saved - lost, items - gone));
  const failedNow = Math.min(failed, saved);
  return {
    ...before,
    generation: before.generation + 1,
    saved_at: new Date(nowMs).toISOString(),
    state: before.state === "finished" && saved < before.total ? "stopped" : before.state,
    completed: saved - failedNow,
    failed: failedNow,
    results_saved: saved,
    gone,
    log: log.position,
    errors: report.errors,
    // The records before the rerun have new numbers now.
    ...(before.rerun === undefined ? null : { rerun: { ...before.rerun, to_seq: log.rerunTo } }),
  };
}

/** A status for a session whose status is lost. The next run joins it with its input, by identity because `changes` is not 0. */
function unknownStatus(report: VerifyReport, session: SessionIdentity, kept: boolean): Status {
  const items = report.highestIndex + 1;
  const repeat = report.highestRepeat;
  const input = {
    path: kept ? "-" : "",
    format: "",
    compression: "none",
    encoding: "utf-8",
    id_field: null,
    kept,
    size: 0,
    mtime: null,
    sha256: "",
    count: items,
    repeated: 0,
    changes: 1,
  };
  return {
    v: report.version,
    kind: "status",
    generation: 0,
    session,
    saved_at: session.started_at,
    state: "stopped",
    input,
    processor: { kind: "", shown: "" },
    fingerprint: { id: report.runs.findLast(({ fp }) => fp !== null)?.fp ?? "", parts: [] },
    ...(repeat > 1 ? { repeat } : null),
    // The request is unknown, but a rerun must be stated, or its records would count as duplicates.
    ...(report.rerun > 0 ? { rerun: { what: [], to_seq: 0 } } : null),
    batch_size: 10,
    total: items * repeat,
    completed: 0,
    failed: 0,
    results_saved: report.items,
    gone: 0,
    log: emptyPosition(session.nonce),
    output: null,
    usage: NO_USAGE,
    runs: [],
    errors: [],
    timeline: { bucket_ms: 1000, counts: [] },
  };
}
