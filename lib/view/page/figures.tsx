// The figures below the progress bar. While no run is live, figures of the session stand for those that only a run knows (rate, time left).
import type { VNode } from "preact";
import { formatNumber, formatRate } from "../../ui/format.ts";
import type { Overview } from "../page-contract.ts";
import { words } from "./words.ts";

type Figure = {
  readonly label: string;
  readonly value: string;
  readonly note?: string;
  readonly tone?: "bad";
};

export function Figures({ overview }: { readonly overview: Overview }): VNode {
  const figures = figuresOf(overview);
  return (
    <dl class="figures">
      {figures.map(({ label, value, note, tone }) => (
        <div key={label} class={tone ?? ""}>
          <dt>{label}</dt>
          <dd>
            {value}
            {note === undefined ? null : <small>{note}</small>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function figuresOf(overview: Overview): readonly Figure[] {
  const { completed, failed, total, repeat, usage } = overview;
  const { figures: text, progress } = words();
  const results = completed + failed;
  const answers = repeat > 1 ? { note: text.answers(repeat) } : { note: progress.ofTotal(total) };
  return [
    { label: text.done, value: formatNumber(completed), ...answers },
    {
      label: text.failed,
      value: formatNumber(failed),
      ...(failed > 0
        ? { tone: "bad" as const, note: text.failedShare(`${((100 * failed) / results).toFixed(1)}%`) }
        : null),
    },
    ...paceOf(overview),
    ...latencyOf(overview),
    ...(usage.input_tokens + usage.output_tokens === 0
      ? []
      : [
          {
            label: text.tokens,
            value: formatNumber(usage.input_tokens + usage.output_tokens),
            note: text.tokensSplit(formatNumber(usage.input_tokens), formatNumber(usage.output_tokens)),
          },
        ]),
    ...costOf(overview),
  ];
}

function paceOf(overview: Overview): readonly Figure[] {
  const { live, rate_per_s: rate, eta_ms: eta, elapsed_ms: elapsedMs } = overview;
  const { in_flight: inFlight, concurrency } = overview;
  const { figures: text, duration } = words();
  if (!live) {
    // Shards have worked side by side: their times add up to no time that anybody waited.
    if (overview.runs.length === 0) return [];
    const elapsed = { label: text.elapsed, value: duration(workedMs(overview)) };
    return [{ label: text.rate, value: meanRate(overview) ?? text.unknown }, elapsed];
  }
  return [
    { label: text.rate, value: rate === null ? text.unknown : formatRate(rate) },
    {
      label: text.left,
      value: eta === null ? text.unknown : duration(eta),
      ...(elapsedMs === null ? null : { note: text.soFar(duration(elapsedMs)) }),
    },
    {
      label: text.inFlight,
      value: inFlight === null ? text.unknown : formatNumber(inFlight),
      ...(concurrency === null ? null : { note: text.ofAllowed(concurrency) }),
    },
  ];
}

/** Over all runs of the session. */
function workedMs({ runs }: Overview): number {
  return runs.reduce((sum, run) => sum + run.active_ms, 0);
}

function meanRate(overview: Overview): string | null {
  const ms = workedMs(overview);
  const attempted = overview.runs.reduce((sum, run) => sum + run.attempted, 0);
  return ms === 0 ? null : formatRate((1000 * attempted) / ms);
}

function latencyOf({ latency }: Overview): readonly Figure[] {
  if (latency === null) return [];
  const { figures: text, duration } = words();
  const note = text.latencySplit(duration(latency.p90_ms), duration(latency.p99_ms));
  return [{ label: text.latency, value: duration(latency.p50_ms), note }];
}

function costOf({ usage, projected_cost: projected }: Overview): readonly Figure[] {
  if (usage.cost === 0) return [];
  const { figures: text, cost } = words();
  return [
    {
      label: text.cost,
      value: cost(usage.cost),
      ...(projected === null ? null : { note: text.projected(cost(projected)) }),
    },
  ];
}
