// An item: one unit of input. Its identity never rests on its position alone: it is its id, or its content and occurrence.

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
  /** The item's id is a number, true or false, and `id` its JSON text; false for a string and without an id. */
  readonly idIsJson: boolean;
  /** First 32 hex digits of the SHA-256 of the item's content (docs/format.md, "Hash of an item"). */
  readonly hash: string;
  /** What `text` is: a line of plain text, or the JSON text of a value. */
  readonly form: "text" | "json";
  /** The item as written: numbers keep every digit. Never contains a line break when `form` is "json". */
  readonly text: string;
  /** The parsed value (`text` itself when `form` is "text"); numbers are doubles. Undefined when there is a defect. */
  readonly value: JsonValue | undefined;
  /** Why this piece of input is not an item (English, with what was found); it becomes a failed item of kind `input`. */
  readonly defect?: string;
};

/** How an item is called in messages: its id, or its number from 1. */
export function itemLabel(id: string | null, index: number): string {
  return id ?? `#${index + 1}`;
}
