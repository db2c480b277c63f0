// Answers what a page asks for (page-contract.ts).
import { type Checkpoint, openCheckpoint } from "../../checkpoint/checkpoint.ts";
import { CkptError, isError, systemCode } from "../../core/errors.ts";
import { countsOf, type OpenShard } from "../../shards/shard-set.ts";
import type { Catalogue } from "../../ui/messages/en.ts";
import { describeError } from "../../ui/render-error.ts";
import { statusIfRunning } from "../channel/client.ts";
import type { LiveStatus } from "../channel/contract.ts";
import type { BilingualText, Filter, ItemView, Overview, Rows, SourceEntry } from "../page-contract.ts";
import type { ReadRow, RecordAt } from "./indexed-results.ts";
import { recordsOf } from "./item-records.ts";
import { itemView, NO_ITEM } from "./item-view.ts";
import type { OpenedSource } from "./open-source.ts";
import { checkpointOverview, emptyOverview, type OverviewOptions } from "./overview.ts";
import { shardsOverview } from "./shards-overview.ts";
import type { Source } from "./source.ts";
import type { Snapshot } from "./source-index.ts";
import type { ViewData } from "./view-data.ts";

/** How many rows one answer has at most. */
export const ROWS_MAX = 500;
/** How long a search goes on before an answer has what it has found so far. */
const SEARCH_MS = 250;
/** How long an answer waits for the logs to be read. After that, it is about what has been read so far. */
const READ_WAIT_MS = 300;
/** How long a run has to say what it is doing: a page that is asked waits for it. */
const RUN_ANSWER_MS = 2000;

/** What was a result is none any more. */
export class Gone extends Error {}

export class PageReader {
  readonly #data: ViewData;

  constructor(data: ViewData) {
    this.#data = data;
  }

