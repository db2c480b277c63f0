// Which results match a filter: one rule for the server, which reads a log, and for a saved page, which applies it in the browser. Pure.
import { type Condition, parseCondition } from "../core/condition.ts";
import { errorPattern } from "../core/error-pattern.ts";
import type { ItemError } from "../core/record.ts";
import { objectFields } from "../core/object-fields.ts";
import { textsInJson } from "../core/texts-in-json.ts";
import { fieldAt, fieldText } from "../output/row-fields.ts";
import type { Filter, Row } from "./page-contract.ts";

/** What a filter looks at in a result. The texts are made only when a filter needs them. */
export type FilterFacts = {
  readonly index: number;
  readonly id: string | null;
  readonly status: Row["status"];
  readonly marks: readonly string[];
  readonly error: Pick<ItemError, "kind" | "message"> | null;
  /** JSON text of the output, or of the error. */
  readonly bodyJson: () => string;
  /** JSON text of the whole record. */
  readonly record: () => string;
};

/** The `group` of a failure: equal for messages that differ only in numbers, ids, quoted text and paths. */
export function groupOf({ kind, message }: Pick<ItemError, "kind" | "message">): string {
  return `${kind}: ${errorPattern(message)}`;
}

/** @throws usage.badValue, usage.badPattern when the condition is invalid */
export function rowFilter(filter: Filter): (result: FilterFacts) => boolean {
  const { status, kind, mark, group } = filter;
  const inText = textFilter(filter);
  return (result) =>
    (status === undefined || result.status === status) &&
    (kind === undefined || result.error?.kind === kind) &&
    (mark === undefined || result.marks.includes(mark)) &&
    (group === undefined || (result.error !== null && groupOf(result.error) === group)) &&
    inText(result);
}

/** The conditions that need a result's texts: search and field. @throws as rowFilter() */
export function textFilter({ search, where }: Filter): (result: FilterFacts) => boolean {
  const text = search === undefined || search === "" ? null : search.toLowerCase();
  const condition = where === undefined || where === "" ? null : parseCondition("where", where);
  return (result) =>
    (text === null || hasText(result, text)) && (condition === null || holds(condition, result));
}

/** Whether a filter has such conditions. */
export function needsText({ search, where }: Filter): boolean {
  return (search !== undefined && search !== "") || (where !== undefined && where !== "");
}

function hasText(result: FilterFacts, lowerCase: string): boolean {
  if (result.id?.toLowerCase().includes(lowerCase) === true) return true;
  if (lowerCase.startsWith("#") && `#${result.index + 1}` === lowerCase) return true;
  return textsInJson(result.bodyJson()).toLowerCase().includes(lowerCase);
}

/** Looks for the field in the output first, then in the record. */
function holds({ field, holds: isMet }: Condition, result: FilterFacts): boolean {
  const body = result.status === "ok" ? result.bodyJson() : "";
  const inOutput = body.startsWith("{") ? fieldAt(objectFields(body), field) : undefined;
  const json = inOutput ?? fieldAt(objectFields(result.record()), field);
  return json !== undefined && isMet(fieldText(json));
}
