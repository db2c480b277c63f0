// The settings of `ckpt run`: from its arguments, and values derived from them. Checks everything that can be checked without reading a file.
import { type CommonOptions, commonOptions } from "../cli/common-arguments.ts";
import type { Invocation, SettingsOf } from "../cli/declaration.ts";
import type { Host } from "../cli/host.ts";
import { delimiterOf } from "../core/delimiter.ts";
import { CkptError } from "../core/errors.ts";
import { Rerun } from "../core/rerun.ts";
import type { Selection } from "../core/status.ts";
import type { Budget } from "../run/budget.ts";
import { type FailureLimit, failureLimitOf } from "../run/stop-rules.ts";
import type { RunArguments } from "./arguments/run-arguments.ts";
import { batchFormat } from "./input/batch-input.ts";
import { BATCH_ID } from "../core/openai-batch.ts";
import { isBatch, isFiles } from "./input/input-files.ts";
import { type ProcessorChoice, processorChoice } from "./processor-choice.ts";
import type { ServerChoice } from "./endpoint/endpoint-servers.ts";
import { selectionOf } from "./plan/selection.ts";
import { placeShard, type ShardRun } from "./shards/shard-place.ts";

type Given = SettingsOf<RunArguments>;

/** The settings of the arguments, some replaced by derived values. */
export type RunSettings = Omit<
  Given,
  "delimiter" | "dir" | "jobs" | "maxFailures" | "repeat" | "retries" | "where" | "sample" | "seed" | "shard"
> &
  CommonOptions & {
    /** `auto`, or one character; null when not given. */
    readonly delimiter: string | null;
    /** Which items; null: all. */
    readonly selection: Selection | null;
    /** Which part of them; null: all. Its checkpoint is in `dir`. */
    readonly shard: ShardRun | null;
    readonly processor: ProcessorChoice;
    readonly jobs: number | "auto";
    /** Answers wanted of each item, at least 1. */
    readonly repeat: number;
    /** Upper limit of `-j auto`. */
    readonly jobsMax: number;
    /** Extra attempts for a failed item. */
    readonly retries: number;
    readonly maxFailures: FailureLimit | null;
    readonly budget: Budget;
  };

export const BATCH_SIZE_DEFAULT = 10;
const ENDPOINT_TIMEOUT_MS = 300_000;
/** An answer that goes on coming may take long. */
const STREAM_TIMEOUT_MS = 3_600_000;
const ENDPOINT_RETRIES = 2;
const ENDPOINT_JOBS_MAX = 256;
/** Maximum number of local attempts per CPU. */
const JOBS_EACH_MAX = 4;

