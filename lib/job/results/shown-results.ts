// Results as `ckpt show` shows them, to people and as JSON.
import type { Item } from "../../core/item.ts";
import { parseLossless } from "../../core/json-text.ts";
import type { ParsedRecord } from "../../core/record.ts";
import { shardText } from "../../shards/shard-rule.ts";
import type { Catalogue } from "../../ui/messages/en.ts";
import { describeError } from "../../ui/render-error.ts";
import { reasonText, type ShownItem, type ShownResult } from "../../ui/render-show.ts";
import type { ItemHistory, RecordText } from "./item-history.ts";
import type { FoundResult } from "./newest-results.ts";

/** @param repeats answers wanted of each item */
export function shownResult(
  { item: label, details, bodyJson }: FoundResult,
  repeats: number,
  catalogue: Catalogue,
): ShownResult {
  const { started_at: startedAt, duration_ms: durationMs, error, repeat = 1 } = details;
  const item = repeats === 1 ? label : catalogue.show.noted(label, String(repeat));
  const text = error === undefined ? textOf(bodyJson) : reasonText(error, catalogue);
  return { item, failed: error !== undefined, startedAt, durationMs, text };
}

/** The documented fields (docs/scripting.md). */
export function resultJson({ item, shard, details, bodyJson }: FoundResult): object {
  const where = shard === null ? {} : { shard: shardText(shard) };
  return { item, ...where, ...recordJson({ details, bodyJson }) };
}

const OF_THE_LOG: ReadonlySet<string> = new Set(["v", "hash", "prev", "sum", "id_json"]);

/** A record without what binds it to its log. Numbers of the output keep their digits. */
function recordJson({ details, bodyJson }: RecordText): object {
  const { error } = details;
  const all = error === undefined ? { ...details, output: parseLossless(bodyJson) } : details;
  return Object.fromEntries(Object.entries(all).filter(([name]) => !OF_THE_LOG.has(name)));
}

/** A string as it is, any other value as JSON text. */
function textOf(json: string): string {
  return json.startsWith('"') ? (JSON.parse(json) as string) : json;
}

/** The result that is valid: the newest one, but for a failure behind a success of the same content. */
function validResult(results: readonly RecordText[]): RecordText | undefined {
  const isSame = (a: ParsedRecord, b: ParsedRecord): boolean => a.hash === b.hash;
  const newest = results.at(-1);
  if (newest?.details.error === undefined) return newest;
  return (
    results.findLast(({ details }) => details.error === undefined && isSame(details, newest.details)) ??
    newest
  );
}

/** The valid results of all answers that are wanted of an item, in their order; undefined where there is none. */
function validResults({ repeats, results }: ItemHistory): readonly (RecordText | undefined)[] {
  return Array.from({ length: repeats }, (_, at) =>
    validResult(results.filter(({ details }) => (details.repeat ?? 1) === at + 1)),
  );
}

/** Of several answers the worst: one that is missing, one that failed. */
function statusOf(valid: readonly (RecordText | undefined)[]): ShownItem["status"] {
  if (valid.includes(undefined)) return "pending";
  return valid.some((result) => result?.details.status === "failed") ? "failed" : "ok";
}

function shownAnswer(valid: RecordText, catalogue: Catalogue): ShownItem["answers"][number] {
  const { details, bodyJson } = valid;
  const { error } = details;
  return { details, text: error === undefined ? textOf(bodyJson) : reasonText(error, catalogue) };
}

export function shownItem(history: ItemHistory, catalogue: Catalogue): ShownItem {
  const { label, index, item, cause, changed, repeats, results } = history;
  const valid = validResults(history);
  return {
    label,
    index,
    input: item === null ? null : item.text,
    inputNote: cause === null ? null : describeError(cause, catalogue).message,
    changed,
    repeats,
    status: statusOf(valid),
    answers: valid.flatMap((result) => (result === undefined ? [] : [shownAnswer(result, catalogue)])),
    history: results.map(({ details }) => details),
  };
}

/** The documented fields (docs/scripting.md). */
export function itemJson(history: ItemHistory): object {
  const { index, item, label, changed, results } = history;
  return {
    item: label,
    index,
    status: statusOf(validResults(history)),
    input: item === null ? null : inputValue(item),
    changed,
    results: results.map(recordJson),
  };
}

function inputValue({ form, text, value }: Item): unknown {
  return form === "text" || value === undefined ? text : parseLossless(text);
}
