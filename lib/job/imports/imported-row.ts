// What a row of another tool's file says: of which item it is, and the result. Three forms are known: an output of ckpt, a line of a batch output of OpenAI, and
// any object whose fields for id and output are named.
import type { Item, JsonValue } from "../../core/item.ts";
import { compactValue, unquoted } from "../../core/json-text.ts";
import { objectFields } from "../../core/object-fields.ts";
import { BATCH_ID, batchResult } from "../../core/openai-batch.ts";
import { joinedFields, type RowKeys } from "../../output/item-fields.ts";
import type { JoinedField } from "../../output/result-writer.ts";
import { fieldAt, META_FIELDS } from "../../output/row-fields.ts";
import { jsonInText } from "../../processors/check/json-in-text.ts";
import { type Checks, faultOf } from "../../processors/check/with-checks.ts";
import { apiOfAnswer } from "../../processors/endpoint/api/apis.ts";
import { type AnswerOptions, readAnswer } from "../../processors/endpoint/endpoint-answer.ts";

/** How rows are read. */
export type RowReading = AnswerOptions & {
  /** `--import-id` and `--import-output`; null: the form of each row decides. */
  readonly named: { readonly id: string; readonly output: string } | null;
  /** The checks of outputs; null without any. */
  readonly checks: Checks | null;
  /** The items of this job have ids (`--id`). */
  readonly withIds: boolean;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
};

export type ImportedRow = {
  /** The id of its item; null where the row has none, or the items of this job have none. */
  readonly id: string | null;
  /** Which of the answers wanted for the item it is, from 1. */
  readonly repeat: number;
  /** What the row holds of its item: all of it where it has no id. */
  readonly item: readonly JoinedField[];
  /** By what rules the fields of `item` are named. */
  readonly keys: RowKeys;
  /** JSON text; null: the item failed there, or was not finished. */
  readonly outputJson: string | null;
  readonly marks: readonly string[];
};

const PLAIN: RowKeys = { withRepeats: false, withMeta: false };
const META: ReadonlySet<string> = new Set(META_FIELDS);
const OWN: ReadonlySet<string> = new Set(["index", "id", "status", "output", "error"]);
/** Each of them is in every row that ckpt writes with `--include-meta`. */
const META_SIGNS = ["attempts", "started_at", "duration_ms", "fingerprint"];
const FLAT = "output.";

/** @param isTable every value is a text @returns null for a row that has no result in a known form */
export function importedRow(row: Item, isTable: boolean, reading: RowReading): ImportedRow | null {
  const read = readRow(row, isTable, reading);
  const { checks } = reading;
  // It would have failed here, too.
  const isRefused =
    checks !== null && read !== null && read.outputJson !== null && faultOf(read.outputJson, checks) !== null;
  return isRefused ? { ...read, outputJson: null } : read;
}

function readRow(row: Item, isTable: boolean, reading: RowReading): ImportedRow | null {
  const { value } = row;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const fields = objectFields(row.text);
  if (reading.named !== null) return namedRow(fields, reading.named, isTable, reading);
  if (fields.has(BATCH_ID)) return batchRow(fields, reading);
  const isOwn = fields.has("status") && (fields.has("output") || fields.has("error")) && !isFlat(fields);
  return isOwn && (fields.has("index") || fields.has("id")) ? ownRow(fields, isTable, reading) : null;
}

/** Whether the output stands in columns of its own (`--flatten`), from which it cannot be put together again. */
function isFlat(fields: Fields): boolean {
  const isEmpty = (fields.get("output") ?? '""') === '""';
  return isEmpty && fields.keys().some((name) => name.startsWith(FLAT));
}

type Fields = ReadonlyMap<string, string>;

