// The options of `ckpt run`: text → settings, with everything checked that can be checked without looking at a file.
import * as path from "node:path";
import { delimiterOf } from "../core/delimiter.ts";
import { CkptError } from "../core/errors.ts";
import type { FailureLimit } from "../run/stop-rules.ts";
import type { ProgressMode } from "../ui/reporters/create.ts";
import { type Arguments, nonEmpty, type OptionSpecs } from "../cli/strict-reading.ts";
import { COMMON_OPTIONS, type CommonOptions, commonOptions } from "../cli/common-arguments.ts";
import {
  type EndpointChoice,
  ENDPOINT_OPTIONS,
  endpointChoice,
  type PaceSettings,
  paceSettings,
} from "./endpoint-settings.ts";
import type { Host } from "../cli/host.ts";
import { parseChoice, parseCount, parseDuration, parseSize } from "../cli/values.ts";

export const RUN_OPTIONS: OptionSpecs = {
  format: { value: true },
  encoding: { value: true },
  delimiter: { value: true },
  id: { value: true },
  shell: { value: true },
  module: { value: true },
  depends: { value: true, repeat: true },
  "pause-on-exit": { value: true, repeat: true },
  "batch-size": { value: true, alias: "b" },
  jobs: { value: true, alias: "j" },
  timeout: { value: true },
  retries: { value: true },
  "retry-delay": { value: true },
  "retry-max-delay": { value: true },
  limit: { value: true },
  "max-failures": { value: true },
  "max-time": { value: true },
  resume: { value: false, negated: true },
  "on-change": { value: true },
  failed: { value: true },
  "dry-run": { value: false },
  yes: { value: false, alias: "y" },
  output: { value: true, alias: "o" },
  bom: { value: false },
  "include-input": { value: false },
  force: { value: false },
  parse: { value: true },
  "max-output": { value: true },
  progress: { value: true },
  grace: { value: true },
  worker: { value: false },
  "worker-inflight": { value: true },
  ...ENDPOINT_OPTIONS,
  ...COMMON_OPTIONS,
};

export type ProcessorChoice =
  | { readonly kind: "command"; readonly argv: readonly string[] }
  | { readonly kind: "worker"; readonly argv: readonly string[]; readonly inflight: number }
  | { readonly kind: "shell"; readonly text: string }
  | { readonly kind: "module"; readonly path: string }
  | EndpointChoice;

export type OnChange = "ask" | "refuse" | "keep";
export type FailedChoice = "retry" | "keep";

export type RunSettings = CommonOptions & {
  /** A path, or "-". */
  readonly input: string;
  readonly format: string | null;
  readonly encoding: string;
  /** `auto`, or one character; null when nothing was said. */
  readonly delimiter: string | null;
  readonly idField: string | null;
  readonly processor: ProcessorChoice;
  readonly depends: readonly string[];
  /** Exit statuses by which a command says that the cause lies outside its item. */
  readonly pauseOn: ReadonlySet<number>;
  readonly parse: "text" | "json";
  readonly maxOutputBytes: number;
  /** Null: the stored size on a resume, else the default. */
  readonly batchSize: number | null;
  readonly jobs: number | "auto";
  readonly timeoutMs: number | null;
  readonly retries: number;
  readonly retryDelayMs: number;
  readonly retryDelayMaxMs: number;
  readonly pace: PaceSettings;
  readonly limit: number | null;
  readonly maxFailures: FailureLimit | null;
  readonly maxTimeMs: number | null;
  readonly graceMs: number;
  /** `--resume` true, `--no-resume` false. */
  readonly resume: boolean | null;
  readonly onChange: OnChange;
  readonly failed: FailedChoice | null;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly output: string | null;
  readonly bom: boolean;
  readonly includeInput: boolean;
  readonly force: boolean;
  readonly progress: ProgressMode;
};

export const BATCH_SIZE_DEFAULT = 10;
const JOBS_MAX = 4096;
const COUNT_MAX = 1_000_000_000;
const ENDPOINT_TIMEOUT_MS = 300_000;
const ENDPOINT_RETRIES = 2;
/** An output is kept in memory while it is encoded: three bytes a character at worst, within one buffer of 4 GiB. */
const OUTPUT_BYTES_MAX = 1 << 30;

