// An output as people read it: a text without quotes and escapes, anything else as JSON.
import { readableJson } from "../../ui/escape.ts";

/** The longest escape, which may have been cut in the middle. */
const ESCAPE_LENGTH = String.raw`\u0000`.length;

/** @param json JSON text, or its beginning. @returns a text that is not safe to print yet */
export function outputText(json: string): string {
  if (!json.startsWith('"')) return readableJson(json);
  const closed = Array.from({ length: ESCAPE_LENGTH }, (_, cut) => `${json.slice(0, json.length - cut)}"`);
  for (const text of [json, ...closed]) {
    const value = parsed(text);
    if (value !== null) return value;
  }
  return readableJson(json);
}

function parsed(json: string): string | null {
  try {
    return String(JSON.parse(json));
  } catch {
    return null; // it was cut
  }
}
