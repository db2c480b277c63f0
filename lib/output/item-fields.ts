// The item's fields in the output (`--include-input`): their names, and the form of an item without fields.
import type { Item } from "../core/item.ts";
import { objectFields } from "../core/object-fields.ts";
import type { JoinedField } from "./result-writer.ts";
import { META_FIELDS } from "./row-fields.ts";

/**
 * Names that would be ambiguous: those of the row's own keys, and those that renaming produces. One more `input_` before each keeps different
 * names different.
 */
const TAKEN = new Set(["index", "id", "status", "output", "error"]);
const META: readonly string[] = META_FIELDS;

/** Of which keys a row has more than the usual ones. */
export type RowKeys = {
  /** Several answers are wanted of each item. */
  readonly withRepeats: boolean;
  /** Each row says how its result was made. */
  readonly withMeta: boolean;
};

function isTaken(name: string, { withRepeats, withMeta }: RowKeys): boolean {
  const bare = name.replace(/^(?:input_)+/, "");
  if (TAKEN.has(bare)) return true;
  return (withRepeats && bare === "repeat") || (withMeta && META.includes(bare));
}

/** The name of the single field of an item that is not an object. */
export const WHOLE_ITEM = "item";

/**
 * The fields of an item that are joined to its result, in order. The field `id` is left out if the id was taken from it, because the result has it
 * already.
 * @param idField the field that `--id` names; null without
 */
export function joinedFields(
  item: Pick<Item, "form" | "text" | "value">,
  idField: string | null,
  keys: RowKeys,
): JoinedField[] {
  if (item.form === "text" || item.value === undefined) {
    return [{ name: WHOLE_ITEM, json: JSON.stringify(item.text) }];
  }
  if (typeof item.value !== "object" || item.value === null || Array.isArray(item.value)) {
    return [{ name: WHOLE_ITEM, json: item.text }];
  }
  const fields: JoinedField[] = [];
  for (const [name, json] of objectFields(item.text)) {
    if (name === "id" && idField === "id") continue;
    fields.push({ name: isTaken(name, keys) ? `input_${name}` : name, json });
  }
  return fields;
}
