// The facts of the job: its input and processor, budgets and settings, runs, endpoints, and versions of models.
import type { ComponentChildren, VNode } from "preact";
import { formatCost, formatNumber } from "../../ui/format.ts";
import { nameOf } from "../../ui/messages/phrases.ts";
import type { Overview, ViewState } from "../page-contract.ts";
import { dateAndTime } from "./clock-text.ts";
import { plainLine } from "./plain-text.ts";
import { kindName, words } from "./words.ts";

const RUNNING: ReadonlySet<ViewState> = new Set(["running", "paused", "stopping", "ending"]);

/** Also where no run says so now: in a saved page, say. */
export function isRunning({ state }: Overview): boolean {
  return RUNNING.has(state);
}

/** How many of the latest runs are shown. */
const RUNS_SHOWN = 8;

export function Facts({ overview }: { readonly overview: Overview }): VNode {
  return (
    <div class="facts">
      <Job overview={overview} />
      <Runs overview={overview} />
      <Endpoints overview={overview} />
      <Versions overview={overview} />
    </div>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }): VNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Job({ overview }: { readonly overview: Overview }): VNode {
  const { facts, saved } = words();
  const { input, processor, selection, session_id: session, saved_at: savedAt } = overview;
  const kind = nameOf(facts.kinds, processor.kind);
  return (
    <section>
      <h2>{facts.title}</h2>
      <dl>
        <Fact name={facts.input}>
          <span class="mono">{plainLine(input.path ?? input.name)}</span>{" "}
          <small>{facts.items(input.count)}</small>
        </Fact>
        <Fact name={facts.processor}>
          {facts.ofKind(kind)}
          {processor.shown === null ? (
            <i>{saved.withheld}</i>
          ) : (
            <span class="mono">{plainLine(processor.shown)}</span>
          )}
        </Fact>
        {selection === null ? null : <Fact name={facts.selection}>{selectionText(selection)}</Fact>}
        <Fact name={facts.session}>{plainLine(session)}</Fact>
        {savedAt === null ? null : <Fact name={facts.savedAt}>{dateAndTime(savedAt)}</Fact>}
        <Budgets overview={overview} />
        <Settings overview={overview} />
      </dl>
    </section>
  );
}

function selectionText({ where, sample }: NonNullable<Overview["selection"]>): string {
  const { facts } = words();
  return [...where.map(plainLine), ...(sample === undefined ? [] : [facts.sample(sample.count)])].join(" · ");
}

function Budgets({ overview: { budgets } }: { readonly overview: Overview }): VNode | null {
  const { facts } = words();
  const texts = [
    ...(budgets?.cost
      ? [facts.costOf(formatCost(budgets.cost.spent), formatCost(budgets.cost.allowed))]
      : []),
    ...(budgets?.tokens
      ? [facts.tokensOf(formatNumber(budgets.tokens.spent), formatNumber(budgets.tokens.allowed))]
      : []),
  ];
  return texts.length === 0 ? null : <Fact name={facts.budgets}>{texts.join(" · ")}</Fact>;
}

function Settings({ overview: { settings } }: { readonly overview: Overview }): VNode | null {
  if (settings === null) return null;
  const { facts } = words();
  const texts = [
    facts.jobs(String(settings.jobs)),
    ...(settings.rpm === null ? [] : [facts.rpm(formatNumber(settings.rpm))]),
    ...(settings.tpm === null ? [] : [facts.tpm(formatNumber(settings.tpm))]),
  ];
  return <Fact name={facts.settings}>{texts.join(" · ")}</Fact>;
}

function Runs({ overview }: { readonly overview: Overview }): VNode | null {
  const { facts, duration } = words();
  const { runs } = overview;
  if (runs.length === 0) return null;
  const latest = runs.slice(-RUNS_SHOWN).toReversed();
  return (
    <section>
      <h2>{facts.runs}</h2>
      <ol class="runs">
        {latest.map((run, at) => (
          <li key={`${run.started_at} ${run.pid}`}>
            <span>{dateAndTime(run.started_at)}</span>
            <b>{facts.runEnd(run.ended, at === 0 && isRunning(overview))}</b>
            <small>{facts.run(run.attempted, run.failed, duration(run.active_ms))}</small>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Endpoints({ overview: { endpoints } }: { readonly overview: Overview }): VNode | null {
  const { facts } = words();
  if (endpoints === null || endpoints === undefined || endpoints.length === 0) return null;
  return (
    <section>
      <h2>{facts.endpoints}</h2>
      <dl>
        {endpoints.map(({ base_url: url, state, in_flight: inFlight, concurrency, error }) => (
          <Fact key={url} name={plainLine(url)}>
            {facts.endpointStates[state]}{" "}
            <small>{`${formatNumber(inFlight)}/${formatNumber(concurrency)}`}</small>
            {error === null ? null : <small>{` ${kindName(error.kind)}`}</small>}
          </Fact>
        ))}
      </dl>
    </section>
  );
}

function Versions({ overview: { versions } }: { readonly overview: Overview }): VNode | null {
  const { facts, counts } = words();
  if (versions.length === 0) return null;
  return (
    <section>
      <h2>{facts.versions}</h2>
      <dl>
        {versions.map(({ model, version, count }) => (
          <Fact key={`${model} ${version}`} name={version === "" ? facts.others : plainLine(version)}>
            {counts.results(count)}
          </Fact>
        ))}
      </dl>
    </section>
  );
}
