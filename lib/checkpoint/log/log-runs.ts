// Reads a log that may be damaged anywhere, and finds what of it is provable. Valid records that follow each other form a run (number by
// number, each linked to the one before). A run is the session's own when it begins where the session began, ends where the last commit ended,
// or is linked to one that is; between two of those, behind a gap, its own checksums prove it, if its fingerprint is one of this session.
import type { FormatVersion } from "../../core/format-version.ts";
import type { Status } from "../../core/status.ts";
import type { FileSystem } from "../../io/fs.ts";
import { O } from "../../io/fs.ts";
import { eachLine } from "./log-reader.ts";
import { ownFingerprint } from "../record/read-record.ts";
import { newerVersion, readFrame, RecordFrame } from "../record/record-frame.ts";
import { firstPrev } from "../record/write-record.ts";

/** Records that follow each other without a fault. Offsets in bytes; `to` is behind the last one's line end. */
export type LogRun = {
  readonly from: number;
  to: number;
  readonly firstSeq: number;
  lastSeq: number;
  /** Offset of the last record. */
  lastFrom: number;
  readonly firstPrev: string;
  lastSum: string;
  readonly version: FormatVersion;
  /** Id of the fingerprint under which its first record was made that no other tool has made; null when there is none. */
  fp: string | null;
  /** It ends with the record that was committed last. */
  endsCommitted: boolean;
};

/** A line that is no valid record; `newer`: the version above this one that it is of, else null. */
export type BadLine = {
  readonly from: number;
  readonly to: number;
  readonly ended: boolean;
  readonly newer: number | null;
};

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
    const frame = new RecordFrame();
    let open: LogRun | null = null;
    const fileBytes = eachLine(fs, fd, 0, (line, from, ended) => {
      const to = from + line.length + (ended ? 1 : 0);
      if (!ended || !readFrame(line, frame)) {
        bad.push({ from, to, ended, newer: ended ? newerVersion(line) : null });
        open = null;
        return;
      }
      const repeats = open !== null && frame.seq === open.lastSeq && frame.sum === open.lastSum;
      const follows =
        open !== null &&
        frame.seq === open.lastSeq + 1 &&
        frame.prev === open.lastSum &&
        frame.version === open.version;
      if (open === null || !follows) runs.push((open = startRun(frame, line, from)));
      open.to = to;
      open.lastFrom = from;
      open.lastSeq = frame.seq;
      open.lastSum = frame.sum;
      open.fp ??= ownFingerprint(line);
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
    lastFrom: from,
    firstPrev: frame.prev,
    lastSum: frame.sum,
    version: frame.version,
    fp: ownFingerprint(line),
    endsCommitted: false,
  };
}

/** The version of a session's records: what its status says, or, when that is lost, that of the longest run. */
export function versionOf({ runs }: LogPieces, status: Status | null): FormatVersion {
  return status?.v ?? byLength(runs)[0]?.version ?? 1;
}

/** The longest first. */
function byLength(runs: readonly LogRun[]): LogRun[] {
  return runs.toSorted((a, b) => b.lastSeq - b.firstSeq - (a.lastSeq - a.firstSeq));
}

/** The runs that are provably the session's own, by number. @param status null when it is lost: then the first run that begins with record 1 counts */
export function provableRuns(pieces: LogPieces, status: Status | null): LogRun[] {
  const version = versionOf(pieces, status);
  // A log is of one version: others come from elsewhere.
  const runs = pieces.runs.filter((run) => run.version === version);
  const start = status === null ? null : firstPrev(status.session.nonce);
  const committed = status?.log.records ?? Number.POSITIVE_INFINITY;
  const begins = (run: LogRun): boolean => run.firstSeq === 1 && (start === null || run.firstPrev === start);
  const isBelied = (run: LogRun): boolean =>
    (run.firstSeq === 1 && !begins(run)) || (run.lastSeq >= committed && !run.endsCommitted);
  const proven = new ProvenRuns(runs, isBelied);
  // A chain is better evidence the longer it is: a line out of its place must not keep one out.
  const longestFirst = byLength(runs);
  for (const first of [longestFirst.find((run) => run.endsCommitted), longestFirst.find(begins)])
    if (first !== undefined) proven.accept(first);
  const prints = new Set(status === null ? [] : [status.fingerprint.id]);
  for (let known = -1; known < prints.size;) {
    for (const run of proven.list) if (run.fp !== null) prints.add(run.fp);
    known = prints.size;
    for (const run of longestFirst) {
      // A file of another tool has a fingerprint of its own, which tells nothing of the session.
      const isKnown = run.fp === null || prints.has(run.fp) || proven.list.length === 0;
      if (isKnown && proven.standsApart(run) && proven.isUnbelied(run)) proven.accept(run);
    }
    for (const run of proven.list) if (run.fp !== null) prints.add(run.fp);
  }
  return withoutImpostors(proven.list, status);
}

