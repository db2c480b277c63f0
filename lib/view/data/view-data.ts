// What a page asks for, from the files of a folder and the live channels of its runs: for the server, and for a saved page. It reads only, takes no lock, and keeps of
// each source that is looked at an index of its results.
import type { Checkpoint } from "../../checkpoint/checkpoint.ts";
import type { CheckpointResults } from "../../checkpoint/results.ts";
import { CkptError, isError, systemCode } from "../../core/errors.ts";
import type { ParsedRecord } from "../../core/record.ts";
import type { Clock } from "../../io/clock.ts";
import type { Language } from "../../ui/language.ts";
import type { Catalogue } from "../../ui/messages/en.ts";
import { describeError } from "../../ui/render-error.ts";
import { countsOf, type OpenShard } from "../../shards/shard-set.ts";
import { openCheckpoint } from "../../checkpoint/checkpoint.ts";
import { askStatus } from "../channel/client.ts";
import type { LiveStatus } from "../channel/contract.ts";
import type { Filter, ItemView, Overview, Rows, Said, SourceEntry } from "../page-data.ts";
import { type FoundItem, itemView, NO_ITEM, recordsOf } from "./item-view.ts";
import { LoadedResults, type ReadRow, type RecordAt } from "./loaded-results.ts";
import { checkpointOverview, emptyOverview, type OverviewOptions, shardsOverview } from "./overview.ts";
import type { Opened, PlaceParts, SourcePlace } from "./source-places.ts";

export type ViewParts = PlaceParts & {
  /** What can be looked at now, the first one first. Called with every look. */
  readonly places: () => readonly SourcePlace[];
  /** The items of some records, as they stand in the input now. */
  readonly items: (
    keeper: Checkpoint,
    source: CheckpointResults,
    records: readonly ParsedRecord[],
  ) => Promise<readonly FoundItem[]>;
  /** Words of commands and paths of the machine, too. */
  readonly full: boolean;
  readonly catalogues: Readonly<Record<Language, Catalogue>>;
};

/** Rows that are answered at once. */
export const ROWS_MAX = 500;
/** How long a search goes on before what it has found is answered. */
const SEARCH_MS = 250;
/** How long a run has to say what it is doing. */
const LIVE_MS_MAX = 2000;
/** Sources of which the results stay loaded. */
const LOADED_MAX = 3;

/** How long a look waits for a log to be read. After that, what has been read is shown. */
const READ_WAIT_MS = 300;

/** A source as it is now. */
type Look = {
  readonly opened: Opened;
  readonly loaded: LoadedResults;
  /** Whether its logs have been read to their ends. */
  readonly isWhole: boolean;
};

export class ViewData {
  readonly #parts: ViewParts;
  readonly #states = new Map<string, SourceState>();

  constructor(parts: ViewParts) {
    this.#parts = parts;
  }

  /** Changes whenever other things can be looked at. */
  get listing(): string {
    const ids = this.#parts.places().map(({ id }) => id);
    return Bun.hash(ids.join("\n")).toString(36);
  }

  get parts(): ViewParts {
    return this.#parts;
  }

  /** @throws NoSource */
  place(source: string): SourcePlace {
    const places = this.#parts.places();
    const found = places.find(({ id }) => id === source);
    if (found === undefined) throw new NoSource(source);
    return found;
  }