/** @throws usage.* */
export function runSettings(args: Arguments, host: Host): RunSettings {
  const [input, extra] = args.positional;
  if (input === undefined || input === "") throw new CkptError("usage.missingInput", {});
  if (extra !== undefined) throw new CkptError("usage.extraArgument", { argument: extra });
  const dryRun = args.flag("dry-run") ?? false;
  const common = commonOptions(args, host);
  const output = nonEmpty(args, "output");
  const processor = processorChoice(args, host);
  // Both would write to standard output, of which `--json` promises one value.
  if (output === "-" && common.json)
    throw new CkptError("usage.conflict", { first: "-o -", second: "--json" });
  return {
    ...common,
    input,
    format: args.text("format") ?? null,
    encoding: args.text("encoding") ?? "utf-8",
    delimiter: delimiterChoice(args),
    idField: nonEmpty(args, "id"),
    processor,
    depends: args.texts("depends"),
    pauseOn: pauseStatuses(args, processor),
    ...attemptSettings(args, host),
    ...stopSettings(args),
    pace: paceSettings(args, host),
    ...resumeSettings(args),
    dryRun,
    output,
    bom: args.flag("bom") ?? false,
    includeInput: args.flag("include-input") ?? false,
    force: args.flag("force") ?? false,
    progress: parseChoice("progress", args.text("progress") ?? "auto", [
      "auto",
      "bar",
      "plain",
      "json",
      "none",
    ]),
  };
}

/** @throws usage.badValue */
function delimiterChoice(args: Arguments): string | null {
  const text = args.text("delimiter");
  if (text === undefined || text === "auto") return text ?? null;
  const delimiter = delimiterOf(text);
  if (delimiter !== null) return delimiter;
  const expected = "auto, comma, semicolon, tab, bar, space, or one character";
  throw new CkptError("usage.badValue", { option: "--delimiter", value: text, expected });
}

function processorChoice(args: Arguments, host: Host): ProcessorChoice {
  const shell = args.text("shell");
  const module = args.text("module");
  const given: [string, ProcessorChoice][] = [];
  if (args.rest !== null) given.push(["--", restChoice(args, args.rest)]);
  else if (args.flag("worker") === true)
    throw new CkptError("usage.needs", { option: "--worker", needed: "-- COMMAND" });
  if (shell !== undefined) given.push(["--shell", { kind: "shell", text: shell }]);
  if (module !== undefined) given.push(["--module", { kind: "module", path: module }]);
  const endpoint = endpointChoice(args, host);
  if (endpoint !== null) given.push(["--model", endpoint]);
  const [first, second] = given;
  if (first === undefined) throw new CkptError("usage.noProcessor", {});
  if (second !== undefined) throw new CkptError("usage.conflict", { first: first[0], second: second[0] });
  const [name, choice] = first;
  if (isEmpty(choice)) {
    if (name === "--") throw new CkptError("usage.noCommand", {});
    throw new CkptError("usage.missingValue", { option: name });
  }
  if (choice.kind === "module") refuseOtherLanguage(choice.path);
  return choice;
}

function isEmpty(choice: ProcessorChoice): boolean {
  switch (choice.kind) {
    case "command":
    case "worker":
      return (choice.argv[0] ?? "") === "";
    case "shell":
      return choice.text.trim() === "";
    case "module":
      return choice.path === "";
    case "endpoint":
      return false;
  }
}

/** What runs files that people name after --module although they are no modules. */
const PROGRAM_OF: ReadonlyMap<string, string> = new Map([
  [".py", "python"],
  [".sh", "sh"],
  [".bash", "bash"],
  [".rb", "ruby"],
  [".pl", "perl"],
  [".php", "php"],
  [".r", "Rscript"],
  [".lua", "lua"],
  [".jl", "julia"],
]);

function refuseOtherLanguage(file: string): void {
  const program = PROGRAM_OF.get(path.extname(file).toLowerCase());
  if (program !== undefined) throw new CkptError("module.otherLanguage", { path: file, program });
}

const STATUS_MAX = 255;

/** @throws usage.badValue; usage.conflict where it says nothing: workers and modules ask for a pause in their errors */
function pauseStatuses(args: Arguments, { kind }: ProcessorChoice): ReadonlySet<number> {
  const texts = args.texts("pause-on-exit");
  if (texts.length > 0 && kind !== "command" && kind !== "shell") {
    const second = kind === "endpoint" ? "--model" : `--${kind}`;
    throw new CkptError("usage.conflict", { first: "--pause-on-exit", second });
  }
  return new Set(texts.map((text) => parseCount("pause-on-exit", text, 1, STATUS_MAX)));
}

