// Tokens and cost in words: of a run, and of all runs of its session.
import type { UsageTotals } from "../core/status.ts";
import { formatCost, formatNumber } from "./format.ts";
import type { Catalogue } from "./messages/en.ts";

/** Empty when nothing was spent. */
export function spentText(usage: UsageTotals | undefined, catalogue: Catalogue): string {
  if (usage === undefined) return "";
  const tokens = usage.input_tokens + usage.output_tokens;
  return catalogue.info.spent(
    tokens > 0 ? formatNumber(tokens) : null,
    usage.cost > 0 ? formatCost(usage.cost) : null,
  );
}

/** What a run has spent (undefined: not known), and all runs where that is more: a line, or none. */
export function spentLines(
  run: UsageTotals | undefined,
  session: UsageTotals | undefined,
  catalogue: Catalogue,
): string[] {
  const all = spentText(session, catalogue);
  if (all === "") return [];
  const now = spentText(run ?? session, catalogue) || catalogue.info.spent("0", null);
  const { spent, spentInAll } = catalogue.summary;
  return [`${spent(now)}${all === now ? "" : spentInAll(all)}`];
}
