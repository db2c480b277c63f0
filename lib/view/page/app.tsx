// The frame of the page: its header, its two views, notices about the connection, and the keys that work everywhere.
import { effect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { ComponentChildren, VNode } from "preact";
import { formatNumber, formatPercent } from "../../ui/format.ts";
import type { SourceEntry } from "../page-contract.ts";
import { Announcer } from "./announcer.tsx";
import { dateAndTime, timeOfDay } from "./clock-text.ts";
import { Guarded } from "./guarded.tsx";
import { HelpDialog } from "./help-dialog.tsx";
import { Icon } from "./icons.tsx";
import { handleKey } from "./keys.ts";
import { OverviewView } from "./overview.tsx";
import { switchLanguage, switchTheme, theme } from "./preferences.ts";
import { ResultsView } from "./results.tsx";
import { StateChip } from "./state-chip.tsx";
import { plainLine } from "./plain-text.ts";
import type { Store } from "./store.ts";
import { useStore } from "./use-store.ts";
import { words } from "./words.ts";

export function App(): VNode {
  const store = useStore();
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => handleKey(event, store);
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [store]);
  useTitle(store);
  const isRefused = store.connection.value === "refused";
  return (
    <>
      <a class="skip" href="#content" onClick={focusContent}>
        {words().shell.skip}
      </a>
      <Header isRefused={isRefused} />
      {isRefused ? <Refused /> : <Content />}
      <HelpDialog />
      <Announcer />
    </>
  );
}

/** Shows in the title of the browser's tab how far the job is. */
function useTitle(store: Store): void {
  useEffect(
    () =>
      effect(() => {
        const overview = store.overview.value;
        const parts =
          overview === null || overview.state === "empty"
            ? []
            : [`${overview.percent.toFixed(1)}%`, plainLine(overview.input.name)];
        document.title = [...parts, "ckpt"].join(" · ");
      }),
    [store],
  );
}

/** Moves the focus without following the link: the hash of the address belongs to the route. */
function focusContent(event: MouseEvent): void {
  event.preventDefault();
  document.getElementById("content")?.focus();
}

function Header({ isRefused }: { readonly isRefused: boolean }): VNode {
  const { shell } = words();
  const store = useStore();
  const themeIcon = { auto: "half", light: "sun", dark: "moon" } as const;
  return (
    <header class="header">
      <h1 class="brand">ckpt</h1>
      <SourceChoice />
      <StateChip />
      {isRefused ? null : (
        <nav class="tabs" aria-label={shell.views}>
          <Tab view="overview">{shell.overview}</Tab>
          <Tab view="results">
            {shell.results}
            <ResultCount />
          </Tab>
        </nav>
      )}
      <JobName />
      <div class="tools">
        <button
          type="button"
          class="quiet"
          lang={words().language === "en" ? "zh-CN" : "en"}
          onClick={switchLanguage}
        >
          {shell.language}
        </button>
        <button
          type="button"
          class="quiet square"
          aria-label={shell.themes[theme.value]}
          title={shell.themes[theme.value]}
          onClick={switchTheme}
        >
          <Icon name={themeIcon[theme.value]} />
        </button>
        <button
          type="button"
          class="quiet square"
          aria-label={shell.help}
          title={shell.help}
          onClick={() => (store.isHelpOpen.value = true)}
        >
          ?
        </button>
      </div>
    </header>
  );
}

function Tab({
  view,
  children,
}: {
  readonly view: "overview" | "results";
  readonly children: ComponentChildren;
}): VNode {
  const store = useStore();
  const isHere = store.route.value.view === view;
  return (
    <a href={store.link({ view, item: null })} {...(isHere ? { "aria-current": "page" as const } : null)}>
      {children}
    </a>
  );
}

function ResultCount(): VNode | null {
  const overview = useStore().overview.value;
  if (overview === null) return null;
  const count = overview.completed + overview.failed;
  return <span class="count">{formatNumber(count)}</span>;
}

