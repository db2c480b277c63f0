// The line protocol between ckpt and a worker (docs/worker.md).
import { cutText } from "../../core/cut-text.ts";
import type { Item } from "../../core/item.ts";
import { compactJson } from "../../core/json-text.ts";
import type { Usage } from "../../core/record.ts";
import { USAGE_KEYS } from "../../core/usage.ts";
import { failed, outside, PAUSE } from "../outcomes.ts";
import type { Outcome } from "../processor.ts";

/**
 * The request line for an item, with its line end. It contains the item as written.
 * @param repeat which of the answers wanted for the item; left out when one is wanted
 */
export function requestLine(item: Item, attempt: number, repeat?: number): string {
  const id = item.id === null ? "null" : JSON.stringify(item.id);
  const value = item.form === "json" ? item.text : JSON.stringify(item.text);
  const which = repeat === undefined ? "" : `,"repeat":${repeat}`;
  return `{"index":${item.index},"id":${id}${which},"attempt":${attempt},"item":${value}}\n`;
}

export type Answer = { readonly index: number; readonly outcome: Outcome };

/** Matches a line with only `index` and `output`, in that order, up to the output. */
const PLAIN = /^\s*\{\s*"index"\s*:\s*\d+\s*,\s*"output"\s*:\s*/;

const NUMBER = /^-?\d[\d.eE+-]*$/;

/** Parses an answer; returns a text when it is invalid, which says why. */
export function parseAnswer(line: string): Answer | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return `it is not JSON: ${shown(line)}`;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return `it is no object: ${shown(line)}`;
  const { index, output, error, usage } = value as { readonly [key: string]: unknown };
  if (typeof index !== "number" || !Number.isSafeInteger(index)) return `it has no index: ${shown(line)}`;
  if (error !== undefined && error !== null) return { index, outcome: failure(error) };
  if (output === undefined) return `it has neither output nor error: ${shown(line)}`;
  const outputJson = outputText(line, output, value);
  if (usage === undefined) return { index, outcome: { status: "ok", outputJson } };
  const spent = usageOf(usage);
  return { index, outcome: { status: "ok", outputJson, ...(spent === null ? {} : { usage: spent }) } };
}

const SHOWN_LENGTH_MAX = 81;

function shown(line: string): string {
  return cutText(line, SHOWN_LENGTH_MAX, "…");
}

/** JSON text of the output. Numbers keep every digit; a string does not need its source text. */
function outputText(line: string, output: unknown, answer: object): string {
  if (typeof output === "string" || typeof output === "boolean" || output === null)
    return JSON.stringify(output);
  const head = Object.keys(answer).length === 2 ? PLAIN.exec(line) : null;
  const written = head === null ? "" : line.slice(head[0].length, line.lastIndexOf("}")).trimEnd();
  // The source text keeps numbers as written. With a duplicate key it is more than one value.
  if (NUMBER.test(written)) return written;
  return (written === "" ? null : compactOrNull(written)) ?? exactOutput(line);
}

function compactOrNull(written: string): string | null {
  try {
    return compactJson(written);
  } catch {
    return null;
  }
}

/** The output from a full parse of the line; of duplicate keys the last counts. */
function exactOutput(line: string): string {
  const compact = compactJson(line);
  const { output: exact } = JSON.parse(compact, keepSource) as { readonly output: unknown };
  return JSON.stringify(exact);
}

/** Reviver that keeps numbers as written. */
function keepSource(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const raw = JSON as unknown as { rawJSON(text: string): unknown };
  return typeof value === "number" && context?.source !== undefined ? raw.rawJSON(context.source) : value;
}

function failure(error: unknown): Outcome {
  if (typeof error !== "object" || error === null) return failed("worker_error", String(error), true);
  const { kind, message, retryable, pause } = error as { readonly [key: string]: unknown };
  const named = typeof kind === "string" && kind !== "" ? kind : null;
  const said = typeof message === "string" ? message : JSON.stringify(error);
  if (pause === true) return outside(named ?? PAUSE, said);
  return failed(named ?? "worker_error", said, retryable !== false);
}

function usageOf(usage: unknown): Usage | null {
  if (typeof usage !== "object" || usage === null) return null;
  const spent: { -readonly [K in keyof Usage]: Usage[K] } = {};
  for (const key of USAGE_KEYS) {
    const amount = (usage as { readonly [name: string]: unknown })[key];
    if (typeof amount === "number" && amount >= 0) spent[key] = amount;
  }
  return Object.keys(spent).length === 0 ? null : spent;
}
