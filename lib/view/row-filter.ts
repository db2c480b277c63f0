// Which results a filter lets through: one rule for the server, which reads a log, and for a saved page, which runs it in a browser. Pure.
import { type Condition, parseCondition } from "../core/condition.ts";
import { errorPattern } from "../core/error-pattern.ts";
import type { ItemError } from "../core/record.ts";
import { objectFields } from "../core/object-fields.ts";
import { textsInJson } from "../core/texts-in-json.ts";
import { fieldAt, fieldText } from "../output/row-fields.ts";
import type { Filter, Row } from "./page-data.ts";

/** What of a result is looked at. Texts are made only where a filter needs them. */
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

/** The `group` of a failure: the same for messages that differ only in numbers, ids, quoted text and paths. */
export function groupOf({ kind, message }: Pick<ItemError, "kind" | "message">): string {
  return `${kind}: ${errorPattern(message)}`;
}

/** @throws usage.badValue, usage.badPattern for a condition that is none */
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

/** The part of a filter for which a result's texts are needed. @throws as rowFilter() */
export function textFilter({ search, where }: Filter): (result: FilterFacts) => boolean {
  const text = search === undefined || search === "" ? null : search.toLowerCase();
  const condition = where === undefined || where === "" ? null : parseCondition("where", where);
  return (result) =>
    (text === null || hasText(result, text)) && (condition === null || holds(condition, result));
}

/** Whether the texts of results are needed. */
export function needsText({ search, where }: Filter): boolean {
  return (search !== undefined && search !== "") || (where !== undefined && where !== "");
}

function hasText(result: FilterFacts, lowerCase: string): boolean {
  if (result.id?.toLowerCase().includes(lowerCase) === true) return true;
  if (lowerCase.startsWith("#") && `#${result.index + 1}` === lowerCase) return true;
  return textsInJson(result.bodyJson()).toLowerCase().includes(lowerCase);
}

/** A field of the output comes before one of the record. */
function holds({ field, holds: isMet }: Condition, result: FilterFacts): boolean {
  const body = result.status === "ok" ? result.bodyJson() : "";
  const inOutput = body.startsWith("{") ? fieldAt(objectFields(body), field) : undefined;
  const json = inOutput ?? fieldAt(objectFields(result.record()), field);
  return json !== undefined && isMet(fieldText(json));
}
