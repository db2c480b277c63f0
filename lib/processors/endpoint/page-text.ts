// Text of a page that stands in the place of an answer, by the encoding that it names: proxies and portals speak as they always did.
import { isUtf8 } from "node:buffer";

/** An encoding's name is looked for in this much of a page. */
const HEAD_BYTES = 1024;
const NAME = /charset\s*=\s*["']?\s*([\w.:-]+)/i;

/**
 * The text of bytes that are not UTF-8; null when they name no other encoding, or are not in it.
 * @param contentType the header; null without one
 */
export function otherText(bytes: Uint8Array, contentType: string | null): string | null {
  const head = Buffer.from(bytes.subarray(0, HEAD_BYTES)).toString("latin1");
  const name = NAME.exec(contentType ?? "")?.[1] ?? NAME.exec(head)?.[1];
  if (name === undefined || /^utf-?8$/i.test(name)) return null;
  try {
    return new TextDecoder(name as Bun.Encoding, { fatal: true }).decode(bytes);
  } catch {
    return null; // an encoding that nobody knows, or another one than it says
  }
}

/** The text of a page; U+FFFD stands for what cannot be decoded. */
export function pageText(bytes: Uint8Array, contentType: string | null): string {
  return (isUtf8(bytes) ? null : otherText(bytes, contentType)) ?? new TextDecoder().decode(bytes);
}
