// A sink for JSON that jq and strict readers can read: half of a surrogate pair, which the log keeps as an escape, becomes U+FFFD.
import { wellFormedJson } from "../core/json-line.ts";
import type { Sink } from "./output-buffer.ts";

/** The start of an escaped surrogate. JSON.stringify writes pairs unescaped, but fields of items are copied as written. */
const SURROGATES: readonly Uint8Array[] = [Buffer.from(String.raw`\ud`), Buffer.from(String.raw`\uD`)];

/** A sink for JSON text whose pieces do not end within a string. Pieces without escaped surrogates are passed on unchanged. */
export function wellFormedSink(sink: Sink): Sink {
  return (bytes) => {
    const piece = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (!SURROGATES.some((escape) => piece.includes(escape))) return sink(bytes);
    return sink(Buffer.from(wellFormedJson(piece.toString("latin1")), "latin1"));
  };
}
