// One item as the page shows it when it is opened: input, output, error, and all that was tried.
import type { CkptError } from "../../core/errors.ts";
import type { Item } from "../../core/item.ts";
import type { ParsedRecord } from "../../core/record.ts";
import type { AttemptView, BilingualText, ItemView } from "../page-contract.ts";
import type { IndexedResults, ReadRow } from "./indexed-results.ts";
import type { ItemRecords } from "./item-records.ts";

/** An item as it stands in the input now; null when it is not there. `cause`: why it could not be looked for. */
export type FoundItem = { readonly item: Item | null; readonly cause: CkptError | null };

export const NO_ITEM: FoundItem = { item: null, cause: null };

/** The words for an error. */
export type ErrorWords = (error: CkptError) => BilingualText;

export function itemView(
  { row, record }: ReadRow,
  records: ItemRecords,
  { item, cause }: FoundItem,
  results: IndexedResults,
  wordsOf: ErrorWords,
): ItemView {
  const details = record?.details;
  const repeat = details?.repeat ?? 1;
  return {
    row,
    input_json: item === null ? null : inputJson(item),
    input_missing: cause === null ? null : wordsOf(cause),
    changed: item !== null && details !== undefined && item.hash !== details.hash,
    output_json: record === null || details?.error !== undefined ? null : record.bodyJson,
    error: details?.error ?? null,
    attempts: records
      .filter((each) => (each.details.repeat ?? 1) === repeat)
      .flatMap((each) => attemptsOf(each.details)),
    usage: details?.usage ?? null,
    ttft_ms: details?.ttft_ms ?? null,
    endpoint: details?.endpoint ?? null,
    model_version: details?.model_version ?? null,
    request_id: details?.request_id ?? null,
    stderr: details?.stderr ?? null,
    repeats: results.repeats === 1 || record === null ? [] : answersOf(records, record.log, results),
    record: record?.line ?? "",
  };
}

function inputJson({ form, text, value }: Item): string {
  return form === "text" || value === undefined ? JSON.stringify(text) : text;
}

/** The valid answers of an item, in the order of their numbers. */
function answersOf(records: ItemRecords, log: number, { index }: IndexedResults): ItemView["repeats"] {
  return records
    .flatMap(({ place, details }) => {
      const row = index.rowAt(log, place);
      const answer = { repeat: details.repeat ?? 1, ref: `${log}.${place}`, status: details.status };
      return row !== null && index.isValid(row) ? [answer] : [];
    })
    .toSorted((a, b) => a.repeat - b.repeat);
}

/** The attempts of a record: those that were retried, as far as they are on record, and the last one. An imported record has none. */
function attemptsOf(record: ParsedRecord): AttemptView[] {
  const { seq, retries = [], error, status } = record;
  const retried = retries.map(
    ({ kind, message, status: code, started_at: at, duration_ms: ms, waited_ms: waited }): AttemptView => ({
      started_at: at ?? null,
      duration_ms: ms ?? null,
      status: "failed",
      error: {
        kind,
        ...(message === undefined ? null : { message }),
        ...(code === undefined ? null : { status: code }),
      },
      waited_ms: waited,
      seq,
    }),
  );
  if (record.attempts === 0) return retried;
  return [...retried, { ...lastTimes(record), status, error: error ?? null, waited_ms: null, seq }];
}

/** When the last attempt began, and how long it took: the part of the record's time that follows its retries. */
function lastTimes({
  retries = [],
  started_at: startedAt,
  duration_ms: durationMs,
}: ParsedRecord): Pick<AttemptView, "started_at" | "duration_ms"> {
  const last = retries.at(-1);
  if (last === undefined) return { started_at: startedAt, duration_ms: durationMs };
  if (last.started_at === undefined || last.duration_ms === undefined)
    return { started_at: null, duration_ms: null };
  const fromMs = Date.parse(last.started_at) + last.duration_ms + last.waited_ms;
  const toMs = Date.parse(startedAt) + durationMs;
  return { started_at: new Date(fromMs).toISOString(), duration_ms: Math.max(0, Math.round(toMs - fromMs)) };
}
