// The options of `ckpt run` that concern chat endpoints, pace and budgets: text → settings. Files are read, and the key is looked up, when the
// processor is made: the key stands in no settings.
import { type BaseUrl, parseBaseUrl } from "../processors/endpoint/base-url.ts";
import type { Mark } from "../processors/endpoint/endpoint-rules.ts";
import { MARKS } from "../processors/endpoint/endpoint-rules.ts";
import { CkptError } from "../core/errors.ts";
import type { AnswerKind, Prices } from "../processors/endpoint/endpoint-answer.ts";
import type { Budget } from "../run/stop-rules.ts";
import type { GivenHeader } from "../processors/endpoint/endpoint.ts";
import type { Arguments, OptionSpecs } from "../cli/strict-reading.ts";
import { givenHeaders } from "./endpoint-headers.ts";
import type { Host } from "../cli/host.ts";
import { parseChoice, parseCount, parseDecimal, parseDuration } from "../cli/values.ts";

export const ENDPOINT_OPTIONS: OptionSpecs = {
  model: { value: true },
  prompt: { value: true },
  system: { value: true },
  "base-url": { value: true },
  "api-key-file": { value: true },
  header: { value: true, alias: "H", repeat: true },
  "header-env": { value: true, repeat: true },
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
  "header",
  "header-env",
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
  /** Without a slash at its end; with its query. */
  readonly baseUrl: string;
  /** `/chat/completions` was taken off its end. */
  readonly wasWholeUrl: boolean;
  readonly headers: readonly GivenHeader[];
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
  const baseUrl = baseUrlOf(args, host);
  return {
    kind: "endpoint",
    model,
    prompt,
    system: args.text("system") ?? null,
    baseUrl: baseUrl.url,
    wasWholeUrl: baseUrl.wasWhole,
    headers: givenHeaders(args),
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

/** The base URL and where it comes from. Blank variables count as unset. @throws usage.badValue, endpoint.secretInUrl */
function baseUrlOf(args: Arguments, host: Host): BaseUrl {
  const option = args.text("base-url");
  const variable = (host.env["OPENAI_BASE_URL"] ?? "").trim();
  const source = option === undefined ? "OPENAI_BASE_URL" : "--base-url";
  const text = option ?? (variable === "" ? BASE_URL_DEFAULT : variable);
  const parsed = parseBaseUrl(text);
  if ("url" in parsed) return parsed;
  if (parsed.fault === "secret") throw new CkptError("endpoint.secretInUrl", { source, name: parsed.name });
  throw new CkptError("usage.badValue", {
    option: source,
    // What may be a secret is not shown.
    value: parsed.fault === "password" ? "(a URL with a password)" : text.replace(/([?#]).+/s, "$1…"),
    expected: "http://HOST/v1, https://HOST/v1, https://HOST/v1?PARAMETER=VALUE",
  });
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
