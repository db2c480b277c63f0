// An item: one unit of input. It is identified by its id, or by its content and occurrence, never by its position alone.

import type { Picture } from "./picture.ts";

/** A value that JSON can hold. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

export type Item = {
  /** Position in the input, from 0; blank lines do not count. */
  readonly index: number;
  /** Line of the (decoded) input on which the item begins, from 1; for JSON arrays too. */
  readonly line: number;
  /** Path of the file that it stands in, as it was given or found; "-" for standard input. */
  readonly file?: string;
  /** The value of the `--id` field as text; null without `--id`. */
  readonly id: string | null;
  /** True when the id is a number, true or false; `id` is then its JSON text. False for a string and without an id. */
  readonly idIsJson: boolean;
  /** First 32 hex digits of the SHA-256 of the item's content (docs/format.md, "Hash of an item"). */
  readonly hash: string;
  /** What `text` is: a line of plain text, or the JSON text of a value. */
  readonly form: "text" | "json";
  /** The item as written: numbers keep every digit. Never contains a line break when `form` is "json". */
  readonly text: string;
  /** The parsed value (`text` itself when `form` is "text"); numbers are doubles. Undefined when it cannot be read, which is a defect. */
  readonly value: JsonValue | undefined;
  /** The pictures that it names, where they are asked for (`--image`). */
  readonly pictures?: readonly Picture[];
  /** Why this piece of the input is not a valid item (in English, with what was found). It becomes a failed item of kind `input`. */
  readonly defect?: string;
};

/** The name of an item in messages: its id, or its number from 1. */
export function itemLabel(id: string | null, index: number): string {
  return id ?? `#${index + 1}`;
}
