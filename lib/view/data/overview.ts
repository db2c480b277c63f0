// The overview of a source: what its status says and its log shows, and while a run answers, what the run says of itself.
import * as path from "node:path";
import { itemLabel } from "../../core/item.ts";
import { percentOf } from "../../core/percent.ts";
import type { Problem } from "../../core/problem.ts";
import {
  ERROR_GROUPS_MAX,
  type InputFacts,
  NO_USAGE,
  OTHERS,
  type Status,
  type UsageTotals,
  type VersionCount,
} from "../../core/status.ts";
import { percentileMs, ttftSummary } from "../../core/ttft.ts";
import { addUsage } from "../../core/usage.ts";
import { countsOf, isDone, type OpenShard, type ShardSet } from "../../shards/shard-set.ts";
import { shardText } from "../../shards/shard-rule.ts";
import type { LiveStatus } from "../channel/contract.ts";
import type { FailureGroup, Overview, Said, ShardLine, SourceEntry, ViewState } from "../page-data.ts";
import type { LoadedResults } from "./loaded-results.ts";
import { type OpenedCheckpoint, shardId } from "./source-places.ts";

export type OverviewOptions = {
  /** Words of commands and paths of the machine, too. */
  readonly full: boolean;
  /** Whether the log has been read to its end. */
  readonly isWhole: boolean;
  readonly nowMs: number;
  readonly problemWords: (problem: Problem) => Said;
  /** What is said of lines of the log that are no records, or are damaged. */
  readonly unreadableWords: (lines: number) => Said;
};

type Counts = Pick<Overview, "total" | "completed" | "failed">;

/** What only a run knows. */
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

/** Where there is nothing at the moment. */
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

/** @param live null while no run answers @param isHeld whether a run has the checkpoint */
export function checkpointOverview(
  source: SourceEntry,
  opened: OpenedCheckpoint,
  loaded: LoadedResults,
  { live, isHeld }: { readonly live: LiveStatus | null; readonly isHeld: boolean },
  options: OverviewOptions,
): Overview {
  const { status } = opened.source;
  return {
    ...emptyOverview(source),
    ...jobFacts(status, options),
    state: live?.state ?? (isHeld ? "running" : restingState(status)),
    session_id: status.session.id,
    saved_at: status.saved_at === "" ? null : status.saved_at,
    ...counted(status),
    usage: status.usage,
    versions: status.versions ?? [],
    runs: status.runs,
    ...ofResults(loaded, options),
    problems: problemsOf(opened, loaded, options),
    ...(live === null ? null : ofRun(live, options.nowMs)),
  };
}

/** @param live by shard, of those that answer @param held which shards a run has */
export function shardsOverview(
  source: SourceEntry,
  { set, shards }: { readonly set: ShardSet; readonly shards: readonly OpenShard[] },
  loaded: LoadedResults,
  {
    live,
    held,
  }: { readonly live: ReadonlyMap<OpenShard, LiveStatus>; readonly held: ReadonlySet<OpenShard> },
  options: OverviewOptions,
): Overview {
  const { facts } = set;
  const lines = shards.map((shard) =>
    shardLine(shard, live.get(shard) ?? null, held.has(shard), source.kind === "shards"),
  );
  const running = [...live.values()];
  const sumOfRuns = (of: (run: LiveStatus) => number | null): number | null =>
    running.length === 0 ? null : running.reduce((all, run) => all + (of(run) ?? 0), 0);
  const { total } = countsOf(set);
  const sum = (of: (line: ShardLine) => number): number => lines.reduce((all, line) => all + of(line), 0);
  return {
    ...emptyOverview(source),
    ...jobFacts(facts, options),
    live: running.length > 0,
    state: stateOfShards(lines, facts.count),
    session_id: facts.session.id,
    saved_at: shards.reduce((last, { source: { status } }) => later(last, status.saved_at), "") || null,
    ...counted({ total, completed: sum(({ completed }) => completed), failed: sum(({ failed }) => failed) }),
    in_flight: sumOfRuns((run) => run.in_flight),
    concurrency: sumOfRuns((run) => run.concurrency),
    rate_per_s: sumOfRuns((run) => run.rate_per_s),
    usage: shards.reduce<UsageTotals>((all, shard) => addUsage(all, shard.source.status.usage), NO_USAGE),
    versions: joinedVersions(shards),
    ...ofResults(loaded, options),
    shards: lines,
    problems: loaded.unreadable === 0 ? [] : [options.unreadableWords(loaded.unreadable)],
  };
}

