// Encodes results as records.
import { UNIT_BYTES_MAX } from "../../core/utf8.ts";
import { cutText } from "../../core/cut-text.ts";
import { versionOf } from "../../core/model-versions.ts";
import type { FormatVersion } from "../../core/format-version.ts";
import {
  type Imported,
  type ItemError,
  KEPT_TEXT_MAX,
  type RecordKey,
  type Result,
} from "../../core/record.ts";
import { shortHash, SUM_DIGITS, SUM_END, SUM_KEY } from "../checksum.ts";
import { inPattern, KEY } from "./record-format.ts";

/** The `prev` of a session's first record. */
export function firstPrev(nonce: string): string {
  return shortHash(nonce);
}

/**
 * The text of a record up to (not including) `prev`.
 * @param fp fingerprint id of the result
 */
export function recordBody(
  version: FormatVersion,
  seq: number,
  key: RecordKey,
  fp: string,
  result: Result,
): string {
  let text = `${KEY.version}${version}${KEY.seq}${seq}${KEY.index}${key.index}`;
  if (result.status === "failed" && result.error.kind === "input") text += KEY.line + key.line;
  text += `${KEY.status}${result.status}"`;
  if (key.id !== null) text += KEY.id + JSON.stringify(key.id);
  text += `${KEY.hash}${key.hash}"`;
  if (key.occurrence > 1) text += KEY.occurrence + key.occurrence;
  if (key.repeat > 1) text += KEY.repeat + ofVersion2(version, key.repeat);
  text += `${KEY.fp}${fp}"`;
  text += result.status === "ok" ? KEY.output + result.outputJson : KEY.error + errorJson(result.error);
  text += KEY.attempts + result.attempts;
  if (result.retries.length > 0) text += KEY.retries + JSON.stringify(result.retries);
  if (result.marks !== undefined && result.marks.length > 0) text += KEY.marks + JSON.stringify(result.marks);
  if (result.usage !== undefined) text += KEY.usage + JSON.stringify(result.usage);
  text += `${KEY.startedAt}${isoTime(result.startedAtMs)}"${KEY.durationMs}${Math.round(result.durationMs)}`;
  // After everything that older executables read by position.
  text += answerFacts(result);
  if (key.idIsJson) text += KEY.idJson + key.id;
  return result.imported === undefined ? text : text + KEY.import + importJson(version, result.imported);
}

function answerFacts({ ttftMs, endpoint, answeredBy, requestId, stderr }: Result): string {
  let text = "";
  if (ttftMs !== undefined) text += KEY.ttftMs + Math.round(ttftMs);
  if (endpoint !== undefined) text += KEY.endpoint + JSON.stringify(endpoint);
  const modelVersion = answeredBy === undefined ? undefined : versionOf(answeredBy);
  if (modelVersion !== undefined) text += KEY.modelVersion + JSON.stringify(modelVersion);
  if (requestId !== undefined) text += KEY.requestId + JSON.stringify(requestId);
  if (stderr !== undefined) text += KEY.stderr + JSON.stringify(bounded(stderr));
  return text;
}

function errorJson(error: ItemError): string {
  const { text, body } = error;
  if (text === undefined && body === undefined) return JSON.stringify(error);
  return JSON.stringify({
    ...error,
    ...(text === undefined ? null : { text: bounded(text) }),
    ...(body === undefined ? null : { body: bounded(body) }),
  });
}

function bounded(text: string): string {
  return cutText(text, KEPT_TEXT_MAX, "…");
}

function importJson(version: FormatVersion, { file, sha256, line }: Imported): string {
  return ofVersion2(version, JSON.stringify({ file, sha256, line }));
}

/** A check just before writing: an executable that knows only version 1 would attribute such a record to another item. */
function ofVersion2<T>(version: FormatVersion, value: T): T {
  if (version < 2) throw new Error(`a record of version ${version} cannot hold ${JSON.stringify(value)}`);
  return value;
}

let lastMs = Number.NaN;
let lastIso = "";

/** `2026-11-23T20:00:00.000Z`; consecutive records often have the same time. */
function isoTime(ms: number): string {
  if (ms !== lastMs) {
    lastIso = new Date(ms).toISOString();
    lastMs = ms;
  }
  return lastIso;
}

/**
 * Writes a whole record line into `target` at `offset`.
 * @param prev the 16 digits of the previous sum
 * @returns the line's length in bytes and its `sum`; null when `target` may be too small
 */
export function encodeRecord(
  target: Buffer,
  offset: number,
  body: string,
  prev: string,
): { readonly length: number; readonly sum: string } | null {
  const head = headOf(body, prev);
  if (target.length - offset < head.length * UNIT_BYTES_MAX + SUM_DIGITS + SUM_END.length + 1) return null;
  const headBytes = target.write(head, offset);
  // The hash is computed from the text: creating a view of the written bytes for each record would cost more than the hash.
  const sum = shortHash(head);
  const tailBytes = target.write(`${sum}${SUM_END}\n`, offset + headBytes, "latin1");
  return { length: headBytes + tailBytes, sum };
}

/** A record up to the digits of its checksum. */
function headOf(body: string, prev: string): string {
  return `${body}${KEY.prev}${prev}"${SUM_KEY}`;
}

const START = new RegExp(String.raw`^${inPattern(KEY.version)}\d+${KEY.seq}(\d+)`);
const ORIGIN = new RegExp(String.raw`${KEY.origin}\d+$`);
const FROM = new RegExp(String.raw`${KEY.from}\{"session":"[0-9a-f]{32}","seq":\d+\}$`);

/** The new position of a record. */
export type Place = {
  readonly version: FormatVersion;
  readonly seq: number;
  readonly prev: string;
};

/**
 * What a record states about its earlier position: `origin`, its number in a repaired log; `from`, the nonce and number in the session it was taken
 * from, unless it has one already; or nothing, when only the format version changes.
 */
export type Trace = "origin" | "none" | { readonly from: string };

/**
 * The line (with its line end) of a record at a new position: with a new number and link; all other bytes are unchanged.
 * @param line a valid record, without its end
 */
export function relinkRecord(
  line: Buffer,
  place: Place,
  trace: Trace,
): { readonly bytes: Buffer; readonly sum: string } {
  // latin1 keeps each byte; only ASCII is replaced.
  const text = line.toString("latin1");
  const [start = "", seq = ""] = START.exec(text) ?? [];
  const rest = traced(text.slice(start.length, text.lastIndexOf(KEY.prev)), seq, trace);
  const body = `${KEY.version}${place.version}${KEY.seq}${place.seq}${rest}`;
  const head = headOf(body, place.prev);
  const sum = shortHash(Buffer.from(head, "latin1"));
  return { bytes: Buffer.from(`${head}${sum}${SUM_END}\n`, "latin1"), sum };
}

/** @param rest the record between `seq` and `prev` @param seq its old number */
function traced(rest: string, seq: string, trace: Trace): string {
  if (trace === "none") return rest;
  const known = rest.replace(ORIGIN, "");
  if (trace === "origin") return `${known}${KEY.origin}${seq}`;
  return FROM.test(known) ? known : `${known}${KEY.from}{"session":"${trace.from}","seq":${seq}}`;
}
