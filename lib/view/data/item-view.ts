// One item as the page shows it whole.
import { CkptError } from "../../core/errors.ts";
import type { Item } from "../../core/item.ts";
import { type ItemIdentity, readHashWords, unitKey } from "../../core/record-key.ts";
import type { ParsedRecord } from "../../core/record.ts";
import { idStyle } from "../../core/status.ts";
import type { CheckpointResults } from "../../checkpoint/results.ts";
import type { AttemptView, ItemView, Said } from "../page-data.ts";
import type { LoadedResults, ReadRow, RecordAt } from "./loaded-results.ts";

/** All records of an item, the oldest first, each with where it is. */
export type ItemRecords = readonly { readonly place: number; readonly details: ParsedRecord }[];

/** Of each item as it stands in the input now; null: it is not there. */
export type FoundItem = { readonly item: Item | null; readonly cause: CkptError | null };

/** How the words of errors are found. */
export type ErrorWords = (error: CkptError) => Said;

export function itemView(
  { row, record }: ReadRow,
  records: ItemRecords,
  { item, cause }: FoundItem,
  loaded: LoadedResults,
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
    repeats: loaded.repeats === 1 || record === null ? [] : answersOf(records, record.log, loaded),
    record: record?.line ?? "",
  };
}

function inputJson({ form, text, value }: Item): string {
  return form === "text" || value === undefined ? JSON.stringify(text) : text;
}

/** The valid answers of an item. */
function answersOf(records: ItemRecords, log: number, { index }: LoadedResults): ItemView["repeats"] {
  return records
    .flatMap(({ place, details }) => {
      const row = index.rowAt(log, place);
      const answer = { repeat: details.repeat ?? 1, ref: `${log}.${place}`, status: details.status };
      return row !== null && index.isValid(row) ? [answer] : [];
    })
    .toSorted((a, b) => a.repeat - b.repeat);
}

/** The attempts of a record: those that were retried, as far as they are on record, and the last one. */
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
  if (record.attempts === 0) return retried; // imported
  return [...retried, { ...lastTimes(record), status, error: error ?? null, waited_ms: null, seq }];
}

/** When the last attempt began, and how long it took: what is left of the record's time behind its retries. */
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

function identityOf({ id, hash, n: occurrence = 1 }: ParsedRecord): ItemIdentity {
  return { id: id ?? null, hash: readHashWords(Buffer.from(hash), 0, new Uint32Array(4)), occurrence };
}

/**
 * All records of each of some items of one log. Where no result has been replaced and one answer is wanted, these are the records themselves; of one item only its lines
 * are read, of several the whole log, once.
 */
export function recordsOf(
  source: CheckpointResults,
  wanted: readonly RecordAt[],
  isAlone: boolean,
): readonly ItemRecords[] {
  const own = wanted.map(({ place, details }) => [{ place, details }]);
  if (isAlone) return own;
  const keys = wanted.map(({ details }) => keyOf(identityOf(details)));
  const places = new Map<string, number[]>(keys.map((key) => [key, []]));
  try {
    const [only] = wanted;
    if (wanted.length === 1 && only !== undefined)
      source.eachOf(identityOf(only.details), ({ place }) => places.get(keys[0] ?? "")?.push(place));
    else source.eachEntry((entry) => places.get(keyOf(entry.identity()))?.push(entry.place));
    return keys.map((key) => readAll(source, places.get(key) ?? []));
  } catch (error) {
    if (error instanceof CkptError) return own; // a damaged log: what was read is shown
    throw error;
  }
}

function keyOf(identity: ItemIdentity): string {
  return unitKey({ ...identity, repeat: 1 }).join(" ");
}

function readAll(source: CheckpointResults, places: readonly number[]): ItemRecords {
  const reader = source.openReader(idStyle(source.job.input));
  try {
    return places.map((place) => ({ place, details: reader.resultAt(place, 0).details() }));
  } finally {
    reader.close();
  }
}

/** Of a row without a record. */
export const NO_ITEM: FoundItem = { item: null, cause: null };
