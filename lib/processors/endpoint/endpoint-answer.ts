// Makes an outcome from the text of an answer: the output, its marks, and its cost.
import { type Unwrapped, unwrap } from "./answer-wrapping.ts";
import { cutText } from "../../core/cut-text.ts";
import { errorIn, firstChoice } from "./endpoint-error.ts";
import { fieldsOf } from "./json-fields.ts";
import { type EndpointFailure, failureOf, MARK_RULES, type Mark } from "./endpoint-rules.ts";
import { finishOf } from "./finish-reasons.ts";
import { oneLine } from "../../core/one-line.ts";
import { compactJson, fieldText } from "../../core/json-text.ts";
import type { JsonValue } from "../../core/item.ts";
import type { Usage } from "../../core/record.ts";
import { reachesCap, type Tokens, tokensOf } from "./token-usage.ts";
import { estimateTokens } from "./token-estimate.ts";
import { type AnswerText, textOf } from "./answer-text.ts";
import { failed } from "../outcomes.ts";
import type { Parse } from "../output-text.ts";
import type { Outcome } from "../processor.ts";

export type AnswerKind = "text" | "message" | "full";

/** Prices of a million tokens. */
export type Prices = { readonly input: number; readonly output: number };

export type AnswerOptions = {
  readonly answer: AnswerKind;
  readonly parse: Parse;
  readonly failOn: readonly Mark[];
  /** Null: cost is not computed. */
  readonly prices: Prices | null;
};

/** Facts about the request, for everything that its answer does not report. */
export type RequestFacts = {
  /** Its estimated number of tokens. */
  readonly tokens: () => number;
  /** The limit that it sets for its answer, in tokens; null without one. */
  readonly cap: number | null;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
};

/** A failed answer, and its reported usage. */
export type AnswerFailure = { readonly failure: EndpointFailure; readonly usage?: Usage };

/** Path of the message in an answer. */
const MESSAGE = ["choices", "0", "message"] as const;
const EXCERPT_LENGTH = 200;
/** The text of an answer that fails because of a mark is kept up to this length. */
const WORDS_LENGTH_MAX = 1000;

/** The outcome of a complete answer, or its failure. Usage that is not reported is estimated; otherwise a budget would never be used up. */
export function readAnswer(
  text: string,
  options: AnswerOptions,
  asked: RequestFacts,
): Outcome | AnswerFailure {
  const body = unwrap(text);
  if (body.kind !== "json") return { failure: noJson(body, text) };
  const { value, json } = body;
  const usage = fieldsOf(value)["usage"];
  const error = errorIn(value, asked.nowMs);
  if (error !== null) return { failure: { ...error, seen: "error" }, ...reported(usage, options) };
  const { message = null } = firstChoice(value);
  const reason = finishReasonIn(value);
  const finish = finishOf(reason);
  // For an answer that was filtered, or cut off before any text, Gemini sends only the finish reason.
  const isExplained = finish !== "whole" && finish !== "unknown";
  if ((typeof message !== "object" || message === null) && !isExplained)
    return { failure: notChat(`it has no choices[0].message: ${oneLine(json, EXCERPT_LENGTH)}`) };
  if (finish === "broken") {
    const failure = failureOf(
      "broken",
      `the answer failed on its way (finish_reason ${JSON.stringify(reason)})`,
    );
    return { failure, ...reported(usage, options) };
  }
  const answer = textOf(
    fieldsOf(message),
    () => orNull(() => fieldText(json, value, [...MESSAGE, "content"]) ?? "") ?? "",
  );
  const said = tokensOf(usage, answer.isFilled);
  const isCut = finish === "length" || (finish === "whole" && reachesCap(usage, asked.cap));
  const marks = marksOf(isCut ? "length" : finish, answer, options.answer);
  const tokens = {
    input_tokens: said.input_tokens ?? asked.tokens(),
    output_tokens: said.output_tokens ?? estimateTokens(answer.text || JSON.stringify(message)),
  };
  const kept = keep({ json, value, answer, marks }, options);
  return { ...kept, usage: priced(tokens, options.prices) };
}

/** The finish reason of an answer: its own, else that of the provider behind a gateway, else Gemini's reason for not answering. */
function finishReasonIn(value: JsonValue): JsonValue | undefined {
  const { finish_reason: reason, native_finish_reason: native } = firstChoice(value);
  return reason ?? native ?? fieldsOf(fieldsOf(value)["promptFeedback"])["blockReason"];
}

