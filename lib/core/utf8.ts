// Decodes UTF-8 and finds where bytes are not UTF-8 (RFC 3629): overlong forms, surrogates and anything past U+10FFFF are refused.
import { isUtf8 } from "node:buffer";

/** How many bytes follow a lead byte, and the bounds of the first of them; null when it is not a lead byte. */
function sequence(
  lead: number,
): { readonly length: number; readonly min: number; readonly max: number } | null {
  if (lead >= 0xc2 && lead <= 0xdf) return { length: 1, min: 0x80, max: 0xbf };
  if (lead >= 0xe0 && lead <= 0xef) {
    return { length: 2, min: lead === 0xe0 ? 0xa0 : 0x80, max: lead === 0xed ? 0x9f : 0xbf };
  }
  if (lead >= 0xf0 && lead <= 0xf4) {
    return { length: 3, min: lead === 0xf0 ? 0x90 : 0x80, max: lead === 0xf4 ? 0x8f : 0xbf };
  }
  return null;
}

/** Offset in bytes of the first sequence that is not UTF-8; null when all of it is. */
export function firstInvalidUtf8(bytes: Uint8Array): number | null {
  for (let at = 0; at < bytes.length;) {
    const lead = bytes[at] ?? 0;
    if (lead < 0x80) {
      at += 1;
      continue;
    }
    const rest = sequence(lead);
    if (rest === null) return at;
    for (let step = 1; step <= rest.length; step += 1) {
      const byte = bytes[at + step];
      const min = step === 1 ? rest.min : 0x80;
      const max = step === 1 ? rest.max : 0xbf;
      if (byte === undefined || byte < min || byte > max) return at;
    }
    at += rest.length + 1;
  }
  return null;
}

/**
 * The first sequence that is not UTF-8, in words: `byte 0xff at offset 3`; null when all of it is.
 * @param start offset of the first byte
 */
export function invalidUtf8(bytes: Uint8Array, start = 0): string | null {
  const offset = isUtf8(bytes) ? null : firstInvalidUtf8(bytes);
  if (offset === null) return null;
  return `byte 0x${(bytes[offset] ?? 0).toString(16).padStart(2, "0")} at offset ${start + offset}`;
}

/** Length of the incomplete character at the end: 0 to 3 bytes. Bytes that no further byte could complete are not counted. */
export function unfinishedBytes(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return needed > back ? back : 0;
  }
  return 0;
}

/** Decodes text that arrives in pieces, cut anywhere. A byte-order mark at the start is removed. */
export class Utf8Pieces {
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });
  /** The bytes of a character that the next piece completes, and their offset. */
  #unfinished: Uint8Array = new Uint8Array();
  #offset = 0;

  /** The whole characters of the next piece. @throws Error that says where it is not UTF-8 */
  decode(piece: Uint8Array): string {
    const bytes = this.#unfinished.length === 0 ? piece : Buffer.concat([this.#unfinished, piece]);
    const text = this.#decoded(piece, bytes);
    const wholeBytes = bytes.length - unfinishedBytes(bytes);
    this.#offset += wholeBytes;
    this.#unfinished = Uint8Array.from(bytes.subarray(wholeBytes));
    return text;
  }

  #decoded(piece: Uint8Array, bytes: Uint8Array): string {
    try {
      return this.#decoder.decode(piece, { stream: true });
    } catch (error) {
      throw new Error(`it is not UTF-8: ${invalidUtf8(bytes, this.#offset)}`, { cause: error });
    }
  }
}

/** Byte-order marks, and TextDecoder's names of their encodings. */
const BYTE_ORDER_MARKS: readonly { readonly encoding: string; readonly bytes: readonly number[] }[] = [
  { encoding: "utf-8", bytes: [0xef, 0xbb, 0xbf] },
  { encoding: "utf-16le", bytes: [0xff, 0xfe] },
  { encoding: "utf-16be", bytes: [0xfe, 0xff] },
];
export const MARK_BYTES_MAX = 3;

/** The encoding that a byte-order mark at the start names; null without one. */
export function markedEncoding(head: Uint8Array): string | null {
  return BYTE_ORDER_MARKS.find(({ bytes }) => bytes.every((byte, at) => head[at] === byte))?.encoding ?? null;
}

/** Why bytes are not UTF-8 text. */
export type TextFault =
  /** A byte-order mark of another encoding. */
  | { readonly fault: "mark"; readonly encoding: string; readonly offset: 0 }
  /** Bytes that are not UTF-8, or a zero byte, which text never contains. */
  | { readonly fault: "bytes" | "zero"; readonly offset: number };

/** The text of a file that must be UTF-8, without a byte-order mark. */
export function textOfFile(bytes: Uint8Array): string | TextFault {
  const encoding = markedEncoding(bytes);
  if (encoding !== null && encoding !== "utf-8") return { fault: "mark", encoding, offset: 0 };
  const zero = bytes.indexOf(0);
  const invalid = isUtf8(bytes) ? -1 : (firstInvalidUtf8(bytes) ?? -1);
  if (invalid >= 0 && (zero < 0 || invalid < zero)) return { fault: "bytes", offset: invalid };
  if (zero >= 0) return { fault: "zero", offset: zero };
  // Programs that add a mark to what they join leave several.
  return new TextDecoder().decode(bytes).replace(/^\uFEFF+/, "");
}

/** The text of the first bytes of something longer. A character cut at the end is dropped. */
export function headText(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes, { stream: true });
}

/** No character (UTF-16 unit) takes more bytes in UTF-8. */
export const UNIT_BYTES_MAX = 3;

/** The text of the last bytes of something longer. A character cut at the start is dropped; bytes that are not UTF-8 become U+FFFD. */
export function tailText(bytes: Uint8Array): string {
  let start = 0;
  while (start < 3 && start < bytes.length && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(start));
}
