// Reads a log that may be damaged anywhere, and finds what of it is provable. Valid records that follow each other form a run (number by
// number, each linked to the one before). A run is the session's own when it begins where the session began, ends where the last commit ended,
// or is linked to one that is; between two of those, behind a gap, its own checksums prove it, if its fingerprint is one of this session.
import type { Status } from "../core/status.ts";
import type { FileSystem } from "../io/fs.ts";
import { O } from "../io/fs.ts";
import { eachLine } from "./log-reader.ts";
import { firstPrev, parseRecord, readFrame, type RecordFrame } from "./record-codec.ts";

/** Records that follow each other without a fault. Offsets in bytes; `to` is behind the last one's line end. */
export type LogRun = {
  readonly from: number;
  to: number;
  readonly firstSeq: number;
  lastSeq: number;
  readonly firstPrev: string;
  lastSum: string;
  /** Id of the fingerprint under which its first record was made. */
  readonly fp: string;
  /** It ends with the record that was committed last. */
  endsCommitted: boolean;
};

/** A line that is no valid record. */
export type BadLine = { readonly from: number; readonly to: number; readonly ended: boolean };

export type LogPieces = {
  readonly runs: readonly LogRun[];
  readonly bad: readonly BadLine[];
  readonly fileBytes: number;
};

/** Takes a whole log apart. Memory: an entry for each fault. */
export function readPieces(fs: FileSystem, file: string, status: Status | null): LogPieces {
  const fd = fs.openSync(file, O.O_RDONLY | O.O_NOFOLLOW);
  try {
    const runs: LogRun[] = [];
    const bad: BadLine[] = [];
    const frame: RecordFrame = { seq: 0, index: 0, failed: false, prev: "", sum: "" };
    let open: LogRun | null = null;
    const fileBytes = eachLine(fs, fd, 0, (line, from, ended) => {
      const to = from + line.length + (ended ? 1 : 0);
      if (!ended || !readFrame(line, frame)) {
        bad.push({ from, to, ended });
        open = null;
        return;
      }
      const repeats = open !== null && frame.seq === open.lastSeq && frame.sum === open.lastSum;
      const follows = open !== null && frame.seq === open.lastSeq + 1 && frame.prev === open.lastSum;
      if (open === null || !follows) runs.push((open = startRun(frame, line, from)));
      open.to = to;
      open.lastSeq = frame.seq;
      open.lastSum = frame.sum;
      if (frame.seq === status?.log.records && frame.sum === status.log.last_sum) open.endsCommitted = true;
      // What follows a repeated line follows the line that it repeats.
      if (repeats) open = null;
    });
    return { runs, bad, fileBytes };
  } finally {
    fs.closeSync(fd);
  }
}

function startRun(frame: RecordFrame, line: Buffer, from: number): LogRun {
  return {
    from,
    to: from,
    firstSeq: frame.seq,
    lastSeq: frame.seq,
    firstPrev: frame.prev,
    lastSum: frame.sum,
    fp: parseRecord(line)?.fp ?? "",
    endsCommitted: false,
  };
}

/** The runs that are provably the session's own, by number. @param status null when it is lost: then the first run that begins with record 1 counts */
export function provableRuns(pieces: LogPieces, status: Status | null): LogRun[] {
  const accepted: LogRun[] = [];
  const accept = (wanted: (run: LogRun) => boolean): boolean => {
    const found = pieces.runs.find((run) => !accepted.includes(run) && isFree(accepted, run) && wanted(run));
    if (found === undefined) return false;
    accepted.push(found);
    accepted.sort((a, b) => a.firstSeq - b.firstSeq);
    return true;
  };
  const start = status === null ? null : firstPrev(status.session.nonce);
  const begins = (run: LogRun): boolean => run.firstSeq === 1 && (start === null || run.firstPrev === start);
  accept((run) => run.endsCommitted);
  accept(begins);
  const linked = (run: LogRun): boolean =>
    accepted.some((other) => areLinked(other, run) || areLinked(run, other));
  const isKnown = (fp: string): boolean =>
    fp === status?.fingerprint.id || accepted.length === 0 || accepted.some((run) => run.fp === fp);
  while (accept(linked) || accept((run) => isKnown(run.fp) && standsApart(accepted, run))) {
    // Each run that is accepted may link a further one.
  }
  return accepted;
}

function areLinked(before: LogRun, after: LogRun): boolean {
  return after.firstSeq === before.lastSeq + 1 && after.firstPrev === before.lastSum;
}

/** Whether no accepted run has any of its numbers. */
function isFree(accepted: readonly LogRun[], run: LogRun): boolean {
  return accepted.every((other) => run.lastSeq < other.firstSeq || run.firstSeq > other.lastSeq);
}

/** Whether a record is missing on both sides: one that stands next to an accepted run and is not linked to it is another log's. */
function standsApart(accepted: readonly LogRun[], run: LogRun): boolean {
  return (
    run.firstSeq > 1 &&
    accepted.every((other) => run.lastSeq + 1 < other.firstSeq || run.firstSeq > other.lastSeq + 1)
  );
}
