// Checks of outputs (`--validate`, `--match`), a wrapper for every processor. It stands inside of retry and pace: a wrong output is a failed attempt.
import { cutText } from "../../core/cut-text.ts";
import type { PresentPart } from "../../core/fingerprint.ts";
import { oneLine } from "../../core/one-line.ts";
import { unquoted } from "../../core/json-text.ts";
import { contentPart, shortened } from "../fingerprint-parts.ts";
import type { Outcome, Processor } from "../processor.ts";
import { jsonInText } from "./json-in-text.ts";
import type { Schema } from "./schema.ts";

export type Checks = {
  readonly schema: (Schema & { readonly path: string; readonly sha256: string }) | null;
  /** `source`: as typed. */
  readonly match: { readonly source: string; readonly regex: RegExp } | null;
};

/** The kind of an output that a check does not accept. */
const INVALID = "invalid";
const TEXT_LENGTH = 200;
const PATTERN_LENGTH = 100;

/** Marks of an answer that another attempt would not better: it is never asked again. */
const FINAL_MARKS: ReadonlySet<string> = new Set(["length", "content_filter", "refusal"]);

/** Wraps a processor. Its outputs stay as they are, or become failures of kind `invalid` that keep the text. */
export function withChecks(processor: Processor, checks: Checks): Processor {
  const check = (outcome: Outcome): Outcome => checked(outcome, checks);
  return {
    ...processor,
    process: (item, context) => {
      const outcome = processor.process(item, context);
      return outcome instanceof Promise ? outcome.then(check) : check(outcome);
    },
    fingerprintParts: async () => [...(await processor.fingerprintParts()), ...partsOf(checks)],
  };
}

function checked(outcome: Outcome, checks: Checks): Outcome {
  // An answer without JSON, or with none that can be read, does not fit the schema either.
  if (outcome.status === "failed" && outcome.error.text !== undefined && checks.schema !== null)
    return { ...outcome, error: { ...outcome.error, kind: INVALID } };
  if (outcome.status !== "ok") return outcome;
  const { outputJson, text, answerText, marks = [], stderr, ...rest } = outcome;
  const fault = answerText === undefined ? faultOf(outputJson, checks) : answerFault(answerText, checks);
  if (fault === null) return outcome;
  const final = marks.filter((mark) => FINAL_MARKS.has(mark));
  const marked = final.length === 0 ? fault : `${fault}; the answer is marked ${final.join(", ")}`;
  const details = {
    text: answerText ?? text ?? unquoted(outputJson),
    ...(stderr === undefined ? null : { stderr }),
  };
  return {
    ...rest,
    status: "failed",
    error: { kind: INVALID, message: marked, ...details },
    retryable: final.length === 0,
  };
}

/** What is wrong with the text of an answer of which more is kept; null: nothing. */
function answerFault(text: string, { schema, match }: Checks): string | null {
  const json = schema === null ? null : jsonInText(text);
  if (schema !== null && json === null)
    return `the answer's text is not JSON: ${oneLine(text, TEXT_LENGTH)} (--parse json)`;
  const fault = json === null ? null : faultOf(json, { schema, match: null });
  return fault ?? faultOf(JSON.stringify(text), { schema: null, match });
}

/** What is wrong with an output; null: nothing. */
export function faultOf(outputJson: string, { schema, match }: Checks): string | null {
  const fault = schema === null ? null : schemaFault(schema, outputJson);
  if (fault !== null) return `the output does not fit the schema (--validate): ${fault}`;
  if (match === null) return null;
  const text = unquoted(outputJson);
  if (match.regex.test(text)) return null;
  const pattern = cutText(match.source, PATTERN_LENGTH, "…");
  return `the output does not match ${pattern} (--match): ${oneLine(text, TEXT_LENGTH)}`;
}

function schemaFault(schema: Schema, outputJson: string): string | null {
  try {
    return schema.faultOf(JSON.parse(outputJson));
  } catch (error) {
    // The stack is bounded, the depth of a value is not.
    if (error instanceof RangeError) return "$ is nested too deeply to be checked";
    throw error;
  }
}

function partsOf({ schema, match }: Checks): PresentPart[] {
  return [
    ...(schema === null ? [] : [contentPart("validate", schema.path, schema.sha256)]),
    ...(match === null ? [] : [{ name: "match", value: match.source, shown: shortened(match.source) }]),
  ];
}
