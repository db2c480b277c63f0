// The overview of a checkpoint: what its status says, what its log shows, and what its run says of itself while one answers. Of a folder of shards: shards-overview.ts.
import * as path from "node:path";
import { itemLabel } from "../../core/item.ts";
import { percentOf } from "../../core/percent.ts";
import type { Problem } from "../../core/problem.ts";
import { ERROR_GROUPS_MAX, type InputFacts, NO_USAGE, OTHERS, type Status } from "../../core/status.ts";
import { latencySummary, ttftSummary } from "../../core/time-tally.ts";
import type { LiveStatus } from "../channel/contract.ts";
import type { BilingualText, FailureGroup, Overview, SourceEntry, ViewState } from "../page-contract.ts";
import type { IndexedResults } from "./indexed-results.ts";
import type { OpenedCheckpoint } from "./open-source.ts";
import type { ReasonCount } from "./result-index.ts";

export type OverviewOptions = {
  /** Whether words of commands and paths of the machine are shown, too. */
  readonly full: boolean;
  /** Whether the log has been read to its end. */
  readonly isWhole: boolean;
  readonly nowMs: number;
  readonly problemWords: (problem: Problem) => BilingualText;
  /** What is said about so many lines of the log that are no records, or are damaged. */
  readonly unreadableWords: (lines: number) => BilingualText;
};

type Counts = Pick<Overview, "total" | "completed" | "failed">;

/** The facts that only a run knows, while none runs. */
const RESTING = {
  live: false,
  in_flight: null,
  concurrency: null,
  waiting: null,
  outage: null,
  stop: null,
  rate_per_s: null,
  eta_ms: null,
  elapsed_ms: null,
  tokens_per_s: null,
  projected_cost: null,
  budgets: null,
  settings: null,
  endpoints: null,
} as const satisfies Partial<Overview>;

/** When there is nothing at the moment. */
export function emptyOverview(source: SourceEntry): Overview {
  return {
    v: 1,
    source,
    ...RESTING,
    state: "empty",
    session_id: "",
    saved_at: null,
    input: { name: "", path: null, count: 0 },
    processor: { kind: "", shown: null },
    selection: null,
    repeat: 1,
    ...counted({ total: 0, completed: 0, failed: 0 }),
    gone: 0,
    usage: NO_USAGE,
    reading: null,
    latency: null,
    ttft: null,
    versions: [],
    errors: [],
    kinds: [],
    marks: [],
    runs: [],
    timeline: null,
    shards: null,
    problems: [],
    listing: "",
  };
}

/** @param live what its run says; null when none answers @param isHeld whether a process has the checkpoint */
export function checkpointOverview(
  source: SourceEntry,
  opened: OpenedCheckpoint,
  results: IndexedResults,
  { live, isHeld }: { readonly live: LiveStatus | null; readonly isHeld: boolean },
  options: OverviewOptions,
): Overview {
  const { status } = opened.results;
  return {
    ...emptyOverview(source),
    ...jobFacts(status, options),
    state: live?.state ?? (isHeld ? "running" : restingState(status)),
    session_id: status.session.id,
    saved_at: status.saved_at === "" ? null : status.saved_at,
    ...counted(status),
    gone: status.gone,
    usage: status.usage,
    versions: status.versions ?? [],
    runs: status.runs,
    ...resultFacts(results, options),
    problems: problemsOf(opened, results, options),
    ...(live === null ? null : runFacts(live, options.nowMs)),
  };
}

export function counted({
  total,
  completed,
  failed,
}: Counts): Counts & Pick<Overview, "pending" | "percent"> {
  const pending = Math.max(0, total - completed - failed);
  return { total, completed, failed, pending, percent: percentOf(completed, total) };
}

type JobFacts = Pick<Status, "input" | "processor" | "selection" | "repeat">;

