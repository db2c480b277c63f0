// The failed items by reason, each reason with its newest examples. Memory does not grow with the failures.
import type { CheckpointResults } from "../checkpoint/results.ts";
import { ErrorTally } from "../core/error-tally.ts";
import { itemLabel } from "../core/item.ts";
import type { FailureGroup } from "../ui/render-show.ts";

const EXAMPLES_MAX = 3;

type Example = FailureGroup["examples"][number];

/** The largest first. @throws checkpoint.damaged */
export function failuresByReason(source: CheckpointResults): readonly FailureGroup[] {
  const tally = new ErrorTally();
  const examples = new Map<number, Example[]>();
  if (source.counts.entries > 0)
    source.eachNewest((entry) => {
      const error = entry.error();
      if (error === null) return;
      const group = tally.add(error);
      const known = examples.get(group) ?? [];
      examples.set(group, known);
      if (group === 0 || known.length === EXAMPLES_MAX) return;
      const { message } = error;
      known.push({ item: itemLabel(entry.identity().id, entry.index), index: entry.index, message });
    });
  const shown: Example[][] = [];
  const groups = tally.list((group) => {
    const all = examples.get(group) ?? [];
    shown.push(all);
    return { item: all[0]?.item ?? "", message: all[0]?.message ?? "" };
  });
  return groups.map(({ kind, count }, at) => ({ kind, count, examples: shown[at] ?? [] }));
}
