// What the live channel says and takes: docs/live.md. Keys may be added, never renamed.
import { nearestOf } from "../../core/nearest.ts";
import type { ErrorGroup, Status, UsageTotals, VersionCount } from "../../core/status.ts";
import type { TtftSummary } from "../../core/ttft.ts";
import type { StopReason } from "../../run/progress.ts";
import type { ProgressJson } from "../../ui/reporters/json.ts";

/** GET /status, and the data of the event `status`. */
export type LiveStatus = ProgressJson & {
  readonly v: 1;
  readonly session_id: string;
  readonly run: { readonly pid: number; readonly host: string; readonly started_at: string };
  readonly state: LiveState;
  /** Why the run is ending; null while it is not. */
  readonly stop: StopReason | null;
  readonly input: Status["input"];
  readonly processor: Status["processor"];
  readonly repeat: number;
  readonly succeeded_now: number;
  readonly failed_now: number;
  readonly usage: { readonly run: UsageTotals; readonly session: UsageTotals };
  readonly budgets: { readonly cost: LiveBudget | null; readonly tokens: LiveBudget | null };
  readonly settings: LiveSettings;
  /** Failed items by reason, as of the last commit. */
  readonly errors: readonly ErrorGroup[];
  /** Durations of the results of this run; null without any. */
  readonly latency: { readonly p50_ms: number; readonly p90_ms: number; readonly p99_ms: number } | null;
  readonly ttft: TtftSummary | null;
  readonly versions: readonly VersionCount[];
  readonly timeline: LiveTimeline;
  /** The last results, the newest first. */
  readonly results: readonly LiveResult[];
};

/** `ending`: no attempt is left, and what follows them is being done, as writing the output. */
export type LiveState = "running" | "paused" | "stopping" | "ending";

export type LiveBudget = { readonly spent: number; readonly allowed: number };

/** The settings that may be changed, as they are now; null: no limit. */
export type LiveSettings = {
  readonly jobs: number | "auto";
  readonly rpm: number | null;
  readonly tpm: number | null;
  readonly max_cost: number | null;
  readonly max_tokens: number | null;
  /** A number, or a share as `5%`. */
  readonly max_failures: string | null;
  readonly timeout_ms: number | null;
};

/** This run over time. Each list has one entry for each piece of time, from `started_at` on. */
export type LiveTimeline = {
  readonly started_at: string;
  readonly bucket_ms: number;
  readonly ok: readonly number[];
  readonly failed: readonly number[];
  readonly input_tokens: readonly number[];
  readonly output_tokens: readonly number[];
  readonly cost: readonly number[];
  readonly p50_ms: readonly (number | null)[];
  readonly p90_ms: readonly (number | null)[];
  readonly p99_ms: readonly (number | null)[];
  readonly ttft_ms: readonly (number | null)[];
};

export type LiveResult = {
  readonly index: number;
  readonly id: string | null;
  readonly repeat?: number;
  readonly status: "ok" | "failed";
  /** The output's JSON text, or its beginning; null for a failure. */
  readonly output: string | null;
  readonly error: { readonly kind: string; readonly message: string } | null;
  /** Whether the text is all of it. */
  readonly whole: boolean;
  readonly attempts: number;
  readonly started_at: string;
  readonly duration_ms: number;
};

/** POST /settings. */
export type Changes = {
  readonly jobs?: number | "auto";
  readonly rpm?: number;
  readonly tpm?: number;
  readonly max_cost?: number;
  readonly max_tokens?: number;
  readonly max_failures?: string;
  /** 0: no limit. */
  readonly timeout_ms?: number;
  readonly paused?: boolean;
  /** Only true: a stop is not taken back. */
  readonly stop?: boolean;
};

export type SettingName = keyof LiveSettings;

/** Why a setting cannot be changed in this run. */
export type Refusal =
  /** `-j auto`, `--rpm` and `--tpm` are kept by what a run sets up at its start. */
  | { readonly setting: SettingName; readonly reason: "not-paced"; readonly kind: string }
  /** Every endpoint has its own. */
  | { readonly setting: SettingName; readonly reason: "own"; readonly kind: string }
  /** No more connections can be opened in this process. */
  | {
      readonly setting: SettingName;
      readonly reason: "connections";
      readonly kind: string;
      readonly most: number;
    }
  /** Nothing says what a token costs. */
  | { readonly setting: SettingName; readonly reason: "no-prices"; readonly kind: string }
  /** The run is ending. */
  | { readonly setting: SettingName | "paused"; readonly reason: "stopping"; readonly kind: string };

/** What a change has led to. */
export type ChangeAnswer = {
  readonly state: LiveState;
  readonly settings: LiveSettings;
  /** Whether the change is on record, so that `ckpt run` alone takes it up. False where the run has no words on record. */
  readonly recorded: boolean;
};

const VALUE_MAX = 1_000_000_000_000;
const JOBS_MAX = 4096;
const TIMEOUT_MS_MAX = 2 ** 31 - 1;

const count = (value: unknown, max: number = VALUE_MAX): boolean =>
  Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= max;
const amount = (value: unknown, max: number): boolean =>
  typeof value === "number" && value >= 0 && value <= max;

/** Of each setting: whether a value is possible, and what is. */
const RULES: { readonly [K in keyof Changes]-?: readonly [(value: unknown) => boolean, string] } = {
  jobs: [(value) => value === "auto" || count(value, JOBS_MAX), `1–${JOBS_MAX}, "auto"`],
  rpm: [(value) => count(value), "a number from 1"],
  tpm: [(value) => count(value), "a number from 1"],
  max_cost: [(value) => amount(value, VALUE_MAX), "a number from 0"],
  max_tokens: [(value) => count(value), "a number from 1"],
  max_failures: [
    (value) => typeof value === "string" && /^(?:[1-9]\d{0,8}|\d{1,3}(?:\.\d{1,3})?%)$/.test(value),
    '"10", "5%"',
  ],
  timeout_ms: [(value) => amount(value, TIMEOUT_MS_MAX), `0–${TIMEOUT_MS_MAX}`],
  paused: [(value) => typeof value === "boolean", "true, false"],
  stop: [(value) => value === true, "true"],
};

export type BadChange = { readonly key: string; readonly expected: string };

/** The changes that a body asks for, or what is wrong with it. */
export function parseChanges(body: unknown): Changes | BadChange {
  if (typeof body !== "object" || body === null || Array.isArray(body))
    return { key: "", expected: "a JSON object" };
  for (const [key, value] of Object.entries(body)) {
    const rule = Object.hasOwn(RULES, key) ? RULES[key as keyof Changes] : undefined;
    if (rule === undefined)
      return { key, expected: nearestOf(key, Object.keys(RULES)) ?? Object.keys(RULES).join(", ") };
    const [isPossible, expected] = rule;
    if (!isPossible(value)) return { key, expected };
  }
  return body;
}

/** Whether a body was refused. */
export function isBadChange(changes: Changes | BadChange): changes is BadChange {
  return "expected" in changes;
}
