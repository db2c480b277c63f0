// How far the job is, how fast, what fails and why.
import type { VNode } from "preact";
import { formatNumber } from "../../ui/format.ts";
import { percentOf } from "../../core/percent.ts";
import type { Overview } from "../page-contract.ts";
import { Charts } from "./charts.tsx";
import { dateAndTime } from "./clock-text.ts";
import { Facts, isRunning } from "./facts.tsx";
import { Failures } from "./failures.tsx";
import { Figures } from "./figures.tsx";
import { plainLine } from "./plain-text.ts";
import { ProgressSpans } from "./progress-spans.tsx";
import { Shards } from "./shards.tsx";
import { useStore } from "./use-store.ts";
import { causeText, kindName, inLanguage, words } from "./words.ts";

export function OverviewView(): VNode {
  const { overview: known, connection } = useStore();
  const overview = known.value;
  // What is wrong then stands above.
  if (overview === null)
    return <p class="empty">{connection.value === "lost" ? "" : words().shell.loading}</p>;
  if (overview.state === "empty") return <p class="empty">{words().progress.empty}</p>;
  return (
    <div class="page">
      <Alerts overview={overview} />
      <ProgressBar overview={overview} />
      <Figures overview={overview} />
      {overview.timeline === null ? null : (
        <Charts timeline={overview.timeline} isRunning={isRunning(overview)} />
      )}
      {overview.shards === null ? null : <Shards shards={overview.shards} />}
      <Failures overview={overview} />
      <Facts overview={overview} />
    </div>
  );
}

/** What holds the run up, and what is wrong with the files. */
function Alerts({ overview }: { readonly overview: Overview }): VNode {
  const { waiting, outage, stop, problems, reading } = overview;
  const { waits, stops, outage: down, duration, facts, progress } = words();
  return (
    <>
      {problems.length === 0 ? null : (
        <section class="notice bad" aria-label={facts.problems}>
          <h2>{facts.problems}</h2>
          <ul>
            {problems.map((problem) => (
              <li key={problem.en}>{plainLine(inLanguage(problem))}</li>
            ))}
          </ul>
        </section>
      )}
      {reading === null ? null : <p class="notice">{progress.reading(reading)}</p>}
      {stop === null ? null : <p class="notice wait">{stops[stop.kind]}</p>}
      {outage === null ? (
        waiting !== null && <p class="notice wait">{waits[waiting]}</p>
      ) : (
        <p class="notice wait">
          {down(
            kindName(outage.kind),
            plainLine(causeText(outage.message)),
            dateAndTime(outage.since),
            duration(outage.max_ms),
          )}
        </p>
      )}
    </>
  );
}

function ProgressBar({ overview }: { readonly overview: Overview }): VNode {
  const { completed, failed, pending, total, percent } = overview;
  const { progress } = words();
  return (
    <section class="progress" aria-label={progress.title}>
      <p class="percent">
        {percent.toFixed(1)}
        <small>%</small>
      </p>
      <div
        class="bar"
        role="progressbar"
        aria-label={progress.title}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percentOf(completed, total)}
        aria-valuetext={progress.announce(`${percent.toFixed(1)}%`, completed, total, failed)}
      >
        <ProgressSpans completed={completed} failed={failed} total={total} />
      </div>
      <ul class="legend">
        <li class="done">
          <b>{formatNumber(completed)}</b> {progress.done}
        </li>
        <li class="failed">
          <b>{formatNumber(failed)}</b> {progress.failed}
        </li>
        <li class="left">
          <b>{formatNumber(pending)}</b> {progress.left}
        </li>
        <li class="total">{progress.ofTotal(total)}</li>
      </ul>
      {overview.gone === 0 ? null : <p class="hint">{progress.gone(overview.gone)}</p>}
      <ResumeHint overview={overview} />
    </section>
  );
}

/** What to do where a run has left items pending; who reads a saved page may not be the one who can. */
function ResumeHint({
  overview: { state, source, problems },
}: {
  readonly overview: Overview;
}): VNode | null {
  const { data } = useStore();
  // What is wrong with the files is said above, and may have to be repaired first.
  const isHere = data.saved === null && source.kind === "checkpoint" && problems.length === 0;
  if (!isHere || (state !== "interrupted" && state !== "stopped")) return null;
  return <p class="hint">{words().progress.resume}</p>;
}
