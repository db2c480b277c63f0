// The overview of a folder of shards: their sums, and a line for each shard.
import type { Problem } from "../../core/problem.ts";
import type { ShardNumber } from "../../core/shard.ts";
import { NO_USAGE, type UsageTotals, type VersionCount } from "../../core/status.ts";
import { addUsage } from "../../core/usage.ts";
import { countsOf, isDone, type OpenShard, type ShardSet } from "../../shards/shard-set.ts";
import { shardText } from "../../shards/shard-rule.ts";
import type { LiveStatus } from "../channel/contract.ts";
import type { BilingualText, Overview, ShardLine, SourceEntry, ViewState } from "../page-contract.ts";
import type { IndexedResults } from "./indexed-results.ts";
import {
  counted,
  emptyOverview,
  jobFacts,
  type OverviewOptions,
  restingState,
  resultFacts,
  unreadableLines,
} from "./overview.ts";
import { shardId } from "./source.ts";

export type ShardsState = {
  /** What the runs say, by shard. */
  readonly live: ReadonlyMap<OpenShard, LiveStatus>;
  /** The shards that a process has. */
  readonly held: ReadonlySet<OpenShard>;
  /** What is wrong with the end of a log. */
  readonly problems: readonly { readonly shard: ShardNumber; readonly problem: Problem }[];
};

export function shardsOverview(
  source: SourceEntry,
  set: ShardSet,
  results: IndexedResults,
  { live, held, problems }: ShardsState,
  options: OverviewOptions,
): Overview {
  const { facts, shards } = set;
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
    ...resultFacts(results, options),
    shards: lines,
    problems: [
      ...problems.map(({ shard, problem }) => inShard(shard, options.problemWords(problem))),
      ...unreadableLines(results, options),
    ],
  };
}

function inShard(shard: ShardNumber, { en, zh }: BilingualText): BilingualText {
  const name = shardText(shard);
  return { en: `${name}: ${en}`, zh: `${name}：${zh}` };
}

function later(a: string, b: string): string {
  return a > b ? a : b;
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
