// The item's own fields beside its result (`--include-input`): which names they have there, and what stands for an item without fields.
import type { Item } from "../core/item.ts";
import { objectFields } from "../core/object-fields.ts";
import type { JoinedField } from "./result-writer.ts";

/**
 * Names that would stand for two things: the result's own, and those that come of renaming them. With one more `input_` before each of
 * them, different names stay different.
 */
const TAKEN = /^(?:input_)*(?:index|id|status|output|error)$/;
/** The same where each result says which of the answers to its item it is. */
const TAKEN_OF_ANSWERS = /^(?:input_)*(?:index|id|repeat|status|output|error)$/;

/** The name of the one field of an item that is no object. */
const WHOLE_ITEM = "item";

/**
 * The fields of an item as they are joined to its result, in their order. The field `id` is left out where the id was taken from it: it
 * stands in the result already.
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
