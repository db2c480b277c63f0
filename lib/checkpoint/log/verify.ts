// Reads every record of a checkpoint or a backup and reports what is wrong and what is provable. Changes nothing and takes no lock. The status is
// read first, so that during a run the log holds at least what this status states.
import type { ErrorGroup, Status } from "../../core/status.ts";
import { CkptError } from "../../core/errors.ts";
import { type FormatVersion, NEWEST_VERSION } from "../../core/format-version.ts";
import { itemLabel } from "../../core/item.ts";
import type { Problem } from "../../core/problem.ts";
import { fileSize, readFully } from "../../io/file.ts";
import { type FileSystem, O } from "../../io/fs.ts";
import { failureAt } from "../status/failure-examples.ts";
import { eachLine } from "./log-reader.ts";
import {
  type BadLine,
  type LogPieces,
  type LogRun,
  provableRuns,
  readPieces,
  versionOf,
} from "./log-runs.ts";
import type { CheckpointPaths } from "../names.ts";
import { type ItemCounts, ItemTally } from "../status/item-tally.ts";
import { readableItem, recordError } from "../record/parse-record.ts";
import { recordIdentity } from "../record/read-record.ts";
import { readStatus } from "../status/status-file.ts";

/** Maximum number of listed problems; the rest is only counted. */
const PROBLEMS_MAX = 1000;

export type VerifyReport = ItemCounts & {
  /** Null when it is lost. */
  readonly status: Status | null;
  /** Version of the records. */
  readonly version: FormatVersion;
  readonly problems: readonly Problem[];
  readonly problemCount: number;
  /** Provable records. */
  readonly records: number;
  /** Provable records after the last commit. */
  readonly uncommitted: number;
  /** Torn bytes after the last record, left by a crash. This is not damage: the next run moves them to quarantine. */
  readonly tornBytes: number;
  /** Provable runs of records, by number. */
  readonly runs: readonly LogRun[];
  /** Offsets of records that a repair drops because an earlier success exists. */
  readonly doubles: ReadonlySet<number>;
  /** Provable failures by reason. */
  readonly errors: readonly ErrorGroup[];
};

/** Verifies a checkpoint; null when there is none. @throws checkpoint.newer, and what reading throws */
export function verifyCheckpoint(
  fs: FileSystem,
  paths: Pick<CheckpointPaths, "status" | "log">,
): VerifyReport | null {
  const { log } = paths;
  const read = readStatus(fs, paths.status);
  const logBytes = fileSize(fs, log);
  if (read.kind === "absent" && (logBytes ?? 0) === 0) return null;
  const status = read.kind === "good" ? read.status : null;
  const problems = new Problems();
  if (read.kind === "absent") problems.add({ kind: "status-missing" });
  if (read.kind === "damaged") problems.add({ kind: "status-sum" });
  if (logBytes === null) problems.add({ kind: "log-missing", records: status?.log.records ?? 0 });
  const found = logBytes === null ? NO_PIECES : readPieces(fs, log, status);
  const proven = provableRuns(found, status);
  const fileBytes = soundBytes(found, proven, status);
  const isSound = (piece: { readonly from: number }): boolean => piece.from < fileBytes;
  const pieces = { runs: found.runs.filter(isSound), bad: found.bad.filter(isSound), fileBytes };
  const runs = proven.filter(isSound);
  refuseNewer(log, found, fileBytes, status);
  const version = versionOf(found, status);
  // The contents of a lost status are unknown: it may have used more than version 1.
  const tally = new ItemTally(status === null ? version > 1 : status.rerun !== undefined);
  if (logBytes !== null) {
    const named = compareLines(fs, log, pieces, runs, problems);
    compareNumbers(runs, status, named, problems);
    countItems(fs, log, runs, tally, problems);
    compareEnd(runs, pieces.fileBytes, status, problems);
  }
  const counts = tally.counts;
  if (status !== null && problems.count === 0) compareCounts(status, counts, runs, problems);
  const records = runs.reduce((sum, run) => sum + run.lastSeq - run.firstSeq + 1, 0);
  return {
    status,
    version,
    problems: problems.list,
    problemCount: problems.count,
    records,
    uncommitted: status === null ? 0 : Math.max(0, lastSeq(runs) - status.log.records),
    tornBytes: found.fileBytes - pieces.fileBytes,
    runs,
    doubles: tally.doubles,
    errors: tally.errors((offset) => failureAt(fs, log, offset)),
    ...counts,
  };
}

