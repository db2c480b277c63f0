// Reads a log that may be damaged anywhere and finds the provable records. Valid records with consecutive numbers, each linked to the one before,
// form a run. A run belongs to the session if it starts where the session started, ends where the last commit ended, or is linked to such a run. A
// run between two of those, after a gap, is proven by its own checksums, if its fingerprint belongs to this session.
import type { FormatVersion } from "../../core/format-version.ts";
import type { Status } from "../../core/status.ts";
import type { FileSystem } from "../../io/fs.ts";
import { O } from "../../io/fs.ts";
import { eachLine } from "./log-reader.ts";
import { ownFingerprint } from "../record/read-record.ts";
import { newerVersion, readFrame, RecordFrame } from "../record/record-frame.ts";
import { firstPrev } from "../record/write-record.ts";

/** Consecutive valid records. Offsets in bytes; `to` is after the last line end. */
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
  /** Fingerprint id of its first record that was not imported from another tool; null when there is none. */
  fp: string | null;
  /** Whether it ends with the last committed record. */
  endsCommitted: boolean;
};

/** A line that is not a valid record; `newer`: its version if that is newer than this one, else null. */
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

/** Splits a log into runs and bad lines. Memory: one entry per fault. */
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
      // The line after a repeated line is linked to the original.
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

/** The version of a session's records: from its status, or, if that is lost, from the longest run. */
export function versionOf({ runs }: LogPieces, status: Status | null): FormatVersion {
  return status?.v ?? byLength(runs)[0]?.version ?? 1;
}

/** The longest first. */
function byLength(runs: readonly LogRun[]): LogRun[] {
  return runs.toSorted((a, b) => b.lastSeq - b.firstSeq - (a.lastSeq - a.firstSeq));
}

/** The runs that provably belong to the session, by number. @param status null when it is lost; then the first run that starts with record 1 counts */
export function provableRuns(pieces: LogPieces, status: Status | null): LogRun[] {
  const version = versionOf(pieces, status);
  // A log has one version: records of other versions do not belong to it.
  const runs = pieces.runs.filter((run) => run.version === version);
  const start = status === null ? null : firstPrev(status.session.nonce);
  const committed = status?.log.records ?? Number.POSITIVE_INFINITY;
  const begins = (run: LogRun): boolean => run.firstSeq === 1 && (start === null || run.firstPrev === start);
  const isBelied = (run: LogRun): boolean =>
    (run.firstSeq === 1 && !begins(run)) || (run.lastSeq >= committed && !run.endsCommitted);
  const proven = new ProvenRuns(runs, isBelied);
  // A longer chain is better evidence: a misplaced line must not exclude it.
  const longestFirst = byLength(runs);
  for (const first of [longestFirst.find((run) => run.endsCommitted), longestFirst.find(begins)])
    if (first !== undefined) proven.accept(first);
  const prints = new Set(status === null ? [] : [status.fingerprint.id]);
  for (let known = -1; known < prints.size;) {
    for (const run of proven.list) if (run.fp !== null) prints.add(run.fp);
    known = prints.size;
    for (const run of longestFirst) {
      // An imported file has its own fingerprint, which says nothing about the session.
      const isKnown = run.fp === null || prints.has(run.fp) || proven.list.length === 0;
      if (isKnown && proven.standsApart(run) && proven.isUnbelied(run)) proven.accept(run);
    }
    for (const run of proven.list) if (run.fp !== null) prints.add(run.fp);
  }
  return withoutImpostors(proven.list, status);
}

/** Drops a last record if the next record or the status shows that a different record was saved there. */
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

/** Accepted runs by number. Accepting a run also accepts the runs that are linked to it. */
class ProvenRuns {
  readonly list: LogRun[] = [];
  readonly #byStart = new Map<string, LogRun[]>();
  readonly #byEnd = new Map<string, LogRun[]>();
  readonly #isBelied: (run: LogRun) => boolean;
  /** Runs that are linked to a contradicted run. */
  readonly #strange = new Set<LogRun>();

  /** @param isBelied whether the status contradicts that a run belongs to this session */
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

  /** Runs that a run is linked to, in reverse file order. */
  #linkedTo(run: LogRun): LogRun[] {
    const after = this.#byStart.get(`${run.lastSeq + 1} ${run.lastSum}`) ?? [];
    const before = this.#byEnd.get(`${run.firstSeq - 1} ${run.firstPrev}`) ?? [];
    return [...before.toReversed(), ...after.toReversed()];
  }

  /** Whether no run in the chain of links is contradicted. */
  isUnbelied(run: LogRun): boolean {
    if (this.#strange.has(run)) return false;
    const chain = new Set([run]);
    for (const each of chain) for (const next of this.#linkedTo(each)) chain.add(next);
    if (![...chain].some(this.#isBelied)) return true;
    for (const each of chain) this.#strange.add(each);
    return false;
  }

  /** Whether records are missing on both sides: a run next to an accepted one without a link belongs to another log. */
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

  /** How many accepted runs start before this one. */
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