/** What stands behind `--`: a command for each item, or with `--worker` one that lives as long as the run. */
function restChoice(args: Arguments, argv: readonly string[]): ProcessorChoice {
  const inflight = args.text("worker-inflight");
  if (args.flag("worker") !== true) {
    if (inflight !== undefined)
      throw new CkptError("usage.needs", { option: "--worker-inflight", needed: "--worker" });
    return { kind: "command", argv };
  }
  return { kind: "worker", argv, inflight: parseCount("worker-inflight", inflight ?? "1", 1, JOBS_MAX) };
}

/** Attempts at once; null where `-j auto` decides. */
export function attemptsAtOnce({ jobs, processor }: RunSettings): number | null {
  if (jobs === "auto") return null;
  return processor.kind === "worker" ? jobs * processor.inflight : jobs;
}

function attemptSettings(
  args: Arguments,
  host: Host,
): Pick<
  RunSettings,
  | "parse"
  | "maxOutputBytes"
  | "batchSize"
  | "jobs"
  | "timeoutMs"
  | "retries"
  | "retryDelayMs"
  | "retryDelayMaxMs"
  | "graceMs"
> {
  const count = (name: string, min: number, max: number): number | null => {
    const text = args.text(name);
    return text === undefined ? null : parseCount(name, text, min, max);
  };
  const duration = (name: string): number | null => {
    const text = args.text(name);
    return text === undefined ? null : parseDuration(name, text);
  };
  const isEndpoint = args.text("model") !== undefined;
  const jobs = args.text("jobs") ?? (isEndpoint ? "auto" : null);
  return {
    parse: parseChoice("parse", args.text("parse") ?? "text", ["text", "json"]),
    maxOutputBytes: parseSize("max-output", args.text("max-output") ?? "16M", OUTPUT_BYTES_MAX),
    batchSize: count("batch-size", 1, COUNT_MAX),
    jobs: jobs === "auto" ? jobs : (count("jobs", 1, JOBS_MAX) ?? host.processors),
    timeoutMs: positive(duration("timeout") ?? (isEndpoint ? ENDPOINT_TIMEOUT_MS : null)),
    retries: count("retries", 0, 1000) ?? (isEndpoint ? ENDPOINT_RETRIES : 0),
    retryDelayMs: duration("retry-delay") ?? 1000,
    retryDelayMaxMs: duration("retry-max-delay") ?? 60_000,
    graceMs: duration("grace") ?? 10_000,
  };
}

/** A time of 0 means that there is no limit. */
function positive(ms: number | null): number | null {
  return ms === 0 ? null : ms;
}

function stopSettings(args: Arguments): Pick<RunSettings, "limit" | "maxFailures" | "maxTimeMs"> {
  const limit = args.text("limit");
  const maxFailures = args.text("max-failures");
  const maxTime = args.text("max-time");
  return {
    limit: limit === undefined ? null : parseCount("limit", limit, 1, COUNT_MAX),
    maxFailures: maxFailures === undefined ? null : parseFailureLimit(maxFailures),
    maxTimeMs: maxTime === undefined ? null : positive(parseDuration("max-time", maxTime)),
  };
}

function parseFailureLimit(text: string): FailureLimit {
  const percent = /^(\d{1,3}(?:\.\d{1,3})?)%$/.exec(text);
  if (percent === null) {
    if (!/^\d+$/.test(text))
      throw new CkptError("usage.badValue", { option: "--max-failures", value: text, expected: "10, 5%" });
    return { kind: "count", count: parseCount("max-failures", text, 1, COUNT_MAX) };
  }
  const value = Number(percent[1]);
  if (value <= 0 || value > 100)
    throw new CkptError("usage.badValue", { option: "--max-failures", value: text, expected: "10, 5%" });
  return { kind: "percent", percent: value };
}

function resumeSettings(args: Arguments): Pick<RunSettings, "resume" | "onChange" | "failed" | "yes"> {
  const failed = args.text("failed");
  return {
    resume: args.flag("resume") ?? null,
    onChange: parseChoice("on-change", args.text("on-change") ?? "ask", ["ask", "refuse", "keep"]),
    failed: failed === undefined ? null : parseChoice<FailedChoice>("failed", failed, ["retry", "keep"]),
    yes: args.flag("yes") ?? false,
  };
}
