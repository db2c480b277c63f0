// What the live channel says and takes: docs/live.md. Keys may be added, never renamed.
import { nearestOf } from "../../core/nearest.ts";
import type { ErrorGroup, Status, UsageTotals, VersionCount } from "../../core/status.ts";
import type { LatencySummary, TtftSummary } from "../../core/time-tally.ts";
import type { StopReason } from "../../run/progress.ts";
import { failureLimitOf } from "../../run/stop-rules.ts";
import type { ProgressJson } from "../../ui/reporters/json.ts";
import type { TimelineLists } from "../timeline-lists.ts";

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
  readonly latency: LatencySummary | null;
  readonly ttft: TtftSummary | null;
  readonly versions: readonly VersionCount[];
  readonly timeline: LiveTimeline;
  /** The last results, the newest first. */
  readonly results: readonly LiveResult[];
};

/** `ending`: no attempt is left, and what follows is being done, such as writing the output. */
export type LiveState = "running" | "paused" | "stopping" | "ending";

export type LiveBudget = { readonly spent: number; readonly allowed: number };

/** The settings that can be changed, as they are now; null: no limit. */
export type LiveSettings = {
  readonly jobs: number | "auto";
  readonly rpm: number | null;
  readonly tpm: number | null;
  readonly max_cost: number | null;
  readonly max_tokens: number | null;
  /** A number such as `10`, or a share such as `5%`. */
  readonly max_failures: string | null;
  readonly timeout_ms: number | null;
};

/** This run over time, from `started_at` on. */
export type LiveTimeline = TimelineLists & {
  readonly started_at: string;
  /** How long each piece of time is. */
  readonly bucket_ms: number;
};

export type LiveResult = {
  readonly index: number;
  readonly id: string | null;
  readonly repeat?: number;
  readonly status: "ok" | "failed";
  /** The output's JSON text, or its beginning; null for a failure. */
  readonly output: string | null;
  readonly error: { readonly kind: string; readonly message: string } | null;
  /** Whether `output` (or the error's message) is complete. */
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
  /** Only true: a stop cannot be taken back. */
  readonly stop?: boolean;
};

export type SettingName = keyof LiveSettings;

/** Why a setting cannot be changed in this run. */
export type Refusal =
  /** `-j auto`, `--rpm` and `--tpm` need a pace controller, which a run sets up at its start or not at all. */
  | { readonly setting: SettingName; readonly reason: "not-paced"; readonly kind: string }
  /** Every endpoint has a limit of its own. */
  | { readonly setting: SettingName; readonly reason: "own"; readonly kind: string }
  /** No more connections can be opened in this process. */
  | {
      readonly setting: SettingName;
      readonly reason: "connections";
      readonly kind: string;
      readonly most: number;
    }
  /** The prices of tokens are not known. */
  | { readonly setting: SettingName; readonly reason: "no-prices"; readonly kind: string }
  /** The run is ending. */
  | { readonly setting: SettingName | "paused"; readonly reason: "stopping"; readonly kind: string };

/** What holds after a change. */
export type ChangeAnswer = {
  readonly state: LiveState;
  readonly settings: LiveSettings;
  /** Whether the change is on record, so that `ckpt run` alone takes it up. False when the run has no command line on record. */
  readonly recorded: boolean;
};

const VALUE_MAX = 1_000_000_000_000;
const JOBS_MAX = 4096;
const TIMEOUT_MS_MAX = 2 ** 31 - 1;

const count = (value: unknown, max: number = VALUE_MAX): boolean =>
  Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= max;
/** The command line has 12 places before the point, and 12 behind it. */
const isCost = (value: unknown): boolean =>
  typeof value === "number" && (value === 0 || (value >= 1 / VALUE_MAX && value < VALUE_MAX));

/** For each setting: whether a value is possible, and which values are. Each is possible as an option of `ckpt run`, too, which is what is recorded. */
const RULES: { readonly [K in keyof Changes]-?: readonly [(value: unknown) => boolean, string] } = {
  jobs: [(value) => value === "auto" || count(value, JOBS_MAX), `1–${JOBS_MAX}, "auto"`],
  rpm: [(value) => count(value), "a number from 1"],
  tpm: [(value) => count(value), "a number from 1"],
  max_cost: [isCost, "12, 0.15"],
  max_tokens: [(value) => count(value), "a number from 1"],
  max_failures: [(value) => typeof value === "string" && failureLimitOf(value) !== null, '"10", "5%"'],
  timeout_ms: [(value) => value === 0 || count(value, TIMEOUT_MS_MAX), `0–${TIMEOUT_MS_MAX}`],
  paused: [(value) => typeof value === "boolean", "true, false"],
  stop: [(value) => value === true, "true"],
};

export type BadChange = { readonly key: string; readonly expected: string };

/** The changes that a request body asks for, or what is wrong with it. */
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

/** Whether parseChanges() refused the body. */
export function isBadChange(changes: Changes | BadChange): changes is BadChange {
  return "expected" in changes;
}
