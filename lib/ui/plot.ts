// Throughput over the session as a small text plot.
import type { Timeline } from "../core/status.ts";
import { formatRate } from "./format.ts";
import type { Catalogue } from "./messages/en.ts";

/** Terminals narrower than this get no plot. */
export const PLOT_COLUMNS_MIN = 100;

const HEIGHT = 6;

/** Lines of the plot: a title, then one column per bucket; empty while there is nothing to compare. */
export function renderPlot(timeline: Timeline, catalogue: Catalogue): string[] {
  const highest = Math.max(0, ...timeline.counts);
  if (highest === 0 || timeline.counts.length < 2) return [];
  const bucket = catalogue.common.duration(timeline.bucket_ms);
  const title = catalogue.info.plotTitle(bucket, formatRate((highest * 1000) / timeline.bucket_ms));
  // A bucket with at least one result shows at least one mark.
  const heights = timeline.counts.map((count) =>
    count === 0 ? 0 : Math.max(1, Math.round((count / highest) * HEIGHT)),
  );
  const rows = Array.from({ length: HEIGHT }, (_, row) =>
    `  |${heights.map((height) => (height >= HEIGHT - row ? "#" : " ")).join("")}`.trimEnd(),
  );
  return [title, ...rows, `  +${"-".repeat(heights.length)}`];
}