  /** The source as it is now; null: there is nothing. @param waitMs for its logs to be read @throws NoSource, CkptError, errors of the system */
  look(source: string, waitMs: number): Promise<Look | null> {
    const place = this.place(source);
    const state = this.#states.get(source) ?? new SourceState();
    this.#states.delete(source);
    this.#states.set(source, state);
    const [oldest] = this.#states.keys();
    if (this.#states.size > LOADED_MAX && oldest !== undefined) this.#states.delete(oldest);
    return state.look(place, this.#parts.clock, waitMs);
  }
}

/** There is no such source, or not any more. */
export class NoSource extends Error {}

/** What was a result is none any more. */
export class Gone extends Error {}

/** One source, whose results are taken in by one look at a time. */
class SourceState {
  #loaded: LoadedResults | null = null;
  #key = "";
  /** What is being read. */
  #opened: Opened | null = null;
  #looking: Promise<Look | null> | null = null;

  async look(place: SourcePlace, clock: Clock, waitMs: number): Promise<Look | null> {
    this.#looking ??= this.#lookAnew(place).finally(() => {
      this.#looking = null;
    });
    const looking = this.#looking;
    if (waitMs === Number.POSITIVE_INFINITY) return looking;
    const stop = new AbortController();
    const late = clock.sleep(waitMs, stop.signal).then(() => "late" as const);
    const found = await Promise.race([looking, late]);
    stop.abort();
    if (found !== "late") return found;
    const [opened, loaded] = [this.#opened, this.#loaded];
    if (opened === null || loaded === null) return looking;
    looking.catch(() => undefined); // the next look says what was wrong
    return { opened, loaded, isWhole: false };
  }

  async #lookAnew(place: SourcePlace): Promise<Look | null> {
    const opened = await place.open();
    this.#opened = opened;
    if (opened === null) {
      this.#loaded = null;
      return null;
    }
    const sources = sourcesOf(opened);
    const key = LoadedResults.keyOf(sources);
    if (key !== this.#key) this.#loaded = null;
    this.#key = key;
    this.#loaded ??= new LoadedResults(sources);
    if (!(await this.#loaded.catchUp(sources))) {
      this.#loaded = new LoadedResults(sources);
      await this.#loaded.catchUp(sources);
    }
    return { opened, loaded: this.#loaded, isWhole: true };
  }
}

function sourcesOf(opened: Opened): readonly CheckpointResults[] {
  return opened.kind === "one" ? [opened.one.source] : opened.shards.map(({ source }) => source);
}

/** What a page asks for. */
export class PageReader {
  readonly #data: ViewData;

  constructor(data: ViewData) {
    this.#data = data;
  }

  #said(words: (catalogue: Catalogue) => string): Said {
    const { en, zh } = this.#data.parts.catalogues;
    return { en: words(en), zh: words(zh) };
  }

  /** Of each only the status is read. */
  async sources(): Promise<readonly SourceEntry[]> {
    const entries: SourceEntry[] = [];
    for (const place of this.#data.parts.places()) entries.push(entryOf(place, await openedOrNull(place)));
    return entries;
  }

  /** @throws NoSource, CkptError */
  async overview(source: string): Promise<Overview> {
    const { listing } = this.#data;
    return { ...(await unlessMoved(() => this.#overview(source))), listing };
  }

  async #overview(source: string): Promise<Overview> {
    const place = this.#data.place(source);
    const { clock, full } = this.#data.parts;
    const statuses = await Promise.all(place.live().map((checkpoint) => this.#askRun(checkpoint)));
    const look = await this.#data.look(source, READ_WAIT_MS);
    if (look === null) return emptyOverview(entryOf(place, null));
    const entry = entryOf(place, look.opened);
    const options: OverviewOptions = {
      full,
      isWhole: look.isWhole,
      nowMs: clock.now(),
      problemWords: (problem) => this.#said((catalogue) => catalogue.verify.problem(problem)),
      unreadableWords: (lines) => this.#said((catalogue) => catalogue.viewer.unreadable(lines)),
    };
    const runs = new Map(place.live().map(({ paths }, at) => [paths.dir, statuses[at] ?? null]));
    if (look.opened.kind === "one") {
      const { checkpoint } = look.opened.one;
      const run = runs.get(checkpoint.paths.dir) ?? null;
      const isOfSession = run !== null && run.session_id === look.opened.one.source.status.session.id;
      const isHeld = runs.has(checkpoint.paths.dir) && checkpoint.holder() !== null;
      return checkpointOverview(
        entry,
        look.opened.one,
        look.loaded,
        { live: isOfSession ? run : null, isHeld },
        options,
      );
    }
    const { set, shards } = look.opened;
    const live = new Map<OpenShard, LiveStatus>();
    for (const shard of shards) {
      const run = runs.get(shard.folder);
      if (run !== undefined && run !== null) live.set(shard, run);
    }
    const held = new Set(
      shards.filter(({ folder }) => openCheckpoint(this.#data.parts.fs, folder).holder() !== null),
    );
    return shardsOverview(entry, { set, shards }, look.loaded, { live, held }, options);
  }

  /** What the run says that has a checkpoint; null where none runs, or it does not answer. */
  async #askRun(checkpoint: Checkpoint): Promise<LiveStatus | null> {
    try {
      const answered = await askStatus(checkpoint, AbortSignal.timeout(LIVE_MS_MAX));
      return "ok" in answered ? answered.ok : null;
    } catch (error) {
      if (isError(error, "checkpoint.noChannel")) return null;
      throw error;
    }
  }

  /** @param count at most ROWS_MAX @throws NoSource, CkptError: usage.badValue and usage.badPattern for a condition that is none */
  rows(source: string, filter: Filter, from: number, count: number, signal?: AbortSignal): Promise<Rows> {
    return unlessMoved(() => this.#rows(source, filter, from, count, signal));
  }

  async #rows(
    source: string,
    filter: Filter,
    from: number,
    count: number,
    signal?: AbortSignal,
  ): Promise<Rows> {
    const look = await this.#data.look(source, READ_WAIT_MS);
    if (look === null) return { total: 0, matching: 0, searched: 0, from, rows: [] };
    const { clock } = this.#data.parts;
    const endMs = clock.monotonic() + SEARCH_MS;
    const mayContinue = (): boolean => signal?.aborted !== true && clock.monotonic() < endMs;
    const rows = await look.loaded.rows(filter, from, Math.min(count, ROWS_MAX), mayContinue);
    // There is at least one more to come, so that the page asks again.
    return look.isWhole ? rows : { ...rows, total: Math.max(rows.total + 1, look.loaded.expected) };
  }

  /** @throws NoSource, Gone, CkptError */
  item(source: string, ref: string): Promise<ItemView> {
    return unlessMoved(() => this.#item(source, ref));
  }

  async #item(source: string, ref: string): Promise<ItemView> {
    const look = await this.#data.look(source, READ_WAIT_MS);
    const row = look?.loaded.rowOf(ref) ?? null;
    if (look === null || row === null) throw new Gone(ref);
    const [item] = await this.#views(source, look, look.loaded.read([row]));
    if (item === undefined) throw new Gone(ref);
    return item;
  }

  /** Items whole, as `item` has them, in the order of their rows. A search is made to its end. The input is read once for all. */
  items(source: string, filter: Filter, from: number, count: number): Promise<readonly ItemView[]> {
    return unlessMoved(() => this.#items(source, filter, from, count));
  }

  async #items(source: string, filter: Filter, from: number, count: number): Promise<readonly ItemView[]> {
    const look = await this.#data.look(source, Number.POSITIVE_INFINITY);
    if (look === null) return [];
    return this.#views(source, look, await look.loaded.readMatching(filter, from, count));
  }

  async #views(source: string, { loaded }: Look, rows: readonly ReadRow[]): Promise<ItemView[]> {
    const { keeper } = this.#data.place(source);
    const views = new Map<ReadRow, ItemView>();
    const isAlone = loaded.repeats === 1 && loaded.index.count === loaded.index.valid;
    const byLog = Map.groupBy(rows, ({ record }) => record?.log ?? -1);
    const { full } = this.#data.parts;
    const wordsOf = (error: CkptError): Said =>
      this.#said((catalogue) =>
        full ? describeError(error, catalogue).message : catalogue.viewer.inputNotRead,
      );
    for (const [log, ofLog] of byLog) {
      const records = ofLog.flatMap(({ record }): RecordAt[] => (record === null ? [] : [record]));
      const results = loaded.sources[log];
      const details = records.map((record) => record.details);
      const items = results === undefined ? [] : await this.#data.parts.items(keeper, results, details);
      const histories = results === undefined ? [] : recordsOf(results, records, isAlone);
      for (const [at, read] of ofLog.entries())
        views.set(read, itemView(read, histories[at] ?? [], items[at] ?? NO_ITEM, loaded, wordsOf));
    }
    return rows.flatMap((read) => views.get(read) ?? []);
  }
}

/** A run that completes moves the checkpoint, also between a look at its files and reading them: then they are looked for again, once. */
async function unlessMoved<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!isError(error, "system.failed") && systemCode(error) !== "ENOENT") throw error;
    return ask();
  }
}

async function openedOrNull(place: SourcePlace): Promise<Opened | null> {
  try {
    return await place.open();
  } catch (error) {
    if (error instanceof CkptError) return null; // it is named when it is looked at
    throw error;
  }
}

function entryOf({ id, kind, name }: SourcePlace, opened: Opened | null): SourceEntry {
  if (opened === null)
    return { id, kind, name, created_at: null, total: null, completed: null, failed: null };
  if (opened.kind === "shards") {
    const { total, completed, failed } = countsOf(opened.set);
    return { id, kind, name, created_at: opened.set.facts.session.started_at, total, completed, failed };
  }
  const { status } = opened.one.source;
  const { total, completed, failed, session } = status;
  const isNamed = kind === "checkpoint" || name === "";
  return {
    id,
    kind,
    name: isNamed ? session.id : name,
    created_at: session.started_at === "" ? null : session.started_at,
    total,
    completed,
    failed,
  };
}
