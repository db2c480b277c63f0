// The failed items by reason, each reason with its newest examples. Memory does not grow with the failures.
import { ErrorTally } from "../../core/error-tally.ts";
import { itemLabel } from "../../core/item.ts";
import type { KeptResults } from "../../core/result-source.ts";
import type { ShardNumber } from "../../core/shard.ts";
import { RerunWords } from "../plan/rerun-words.ts";

const EXAMPLES_MAX = 3;

type Example = { readonly item: string; readonly index: number; readonly message: string };

export type FailuresOfReason = {
  readonly kind: string;
  readonly count: number;
  readonly examples: readonly Example[];
  /** What `--rerun` is given for these and no others; null: no word means just these. */
  readonly rerun: string | null;
  /** The shards that have them; none where there is but one log. */
  readonly shards: readonly ShardNumber[];
};

/** The largest first. @throws checkpoint.damaged */
export function failuresByReason(source: KeptResults): readonly FailuresOfReason[] {
  const tally = new ErrorTally();
  const words = new RerunWords();
  const examples = new Map<number, Example[]>();
  const shards = new Map<number, Set<ShardNumber>>();
  for (const { shard, results } of source.logs) {
    if (results.counts.entries === 0) continue;
    results.eachNewest((entry) => {
      const error = entry.error();
      if (error === null) return;
      const group = tally.add(error);
      words.add(group, entry, error);
      if (shard !== null) shards.set(group, (shards.get(group) ?? new Set()).add(shard));
      const known = examples.get(group) ?? [];
      examples.set(group, known);
      if (group === 0 || known.length === EXAMPLES_MAX) return;
      const { message } = error;
      known.push({ item: itemLabel(entry.identity().id, entry.index), index: entry.index, message });
    });
  }
  const listed: number[] = [];
  const groups = tally.list((group) => {
    listed.push(group);
    return { item: "", message: "" }; // examples are shown whole
  });
  const wordOf = words.wordsFor(listed, source);
  return groups.map(({ kind, count }, at) => {
    const group = listed[at] ?? 0;
    return {
      kind,
      count,
      examples: examples.get(group) ?? [],
      rerun: wordOf.get(group) ?? null,
      shards: [...(shards.get(group) ?? [])],
    };
  });
}