function later(a: string, b: string): string {
  return a > b ? a : b;
}

function counted({ total, completed, failed }: Counts): Counts & Pick<Overview, "pending" | "percent"> {
  const pending = Math.max(0, total - completed - failed);
  return { total, completed, failed, pending, percent: percentOf(completed, total) };
}

type JobFacts = Pick<Status, "input" | "processor" | "selection" | "repeat">;

function jobFacts(
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
function ofResults(
  loaded: LoadedResults,
  { isWhole }: OverviewOptions,
): Pick<Overview, "reading" | "latency" | "ttft" | "errors" | "kinds" | "marks" | "timeline"> {
  const { index } = loaded;
  const { durations, ttft } = index;
  const reasons = index.reasons().toSorted((a, b) => b.count - a.count);
  const kinds = new Map<string, number>();
  for (const { kind, count } of reasons) kinds.set(kind, (kinds.get(kind) ?? 0) + count);
  const at = (share: number): number => (durations === null ? 0 : percentileMs(durations, share));
  return {
    reading: isWhole ? null : loaded.readShare,
    latency: durations === null ? null : { p50_ms: at(0.5), p90_ms: at(0.9), p99_ms: at(0.99) },
    ttft: ttft === null ? null : ttftSummary(ttft),
    errors: failureGroups(reasons, loaded),
    kinds: [...kinds].map(([value, count]) => ({ value, count })),
    marks: index.marks().map(({ mark, count }) => ({ value: mark, count })),
    timeline: index.timeline,
  };
}

type Reasons = ReturnType<LoadedResults["index"]["reasons"]>;

/** The largest, each with its newest failure as the example, and all others as one. */
function failureGroups(reasons: Reasons, loaded: LoadedResults): FailureGroup[] {
  const shown = reasons.slice(0, ERROR_GROUPS_MAX);
  const others = reasons.slice(ERROR_GROUPS_MAX).reduce((sum, { count }) => sum + count, 0);
  const rows = loaded.read(shown.map(({ newestRow }) => newestRow));
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
  { unreadable }: LoadedResults,
  options: OverviewOptions,
): readonly Said[] {
  const lines = unreadable === 0 ? [] : [options.unreadableWords(unreadable)];
  return [...problems.map((problem) => options.problemWords(problem)), ...lines];
}

/** What a run says of itself; the counts of its log are the newer ones. */
function ofRun(live: LiveStatus, nowMs: number): Partial<Overview> {
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

/** The state of a checkpoint that no run has. A shard that is done stays where it is; a session that is done is moved, and says so. */
function restingState({ state, total, completed, failed }: Status): ViewState {
  if (state === "running") return "interrupted";
  if (completed + failed < total || total === 0) return "stopped";
  return failed > 0 ? "finished" : "complete";
}

function shardLine(
  shard: OpenShard,
  live: LiveStatus | null,
  isHeld: boolean,
  hasSource: boolean,
): ShardLine {
  const { status } = shard.source;
  const { total, completed, failed } = live ?? status;
  const isStopped = status.state !== "running" && !isDone(shard);
  return {
    source: hasSource ? shardId(shardText(shard.shard)) : null,
    index: shard.shard.index,
    count: shard.shard.count,
    state: live?.state ?? (isHeld ? "running" : isStopped ? "stopped" : restingState(status)),
    total,
    completed,
    failed,
  };
}

function stateOfShards(lines: readonly ShardLine[], count: number): ViewState {
  const has = (...states: readonly ViewState[]): boolean => lines.some(({ state }) => states.includes(state));
  if (has("running", "paused", "stopping", "ending")) return "running";
  if (has("interrupted")) return "interrupted";
  if (has("stopped") || lines.length < count) return "stopped";
  return has("finished") ? "finished" : "complete";
}

function joinedVersions(shards: readonly OpenShard[]): readonly VersionCount[] {
  const counts = new Map<string, VersionCount>();
  for (const { source } of shards)
    for (const { model, version, count } of source.status.versions ?? []) {
      const key = `${model}\n${version}`;
      counts.set(key, { model, version, count: count + (counts.get(key)?.count ?? 0) });
    }
  return [...counts.values()];
}
