// The checksum rule that records and all small files share: the last key is "sum", 16 hex digits of the SHA-256 of the bytes before them.
import { CkptError } from "../../core/errors.ts";

export const FORMAT_VERSION = 1;
export const SUM_DIGITS = 16;
const SUM_KEY = ',"sum":"';

/** First 16 hex digits of the SHA-256 of `data`. */
export function shortHash(data: string | Uint8Array): string {
  return Bun.SHA256.hash(data, "hex").slice(0, SUM_DIGITS);
}

/** The line (with its end) of a sealed object. `value` must be a non-empty object. */
export function seal(value: object): string {
  const body = JSON.stringify(value).slice(0, -1) + SUM_KEY;
  return `${body}${shortHash(body)}"}\n`;
}

/**
 * The object of a sealed file, or null when the checksum is not right.
 * @throws checkpoint.newer when the file says that a later version of the format made it
 */
export function unseal(bytes: Uint8Array, file: string): { readonly [key: string]: unknown } | null {
  const value = parseObject(Buffer.from(bytes).toString("utf8"));
  const version = value?.["v"];
  if (typeof version === "number" && version > FORMAT_VERSION) {
    throw new CkptError("checkpoint.newer", { path: file, version, supported: FORMAT_VERSION });
  }
  return value !== null && hasRightSum(bytes) ? value : null;
}

const LINE_END = '"}\n';

/** Whether a sealed line (with its end) carries the right checksum. Compares bytes: decoding could hide a damaged one. */
export function hasRightSum(line: Uint8Array): boolean {
  const at = line.length - LINE_END.length - SUM_DIGITS;
  if (at < SUM_KEY.length) return false;
  const text = (from: number, to: number): string => Buffer.from(line.subarray(from, to)).toString("latin1");
  if (text(at - SUM_KEY.length, at) !== SUM_KEY || text(at + SUM_DIGITS, line.length) !== LINE_END)
    return false;
  return shortHash(line.subarray(0, at)) === text(at, at + SUM_DIGITS);
}

function parseObject(text: string): { readonly [key: string]: unknown } | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    // Not JSON: the caller treats it like a wrong checksum.
    return null;
  }
}
