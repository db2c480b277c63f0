// What a run says of its plan before its first attempt.
import type { PlanCounts } from "../core/plan-counts.ts";
import { renderPlan } from "../ui/render-plan.ts";
import { renderSelection } from "../ui/render-selection.ts";
import type { Work } from "./join-records.ts";
import type { RunSetup } from "./run-setup.ts";

/** Which items were chosen, if not all; and the plan. */
export function planLines(
  { selection, plan, count }: Work,
  counts: PlanCounts,
  { context: { catalogue }, settings }: Pick<RunSetup, "context" | "settings">,
): readonly string[] {
  const line = renderPlan(counts, catalogue, settings.limit, selection !== null);
  if (selection === null) return [line];
  return [renderSelection(selection, { chosen: plan.count / plan.repeats, of: count }, catalogue), line];
}