/** @throws usage.* */
export function runSettings(invocation: Invocation<RunArguments>, host: Host): RunSettings {
  const { settings } = invocation;
  if (settings.input.length === 0 || settings.input.includes(""))
    throw new CkptError("usage.missingInput", {});
  // Both would write to standard output, where `--json` promises a single value.
  if (settings.output === "-" && settings.json)
    throw new CkptError("usage.conflict", { first: "-o -", second: "--json" });
  if (settings.resume === false && settings.rerun.length > 0)
    throw new CkptError("usage.conflict", { first: "--no-resume", second: "--rerun" });
  const validates = settings.validate !== null;
  // The default is text; a typed one contradicts.
  if (validates && settings.parse === "text" && invocation.typed.options.has("parse"))
    throw new CkptError("usage.conflict", { first: "--validate", second: "--parse text" });
  const processor = processorChoice(invocation, host);
  const isEndpoint = processor.kind === "endpoint";
  const format =
    isEndpoint && processor.question.kind === "batch"
      ? batchFormat(settings.format, settings.input[0] ?? "")
      : settings.format;
  const endpointTimeoutMs = settings.stream ? STREAM_TIMEOUT_MS : ENDPOINT_TIMEOUT_MS;
  if (isEndpoint && settings.maxCost !== null && settings.priceIn === null)
    throw new CkptError("usage.needs", { option: "--max-cost", needed: "--price-in" });
  const options = commonOptions(settings, host);
  const place = placeShard(settings, options, host);
  const { parallel = 1 } = place.shard ?? {};
  return {
    ...settings,
    ...options,
    ...place,
    rpm: partOf(settings.rpm, parallel),
    tpm: partOf(settings.tpm, parallel),
    selection: selectionOf(settings),
    rerun: new Rerun(settings.rerun, 0).what, // refuses words that are wrong before anything is read
    format,
    id: settings.id ?? idFieldOf(format),
    delimiter: settings.delimiter === null ? null : parseDelimiter(settings.delimiter),
    processor: withPart(processor, parallel),
    repeat: settings.repeat ?? 1,
    parse: validates ? "json" : settings.parse,
    jobs: settings.jobs ?? (isEndpoint ? "auto" : host.processors),
    jobsMax: settings.jobsMax ?? (isEndpoint ? ENDPOINT_JOBS_MAX : JOBS_EACH_MAX * host.processors),
    timeoutMs: noLimit(settings.timeoutMs ?? (isEndpoint ? endpointTimeoutMs : null)),
    idleTimeoutMs: noLimit(settings.idleTimeoutMs ?? ENDPOINT_TIMEOUT_MS),
    retries: settings.retries ?? (isEndpoint ? ENDPOINT_RETRIES : 0),
    maxTimeMs: noLimit(settings.maxTimeMs),
    maxFailures: settings.maxFailures === null ? null : parseFailureLimit(settings.maxFailures),
    budget: { cost: settings.maxCost, tokens: settings.maxTokens },
  };
}

/** A limit that several shards share. */
function partOf(limit: number | null, parallel: number): number | null {
  return limit === null ? null : limit / parallel;
}

/** The same for the own limits of endpoints. */
function withPart(processor: ProcessorChoice, parallel: number): ProcessorChoice {
  if (processor.kind !== "endpoint") return processor;
  const ofOne = (server: ServerChoice): ServerChoice => ({
    ...server,
    rpm: partOf(server.rpm, parallel),
    tpm: partOf(server.tpm, parallel),
  });
  const [first, ...others] = processor.servers;
  return { ...processor, servers: [ofOne(first), ...others.map(ofOne)] };
}

/** The field that identifies the items of some formats. A file that was edited is to be run again in its place. */
function idFieldOf(format: string | null): string | null {
  if (isFiles(format)) return "path";
  return isBatch(format) ? BATCH_ID : null;
}

/** A time of 0 means no limit. */
function noLimit(ms: number | null): number | null {
  return ms === 0 ? null : ms;
}

/** @throws usage.badValue */
export function parseFailureLimit(text: string): FailureLimit {
  const limit = failureLimitOf(text);
  if (limit !== null) return limit;
  throw new CkptError("usage.badValue", { option: "--max-failures", value: text, expected: "10, 5%" });
}

function parseDelimiter(text: string): string {
  const delimiter = text === "auto" ? text : delimiterOf(text);
  if (delimiter !== null) return delimiter;
  const expected = "auto, comma, semicolon, tab, bar, space, or one character";
  throw new CkptError("usage.badValue", { option: "--delimiter", value: text, expected });
}

/** Number of attempts at once; null when `-j auto` decides. */
export function attemptsAtOnce({ jobs, processor }: RunSettings): number | null {
  if (jobs === "auto") return null;
  return processor.kind === "worker" ? jobs * processor.inflight : jobs;
}

/**
 * Of how many items the first answers are attempted before the second ones (`--repeat`). No worker holds two answers of one item: workers that hold several items
 * at once are kept busy with as many different ones.
 */
export function itemsTogether({ jobs, jobsMax, processor }: RunSettings): number {
  if (processor.kind !== "worker" || processor.inflight === 1) return 1;
  return processor.inflight * (jobs === "auto" ? jobsMax : jobs);
}