const NO_PIECES: LogPieces = { runs: [], bad: [], fileBytes: 0 };

class Problems {
  readonly list: Problem[] = [];
  count = 0;

  /** Whether further problems are only counted. */
  get isFull(): boolean {
    return this.list.length >= PROBLEMS_MAX;
  }

  add(problem: Problem): void {
    this.count++;
    if (!this.isFull) this.list.push(problem);
  }
}

function lastSeq(runs: readonly LogRun[]): number {
  return runs.at(-1)?.lastSeq ?? 0;
}

/**
 * The end of the part of the log that must be intact; bytes after it were never reported as saved. If the committed records are intact, it is the end
 * of the records that follow them. Otherwise it is after everything provable, because committed records may be anywhere, and not before the end that
 * the status states. Bad lines before it are damage.
 */
function soundBytes(
  { runs, bad, fileBytes }: LogPieces,
  proven: readonly LogRun[],
  status: Status | null,
): number {
  const first = runs.find((run) => run.from === 0);
  const committed = status?.log.records ?? Number.POSITIVE_INFINITY;
  if (first === undefined && committed === 0) return 0;
  const isBeginning = first !== undefined && first.firstSeq === 1 && proven.includes(first);
  if (isBeginning && first.lastSeq >= committed) return first.to;
  const isEndKnown = proven.some((run) => run.endsCommitted);
  const last = (isEndKnown ? proven : runs).reduce((end, run) => Math.max(end, run.to), 0);
  return bad
    .map((line) => line.from)
    .filter((from) => from >= last && from >= (status?.log.bytes ?? 0))
    .reduce((least, from) => Math.min(least, from), fileBytes);
}

/** Refuses a log with a line of a newer version, unless the line is in a torn tail. */
function refuseNewer(log: string, { bad }: LogPieces, soundEnd: number, status: Status | null): void {
  const line = bad.find(({ newer, from }) => newer !== null && (status === null || from <= soundEnd));
  if (line === undefined || line.newer === null) return;
  throw new CkptError("checkpoint.newer", { path: log, version: line.newer, supported: NEWEST_VERSION });
}

type Piece = { readonly from: number; readonly run: LogRun | null; readonly bad: BadLine | null };

/** Reports, in file order, lines that are not records and records that do not belong there. Returns the numbers of the former. */
function compareLines(
  fs: FileSystem,
  log: string,
  pieces: LogPieces,
  runs: readonly LogRun[],
  problems: Problems,
): Set<number> {
  const own = new Set(runs);
  const all: Piece[] = [
    ...pieces.runs.map((run) => ({ from: run.from, run, bad: null })),
    ...pieces.bad.map((bad) => ({ from: bad.from, run: null, bad })),
  ].toSorted((a, b) => a.from - b.from);
  const named = new Set<number>();
  let number = 0;
  let badLines = 0;
  for (const { run, bad } of all) {
    if (bad !== null) {
      const record = number + ++badLines;
      const kind = bad.ended ? "record-sum" : "record-cut";
      named.add(record);
      problems.add({
        kind,
        record,
        offset: bad.from,
        item: problems.isFull ? null : itemOf(fs, log, bad),
      });
    }
    if (run === null) continue;
    if (!own.has(run) || run.firstSeq <= number) {
      const item = problems.isFull ? null : itemOf(fs, log, run);
      problems.add({ kind: "record-stray", record: run.firstSeq, offset: run.from, item });
    }
    if (!own.has(run)) continue;
    number = run.lastSeq;
    badLines = 0;
  }
  return named;
}