  /** Only the status of each source is read. */
  async sources(): Promise<readonly SourceEntry[]> {
    const entries: SourceEntry[] = [];
    for (const source of this.#data.parts.sources())
      entries.push(entryOf(source, await openedOrNull(source)));
    return entries;
  }

  /** @throws NoSource, CkptError */
  async overview(id: string): Promise<Overview> {
    const { listing } = this.#data;
    return { ...(await againIfMoved(() => this.#overview(id))), listing };
  }

  async #overview(id: string): Promise<Overview> {
    const source = this.#data.source(id);
    const runs = await this.#askRuns(source);
    const snapshot = await this.#data.snapshot(id, READ_WAIT_MS);
    if (snapshot === null) return emptyOverview(entryOf(source, null));
    const { opened, results, isWhole } = snapshot;
    const entry = entryOf(source, opened);
    const options = this.#overviewOptions(isWhole);
    if (opened.kind === "checkpoint") {
      const { checkpoint } = opened;
      const { dir } = checkpoint.paths;
      const run = runs.get(dir) ?? null;
      const isOfSession = run?.session_id === opened.results.status.session.id;
      const isHeld = runs.has(dir) && checkpoint.holder() !== null;
      return checkpointOverview(entry, opened, results, { live: isOfSession ? run : null, isHeld }, options);
    }
    const live = new Map<OpenShard, LiveStatus>();
    for (const shard of opened.set.shards) {
      const run = runs.get(shard.folder) ?? null;
      if (run !== null) live.set(shard, run);
    }
    const held = new Set(opened.set.shards.filter((shard) => this.#isHeld(shard)));
    const { fs } = this.#data.parts;
    // A run may commit between reading the status of its shard and looking at the end of its log.
    const problems = opened.set.shards
      .filter((shard) => !held.has(shard))
      .flatMap(({ shard, folder, source: { status } }) =>
        openCheckpoint(fs, folder)
          .endProblems(status)
          .map((problem) => ({ shard, problem })),
      );
    return shardsOverview(entry, opened.set, results, { live, held, problems }, options);
  }

  /** What the runs of a source say, by the folder of their checkpoint; null where none runs, or it does not answer. */
  async #askRuns(source: Source): Promise<ReadonlyMap<string, LiveStatus | null>> {
    const asked = source.liveCheckpoints().map(async (checkpoint: Checkpoint) => {
      const status = await statusIfRunning(checkpoint, null, RUN_ANSWER_MS);
      return [checkpoint.paths.dir, status] as const;
    });
    return new Map(await Promise.all(asked));
  }

  #isHeld({ folder }: OpenShard): boolean {
    return openCheckpoint(this.#data.parts.fs, folder).holder() !== null;
  }

  #overviewOptions(isWhole: boolean): OverviewOptions {
    const { clock, full } = this.#data.parts;
    return {
      full,
      isWhole,
      nowMs: clock.now(),
      problemWords: (problem) => this.#inBoth((catalogue) => catalogue.verify.problem(problem)),
      unreadableWords: (lines) => this.#inBoth((catalogue) => catalogue.viewer.unreadable(lines)),
    };
  }

  #inBoth(words: (catalogue: Catalogue) => string): BilingualText {
    const { en, zh } = this.#data.parts.catalogues;
    return { en: words(en), zh: words(zh) };
  }

  /** @param count at most ROWS_MAX @throws NoSource, CkptError: usage.badValue and usage.badPattern when the condition is invalid */
  rows(id: string, filter: Filter, from: number, count: number, signal?: AbortSignal): Promise<Rows> {
    return againIfMoved(() => this.#rows(id, filter, from, count, signal));
  }

  async #rows(id: string, filter: Filter, from: number, count: number, signal?: AbortSignal): Promise<Rows> {
    const snapshot = await this.#data.snapshot(id, READ_WAIT_MS);
    if (snapshot === null) return { total: 0, matching: 0, searched: 0, from, rows: [] };
    const { results, isWhole } = snapshot;
    const { clock } = this.#data.parts;
    const endMs = clock.monotonic() + SEARCH_MS;
    const mayContinue = (): boolean => signal?.aborted !== true && clock.monotonic() < endMs;
    const rows = await results.rows(filter, from, Math.min(count, ROWS_MAX), mayContinue);
    // There is at least one more to come, so that the page asks again.
    return isWhole ? rows : { ...rows, total: Math.max(rows.total + 1, results.expected) };
  }

  /** @throws NoSource, Gone, CkptError */
  item(id: string, ref: string): Promise<ItemView> {
    return againIfMoved(() => this.#item(id, ref));
  }

  async #item(id: string, ref: string): Promise<ItemView> {
    const snapshot = await this.#data.snapshot(id, READ_WAIT_MS);
    const row = snapshot?.results.rowOf(ref) ?? null;
    if (snapshot === null || row === null) throw new Gone(ref);
    const [item] = await this.#itemViews(id, snapshot, snapshot.results.read([row]));
    if (item === undefined) throw new Gone(ref);
    return item;
  }

  /** Items as `item` has them, in the order of their rows. A search is carried to its end, and the input is read once for all items. */
  items(id: string, filter: Filter, from: number, count: number): Promise<readonly ItemView[]> {
    return againIfMoved(() => this.#items(id, filter, from, count));
  }

  async #items(id: string, filter: Filter, from: number, count: number): Promise<readonly ItemView[]> {
    const snapshot = await this.#data.snapshot(id, Number.POSITIVE_INFINITY);
    if (snapshot === null) return [];
    return this.#itemViews(id, snapshot, await snapshot.results.readMatching(filter, from, count));
  }

  async #itemViews(id: string, { results }: Snapshot, rows: readonly ReadRow[]): Promise<ItemView[]> {
    const { home } = this.#data.source(id);
    const views = new Map<ReadRow, ItemView>();
    const isAlone = results.repeats === 1 && results.index.count === results.index.valid;
    const byLog = Map.groupBy(rows, ({ record }) => record?.log ?? -1);
    const { full } = this.#data.parts;
    const wordsOf = (error: CkptError): BilingualText =>
      this.#inBoth((catalogue) =>
        full ? describeError(error, catalogue).message : catalogue.viewer.inputNotRead,
      );
    for (const [number, ofLog] of byLog) {
      const records = ofLog.flatMap(({ record }): RecordAt[] => (record === null ? [] : [record]));
      const log = results.logs[number];
      const details = records.map((record) => record.details);
      const items = log === undefined ? [] : await this.#data.parts.items(home, log, details);
      const histories = log === undefined ? [] : recordsOf(log, records, isAlone);
      for (const [at, read] of ofLog.entries())
        views.set(read, itemView(read, histories[at] ?? [], items[at] ?? NO_ITEM, results, wordsOf));
    }
    return rows.flatMap((read) => views.get(read) ?? []);
  }
}

/** A run that completes moves its checkpoint, possibly between the look at its files and reading them. Then they are looked for once more. */
async function againIfMoved<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!isError(error, "system.failed") && systemCode(error) !== "ENOENT") throw error;
    return ask();
  }
}

async function openedOrNull(source: Source): Promise<OpenedSource | null> {
  try {
    return await source.open();
  } catch (error) {
    if (error instanceof CkptError) return null; // it is said when the source is looked at
    throw error;
  }
}

function entryOf({ id, kind, name }: Source, opened: OpenedSource | null): SourceEntry {
  if (opened === null)
    return { id, kind, name, created_at: null, total: null, completed: null, failed: null };
  if (opened.kind === "shards") {
    const { total, completed, failed } = countsOf(opened.set);
    return { id, kind, name, created_at: opened.set.facts.session.started_at, total, completed, failed };
  }
  const { session, total, completed, failed } = opened.results.status;
  const isOfSession = kind === "checkpoint" || name === "";
  return {
    id,
    kind,
    name: isOfSession ? session.id : name,
    created_at: session.started_at === "" ? null : session.started_at,
    total,
    completed,
    failed,
  };
}
