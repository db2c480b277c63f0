// From the text of an answer to an outcome: what is kept of it, what it is marked with, what it cost.
import { type EndpointFailure, MARK_RULES, type Mark } from "../core/endpoint-rules.ts";
import { compactJson, fieldText } from "../core/json-text.ts";
import type { JsonValue } from "../core/item.ts";
import type { Usage } from "../core/record.ts";
import { estimateTokens } from "../core/token-estimate.ts";
import { failed } from "./outcomes.ts";
import { errorFacts } from "./endpoint-client.ts";
import type { Parse } from "./output-text.ts";
import type { Outcome } from "./processor.ts";

export type AnswerKind = "text" | "message" | "full";

/** Prices of a million tokens. */
export type Prices = { readonly input: number; readonly output: number };

export type AnswerOptions = {
  readonly answer: AnswerKind;
  readonly parse: Parse;
  readonly failOn: readonly Mark[];
  /** Null: cost is not counted. */
  readonly prices: Prices | null;
};

type Fields = { readonly [name: string]: JsonValue | undefined };

/**
 * A complete answer as an outcome, or the failure that it is. What it took is as it says, else estimated: a budget would never be used up.
 * @param askedTokens estimates what the request took
 */
export function readAnswer(
  text: string,
  options: AnswerOptions,
  askedTokens: () => number,
): Outcome | EndpointFailure {
  const value = valueOf(text);
  if (value === undefined) return notChat("it is not JSON");
  const { error, choices, usage: reported } = fieldsOf(value);
  if (error !== undefined && error !== null) return failureInside(error);
  const choice = fieldsOf(Array.isArray(choices) ? choices[0] : undefined);
  if (typeof choice["message"] !== "object" || choice["message"] === null)
    return notChat("it has no choices[0].message");
  const reply = fieldsOf(choice["message"]);
  const content = contentOf(reply);
  const marks = marksOf(choice["finish_reason"], content, reply);
  const tokens = reportedTokens(fieldsOf(reported)) ?? {
    input_tokens: askedTokens(),
    output_tokens: estimateTokens(content ?? JSON.stringify(reply)),
  };
  const spent = { usage: priced(tokens, options.prices) };
  const rule = MARK_RULES.find(({ kind }) => marks.includes(kind) && options.failOn.includes(kind));
  if (rule !== undefined) {
    const message = `the answer is marked ${marks.join(", ")} (--fail-on)`;
    return { ...failed(rule.kind, message, rule.action === "retry"), ...spent };
  }
  const outputJson = outputOf(text, value, content, options);
  if (outputJson === null) {
    return { ...failed("bad_output", "the answer's text is not JSON (--parse json)", true), ...spent };
  }
  return { status: "ok", outputJson, ...(marks.length > 0 ? { marks } : {}), ...spent };
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

/** The answer as a value; of an event stream, the first event that says anything (an error, most likely). */
function valueOf(text: string): JsonValue | undefined {
  const event = /^(?:(?:event|id|retry):[^\n]*\n|:[^\n]*\n|\s)*data:[ ]?([^\n]*)/.exec(text)?.[1];
  try {
    return JSON.parse(event ?? text) as JsonValue;
  } catch {
    return undefined;
  }
}

function notChat(found: string): EndpointFailure {
  return { seen: "not-chat", status: null, codes: [], message: `the answer is no chat completion: ${found}` };
}

/** An error inside an answer of status 200: it counts as the status that it names. */
function failureInside(error: JsonValue): EndpointFailure {
  const facts = errorFacts(error);
  const { code, status } = fieldsOf(error);
  const named = [status, code].map(Number).find((number) => number >= 400 && number <= 599);
  const limited = facts.codes.some((word) => word.startsWith("rate_limit")) ? 429 : null;
  return { seen: "error", status: named ?? limited, ...facts };
}

/** The text of a message; of one in parts, that of the parts. Null when it has none. */
function contentOf({ content, refusal }: Fields): string | null {
  if (typeof content === "string") return content;
  if (Array.isArray(content)) {
    return content
      .map((part) => fieldsOf(part)["text"])
      .filter((text) => typeof text === "string")
      .join("");
  }
  return typeof refusal === "string" ? refusal : null;
}

function marksOf(finish: JsonValue | undefined, content: string | null, message: Fields): Mark[] {
  const calls = message["tool_calls"];
  const isEmpty = (content ?? "").trim() === "" && !(Array.isArray(calls) && calls.length > 0);
  const marks: Mark[] = [];
  if (finish === "length") marks.push("length");
  if (finish === "content_filter") marks.push("content_filter");
  if (isEmpty) marks.push("empty");
  return marks;
}

type Tokens = { readonly input_tokens: number; readonly output_tokens: number };

function reportedTokens({ prompt_tokens: input, completion_tokens: output }: Fields): Tokens | null {
  if (typeof input !== "number" || typeof output !== "number") return null;
  return { input_tokens: input, output_tokens: output };
}

function priced(tokens: Tokens, prices: Prices | null): Usage {
  if (prices === null) return tokens;
  const { input_tokens: input, output_tokens: output } = tokens;
  return { ...tokens, cost: (input * prices.input + output * prices.output) / 1_000_000 };
}

/** JSON text of what is kept; null when it was to be JSON and is not. */
function outputOf(
  text: string,
  value: JsonValue,
  content: string | null,
  { answer, parse }: AnswerOptions,
): string | null {
  if (answer === "full") return compactJson(text);
  if (answer === "message") return fieldText(text, value, ["choices", "0", "message"]) ?? "null";
  if (parse === "text") return JSON.stringify(content ?? "");
  try {
    return compactJson(content ?? "");
  } catch {
    return null;
  }
}
