// The options of `ckpt run` that concern chat endpoints, pace and budgets: text → settings. Files are read, and the key is looked up, when the
// processor is made: the key stands in no settings.
import type { Mark } from "../core/endpoint-rules.ts";
import { MARKS } from "../core/endpoint-rules.ts";
import { CkptError } from "../core/errors.ts";
import type { AnswerKind, Prices } from "../processors/endpoint-answer.ts";
import type { Budget } from "../run/stop-rules.ts";
import type { Arguments, OptionSpecs } from "./arguments.ts";
import type { Host } from "./host.ts";
import { parseChoice, parseCount, parseDecimal, parseDuration } from "./values.ts";

export const ENDPOINT_OPTIONS: OptionSpecs = {
  model: { value: true },
  prompt: { value: true },
  system: { value: true },
  "base-url": { value: true },
  "api-key-file": { value: true },
  param: { value: true, repeat: true },
  answer: { value: true },
  "fail-on": { value: true },
  "price-in": { value: true },
  "price-out": { value: true },
  rpm: { value: true },
  tpm: { value: true },
  "jobs-max": { value: true },
  "max-outage": { value: true },
  "max-cost": { value: true },
  "max-tokens": { value: true },
};

/** Options that say nothing without `--model`. */
const OF_ENDPOINT = [
  "prompt",
  "system",
  "base-url",
  "api-key-file",
  "param",
  "answer",
  "fail-on",
  "price-in",
  "price-out",
];

export const BASE_URL_DEFAULT = "https://api.openai.com/v1";

export type EndpointChoice = {
  readonly kind: "endpoint";
  readonly model: string;
  /** As given: text, or `@FILE`. */
  readonly prompt: string;
  readonly system: string | null;
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly keyFile: string | null;
  readonly params: readonly (readonly [name: string, text: string])[];
  readonly answer: AnswerKind;
  readonly failOn: readonly Mark[];
  readonly prices: Prices | null;
};

export type PaceSettings = {
  readonly rpm: number | null;
  readonly tpm: number | null;
  /** Bound of `-j auto`. */
  readonly jobsMax: number;
  readonly maxOutageMs: number;
  readonly budget: Budget;
};

const JOBS_MAX = 4096;
const JOBS_MAX_DEFAULT = 256;
/** Attempts that are work on this machine, for each of its processors. */
const JOBS_EACH_DEFAULT = 4;
const COUNT_MAX = 1_000_000_000_000;
const MAX_OUTAGE_DEFAULT_MS = 600_000;

/** The endpoint that the options name; null without `--model`. @throws usage.* */
export function endpointChoice(args: Arguments, host: Host): EndpointChoice | null {
  const model = args.text("model");
  if (model === undefined) {
    const alone = OF_ENDPOINT.find((name) => args.text(name) !== undefined || args.texts(name).length > 0);
    if (alone !== undefined) throw new CkptError("usage.needs", { option: `--${alone}`, needed: "--model" });
    return null;
  }
  const prompt = args.text("prompt");
  if (prompt === undefined) throw new CkptError("usage.needs", { option: "--model", needed: "--prompt" });
  const empty = (["model", "prompt", "base-url", "api-key-file"] as const).find(
    (name) => args.text(name) === "",
  );
  if (empty !== undefined) throw new CkptError("usage.missingValue", { option: `--${empty}` });
  return {
    kind: "endpoint",
    model,
    prompt,
    system: args.text("system") ?? null,
    baseUrl: parseBaseUrl(args.text("base-url") ?? (host.env["OPENAI_BASE_URL"] || BASE_URL_DEFAULT)),
    keyFile: args.text("api-key-file") ?? null,
    params: parseParams(args.texts("param")),
    answer: parseChoice("answer", args.text("answer") ?? "text", ["text", "message", "full"]),
    failOn: (args.text("fail-on") ?? "")
      .split(",")
      .filter((word) => word !== "")
      .map((word) => parseChoice("fail-on", word, MARKS)),
    prices: pricesOf(args),
  };
}

function parseBaseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isPlain =
    url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
  if (!isPlain || url.search !== "" || url.hash !== "") {
    // A URL with a password in it is not shown.
    const value = url !== null && url.password !== "" ? "(a URL with a password)" : text;
    throw new CkptError("usage.badValue", {
      option: "--base-url",
      value,
      expected: "http://HOST/v1, https://HOST/v1 (OPENAI_BASE_URL)",
    });
  }
  return text.replace(/\/+$/, "");
}

/** What ckpt sets itself, and streams, which it does not read. */
const RESERVED = new Set(["model", "messages", "stream", "stream_options", "n"]);

/** @throws usage.badValue, usage.repeated */
function parseParams(texts: readonly string[]): EndpointChoice["params"] {
  const params = texts.map(parseParam);
  const names = params.map(([name]) => name);
  const twice = names.find((name, at) => names.indexOf(name) < at);
  if (twice !== undefined) throw new CkptError("usage.repeated", { option: `--param ${twice}` });
  return params;
}

function parseParam(text: string): readonly [string, string] {
  const at = text.indexOf("=");
  const name = text.slice(0, at);
  if (at <= 0 || RESERVED.has(name)) {
    const expected = `KEY=VALUE (not ${[...RESERVED].join(", ")})`;
    throw new CkptError("usage.badValue", { option: "--param", value: text, expected });
  }
  return [name, text.slice(at + 1)];
}

function pricesOf(args: Arguments): Prices | null {
  const [input, output] = [args.text("price-in"), args.text("price-out")];
  if (input === undefined && output === undefined) return null;
  if (input === undefined)
    throw new CkptError("usage.needs", { option: "--price-out", needed: "--price-in" });
  if (output === undefined)
    throw new CkptError("usage.needs", { option: "--price-in", needed: "--price-out" });
  return { input: parseDecimal("price-in", input), output: parseDecimal("price-out", output) };
}

/** @throws usage.* */
export function paceSettings(args: Arguments, host: Host): PaceSettings {
  const count = (name: string, max: number): number | null => {
    const text = args.text(name);
    return text === undefined ? null : parseCount(name, text, 1, max);
  };
  const [maxOutage, maxCost] = [args.text("max-outage"), args.text("max-cost")];
  const isEndpoint = args.text("model") !== undefined;
  if (maxCost !== undefined && isEndpoint && args.text("price-in") === undefined)
    throw new CkptError("usage.needs", { option: "--max-cost", needed: "--price-in" });
  return {
    rpm: count("rpm", COUNT_MAX),
    tpm: count("tpm", COUNT_MAX),
    jobsMax:
      count("jobs-max", JOBS_MAX) ?? (isEndpoint ? JOBS_MAX_DEFAULT : JOBS_EACH_DEFAULT * host.processors),
    maxOutageMs: maxOutage === undefined ? MAX_OUTAGE_DEFAULT_MS : parseDuration("max-outage", maxOutage),
    budget: {
      cost: maxCost === undefined ? null : parseDecimal("max-cost", maxCost),
      tokens: count("max-tokens", COUNT_MAX),
    },
  };
}
