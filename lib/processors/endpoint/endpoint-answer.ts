// Makes an outcome from the text of an answer: the output, its marks, and its cost.
import { type Unwrapped, unwrap } from "./answer-wrapping.ts";
import { jsonInText } from "../check/json-in-text.ts";
import { cutText } from "../../core/cut-text.ts";
import { errorIn } from "./endpoint-error.ts";
import type { AnswerChoice, Api, FoundAnswer } from "./api/api.ts";
import {
  type EndpointFailure,
  type FailedAnswer,
  failureOf,
  MARK_RULES,
  type Mark,
} from "./endpoint-rules.ts";
import { finishOf } from "./finish-reasons.ts";
import type { AnsweringModel } from "../../core/model-versions.ts";
import { oneLine } from "../../core/one-line.ts";
import { compactJson, fieldJson } from "../../core/json-text.ts";
import type { JsonValue } from "../../core/item.ts";
import type { Usage } from "../../core/record.ts";
import { reachesCap, type Tokens, tokensOf } from "./token-usage.ts";
import { estimateTokens } from "./token-estimate.ts";
import { failed } from "../outcomes.ts";
import type { Parse } from "../output-text.ts";
import type { Outcome } from "../processor.ts";

/** Prices of a million tokens. */
export type Prices = { readonly input: number; readonly output: number };

export type AnswerOptions = {
  /** Null: the default of the request's API. */
  readonly answer: AnswerChoice | null;
  readonly parse: Parse;
  readonly failOn: readonly Mark[];
  /** Null: cost is not computed. */
  readonly prices: Prices | null;
};

/** Facts about the request, for everything that its answer does not report. */
export type RequestFacts = {
  readonly api: Api;
  /** The model that it asks for; empty where it names none. */
  readonly model: string;
  /** Number of items that it is for, if there are several. */
  readonly count?: number;
  /** Its estimated number of tokens. */
  readonly tokens: () => number;
  /** The limit that it sets for its answer, in tokens; null without one. */
  readonly cap: number | null;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  /** True: a stream was asked for. */
  readonly isStream?: boolean;
};

/** A failed answer, and its reported usage. */
export type AnswerFailure = FailedAnswer & { readonly usage?: Usage };

/** Maximum length of what is shown of an answer that cannot be read. */
export const EXCERPT_LENGTH = 200;
const NAME_LENGTH_MAX = 100;
/** The text of an answer that fails because of a mark is kept up to this length. */
const WORDS_LENGTH_MAX = 1000;

/** The outcome of a complete answer, or its failure. Usage that is not reported is estimated; otherwise a budget would never be used up. */
export function readAnswer(
  text: string,
  options: AnswerOptions,
  asked: RequestFacts,
): Outcome | AnswerFailure {
  const { api } = asked;
  const body = unwrap(text, api);
  if (body.kind !== "json") return { failure: noJson(body, text, asked) };
  const { value, json } = body;
  const found = api.read(value, json);
  const error = errorIn(value, api, asked.nowMs);
  if (error !== null) return { failure: { ...error, seen: "error" }, ...reported(found, options) };
  const finish = finishOf(found.finish);
  // For an answer that was filtered, or cut off before any text, Gemini sends only the finish reason.
  const isExplained = finish !== "whole" && finish !== "unknown";
  if (!api.hasAnswer(value) && !isExplained)
    return { failure: noAnswer(`${api.lacksPart}: ${oneLine(json, EXCERPT_LENGTH)}`, api) };
  if (finish === "broken") {
    const reason = `${found.finishName} ${JSON.stringify(found.finish)}`;
    const failure = failureOf("broken", `the answer failed on its way (${reason})`);
    return { failure, ...reported(found, options) };
  }
  const choice = options.answer ?? api.answers[0];
  const isCut = finish === "length" || (finish === "whole" && reachesCap(found.usage, asked.cap));
  const marks = marksOf(isCut ? "length" : finish, found, choice);
  const complete = { json, value, found, marks, choice };
  const split = asked.count === undefined ? null : splitAnswer(complete, api, asked.count);
  if (split !== null && "wrong" in split) {
    const failure = noAnswer(`${split.wrong}: ${oneLine(json, EXCERPT_LENGTH)}`, api);
    return { failure, ...reported(found, options) };
  }
  return {
    ...(split ?? keep(complete, options, api)),
    usage: priced(usageOf(found, asked), options.prices),
    answeredBy: answeringModel(found, asked.model),
  };
}

/** What an answer says of the model that made it. */
function answeringModel({ version }: FoundAnswer, asked: string): AnsweringModel {
  const { model, fingerprint } = version;
  return { asked, name: lineOf(model), fingerprint: lineOf(fingerprint) };
}

function lineOf(value: string | null): string {
  return oneLine(value ?? "", NAME_LENGTH_MAX);
}

/** What was spent, as reported, else estimated. */
function usageOf({ usage, generated, isFilled }: FoundAnswer, asked: RequestFacts): Tokens {
  const said = tokensOf(usage, isFilled);
  return {
    input_tokens: said.input_tokens ?? asked.tokens(),
    output_tokens: said.output_tokens ?? (generated === null ? 0 : estimateTokens(generated)),
  };
}

