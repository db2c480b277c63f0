// The checksum of records and of all small files: the last key of a line is "sum", with the first 16 hex digits of the SHA-256 of all bytes before
// the digits.
import { CLOSE_BRACE, QUOTE } from "../core/ascii.ts";
import { matches } from "./line-bytes.ts";

export const SUM_DIGITS = 16;
/** The bytes before the digits, and after them up to the line end. */
export const SUM_KEY = ',"sum":"';
export const SUM_END = '"}';

const SUM_KEY_BYTES = Buffer.from(SUM_KEY);
const digest = new Uint8Array(32);

/** First 16 hex digits of the SHA-256 of `data`. */
export function shortHash(data: string | Uint8Array): string {
  Bun.SHA256.hash(data, digest);
  return digest.subarray(0, SUM_DIGITS / 2).toHex();
}

/** The end of a line with this checksum, including the line end. */
export function lineEndWith(sum: string): Buffer {
  return Buffer.from(`${SUM_KEY}${sum}${SUM_END}\n`);
}

/** Whether a line (without its line end) ends in a correct checksum. Compares bytes: decoding could hide damage. */
export function hasRightSum(line: Buffer): boolean {
  const sumAt = line.length - SUM_END.length - SUM_DIGITS;
  if (sumAt < SUM_KEY.length) return false;
  if (line[line.length - 1] !== CLOSE_BRACE || line[line.length - 2] !== QUOTE) return false;
  if (!matches(line, sumAt - SUM_KEY.length, SUM_KEY_BYTES)) return false;
  Bun.SHA256.hash(line.subarray(0, sumAt), digest);
  for (let i = 0; i < SUM_DIGITS / 2; i++) {
    const high = hexDigit(line[sumAt + 2 * i]);
    const low = hexDigit(line[sumAt + 2 * i + 1]);
    if (high < 0 || low < 0 || high * 16 + low !== digest[i]) return false;
  }
  return true;
}

function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  return byte >= 0x61 && byte <= 0x66 ? byte - 0x57 : -1;
}
