// Unwraps an answer. An endpoint may add a byte-order mark, comments (`: OPENROUTER PROCESSING`) and blank lines that keep the connection alive, one
// event around the whole answer, and `[DONE]` after it. All this is removed here. A stream of several events is recognised, but not joined.
import type { Api } from "./api/api.ts";
import { errorIn } from "./endpoint-error.ts";
import type { JsonValue } from "../../core/item.ts";

export type Unwrapped =
  /** `json` is the text of the value with all digits as received. */
  | { readonly kind: "json"; readonly json: string; readonly value: JsonValue }
  | { readonly kind: "stream"; readonly events: number }
  | { readonly kind: "other" };

type Parsed = { readonly json: string; readonly value: JsonValue };

/** Unwraps an answer of an API. */
export function unwrap(text: string, api: Api): Unwrapped {
  const bare = text.replace(/^\uFEFF+/, "").trim();
  const whole = parsed(bare);
  if (whole !== null) return { kind: "json", ...whole };
  const found = parts(bare).flatMap((part) => parsed(part) ?? []);
  const [only] = found;
  if (only === undefined) return { kind: "other" };
  const isChunk = ({ value }: Parsed): boolean => api.isChunk(value, found.length);
  if (found.length === 1 && !isChunk(only)) return { kind: "json", ...only };
  // Of several events, an error counts, or the one that is a complete answer.
  const told =
    found.find(({ value }) => errorIn(value, api, 0) !== null) ??
    found.find((one) => api.hasAnswer(one.value) && !isChunk(one));
  if (told !== undefined) return { kind: "json", ...told };
  return { kind: "stream", events: found.length };
}

/** The data of each event. Without events: the whole text, or its lines when it is not JSON. */
function parts(text: string): string[] {
  const events: string[] = [];
  const plain: string[] = [];
  let isOpen = false;
  for (const line of text.split(/\r\n|\r|\n/)) {
    const data = /^data:[ ]?(.*)$/s.exec(line)?.[1];
    if (data !== undefined && data.trim() !== "[DONE]") {
      // Several data lines up to a blank line are one event. Servers that omit the blank line send one value per line.
      const before = events.at(-1);
      if (isOpen && before !== undefined && parsed(before) === null)
        events[events.length - 1] = `${before}\n${data}`;
      else events.push(data);
    }
    isOpen = data !== undefined || (isOpen && line.trim() !== "");
    const isRest = data === undefined && line.trim() !== "[DONE]" && !/^(?::|(?:event|id|retry):)/.test(line);
    if (isRest) plain.push(line);
  }
  const rest = plain.join("\n").trim();
  if (events.length > 0 && rest === "") return events;
  // A complete value of several lines after one `data:`.
  const joined = [...events, rest].join("\n");
  if (parsed(joined) !== null) return [joined];
  return events.length > 0 ? events : parsed(rest) === null ? plain : [rest];
}

function parsed(json: string): Parsed | null {
  try {
    return { json, value: JSON.parse(json) as JsonValue };
  } catch {
    return null; // a page, a part of a stream, or empty
  }
}