function noJson(body: Exclude<Unwrapped, { kind: "json" }>, text: string): EndpointFailure {
  if (body.kind === "stream")
    return failureOf(
      "stream",
      `the answer is a stream of ${body.events} event${body.events === 1 ? "" : "s"}, which was not asked for`,
    );
  const found = oneLine(text, EXCERPT_LENGTH);
  return notChat(found === "" ? "it is empty" : `it is not JSON: ${found}`);
}

function notChat(found: string): EndpointFailure {
  return failureOf("not-chat", `the answer is no chat completion: ${found}`);
}

/** The marks in table order: the first one that `--fail-on` names decides. */
function marksOf(finish: ReturnType<typeof finishOf>, answer: AnswerText, kind: AnswerKind): Mark[] {
  const isRefusal = finish === "refusal" || answer.isRefusal;
  const isEmpty = answer.text.trim() === "" && !(answer.hasCalls && kind !== "text");
  const marks: Mark[] = [];
  if (finish === "length") marks.push("length");
  if (finish === "content_filter") marks.push("content_filter");
  if (isRefusal) marks.push("refusal");
  if (isEmpty) marks.push("empty");
  if (finish === "unknown") marks.push("unknown_finish");
  return marks;
}

type Complete = {
  readonly json: string;
  readonly value: JsonValue;
  readonly answer: AnswerText;
  readonly marks: readonly Mark[];
};

/** The output of an answer, or the failure caused by `--fail-on` or `--parse json`. */
function keep(complete: Complete, options: AnswerOptions): Outcome {
  const { answer, marks } = complete;
  const isFinal = marks.some((mark) => mark !== "empty" && mark !== "unknown_finish");
  const rule = MARK_RULES.find(({ kind }) => marks.includes(kind) && options.failOn.includes(kind));
  if (rule !== undefined) {
    const words = answer.text.trim() === "" ? "" : `: ${cutText(answer.text, WORDS_LENGTH_MAX, "…")}`;
    const message = `the answer is marked ${marks.join(", ")} (--fail-on)${words}`;
    return failed(rule.kind, message, rule.action === "retry" && !isFinal);
  }
  const outputJson = outputOf(complete, options);
  if (outputJson === null && options.answer !== "text")
    return failed("bad_output", "the answer is nested too deeply", false);
  if (outputJson === null) {
    const found = oneLine(answer.text, EXCERPT_LENGTH);
    const message = found === "" ? "the answer's text is empty" : `the answer's text is not JSON: ${found}`;
    return failed("bad_output", `${message} (--parse json)`, !isFinal);
  }
  return { status: "ok", outputJson, ...(marks.length > 0 ? { marks } : {}) };
}

/** JSON text of the output; null when JSON was requested and cannot be parsed. The text of a refusal is not JSON and is kept as a text. */
function outputOf({ json, value, answer, marks }: Complete, options: AnswerOptions): string | null {
  if (options.answer === "full") return orNull(() => compactJson(json));
  if (options.answer === "message") return orNull(() => fieldText(json, value, MESSAGE) ?? "null");
  if (options.parse === "text") return JSON.stringify(answer.text);
  const parsed = orNull(() => compactJson(answer.text));
  return parsed === null && marks.includes("refusal") && answer.text.trim() !== ""
    ? JSON.stringify(answer.text)
    : parsed;
}

/** JSON text; null when it is not JSON, or nested too deeply to be read with all digits. */
function orNull(json: () => string): string | null {
  try {
    return json();
  } catch {
    return null;
  }
}

/** The reported usage of a failed answer; empty without one. */
function reported(usage: JsonValue | undefined, { prices }: AnswerOptions): { readonly usage?: Usage } {
  const { input_tokens: input, output_tokens: output } = tokensOf(usage, true);
  return input === null || output === null
    ? {}
    : { usage: priced({ input_tokens: input, output_tokens: output }, prices) };
}

function priced(tokens: Tokens, prices: Prices | null): Usage {
  if (prices === null) return tokens;
  const { input_tokens: input, output_tokens: output } = tokens;
  return { ...tokens, cost: (input * prices.input + output * prices.output) / 1_000_000 };
}
