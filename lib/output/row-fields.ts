// The fields of a row of an output, by the names that the row has for them. Dots lead into objects: `error.kind`, `output.score`.
import { wellFormedJson } from "../core/json-line.ts";
import type { Item } from "../core/item.ts";
import { objectFields } from "../core/object-fields.ts";
import type { RecordedResult } from "../core/result-source.ts";
import type { IdStyle } from "../core/status.ts";
import type { JoinedField } from "./result-writer.ts";

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

/** What is known of how a result was made. What is not on record has no field. */
export function metaFields(result: RecordedResult): JoinedField[] {
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

/** One row: an item with its result, or without one (pending). */
export type ResultRow = {
  /** Position of the item in the present input, from 0. */
  readonly index: number;
  /** Which of the answers wanted for the item, from 1. */
  readonly repeat: number;
  /** Null: pending. Valid only during the visit. */
  readonly result: RecordedResult | null;
  /** Null where the input is not read. */
  readonly item: Item | null;
};

/** The row's own fields, in order. */
export function ownFields(row: ResultRow, ids: IdStyle, withRepeats: boolean): JoinedField[] {
  const { index, repeat, result } = row;
  const fields = [{ name: "index", json: String(index) }];
  const id = rowId(row, ids);
  if (id !== null) fields.push({ name: "id", json: id });
  if (withRepeats) fields.push({ name: "repeat", json: String(repeat) });
  if (result === null) return [...fields, { name: "status", json: '"pending"' }];
  const body = result.bytes.toString("utf8", result.start, result.end);
  const [status, name] = result.failed ? ['"failed"', "error"] : ['"ok"', "output"];
  return [...fields, { name: "status", json: status }, { name, json: body }];
}

/** JSON text of a row's id; null without one. */
export function rowId({ result, item }: ResultRow, ids: IdStyle): string | null {
  return result === null ? itemId(item, ids) : result.idJson;
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
export function flatFields({ name, json }: JoinedField): JoinedField[] {
  if (!json.startsWith("{")) return [{ name, json }];
  const inner = [...objectFields(json)];
  if (inner.length === 0) return [{ name, json }];
  return inner.flatMap(([key, value]) => flatFields({ name: `${name}.${key}`, json: value }));
}

/** A string as is, any other value as JSON text. Half of a surrogate pair becomes U+FFFD when written as UTF-8. */
export function fieldText(json: string): string {
  return json.startsWith('"') ? (JSON.parse(json) as string) : wellFormedJson(json);
}
