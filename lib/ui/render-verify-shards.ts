// The report of `ckpt verify` on a folder of shards, for people: a line a shard, then the sum.
import type { VerifyReport } from "../checkpoint/checkpoint.ts";
import type { Problem } from "../core/problem.ts";
import { safeParams, safeText } from "./escape.ts";
import { formatBytes, formatNumber, toLines } from "./format.ts";
import type { Catalogue } from "./messages/en.ts";
import { lostItems, SHOWN_MAX } from "./render-verify-report.ts";
import { alignTable } from "./width.ts";

export type CheckedShard = {
  /** `3/16`. */
  readonly shard: string;
  readonly folder: string;
  readonly report: VerifyReport;
};

export type CheckedShards = {
  /** The backup's name; null: the shards in place. */
  readonly name: string | null;
  readonly shards: readonly CheckedShard[];
  /** Of no shard: of the record of all, or of a manifest. */
  readonly problems: readonly Problem[];
};

/** Sums over all shards. */
export function sumOf(
  { shards, problems }: CheckedShards,
  of: (report: VerifyReport) => number,
  ofOthers: (problems: number) => number = () => 0,
): number {
  return shards.reduce((sum, { report }) => sum + of(report), ofOthers(problems.length));
}

export function problemCountOf(checked: CheckedShards): number {
  return sumOf(
    checked,
    ({ problemCount }) => problemCount,
    (count) => count,
  );
}

/** Lines, each with a line end. @param waysOut what can be done about damage */
export function renderCheckedShards(
  checked: CheckedShards,
  waysOut: readonly string[],
  catalogue: Catalogue,
): string {
  const { verify: texts } = catalogue;
  const { shards } = checked;
  const name = checked.name === null ? null : safeText(checked.name);
  const [records, items] = [sumOf(checked, (each) => each.records), sumOf(checked, (each) => each.items)];
  const uncommitted = sumOf(checked, (each) => each.uncommitted);
  const torn = sumOf(checked, ({ tornBytes }) => tornBytes);
  const count = problemCountOf(checked);
  const notes = [
    ...(uncommitted > 0 ? [texts.uncommitted(uncommitted)] : []),
    ...(torn > 0 ? [texts.torn(formatBytes(torn))] : []),
  ];
  if (count === 0)
    return toLines([
      ...table(shards, catalogue),
      texts.intact(name, records, items, shards.length),
      ...notes,
    ]);
  const problems = [
    ...checked.problems.map((problem) => texts.problem(safeParams(problem))),
    ...shards.flatMap(({ shard, report }) =>
      report.problems.map((problem) => texts.inShard(shard, texts.problem(safeParams(problem)))),
    ),
  ].slice(0, SHOWN_MAX);
  const lost = sumOf(checked, lostItems);
  return toLines([
    ...table(shards, catalogue),
    texts.found(name, count, shards.length),
    ...problems.map((problem) => `  ${problem}`),
    ...(count > problems.length ? [`  ${texts.moreProblems(count - problems.length)}`] : []),
    texts.provable(records, items),
    ...(lost === 0 ? [] : [texts.lost(lost, [])]),
    ...notes,
    ...waysOut,
  ]);
}

function table(shards: readonly CheckedShard[], { verify: texts }: Catalogue): readonly string[] {
  const { headers, states } = texts;
  const rows = shards.map(({ shard, report }) => [
    shard,
    report.problemCount === 0 ? states.intact : states.damaged,
    formatNumber(report.records),
    formatNumber(report.items),
  ]);
  return alignTable([[headers.shard, headers.state, headers.records, headers.items], ...rows], [0, 2, 3]);
}