/** Reports missing numbers up to the last committed one. @param named numbers whose damaged line was reported */
function compareNumbers(
  runs: readonly LogRun[],
  status: Status | null,
  named: ReadonlySet<number>,
  problems: Problems,
): void {
  let next = 1;
  const end = (status?.log.records ?? 0) + 1;
  for (const { firstSeq, lastSeq: last } of [...runs, { firstSeq: end, lastSeq: end }]) {
    for (let from = next; from < firstSeq; from++) {
      if (named.has(from)) continue;
      let to = from;
      while (to + 1 < firstSeq && !named.has(to + 1)) to++;
      problems.add({ kind: "records-missing", from, to });
      from = to;
    }
    next = Math.max(next, last + 1);
  }
}

/** Compares the end of the log with the status. */
function compareEnd(
  runs: readonly LogRun[],
  fileBytes: number,
  status: Status | null,
  problems: Problems,
): void {
  if (status === null || lastSeq(runs) < status.log.records) return;
  const { records, bytes } = status.log;
  if (records > 0 && !runs.some((run) => run.endsCommitted)) {
    problems.add({ kind: "last-record", record: records });
  } else if (lastSeq(runs) === records && problems.count === 0 && fileBytes !== bytes) {
    problems.add({ kind: "log-bytes", found: fileBytes, expected: bytes });
  }
}

function countItems(
  fs: FileSystem,
  log: string,
  runs: readonly LogRun[],
  tally: ItemTally,
  problems: Problems,
): void {
  eachRecordLine(fs, log, runs, (line, offset, record) => {
    const identity = recordIdentity(line);
    if (!tally.add(identity, offset, () => recordError(line).error)) return;
    const item = itemLabel(identity.id, identity.index);
    problems.add({ kind: "record-double", record, offset, item });
  });
}

/**
 * Calls `visit` for each record of the runs, in order. The line, without its line end, is valid only during the call. Consecutive runs in the file
 * are read in one pass.
 */
export function eachRecordLine(
  fs: FileSystem,
  log: string,
  runs: readonly LogRun[],
  visit: (line: Buffer, offset: number, record: number) => void,
): void {
  if (runs.length === 0) return;
  const fd = fs.openSync(log, O.O_RDONLY | O.O_NOFOLLOW);
  try {
    for (let at = 0; at < runs.length; at++) {
      let record = 0;
      eachLine(fs, fd, runs[at]?.from ?? 0, (line, offset) => {
        if (offset >= (runs[at]?.to ?? 0)) {
          const next = runs[at + 1];
          if (next === undefined || next.from < offset) return false;
          at++;
        }
        const { from, firstSeq } = runs[at] ?? { from: 0, firstSeq: 0 };
        if (offset < from) return true;
        record = offset === from ? firstSeq : record + 1;
        visit(line, offset, record);
        return true;
      });
    }
  } finally {
    fs.closeSync(fd);
  }
}

/** Results are those of wanted items and those in `gone`: of another selection, or answers beyond the number that is wanted now. */
function compareCounts(
  status: Status,
  counts: ItemCounts,
  runs: readonly LogRun[],
  problems: Problems,
): void {
  const comparable = status.input.changes === 0 && lastSeq(runs) === status.log.records;
  const expected = status.results_saved + status.gone;
  if (!comparable || counts.items === expected) return;
  problems.add({ kind: "count", found: counts.items, expected });
}

const BEGINNING_BYTES = 4096;

/** The item of a line, if the start of the line is readable. */
function itemOf(
  fs: FileSystem,
  log: string,
  { from, to }: { readonly from: number; readonly to: number },
): string | null {
  const fd = fs.openSync(log, O.O_RDONLY | O.O_NOFOLLOW);
  try {
    const bytes = readFully(fs, fd, from, Math.min(BEGINNING_BYTES, to - from));
    return readableItem(bytes.toString("utf8").split("\n", 1)[0] ?? "");
  } finally {
    fs.closeSync(fd);
  }
}
