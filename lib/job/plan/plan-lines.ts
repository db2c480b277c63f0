// What a run says of its plan before its first attempt.
import type { PlanCounts } from "../../core/plan-counts.ts";
import { renderPlan } from "../../ui/render-plan.ts";
import { renderSelection } from "../../ui/render-selection.ts";
import type { Work } from "./join-records.ts";
import type { RunSetup } from "../run-setup.ts";
import { shardLines } from "../shards/shard-run.ts";

/** Which items were chosen, if not all; and the plan. */
export function planLines(
  work: Work,
  counts: PlanCounts,
  { context: { catalogue }, settings }: Pick<RunSetup, "context" | "settings">,
): readonly string[] {
  const { selection, shard, plan, count } = work;
  const line = renderPlan(counts, catalogue, settings.limit, selection !== null || shard !== null);
  const ofShard = shardLines({ settings }, work, catalogue);
  if (selection === null) return [...ofShard, line];
  const chosen = renderSelection(selection, { chosen: plan.count / plan.repeats, of: count }, catalogue);
  return [...ofShard, chosen, line];
}
