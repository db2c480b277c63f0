// Reads an item's id and checks for fields. Only own properties count, so `__proto__` is an ordinary name.
import type { Item, JsonValue } from "../core/item.ts";
import { type ItemPlace, placeField } from "../core/item-place.ts";
import { fieldText } from "../core/json-text.ts";

function valueAt(value: JsonValue, path: readonly string[]): JsonValue | undefined {
  let at: JsonValue | undefined = value;
  for (const name of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as { readonly [key: string]: JsonValue })[name];
  }
  return at;
}

/** Whether a value has the field at a path of names. */
export function hasPath(value: JsonValue, path: readonly string[]): boolean {
  return valueAt(value, path) !== undefined;
}

const NO_ID = { id: null, idIsJson: false } as const;

/** The id of an item. @param field name of the field that holds it; null when items have no ids */
export function idOf(
  text: string,
  value: JsonValue,
  field: string | null,
  place: ItemPlace,
): Pick<Item, "id" | "idIsJson"> {
  const id = field === null ? null : idText(text, value, field, place);
  if (field === null || id === null) return NO_ID;
  const own = valueAt(value, idPath(value, field));
  return { id, idIsJson: own === undefined ? field === "_line" : typeof own !== "string" };
}

/** `a.b` is the field of that name, or else `b` of the object `a`. */
function idPath(value: JsonValue, field: string): readonly string[] {
  return valueAt(value, [field]) === undefined ? field.split(".") : [field];
}

/**
 * The text of an item's id: a string as it is, a number as it was written, true and false as words.
 * @param text JSON text of the item
 * @param value the same, parsed
 * @param field name of a field, or path to it; `_file` and `_line` are fields of every item
 * @returns null when there is no such field or it cannot be an id: null, an empty string, an object, an array
 */
export function idText(text: string, value: JsonValue, field: string, place: ItemPlace): string | null {
  const path = idPath(value, field);
  const id = valueAt(value, path);
  switch (typeof id) {
    case "string":
      return id === "" ? null : id;
    case "boolean":
      return String(id);
    case "number":
      return (
        (path.length === 1 ? numberAsWritten(text, field) : null) ?? fieldText(text, value, path) ?? null
      );
    case "undefined":
      return placeField(field, place) ?? null;
    default:
      return null;
  }
}

const NUMBER_BEHIND_NAME = /[ \t\n\r]*:[ \t\n\r]*(-?[0-9][0-9.eE+-]*)/y;
/** What a name can be written as in more ways than one, or the sign that somebody did so. */
const ESCAPABLE = /["\\/\p{Cc}]/u;

/**
 * The number behind a field's name, without a second parse of the text (seven times as fast on a line of 200 bytes). Null where it would
 * take one to be sure: the name stands in the text more than once, or may stand there in another spelling.
 */
function numberAsWritten(text: string, name: string): string | null {
  if (ESCAPABLE.test(name) || text.includes("\\u")) return null;
  const quoted = `"${name}"`;
  const at = text.indexOf(quoted);
  if (at === -1 || text.includes(quoted, at + 1)) return null;
  NUMBER_BEHIND_NAME.lastIndex = at + quoted.length;
  return NUMBER_BEHIND_NAME.exec(text)?.[1] ?? null;
}
