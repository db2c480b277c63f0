// Decodes a page that came instead of an answer, in the encoding that it names: proxies and portals may use old encodings.
import { isUtf8 } from "node:buffer";

/** The name of the encoding is searched in this many bytes. */
const HEAD_BYTES = 1024;
const NAME = /charset\s*=\s*["']?\s*([\w.:-]+)/i;

/**
 * The text of bytes that are not UTF-8; null when they name no other encoding or are not valid in it.
 * @param contentType the header; null without one
 */
export function otherText(bytes: Uint8Array, contentType: string | null): string | null {
  const head = Buffer.from(bytes.subarray(0, HEAD_BYTES)).toString("latin1");
  const name = NAME.exec(contentType ?? "")?.[1] ?? NAME.exec(head)?.[1];
  if (name === undefined || /^utf-?8$/i.test(name)) return null;
  try {
    return new TextDecoder(name as Bun.Encoding, { fatal: true }).decode(bytes);
  } catch {
    return null; // an unknown encoding, or a wrong one
  }
}

/** The text of a page, with U+FFFD for bytes that cannot be decoded. */
export function pageText(bytes: Uint8Array, contentType: string | null): string {
  return (isUtf8(bytes) ? null : otherText(bytes, contentType)) ?? new TextDecoder().decode(bytes);
}