export function jobFacts(
  { input, processor, selection, repeat }: JobFacts,
  { full }: OverviewOptions,
): Pick<Overview, "input" | "processor" | "selection" | "repeat"> {
  // Model and URL are neither words of a command nor a path.
  const isShown = full || processor.kind === "endpoint";
  return {
    input: {
      name: inputName(input),
      path: full && input.path !== "" ? input.path : null,
      count: input.count,
    },
    processor: { kind: processor.kind, shown: isShown ? processor.shown : null },
    selection: selection ?? null,
    repeat: repeat ?? 1,
  };
}

function inputName({ path: file, words }: InputFacts): string {
  return (words ?? [file]).map((word) => path.basename(word)).join(" ");
}

/** What the log shows. */
export function resultFacts(
  results: IndexedResults,
  { isWhole }: OverviewOptions,
): Pick<Overview, "reading" | "latency" | "ttft" | "errors" | "kinds" | "marks" | "timeline"> {
  const { index } = results;
  const { durations, ttft } = index;
  const reasons = index.reasons().toSorted((a, b) => b.count - a.count);
  const kinds = new Map<string, number>();
  for (const { kind, count } of reasons) kinds.set(kind, (kinds.get(kind) ?? 0) + count);
  return {
    // Its logs may have been read, and not its input.
    reading: isWhole || results.readShare === 1 ? null : results.readShare,
    latency: durations === null ? null : latencySummary(durations),
    ttft: ttft === null ? null : ttftSummary(ttft),
    errors: failureGroups(reasons, results),
    kinds: [...kinds].map(([value, count]) => ({ value, count })),
    marks: index.marks().map(({ mark, count }) => ({ value: mark, count })),
    timeline: index.timeline,
  };
}

/** The largest groups, each with its newest failure as the example, and all others as one group. @param reasons the largest first */
function failureGroups(reasons: readonly ReasonCount[], results: IndexedResults): FailureGroup[] {
  const shown = reasons.slice(0, ERROR_GROUPS_MAX);
  const others = reasons.slice(ERROR_GROUPS_MAX).reduce((sum, { count }) => sum + count, 0);
  const rows = results.read(shown.map(({ newestRow }) => newestRow));
  return [
    ...shown.map(({ kind, group, count }, at) => {
      const row = rows[at]?.row;
      const item = row === undefined ? "" : itemLabel(row.id, row.index);
      return { kind, count, item, message: row?.text ?? "", group };
    }),
    ...(others > 0 ? [{ kind: OTHERS, count: others, item: "", message: "", group: null }] : []),
  ];
}

function problemsOf(
  { problems }: OpenedCheckpoint,
  results: IndexedResults,
  options: OverviewOptions,
): readonly BilingualText[] {
  return [...problems.map((problem) => options.problemWords(problem)), ...unreadableLines(results, options)];
}

/** What is said about lines of the log that cannot be read; nothing when there are none. */
export function unreadableLines(
  { unreadable }: IndexedResults,
  { unreadableWords }: OverviewOptions,
): readonly BilingualText[] {
  return unreadable === 0 ? [] : [unreadableWords(unreadable)];
}

/** What a run says of itself. Its counts are newer than those of the status file. */
function runFacts(live: LiveStatus, nowMs: number): Partial<Overview> {
  return {
    live: true,
    session_id: live.session_id,
    saved_at: new Date(nowMs).toISOString(),
    ...counted(live),
    in_flight: live.in_flight,
    concurrency: live.concurrency,
    waiting: live.waiting,
    outage: live.outage,
    stop: live.stop,
    rate_per_s: live.rate_per_s,
    eta_ms: live.eta_ms,
    elapsed_ms: live.elapsed_ms,
    tokens_per_s: live.tokens_per_s ?? null,
    projected_cost: live.projected_cost ?? null,
    budgets: live.budgets,
    settings: live.settings,
    endpoints: live.endpoints ?? null,
    usage: live.usage.session,
    versions: live.versions,
  };
}

/** The state of a checkpoint that no run has. */
export function restingState({ state, total, completed, failed }: Status): ViewState {
  if (state === "running") return "interrupted";
  if (completed + failed < total || total === 0) return "stopped";
  return failed > 0 ? "finished" : "complete";
}