function noJson(
  body: Exclude<Unwrapped, { kind: "json" }>,
  text: string,
  { api, isStream = false }: RequestFacts,
): EndpointFailure {
  if (body.kind === "stream") {
    const more = body.events === 1 ? "" : "s";
    return isStream
      ? failureOf("not-answer", `the stream holds no answer in ${body.events} event${more}`)
      : failureOf(
          "stream",
          `the answer is a stream of ${body.events} event${more}, which was not asked for (--stream)`,
        );
  }
  const found = oneLine(text, EXCERPT_LENGTH);
  return noAnswer(found === "" ? "it is empty" : `it is not JSON: ${found}`, api);
}

function noAnswer(found: string, api: Api): EndpointFailure {
  return failureOf("not-answer", `${api.noAnswer}: ${found}`);
}

/** The marks in table order: the first one that `--fail-on` names decides. */
function marksOf(finish: ReturnType<typeof finishOf>, answer: FoundAnswer, choice: AnswerChoice): Mark[] {
  const isRefusal = finish === "refusal" || answer.isRefusal;
  const isEmpty = choice === "text" ? answer.text.trim() === "" : !answer.isFilled;
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
  readonly found: FoundAnswer;
  readonly marks: readonly Mark[];
  /** What is to be kept. */
  readonly choice: AnswerChoice;
};

/** The output of an answer, or the failure caused by `--fail-on` or `--parse json`. */
function keep(
  complete: Complete,
  options: AnswerOptions,
  api: Api,
): Outcome & { readonly status: "ok" | "failed" } {
  const { found, marks, choice } = complete;
  const isFinal = marks.some((mark) => mark !== "empty" && mark !== "unknown_finish");
  const rule = MARK_RULES.find(({ kind }) => marks.includes(kind) && options.failOn.includes(kind));
  if (rule !== undefined) {
    const words = found.text.trim() === "" ? "" : `: ${cutText(found.text, WORDS_LENGTH_MAX, "…")}`;
    const message = `the answer is marked ${marks.join(", ")} (--fail-on)${words}`;
    return failed(rule.kind, message, rule.action === "retry" && !isFinal);
  }
  const isMore = (choice === "full" || choice === "message") && api.answers.includes("text");
  const output = outputOf(complete, options.parse, isMore);
  const text = output.text === undefined ? {} : { text: output.text };
  if ("fault" in output) return failed("bad_output", output.fault, output.retryable && !isFinal, text);
  const within = isMore ? { answerText: found.text } : {};
  return {
    status: "ok",
    outputJson: output.json,
    ...(marks.length > 0 ? { marks } : {}),
    ...text,
    ...within,
  };
}

type Ok = Outcome & { readonly status: "ok" };

/** The outputs of the items of a shared request; or what is wrong with it. */
function splitAnswer(
  { json, value, marks }: Complete,
  { shared, lacksPart }: Api,
  count: number,
): Ok | { readonly wrong: string } {
  const split = shared?.split(value, json, count) ?? { wrong: lacksPart };
  if ("wrong" in split) return split;
  return { status: "ok", outputJson: "null", parts: split.parts, ...(marks.length > 0 ? { marks } : {}) };
}

/** JSON text of an output, or why there is none; and the text in which JSON was looked for. */
type Output = { readonly text?: string } & (
  | { readonly json: string }
  | { readonly fault: string; readonly retryable: boolean }
);

/** @param isMore the whole answer is kept, or its message: with `--parse json` the text in it must be JSON. What calls tools has no text */
function outputOf(complete: Complete, parse: Parse, isMore: boolean): Output {
  const { found, choice } = complete;
  if (choice === "text") return textOutput(complete, parse);
  if (isMore && (found.text.trim() !== "" || !found.isFilled)) {
    const text = textOutput(complete, parse);
    if ("fault" in text) return text;
  }
  return partOutput(complete);
}

/** The text of an answer as an output. The text of a refusal is not JSON and is kept as a text. */
function textOutput({ found, marks }: Complete, parse: Parse): Output {
  const { text } = found;
  if (parse === "text") return { json: JSON.stringify(text) };
  const isRefusal = marks.includes("refusal");
  const json = isRefusal ? orNull(() => compactJson(text)) : jsonInText(text);
  if (json !== null) return { json, text };
  if (isRefusal && text.trim() !== "") return { json: JSON.stringify(text) };
  const excerpt = oneLine(text, EXCERPT_LENGTH);
  const fault = excerpt === "" ? "the answer's text is empty" : `the answer's text is not JSON: ${excerpt}`;
  return { fault: `${fault} (--parse json)`, retryable: true, text };
}

/** A part of an answer as an output. */
function partOutput({ json, value, found, choice }: Complete): Output {
  try {
    const part = partOf(choice, json, value, found);
    if (part !== null) return { json: part };
    return { fault: `the answer has no ${answerText(choice)} (--answer)`, retryable: true };
  } catch {
    return { fault: "the answer is nested too deeply", retryable: false };
  }
}

/** JSON text of a part of an answer; null where it is not there. */
function partOf(choice: AnswerChoice, json: string, value: JsonValue, found: FoundAnswer): string | null {
  if (typeof choice === "object") return fieldJson(json, value, choice.path) ?? null;
  switch (choice) {
    case "full":
      return compactJson(json);
    // A filtered answer may have none.
    case "message":
      return found.message() ?? "null";
    case "vector":
      return found.vector();
    case "text":
      return JSON.stringify(found.text);
  }
}

/** What is kept of an answer, as `--answer` says it. */
export function answerText(choice: AnswerChoice): string {
  return typeof choice === "object" ? choice.path.join(".") : choice;
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
function reported({ usage }: FoundAnswer, { prices }: AnswerOptions): { readonly usage?: Usage } {
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
