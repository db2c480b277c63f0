// What a sink is given as JSON is read by jq and strict readers: half of a surrogate pair, which the log keeps as an escape, becomes U+FFFD.
import { wellFormedJson } from "../core/json-line.ts";
import type { Sink } from "./output-buffer.ts";

/** How a surrogate begins as an escape. JSON.stringify writes no pair as escapes, but fields of items stand as they were written. */
const SURROGATES: readonly Uint8Array[] = [Buffer.from(String.raw`\ud`), Buffer.from(String.raw`\uD`)];

/** A sink of JSON text, of which no piece ends within a string. The bytes of a piece without surrogates are handed on as they are. */
export function wellFormedSink(sink: Sink): Sink {
  return (bytes) => {
    const piece = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (!SURROGATES.some((escape) => piece.includes(escape))) return sink(bytes);
    return sink(Buffer.from(wellFormedJson(piece.toString("latin1")), "latin1"));
  };
}