/** What the job is about, where there is room for it. */
function JobName(): VNode | null {
  const overview = useStore().overview.value;
  if (overview === null || overview.state === "empty") return null;
  const { input, processor } = overview;
  const text = [input.name, ...(processor.shown === null ? [] : [processor.shown])]
    .map(plainLine)
    .join(" · ");
  return (
    <p class="job" title={text}>
      {text}
    </p>
  );
}

const GROUPED = ["shard", "completed", "backup"] as const satisfies readonly SourceEntry["kind"][];

function SourceChoice(): VNode | null {
  const store = useStore();
  const all = store.sources.value;
  if (all.length === 0) return null;
  const { shell } = words();
  const [first] = all;
  if (all.length === 1 && first !== undefined)
    return (
      <span class="source" title={sourceName(first)}>
        {sourceName(first)}
      </span>
    );
  return (
    <select
      class="source"
      aria-label={shell.source}
      value={store.source.value ?? ""}
      onChange={(event) => store.go({ source: event.currentTarget.value, filter: {}, item: null })}
    >
      {all
        .filter(({ kind }) => !GROUPED.some((one) => one === kind))
        .map((entry) => (
          <SourceOption key={entry.id} entry={entry} />
        ))}
      {GROUPED.map((kind) => (
        <SourceGroup
          key={kind}
          label={words().sourceGroups[kind]}
          entries={all.filter((one) => one.kind === kind)}
        />
      ))}
    </select>
  );
}

type SourceGroupProps = { readonly label: string; readonly entries: readonly SourceEntry[] };

function SourceGroup({ label, entries }: SourceGroupProps): VNode | null {
  if (entries.length === 0) return null;
  return (
    <optgroup label={label}>
      {entries.map((entry) => (
        <SourceOption key={entry.id} entry={entry} />
      ))}
    </optgroup>
  );
}

function SourceOption({ entry }: { readonly entry: SourceEntry }): VNode {
  const { id, kind, name, completed, total } = entry;
  // The label of its group says what it is, and its figures do not change.
  const isKept = kind === "completed" || kind === "backup";
  const share = completed === null || total === null ? "" : ` · ${formatPercent(completed, total)}`;
  const isSession = kind === "checkpoint" && name !== "";
  const text = isKept || isSession ? plainLine(name) : sourceName(entry);
  return <option value={id}>{isKept ? `${text}${share}` : text}</option>;
}

function sourceName({ kind, name }: SourceEntry): string {
  return words().sources[kind](plainLine(name));
}

function Content(): VNode {
  const store = useStore();
  return (
    <>
      <Notices />
      <main id="content" tabIndex={-1} class={store.route.value.view}>
        <Guarded key={store.route.value.view}>
          {store.route.value.view === "results" ? <ResultsView /> : <OverviewView />}
        </Guarded>
      </main>
    </>
  );
}

/** What must be seen in every view: the connection is lost, or the page is a saved one and holds only a part. */
function Notices(): VNode | null {
  const store = useStore();
  const { connection, saved } = words();
  const { saved: facts } = store.data;
  const lostText = (): string => {
    if (store.fault.value !== "") return plainLine(store.fault.value);
    return connection.lost(store.heardAtMs.value === 0 ? "–" : timeOfDay(store.heardAtMs.value));
  };
  if (store.connection.value === "lost")
    return (
      <p class="notice bad" role="status">
        {lostText()}
      </p>
    );
  if (facts === null) return null;
  return (
    <p class="notice">
      {connection.saved(dateAndTime(facts.at))}
      {" · "}
      {facts.rows < facts.of
        ? saved.part(facts.rows, facts.of, facts.has_all_failures)
        : saved.whole(facts.rows)}
    </p>
  );
}

function Refused(): VNode {
  const { connection } = words();
  return (
    <main id="content" tabIndex={-1} class="refused">
      <h2>{connection.refused}</h2>
      <p>{connection.refusedHint}</p>
    </main>
  );
}
