// Templates: text with placeholders for parts of an item. A placeholder is `{name}`, `{a.b}`, `{#}` or `{}`. Anything else in braces is left alone,
// so that awk programs, JSON and `${HOME}` pass through.
import type { Item, JsonValue } from "./item.ts";
import { placeField } from "./item-place.ts";
import { fieldText, fieldValue, parseLossless, rawJson } from "./json-text.ts";

export type Placeholder =
  /** `{}`: the item. */
  | { readonly kind: "item" }
  /** `{#}`: the item's number, from 1. */
  | { readonly kind: "number" }
  /** `{id}`, `{name}`, `{a.b}`: a field. */
  | { readonly kind: "field"; readonly name: string };

/** Literal text and placeholders, in order. */
export type Template = readonly (string | Placeholder)[];

/** The expanded text, or the names of missing fields. */
export type Expansion =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly missing: readonly string[] };

const NAME = String.raw`[\p{L}\p{M}\p{N}_][\p{L}\p{M}\p{N}_-]*`;

// "{{", "}}", or a placeholder that has no "$" before it.
const TOKEN = new RegExp(String.raw`\{\{|\}\}|(?<!\$)\{(#|${NAME}(?:\.${NAME})*)?\}`, "gu");

/**
 * Parses a template. `{{` stands for an opening brace and its matching `}}` for a closing one. A `}}` without a match is left alone, because it ends
 * nested JSON (`{"a":{"b":1}}`).
 */
export function parseTemplate(source: string): Template {
  const parts: (string | Placeholder)[] = [];
  let literal = "";
  let end = 0;
  let openBraces = 0;
  for (const match of source.matchAll(TOKEN)) {
    literal += source.slice(end, match.index);
    end = match.index + match[0].length;
    if (match[0] === "{{") {
      literal += "{";
      openBraces += 1;
    } else if (match[0] === "}}") {
      literal += openBraces > 0 ? "}" : "}}";
      openBraces = Math.max(0, openBraces - 1);
    } else {
      if (literal !== "") parts.push(literal);
      literal = "";
      parts.push(placeholderOf(match[1]));
    }
  }
  literal += source.slice(end);
  if (literal !== "" || parts.length === 0) parts.push(literal);
  return parts;
}

function placeholderOf(name: string | undefined): Placeholder {
  if (name === undefined) return { kind: "item" };
  return name === "#" ? { kind: "number" } : { kind: "field", name };
}

/** The placeholder as it is written. */
export function placeholderSource(placeholder: Placeholder): string {
  switch (placeholder.kind) {
    case "item":
      return "{}";
    case "number":
      return "{#}";
    case "field":
      return `{${placeholder.name}}`;
  }
}

/**
 * The value of a placeholder for an item: text as is, numbers as written, anything else as JSON text. Undefined when the item has no such field. A
 * field that is literally named `a.b` wins over the path. Only own properties count.
 */
function placeholderText(placeholder: Placeholder, item: Item): string | undefined {
  switch (placeholder.kind) {
    case "item":
      return typeof item.value === "string" ? item.value : item.text;
    case "number":
      return String(item.index + 1);
    case "field":
      if (placeholder.name === "id" && item.id !== null) return item.id;
      return fieldOf(item, placeholder.name);
  }
}

function fieldOf(item: Item, name: string): string | undefined {
  return ownField(item, name, fieldText) ?? placeField(name, item);
}

function ownField<T>({ form, text, value }: Item, name: string, read: ReadField<T>): T | undefined {
  if (form === "text" || value === undefined) return undefined;
  const literal = read(text, value, [name]);
  if (literal !== undefined || !name.includes(".")) return literal;
  return read(text, value, name.split("."));
}

type ReadField<T> = (text: string, value: JsonValue, path: readonly string[]) => T | undefined;

/**
 * Expands a template.
 * @param render how a value is inserted (for example quoted); default: as is
 */
export function expandTemplate(
  template: Template,
  item: Item,
  render: (value: string, at: number) => string = (value) => value,
): Expansion {
  let text = "";
  const missing: string[] = [];
  for (const [at, part] of template.entries()) {
    if (typeof part === "string") {
      text += part;
      continue;
    }
    const value = placeholderText(part, item);
    if (value === undefined) missing.push(part.kind === "field" ? part.name : placeholderSource(part));
    else text += render(value, at);
  }
  return missing.length === 0 ? { ok: true, text } : { ok: false, missing };
}

/** The value of a placeholder as JSON has it, every digit kept; undefined as for its text. */
export function placeholderValue(placeholder: Placeholder, item: Item): unknown {
  switch (placeholder.kind) {
    case "item":
      return item.form === "text" ? item.text : parseLossless(item.text);
    case "number":
      return item.index + 1;
    case "field": {
      const { name } = placeholder;
      if (name === "id" && item.id !== null) return item.idIsJson ? rawJson(item.id) : item.id;
      const own = ownField(item, name, fieldValue);
      if (own !== undefined) return own;
      return name === "_line" ? item.line : placeField(name, item);
    }
  }
}

/** Paths of the fields that templates name, each once. `hasId`: the input has ids (`--id`), so `{id}` is not a field. */
export function fieldPathsOf(templates: readonly Template[], hasId: boolean): readonly (readonly string[])[] {
  const names = new Set<string>();
  for (const part of templates.flat()) {
    if (typeof part === "string" || part.kind !== "field") continue;
    if (!(hasId && part.name === "id")) names.add(part.name);
  }
  return [...names].map((name) => name.split("."));
}

/** True when a template contains `{#}`. */
export function namesNumber(templates: readonly Template[]): boolean {
  return templates.flat().some((part) => typeof part !== "string" && part.kind === "number");
}
