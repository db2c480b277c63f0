// Says what a damaged checkpoint must be taken for, and what may be given back of it. Knows no checksum and no link: a line is a true record when it is,
// byte for byte, one that was written. All texts here are latin1, a character a byte.
import { NEWEST_VERSION } from "../../lib/core/format-version.ts";

/** What was really written. */
export type Truth = {
  /** Lines of the session's log, their ends included. */
  readonly own: readonly string[];
  /** How many of them the status vouches for. */
  readonly committed: number;
  readonly status: string;
  /** Lines of other sessions. */
  readonly strangers: readonly string[];
};

/** A checkpoint as it is found; null: the file is not there. */
export type Found = {
  readonly name: string;
  readonly truth: Truth;
  readonly log: string | null;
  readonly status: string | null;
  /** Lines that a newer version has really written. */
  readonly newer?: readonly string[];
};

/** clean and tail can be gone on with; the others are refused and nothing is changed. */
type Kind = "none" | "clean" | "tail" | "damage" | "newer";

export type Expected = {
  /** What a run says, which stops at the first fault. */
  readonly run: Kind;
  /** What `verify` says, which reads everything. */
  readonly verify: Kind;
  /** True records at the beginning. */
  readonly records: number;
  /** Bytes of them. */
  readonly bytes: number;
};

export function expectedOf(found: Found): Expected {
  const { truth, log } = found;
  const status = statusKind(found);
  const { records, bytes } = leading(truth, log ?? "");
  const all = (kind: Kind): Expected => ({ run: kind, verify: kind, records, bytes });
  if (status === "newer") return all("newer");
  if (status === "absent" && (log ?? "") === "") return all("none");
  const next = linesOf((log ?? "").slice(bytes))[0] ?? "";
  const isNewer = (line: string): boolean => found.newer?.includes(line) === true;
  if (status === "lost" || status === "absent")
    return { ...all("damage"), verify: linesOf(log ?? "").some(isNewer) ? "newer" : "damage" };
  if (log === null) return all("damage");
  if (isNewer(next)) return all("newer");
  if (records < truth.committed || (records === 0 && belongsElsewhere(found, next))) {
    const before = linesOf(log.slice(0, bytesOf(truth.own.slice(0, truth.committed))));
    return { ...all("damage"), verify: before.some(isNewer) ? "newer" : "damage" };
  }
  return all(log.length > bytes ? "tail" : "clean");
}

/** A log that begins with a whole record, but another one than this session's first: no crash puts it there. */
function belongsElsewhere({ truth }: Found, next: string): boolean {
  return truth.strangers.includes(next) || truth.own.includes(next);
}

function statusKind({ truth, status }: Found): "good" | "absent" | "lost" | "newer" {
  if (status === null) return "absent";
  if (status === truth.status) return "good";
  try {
    const value: unknown = JSON.parse(Buffer.from(status, "latin1").toString());
    const version = typeof value === "object" && value !== null && "v" in value ? value.v : 0;
    // A file that says so is left alone, whatever its checksum.
    return typeof version === "number" && version > NEWEST_VERSION ? "newer" : "lost";
  } catch {
    return "lost"; // no JSON any more
  }
}

/** Lines with their ends; a last one may have none. */
export function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function bytesOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + line.length, 0);
}

function leading({ own }: Truth, log: string): { readonly records: number; readonly bytes: number } {
  let [records, bytes] = [0, 0];
  for (const line of own) {
    if (!log.startsWith(line, bytes)) break;
    records++;
    bytes += line.length;
  }
  return { records, bytes };
}

/** What a record says of its item: all but what a repair writes anew (number, origin, link, checksum). */
function contentOf(line: string): string {
  return line
    .replace(/^\{"v":[12],"seq":\d+/, "")
    .replace(/(?:,"origin":\d+)?,"prev":"[0-9a-f]{16}","sum":"[0-9a-f]{16}"\}\n$/, "");
}

/**
 * What is wrong with the log that a repair made. A line of another session may be there only where nothing of this session stands next to it, and
 * contradicts it.
 */
export function repairFaults(found: Found, repaired: string): string[] {
  const { own, committed, strangers } = found.truth;
  const faults: string[] = [];
  const places = new Map(own.map((line, at) => [contentOf(line), at + 1]));
  const foreign = new Map(strangers.map((line) => [contentOf(line), numberIn(line)]));
  const kept = new Set<number>();
  const alien = new Set<number>();
  for (const line of linesOf(repaired)) {
    const content = contentOf(line);
    const place = places.get(content);
    const other = foreign.get(content);
    if (place === undefined && other === undefined) faults.push(`not a result: ${line.slice(0, 60)}`);
    if (place !== undefined && kept.has(place)) faults.push(`record ${place} is there twice`);
    if (place !== undefined) kept.add(place);
    else if (other !== undefined) alien.add(other);
  }
  const known = found.status === found.truth.status;
  for (const number of alien) {
    const contradicted =
      kept.has(number - 1) || kept.has(number + 1) || (known && (number === 1 || number === committed));
    if (contradicted) faults.push(`record ${number} of another session is accepted`);
  }
  const there = new Set(linesOf(found.log ?? ""));
  for (const [at, line] of own.entries()) {
    const isOwed = at < (known ? committed : own.length);
    // Where nothing else tells which of two neighbours that contradict each other is this session's, either may be taken.
    const isContested = [at, at + 1, at + 2].some((number) => alien.has(number));
    if (isOwed && !isContested && there.has(line) && !kept.has(at + 1))
      faults.push(`record ${at + 1} is there and not kept`);
  }
  return faults;
}

function numberIn(line: string): number {
  return Number(/^\{"v":[12],"seq":(\d+)/.exec(line)?.[1]);
}
