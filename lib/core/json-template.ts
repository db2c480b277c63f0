// A JSON value as a template. A string that is exactly one placeholder (`"{history}"`) becomes that JSON value with every digit kept; any other string
// is filled as text (template.ts). Names of fields are no templates. An array that is a list takes the elements of an array that is filled in among its own.
import type { Item } from "./item.ts";
import { isRawJson, parseLossless } from "./json-text.ts";
import {
  expandTemplate,
  parseTemplate,
  type Placeholder,
  placeholderSource,
  placeholderValue,
  type Template,
} from "./template.ts";

export type JsonTemplate =
  /** Nothing to fill in. */
  | { readonly kind: "fixed"; readonly value: unknown }
  | { readonly kind: "value"; readonly placeholder: Placeholder }
  | { readonly kind: "text"; readonly template: Template }
  | { readonly kind: "array"; readonly elements: readonly JsonTemplate[]; readonly isList: boolean }
  | { readonly kind: "object"; readonly fields: readonly (readonly [string, JsonTemplate])[] };

/** The filled value, or the names of missing fields. */
export type FilledJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly missing: readonly string[] };

/** Whether the array that is a field's value, or the whole value (null), is a list: its elements are never arrays. */
export type IsList = (field: string | null) => boolean;

/**
 * Parses the text of a JSON value, or a lone placeholder: `{messages}` is that field, `{}` the item.
 * @throws SyntaxError when it is neither
 */
export function parseJsonTemplate(text: string, isList: IsList = () => false): JsonTemplate {
  const lone = lonePlaceholder(parseTemplate(text.trim()));
  return lone === null ? templateOf(parseLossless(text), isList, null) : { kind: "value", placeholder: lone };
}

function lonePlaceholder(template: Template): Placeholder | null {
  const [only] = template;
  return template.length === 1 && only !== undefined && typeof only !== "string" ? only : null;
}

/** @param field whose value it is, or in whose array it stands */
function templateOf(value: unknown, isList: IsList, field: string | null): JsonTemplate {
  if (typeof value === "string") {
    const template = parseTemplate(value);
    const placeholder = lonePlaceholder(template);
    return placeholder === null ? { kind: "text", template } : { kind: "value", placeholder };
  }
  if (typeof value !== "object" || value === null || isRawJson(value)) return { kind: "fixed", value };
  if (Array.isArray(value)) {
    const elements = value.map((element) => templateOf(element, isList, field));
    return { kind: "array", elements, isList: isList(field) };
  }
  const fields = Object.entries(value).map(
    ([name, inner]) => [name, templateOf(inner, isList, name)] as const,
  );
  return { kind: "object", fields };
}

/** Fills a template in for an item. */
export function fillJson(template: JsonTemplate, item: Item): FilledJson {
  const missing: string[] = [];
  const value = filled(template, item, missing);
  return missing.length === 0 ? { ok: true, value } : { ok: false, missing };
}

function filled(template: JsonTemplate, item: Item, missing: string[]): unknown {
  switch (template.kind) {
    case "fixed":
      return template.value;
    case "value": {
      const { placeholder } = template;
      const value = placeholderValue(placeholder, item);
      if (value === undefined)
        missing.push(placeholder.kind === "field" ? placeholder.name : placeholderSource(placeholder));
      return value;
    }
    case "text": {
      const expansion = expandTemplate(template.template, item);
      if (expansion.ok) return expansion.text;
      missing.push(...expansion.missing);
      return "";
    }
    case "array": {
      const elements = template.elements.map((element) => filled(element, item, missing));
      return template.isList ? elements.flat(Number.POSITIVE_INFINITY) : elements;
    }
    case "object":
      // Not a spread: `__proto__` is a name as any other.
      return Object.fromEntries(
        template.fields.map(([name, inner]) => [name, filled(inner, item, missing)] as const),
      );
  }
}

/** The templates of all strings in it. */
export function templatesIn(template: JsonTemplate): readonly Template[] {
  switch (template.kind) {
    case "fixed":
      return [];
    case "value":
      return [[template.placeholder]];
    case "text":
      return [template.template];
    case "array":
      return template.elements.flatMap(templatesIn);
    case "object":
      return template.fields.flatMap(([, inner]) => templatesIn(inner));
  }
}
