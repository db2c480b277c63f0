// A record as the page's table shows it: one row.
import { shortText } from "../../core/error-tally.ts";
import type { ParsedRecord } from "../../core/record.ts";
import { TEXT_MAX } from "../../core/status.ts";
import type { Row } from "../page-contract.ts";
import { groupOf } from "../row-filter.ts";

/** Of a longer output only the beginning is unescaped. */
const UNESCAPED_MAX = 4 * TEXT_MAX;

/** @param bodyJson JSON text of its output or error @param repeats answers wanted of each item */
export function rowOfRecord(
  ref: string,
  { details, bodyJson }: { readonly details: ParsedRecord; readonly bodyJson: string },
  repeats: number,
): Row {
  const { error } = details;
  return {
    ref,
    index: details.index,
    id: details.id ?? null,
    ...(repeats === 1 ? null : { repeat: details.repeat ?? 1 }),
    status: details.status,
    kind: error?.kind ?? null,
    group: error === undefined ? null : groupOf(error),
    marks: details.marks ?? [],
    text: error === undefined ? outputStart(bodyJson) : shortText(error.message),
    attempts: details.attempts,
    started_at: details.started_at,
    duration_ms: details.duration_ms,
  };
}

/** A record that cannot be believed. */
export function damagedRow(ref: string, status: Row["status"], kind: string | null): Row {
  return {
    ref,
    index: 0,
    id: null,
    status,
    kind,
    group: null,
    marks: [],
    text: "",
    attempts: 0,
    started_at: "",
    duration_ms: 0,
    damaged: true,
  };
}

/** A text as it is, any other value as JSON. */
function outputStart(json: string): string {
  if (!json.startsWith('"')) return shortText(json);
  if (json.length <= UNESCAPED_MAX) return shortText(JSON.parse(json) as string);
  // No escape is cut: all of them begin with a backslash, and the longest has six characters.
  const start = json.slice(0, UNESCAPED_MAX);
  const escape = start.lastIndexOf("\\", start.length - 1);
  const end = escape > start.length - 6 ? evenStart(start, escape) : start.length;
  return shortText(`${JSON.parse(`${start.slice(0, end)}"`) as string}…`);
}

/** Where the run of backslashes begins that ends at `at`. */
function evenStart(text: string, at: number): number {
  let from = at;
  while (text[from - 1] === "\\") from--;
  return from;
}
