// Requests made of JSON templates: `--messages`, an array of messages, and `--body`, a whole request.
import type { PresentPart } from "../../../core/fingerprint.ts";
import { jsonExcerpt } from "../../../core/json-excerpt.ts";
import { CkptError } from "../../../core/errors.ts";
import {
  fillJson,
  type IsList,
  type JsonTemplate,
  parseJsonTemplate,
  templatesIn,
} from "../../../core/json-template.ts";
import { isRawJson, parseLossless } from "../../../core/json-text.ts";
import { oneLine } from "../../../core/one-line.ts";
import { fieldPathsOf, namesNumber } from "../../../core/template.ts";
import { shortened } from "../../fingerprint-parts.ts";
import type { Api, RequestBody } from "../api/api.ts";
import { bodyCompleter, type NoRequest, type OnTop, type Request, type RequestMaker } from "./request.ts";

export type JsonSettings = OnTop & {
  readonly api: Api;
  /** Text of the template. */
  readonly template: string;
  /** The input has ids (`--id`). */
  readonly hasId: boolean;
};

/** An API to which messages can be sent has `messagesBody`. @throws SyntaxError when the template is neither JSON nor a lone placeholder; usage.badValue when it is JSON of another kind */
export function messagesRequests(settings: JsonSettings): RequestMaker {
  const { api } = settings;
  const { messagesBody } = api;
  if (messagesBody === null) throw new Error(`messages for ${api.name}`);
  const completed = bodyCompleter(settings);
  return jsonRequests("messages", settings, (value) =>
    isArray(value)
      ? { api, body: completed(messagesBody(value)) }
      : { wrong: `--messages is ${jsonExcerpt(value)}, not an array` },
  );
}

/** @throws SyntaxError as above */
export function bodyRequests(settings: JsonSettings): RequestMaker {
  const { api } = settings;
  const completed = bodyCompleter(settings);
  return jsonRequests("body", settings, (value) =>
    isBody(value)
      ? { api, body: completed(value) }
      : { wrong: `--body is ${jsonExcerpt(value)}, not an object` },
  );
}

const KINDS = {
  messages: { wanted: "array", expected: '[{"role": …, "content": …}, …], {FIELD}' },
  body: { wanted: "object", expected: '{"model": …, …}, {FIELD}' },
} as const;
type JsonName = keyof typeof KINDS;
const SHOWN_LENGTH = 100;

function jsonRequests(
  name: JsonName,
  { api, template: text, hasId }: JsonSettings,
  requestOf: (value: unknown) => Request | NoRequest,
): RequestMaker {
  const template = parseJsonTemplate(text, listsOf(name, api));
  checkKind(name, template, text);
  const templates = templatesIn(template);
  return {
    requestOf: (item) => {
      const filled = fillJson(template, item);
      return filled.ok ? requestOf(unpacked(template, filled.value)) : { missing: filled.missing };
    },
    fieldPaths: fieldPathsOf(templates, hasId),
    usesIndex: namesNumber(templates),
    fingerprintParts: [partOf(name, text)],
  };
}

/** No API takes an array among messages or parts of a content: of what is filled in there (a conversation so far), each element is one. */
function listsOf(name: JsonName, { messagesBody }: Api): IsList {
  const ofBody = messagesBody === null ? [] : Object.keys(messagesBody([]));
  const names = new Set<string | null>(["content", ...(name === "messages" ? [null] : ofBody)]);
  return (field) => names.has(field);
}

/** A lone placeholder may be filled with anything. Any other template that is of the wrong kind would fail for every item. @throws usage.badValue */
function checkKind(name: JsonName, { kind }: JsonTemplate, text: string): void {
  const { wanted, expected } = KINDS[name];
  if (kind === "value" || kind === wanted) return;
  const value = oneLine(text, SHOWN_LENGTH);
  throw new CkptError("usage.badValue", { option: `--${name}`, value, expected });
}

function partOf(name: string, value: string): PresentPart {
  return { name, value, shown: shortened(value) };
}

/** A table holds an array or an object as its JSON text. */
function unpacked({ kind }: JsonTemplate, value: unknown): unknown {
  if (kind !== "value" || typeof value !== "string") return value;
  try {
    return parseLossless(value);
  } catch {
    return value;
  }
}

export function isArray(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

export function isBody(value: unknown): value is RequestBody {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isRawJson(value);
}
