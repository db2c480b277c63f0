// The fields of a row of an output, by the names that the row has for them. Dots lead into objects: `error.kind`, `output.score`.
import { wellFormedJson } from "../core/json-line.ts";
import type { Item } from "../core/item.ts";
import { objectFields } from "../core/object-fields.ts";
import type { RecordedResult } from "../core/result-source.ts";
import type { IdStyle } from "../core/status.ts";
import type { JoinedField } from "./result-writer.ts";
import type { RowStatus } from "./row-choice.ts";

/** Names of the fields that `--include-meta` adds, in order. */
export const META_FIELDS = [
  "attempts",
  "started_at",
  "duration_ms",
  "input_tokens",
  "output_tokens",
  "cost",
  "marks",
  "fingerprint",
] as const;

/** What is known of how the result of a row was made; of a list, the same of each of its answers. */
export function metaFields({ result, answers }: ResultRow): readonly JoinedField[] {
  if (answers !== undefined) return listedMeta(answers);
  return result === null ? [] : metaOf(result);
}

/** What is not on record has no field. */
function metaOf(result: RecordedResult): JoinedField[] {
  const { attempts, started_at, duration_ms, usage, marks, fp, import: imported } = result.details();
  const values: { readonly [name in (typeof META_FIELDS)[number]]: unknown } = {
    attempts,
    started_at,
    duration_ms,
    input_tokens: usage?.input_tokens,
    output_tokens: usage?.output_tokens,
    cost: usage?.cost,
    marks,
    fingerprint: imported === undefined ? fp : `import:${imported.file}`,
  };
  return META_FIELDS.flatMap((name) => {
    const value = values[name];
    return value === undefined ? [] : [{ name, json: JSON.stringify(value) }];
  });
}

/** One of the answers of an item, in a row that has all of them (`--repeat-as list`). */
export type ListedAnswer = {
  readonly status: RowStatus;
  readonly idJson: string | null;
  /** JSON text of its output or error; `null` where it is pending. */
  readonly json: string;
  /** How it was made, where that is wanted. */
  readonly meta: readonly JoinedField[];
};

/** @param result valid only during the call; null: pending */
export function listedAnswer(result: RecordedResult | null, withMeta: boolean): ListedAnswer {
  if (result === null) return { status: "pending", idJson: null, json: "null", meta: [] };
  return {
    status: result.failed ? "failed" : "ok",
    idJson: result.idJson,
    json: bodyOf(result),
    meta: withMeta ? metaOf(result) : [],
  };
}

/** JSON text of an output or error. */
function bodyOf({ bytes, start, end }: RecordedResult): string {
  return bytes.toString("utf8", start, end);
}

/** Each field is an array: of each answer its value, or null. */
function listedMeta(answers: readonly ListedAnswer[]): readonly JoinedField[] {
  return META_FIELDS.flatMap((name) => {
    const values = answers.map(({ meta }) => meta.find((field) => field.name === name)?.json);
    return values.every((json) => json === undefined) ? [] : [{ name, json: listOf(values) }];
  });
}

function listOf(values: readonly (string | undefined)[]): string {
  return `[${values.map((json) => json ?? "null").join(",")}]`;
}

/** One row: an item with its result, or without one (pending), or with all of its answers. */
export type ResultRow = {
  /** Position of the item in the present input, from 0. */
  readonly index: number;
  /** Which of the answers wanted for the item, from 1. */
  readonly repeat: number;
  /** Null: pending, or there are `answers`. Valid only during the visit. */
  readonly result: RecordedResult | null;
  /** All answers that are wanted of the item, in their order. */
  readonly answers?: readonly ListedAnswer[];
  /** Null where the input is not read. */
  readonly item: Item | null;
};

/** The row's own fields, in order. */
export function ownFields(row: ResultRow, ids: IdStyle, withRepeats: boolean): JoinedField[] {
  const { index, repeat, result, answers } = row;
  const fields = [{ name: "index", json: String(index) }];
  const id = rowId(row, ids);
  if (id !== null) fields.push({ name: "id", json: id });
  if (answers !== undefined) return [...fields, ...listedFields(answers)];
  if (withRepeats) fields.push({ name: "repeat", json: String(repeat) });
  if (result === null) return [...fields, { name: "status", json: '"pending"' }];
  const [status, name] = result.failed ? ['"failed"', "error"] : ['"ok"', "output"];
  return [...fields, { name: "status", json: status }, { name, json: bodyOf(result) }];
}

/** `error` only where an answer has failed. The status is the worst of all: an answer that is missing, one that failed. */
function listedFields(answers: readonly ListedAnswer[]): JoinedField[] {
  const has = (status: RowStatus): boolean => answers.some((answer) => answer.status === status);
  const jsonOf = (wanted: RowStatus): string =>
    listOf(answers.map(({ status, json }) => (status === wanted ? json : undefined)));
  const status = has("pending") ? "pending" : has("failed") ? "failed" : "ok";
  return [
    { name: "status", json: JSON.stringify(status) },
    { name: "output", json: jsonOf("ok") },
    ...(has("failed") ? [{ name: "error", json: jsonOf("failed") }] : []),
  ];
}

/** The outputs of a list, each under its own name: `output.1`, `output.2`. */
export function listedOutputs(answers: readonly ListedAnswer[]): JoinedField[] {
  return answers.flatMap(({ status, json }, at) =>
    status === "ok" ? [{ name: `output.${at + 1}`, json }] : [],
  );
}

/** JSON text of a row's id; null without one. */
export function rowId({ result, answers = [], item }: ResultRow, ids: IdStyle): string | null {
  if (result !== null) return result.idJson;
  return answers.find(({ idJson }) => idJson !== null)?.idJson ?? itemId(item, ids);
}

function itemId(item: Item | null, ids: IdStyle): string | null {
  if (item === null || item.id === null || ids === "none") return null;
  return ids === "json" && item.idIsJson ? item.id : JSON.stringify(item.id);
}

/** JSON text of the field of that name; undefined where there is none. A name that is written with dots wins over a path. */
export function fieldAt(fields: ReadonlyMap<string, string>, name: string): string | undefined {
  const whole = fields.get(name);
  if (whole !== undefined) return whole;
  for (let dot = name.lastIndexOf("."); dot > 0; dot = name.lastIndexOf(".", dot - 1)) {
    const outer = fields.get(name.slice(0, dot));
    if (outer === undefined || !outer.startsWith("{")) continue;
    const inner = fieldAt(objectFields(outer), name.slice(dot + 1));
    if (inner !== undefined) return inner;
  }
  return undefined;
}

/** An object as its innermost fields, named by their paths; anything else, an empty object and an array too, as it is. */
export function flatFields(field: JoinedField): JoinedField[] {
  const flat: JoinedField[] = [];
  addFlat(flat, field.name, field.json);
  return flat;
}

function addFlat(flat: JoinedField[], name: string, json: string): void {
  const inner = json.startsWith("{") ? objectFields(json) : null;
  if (inner === null || inner.size === 0) flat.push({ name, json });
  else for (const [key, value] of inner) addFlat(flat, `${name}.${key}`, value);
}

/** A string as is, any other value as JSON text. Half of a surrogate pair becomes U+FFFD when written as UTF-8. */
export function fieldText(json: string): string {
  return json.startsWith('"') ? (JSON.parse(json) as string) : wellFormedJson(json);
}