/** A row that ckpt has written, also with `--include-input` and `--include-meta`. */
function ownRow(fields: Fields, isTable: boolean, reading: RowReading): ImportedRow {
  const id = textAt(fields, "id");
  const withMeta = META_SIGNS.every((name) => fields.has(name));
  const withRepeats = hasRepeats(fields);
  const item: JoinedField[] = [];
  for (const [name, json] of fields) {
    const isOwn = OWN.has(name) || (withMeta && META.has(name)) || (withRepeats && name === "repeat");
    if (!isOwn) item.push({ name, json });
  }
  // Without --id, the items of this job have that field as any other.
  const idJson = fields.get("id");
  if (id !== null && idJson !== undefined && !reading.withIds) item.push({ name: "input_id", json: idJson });
  const output = textAt(fields, "status") === "ok" ? fields.get("output") : undefined;
  return {
    id: reading.withIds ? id : null,
    repeat: withRepeats ? Number(textAt(fields, "repeat")) : 1,
    item,
    keys: { withRepeats, withMeta },
    outputJson:
      output === undefined ? null : isTable ? cellOutput(output, reading) : orNull(output, compactValue),
    marks: [],
  };
}

/** Whether a row says which answer it is. Behind the status, `repeat` is a field of the item. */
function hasRepeats(fields: Fields): boolean {
  const names = [...fields.keys()];
  const at = names.indexOf("repeat");
  return at >= 0 && at < names.indexOf("status") && /^[1-9]\d{0,8}$/.test(textAt(fields, "repeat") ?? "");
}

/** A line of a batch output, or of a batch's error file. */
function batchRow(fields: Fields, reading: RowReading): ImportedRow {
  const { isOk: isAnswer, body } = batchResult(fields);
  const api = apiOfAnswer(body === null ? null : (JSON.parse(body) as JsonValue));
  const asked = { api, model: "", tokens: () => 0, cap: null, nowMs: reading.nowMs };
  const outcome = isAnswer && body !== null ? readAnswer(body, reading, asked) : null;
  const isOk = outcome !== null && "status" in outcome && outcome.status === "ok";
  return {
    id: reading.withIds ? textAt(fields, BATCH_ID) : null,
    repeat: 1,
    item: [],
    keys: PLAIN,
    outputJson: isOk ? outcome.outputJson : null,
    marks: isOk ? (outcome.marks ?? []) : [],
  };
}

function namedRow(
  fields: Fields,
  named: NonNullable<RowReading["named"]>,
  isTable: boolean,
  reading: RowReading,
): ImportedRow | null {
  const json = fieldAt(fields, named.id);
  const id = textAt(fields, named.id);
  if (json === undefined || id === null) return null;
  const output = fieldAt(fields, named.output);
  const isMissing = output === undefined || output === "null" || output === '""';
  return {
    id: reading.withIds ? id : null,
    repeat: 1,
    item: reading.withIds ? [] : wholeItem(json),
    keys: PLAIN,
    outputJson: isMissing ? null : outputOf(output, isTable, reading),
    marks: [],
  };
}

/** The fields of an item that is a value of a row. */
function wholeItem(json: string): readonly JoinedField[] {
  const value = json.startsWith("{") ? {} : null;
  return joinedFields({ form: "json", text: json, value }, null, PLAIN);
}

/** The text of a field that names an item; null where there is none. */
function textAt(fields: Fields, name: string): string | null {
  const json = fieldAt(fields, name);
  if (json === undefined || json === "null") return null;
  const text = unquoted(json);
  return text === "" ? null : text;
}

function outputOf(json: string, isTable: boolean, reading: RowReading): string | null {
  return isTable || json.startsWith('"') ? cellOutput(json, reading) : orNull(json, compactValue);
}

/** The output in a text: with `--parse json` the value that it is. */
function cellOutput(json: string, { parse }: RowReading): string | null {
  return parse === "json" ? jsonInText(unquoted(json)) : orNull(json, compactValue);
}

/** Null for what is not JSON: with `--parse json` it would have failed here, too. */
function orNull(text: string, compact: (text: string) => string): string | null {
  try {
    return compact(text);
  } catch {
    return null;
  }
}
