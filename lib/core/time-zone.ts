// UTC offsets from a compiled time zone file (TZif, RFC 9636). The runtime's own time zone data takes several milliseconds to load, half of the time
// that `ckpt info` may take. Times that the file does not cover are left to the runtime.
import { COMMA } from "./ascii.ts";

const MAGIC = 0x545a6966; // "TZif"
const HEADER_BYTES = 44;
const TYPE_BYTES = 6;

/**
 * Seconds to add to UTC for local time.
 * @param file content of the zone file, version 2 or later
 * @param atS seconds since the epoch
 * @returns null when the file does not tell: it is not a zone file, it has version 1, or the time is after its last transition and rules apply
 */
export function zoneOffsetS(file: Uint8Array, atS: number): number | null {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  try {
    return offsetIn(view, atS);
  } catch (error) {
    if (error instanceof RangeError) return null; // the file is shorter than its counts require
    throw error;
  }
}

function offsetIn(view: DataView, atS: number): number | null {
  if (view.getUint32(0) !== MAGIC || view.getUint8(4) < 0x32) return null;
  const second = HEADER_BYTES + bodyBytes(view, 0, 4);
  if (view.getUint32(second) !== MAGIC) return null;
  const times = second + HEADER_BYTES;
  const { timeCount, typeCount } = counts(view, second);
  if (typeCount === 0) return null;
  const types = times + timeCount * 8;
  const offsetOf = (type: number): number => view.getInt32(types + timeCount + type * TYPE_BYTES);
  const passed = changesUntil(view, times, timeCount, atS);
  if (passed === timeCount && hasRules(view, times + bodyBytes(view, second, 8))) return null;
  return offsetOf(passed === 0 ? 0 : view.getUint8(types + passed - 1));
}

/** The counts of a header; all are 32 bits wide, in the order of RFC 9636, 3.1. */
function counts(view: DataView, header: number): { readonly timeCount: number; readonly typeCount: number } {
  return { timeCount: view.getUint32(header + 32), typeCount: view.getUint32(header + 36) };
}

/** Size of what follows a header. @param timeBytes width of a time: 4 in the first body, 8 in the second */
function bodyBytes(view: DataView, header: number, timeBytes: number): number {
  const { timeCount, typeCount } = counts(view, header);
  const [utCount, standardCount, leapCount, charCount] = [20, 24, 28, 40].map((at) =>
    view.getUint32(header + at),
  ) as [number, number, number, number];
  const changes = timeCount * (timeBytes + 1) + typeCount * TYPE_BYTES + charCount;
  return changes + leapCount * (timeBytes + 4) + standardCount + utCount;
}

/** How many transitions are at or before a time. */
function changesUntil(view: DataView, times: number, count: number, atS: number): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (Number(view.getBigInt64(times + middle * 8)) <= atS) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether the footer, `\n<TZ string>\n`, has transition rules: those contain commas. */
function hasRules(view: DataView, footer: number): boolean {
  for (let at = footer; at < view.byteLength; at++) if (view.getUint8(at) === COMMA) return true;
  return false;
}
