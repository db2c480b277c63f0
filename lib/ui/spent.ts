// What answers have taken as text: tokens and cost of a run and of all runs of its session, and the time to the first token.
import type { TtftSummary } from "../core/time-tally.ts";
import type { UsageTotals } from "../core/status.ts";
import { formatCost, formatNumber } from "./format.ts";
import type { Catalogue } from "./messages/en.ts";

/** Empty when no tokens were used. */
export function spentText(usage: UsageTotals | undefined, catalogue: Catalogue): string {
  if (usage === undefined) return "";
  const tokens = usage.input_tokens + usage.output_tokens;
  return catalogue.info.spent(
    tokens > 0 ? formatNumber(tokens) : null,
    usage.cost > 0 ? formatCost(usage.cost) : null,
  );
}

/** The line about a run's tokens and cost (undefined: unknown) and those of all runs if they are more; empty without any. */
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

/** Times to the first token of streamed answers. */
export function ttftText(
  { count, p50_ms: p50, p90_ms: p90 }: TtftSummary,
  { info, common }: Catalogue,
): string {
  return info.ttft(count, common.latency(p50), common.latency(p90));
}
