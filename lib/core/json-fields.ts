// The fields of a JSON value of which nothing is known.
import type { JsonValue } from "./item.ts";

export type Fields = { readonly [name: string]: JsonValue | undefined };

/** None where the value is no object. */
export function fieldsOf(value: JsonValue | undefined): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}
