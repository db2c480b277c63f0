// The session over time: a chart for each figure that has values.
import type { VNode } from "preact";
import { formatNumber } from "../../ui/format.ts";
import type { ViewTimeline } from "../page-contract.ts";
import { Chart, type Series } from "./chart.tsx";
import { words } from "./words.ts";

type Described = {
  readonly title: string;
  readonly series: readonly Series[];
  readonly format: (value: number) => string;
};

export function Charts({
  timeline,
  isRunning,
}: {
  readonly timeline: ViewTimeline;
  readonly isRunning: boolean;
}): VNode | null {
  const { charts } = words();
  // The last piece of a run is not over: its sums would show as a fall.
  const pieces = timeline.at_ms.length - (isRunning && timeline.at_ms.length > 2 ? 1 : 0);
  if (pieces === 0) return null;
  return (
    <section class="charts" aria-label={charts.title}>
      {chartsOf(timeline, isRunning).map(({ title, series, format }) => (
        <Chart
          key={title}
          title={title}
          format={format}
          atMs={timeline.at_ms.slice(0, pieces)}
          breaks={timeline.breaks}
          series={series.map((one) => ({ ...one, values: one.values.slice(0, pieces) }))}
        />
      ))}
    </section>
  );
}

const isSome = (values: readonly (number | null)[]): boolean =>
  values.some((value) => value !== null && value > 0);

function chartsOf(timeline: ViewTimeline, isRunning: boolean): readonly Described[] {
  const { charts: text, duration, cost } = words();
  const seconds = timeline.bucket_ms / 1000;
  const perS = (counts: readonly number[]): number[] => counts.map((count) => count / seconds);
  const all: readonly Described[] = [
    {
      title: text.throughput,
      format: text.perS,
      series: [
        { label: text.ok, color: "ok", values: perS(timeline.ok) },
        { label: text.failed, color: "bad", values: perS(timeline.failed) },
      ],
    },
    {
      title: text.latency,
      format: duration,
      series: [
        { label: "p50", color: "accent", values: timeline.p50_ms },
        { label: "p90", color: "second", values: timeline.p90_ms },
        { label: "p99", color: "third", values: timeline.p99_ms },
      ],
    },
    {
      title: text.ttft,
      format: duration,
      series: [{ label: text.median, color: "accent", values: timeline.ttft_ms }],
    },
    {
      title: text.tokens,
      format: text.perS,
      series: [
        { label: text.input, color: "second", values: perS(timeline.input_tokens) },
        { label: text.output, color: "accent", values: perS(timeline.output_tokens) },
      ],
    },
    {
      title: text.cost,
      format: cost,
      series: [{ label: text.spent, color: "accent", values: summed(timeline.cost) }],
    },
    {
      title: text.inFlight,
      format: (value) => formatNumber(value, value < 1 ? 2 : value < 10 ? 1 : 0),
      series: [
        {
          label: text.mean,
          color: "accent",
          values: isRunning ? settledInFlight(timeline) : timeline.in_flight,
        },
      ],
    },
  ];
  return all.filter(({ series }) => series.some(({ values }) => isSome(values)));
}

/** So many of the latest pieces say how long results take now. */
const LATEST = 10;

/** Attempts that are going on are not on record yet: the pieces in which they began would show too few. */
function settledInFlight({
  in_flight: inFlight,
  p99_ms: p99,
  bucket_ms: bucketMs,
}: ViewTimeline): (number | null)[] {
  const longestMs = Math.max(0, ...p99.slice(-LATEST).map((ms) => ms ?? 0));
  const settled = inFlight.length - 1 - Math.ceil(longestMs / bucketMs);
  return inFlight.map((value, at) => (at < settled ? value : null));
}

function summed(values: readonly number[]): number[] {
  let sum = 0;
  return values.map((value) => (sum += value));
}