/** Leaves out a last record that the one behind it, or the status, says is another one than was saved there. */
function withoutImpostors(runs: readonly LogRun[], status: Status | null): LogRun[] {
  return runs.filter((run, at) => {
    const next = runs[at + 1];
    const belied =
      next === undefined
        ? run.lastSeq === status?.log.records && !run.endsCommitted
        : next.firstSeq === run.lastSeq + 1 && next.firstPrev !== run.lastSum;
    if (belied) {
      run.to = run.lastFrom;
      run.lastSeq--;
    }
    return run.lastSeq >= run.firstSeq;
  });
}

/** Accepted runs by number; one that is accepted brings along what is linked to it. */
class ProvenRuns {
  readonly list: LogRun[] = [];
  readonly #byStart = new Map<string, LogRun[]>();
  readonly #byEnd = new Map<string, LogRun[]>();
  readonly #isBelied: (run: LogRun) => boolean;
  /** Linked to one that is belied. */
  readonly #strange = new Set<LogRun>();

  /** @param isBelied whether the status says that a run is not of this session */
  constructor(runs: readonly LogRun[], isBelied: (run: LogRun) => boolean) {
    this.#isBelied = isBelied;
    for (const run of runs) {
      entryOf(this.#byStart, `${run.firstSeq} ${run.firstPrev}`).push(run);
      entryOf(this.#byEnd, `${run.lastSeq} ${run.lastSum}`).push(run);
    }
  }

  accept(run: LogRun): void {
    for (let open = [run], next = open.pop(); next !== undefined; next = open.pop()) {
      if (!this.#isFree(next)) continue;
      this.list.splice(this.#place(next), 0, next);
      open.push(...this.#linkedTo(next));
    }
  }

  /** Runs that a run is linked to; those that come first in the file are last. */
  #linkedTo(run: LogRun): LogRun[] {
    const after = this.#byStart.get(`${run.lastSeq + 1} ${run.lastSum}`) ?? [];
    const before = this.#byEnd.get(`${run.firstSeq - 1} ${run.firstPrev}`) ?? [];
    return [...before.toReversed(), ...after.toReversed()];
  }

  /** Whether nothing that the run is linked to, over however many, is belied. */
  isUnbelied(run: LogRun): boolean {
    if (this.#strange.has(run)) return false;
    const chain = new Set([run]);
    for (const each of chain) for (const next of this.#linkedTo(each)) chain.add(next);
    if (![...chain].some(this.#isBelied)) return true;
    for (const each of chain) this.#strange.add(each);
    return false;
  }

  /** Whether a record is missing on both sides: one that stands next to an accepted run and is not linked to it is another log's. */
  standsApart(run: LogRun): boolean {
    const at = this.#place(run);
    const before = this.list[at - 1]?.lastSeq ?? 0;
    const after = this.list[at]?.firstSeq ?? Number.POSITIVE_INFINITY;
    return run.firstSeq > before + 1 && run.lastSeq + 1 < after;
  }

  /** Whether no accepted run has any of its numbers. */
  #isFree(run: LogRun): boolean {
    const at = this.#place(run);
    return (
      (this.list[at - 1]?.lastSeq ?? 0) < run.firstSeq &&
      (this.list[at]?.firstSeq ?? run.lastSeq + 1) > run.lastSeq
    );
  }

  /** How many accepted runs begin before this one. */
  #place(run: LogRun): number {
    let [low, high] = [0, this.list.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.list[middle]?.firstSeq ?? 0) < run.firstSeq) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function entryOf(map: Map<string, LogRun[]>, key: string): LogRun[] {
  const found = map.get(key) ?? [];
  if (found.length === 0) map.set(key, found);
  return found;
}
