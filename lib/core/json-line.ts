// JSON that ckpt writes for other programs. A JSON string may hold half of a surrogate pair as an escape (`\ud83d` alone), and answers sometimes do.
// jq 1.6, serde_json and orjson refuse such a line, so everywhere but in the result log U+FFFD replaces it.

/** A JSON escape: a surrogate pair, half of one (the group), or any other, which is skipped: `\\ud83d` is not a surrogate. */
const ESCAPE = /\\(?:ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}|u(d[89a-f][0-9a-f]{2})|[^])/gi;

/** JSON text with U+FFFD, as an escape of the same length, for each half of a surrogate pair. Nothing else changes. */
export function wellFormedJson(json: string): string {
  return json.replace(ESCAPE, (written, half?: string) =>
    half === undefined ? written : String.raw`\ufffd`,
  );
}

/** A value as a line of well-formed JSON, its end included. */
export function jsonLine(value: object): string {
  return `${wellFormedJson(JSON.stringify(value))}\n`;
}
