// The texts of a JSON value, for searching: as they are, not as JSON escapes them.
import { stringEnd } from "./object-fields.ts";

/** JSON text whose strings are written without escapes; everything else as it stands, also digits that no number can hold. However deep it is nested. */
export function textsInJson(json: string): string {
  if (!json.includes("\\")) return json;
  const pieces: string[] = [];
  let at = 0;
  for (let quote = json.indexOf('"'); quote !== -1; quote = json.indexOf('"', at)) {
    const end = stringEnd(json, quote);
    pieces.push(json.slice(at, quote), unescaped(json.slice(quote, end)));
    at = end;
  }
  return pieces.join("") + json.slice(at);
}

function unescaped(string: string): string {
  return string.includes("\\") ? `"${JSON.parse(string) as string}"` : string;
}
