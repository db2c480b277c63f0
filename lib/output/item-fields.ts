// The item's fields in the output (`--include-input`): their names, and the form of an item without fields.
import type { Item } from "../core/item.ts";
import { objectFields } from "../core/object-fields.ts";
import type { JoinedField } from "./result-writer.ts";

/**
 * Names that would be ambiguous: those of the result's own keys, and those that renaming produces. One more `input_` before each keeps different
 * names different.
 */
const TAKEN = /^(?:input_)*(?:index|id|status|output|error)$/;
/** The same where each result says which of the answers to its item it is. */
const TAKEN_OF_ANSWERS = /^(?:input_)*(?:index|id|repeat|status|output|error)$/;

/** The name of the single field of an item that is not an object. */
const WHOLE_ITEM = "item";

/**
 * The fields of an item that are joined to its result, in order. The field `id` is left out if the id was taken from it, because the result has it
 * already.
 * @param idField the field that `--id` names; null without
 * @param withRepeats whether several answers are wanted of each item
 */
export function joinedFields(item: Item, idField: string | null, withRepeats: boolean): JoinedField[] {
  if (item.form === "text" || item.value === undefined) {
    return [{ name: WHOLE_ITEM, json: JSON.stringify(item.text) }];
  }
  if (typeof item.value !== "object" || item.value === null || Array.isArray(item.value)) {
    return [{ name: WHOLE_ITEM, json: item.text }];
  }
  const taken = withRepeats ? TAKEN_OF_ANSWERS : TAKEN;
  const fields: JoinedField[] = [];
  for (const [name, json] of objectFields(item.text)) {
    if (name === "id" && idField === "id") continue;
    fields.push({ name: taken.test(name) ? `input_${name}` : name, json });
  }
  return fields;
}
