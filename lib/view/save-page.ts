// A saved page: the page of `ckpt view` with its data in it, as one file. The same checkpoint gives the same bytes: nothing in it is of the moment when it is saved.
import { VERSION } from "../core/version.ts";
import { PackedText } from "./packed-text.ts";
import type { Filter, ItemView, Overview, Rows } from "./page-data.ts";
import { pageDocument } from "./page-document.ts";
import { ROWS_SAVED, type SavedData, slimItem } from "./saved-format.ts";

/** What a saved page may be. */
export type SaveLimits = {
  /** All results are saved where the file is not larger with them. */
  readonly fileBytes: number;
  /** Characters of its data before they are compressed: a browser has to read all of them. */
  readonly textLength: number;
  /** After so many results it can be told whether all will fit: they are much alike. */
  readonly sample: number;
};

const LIMITS: SaveLimits = { fileBytes: 20_000_000, textLength: 256_000_000, sample: 5000 };
/** Items are asked for in pieces: each reads the input anew, and stands in memory whole. The first one has so many, */
const PIECE_ITEMS_FIRST = 20;
/** and each later one at most so many times as many as the one before it, and so many that it is expected to be no longer than this. */
const PIECE_GROWTH = 10;
const PIECE_LENGTH = 1_000_000;

/** How many items the piece after this one has. */
function nextPiece(items: readonly ItemView[]): number {
  const length = items.reduce(
    (sum, { record, input_json: input }) => sum + record.length + (input?.length ?? 0),
    0,
  );
  return Math.ceil(items.length * Math.min(PIECE_GROWTH, PIECE_LENGTH / Math.max(1, length)));
}

/** Where the data come from. */
export type SavedSource = {
  overview(source: string): Promise<Overview>;
  rows(source: string, filter: Filter, from: number, count: number): Promise<Rows>;
  items(source: string, filter: Filter, from: number, count: number): Promise<readonly ItemView[]>;
};

export type SaveOptions = {
  /** Of what is to be saved. */
  readonly source: string;
  /** The first results, beside all failures; null: all where they fit, else `ROWS_SAVED`. */
  readonly rows: number | null;
  /** With the machine that ran it; what else is left out, the source has left out. */
  readonly full: boolean;
};

export type SavedPage = { readonly html: string; readonly results: number; readonly of: number };

export async function savedPage(
  from: SavedSource,
  { source, rows, full }: SaveOptions,
  limits: SaveLimits = LIMITS,
): Promise<SavedPage> {
  const { overview: found, total } = await readWhole(from, source);
  const overview = portable(found, full);
  const facts = { v: 1, ckpt: VERSION, overview, results: total } as const;
  if (rows === null) {
    const all = new ItemsText(from, source, limits, total);
    await all.begin(facts);
    if (await all.add({}, Number.POSITIVE_INFINITY)) {
      const page = await all.finish(true, total);
      if (Buffer.byteLength(page.html) <= limits.fileBytes) return page;
    } else all.discard();
  }
  const part = new ItemsText(from, source, limits, null);
  await part.begin(facts);
  await part.add({}, rows ?? ROWS_SAVED);
  // What is not among the first ones comes behind them, so that all stand in the order of the input.
  const hasAllFailures = await part.add({ status: "failed" }, Number.POSITIVE_INFINITY);
  return part.finish(hasAllFailures, total);
}

/** The overview of the whole log: `overview` alone waits only a moment for it to be read. */
async function readWhole(
  from: SavedSource,
  source: string,
): Promise<{ readonly overview: Overview; readonly total: number }> {
  for (;;) {
    // Items wait until all has been read.
    await from.items(source, {}, 0, 1);
    const overview = await from.overview(source);
    const { total, searched } = await from.rows(source, {}, 0, 1);
    if (overview.reading === null && searched >= total) return { overview, total };
  }
}

/** Without what only means something on this machine, or at this moment. */
function portable(overview: Overview, full: boolean): Overview {
  const { source, runs } = overview;
  return {
    ...overview,
    source: { ...source, id: "saved" },
    // The run may have ended by the time when the file is opened.
    live: false,
    listing: "",
    runs: full ? runs : runs.map((run) => Object.assign({}, run, { host: "", pid: 0 })),
  };
}

/** The text of a SavedData, whose items are added as they are read. */
class ItemsText {
  readonly #from: SavedSource;
  readonly #source: string;
  readonly #limits: SaveLimits;
  readonly #wanted: number | null;
  readonly #text = new PackedText();
  readonly #known = new Set<string>();

  /** @param wanted how many items the largest file is to hold; null: a file of any size will do */
  constructor(from: SavedSource, source: string, limits: SaveLimits, wanted: number | null) {
    this.#from = from;
    this.#source = source;
    this.#limits = limits;
    this.#wanted = wanted;
  }

  async begin(facts: Omit<SavedData, "items" | "has_all_failures">): Promise<void> {
    await this.#text.add(`${JSON.stringify(facts).slice(0, -1)},"items":[`);
  }

  /** Adds those that are not there yet. @returns false when they do not fit */
  async add(filter: Filter, most: number): Promise<boolean> {
    let count = PIECE_ITEMS_FIRST;
    for (let at = 0; at < most;) {
      const items = await this.#from.items(this.#source, filter, at, Math.min(count, most - at));
      if (items.length === 0) return true;
      at += items.length;
      for (const item of items) {
        if (this.#known.has(item.row.ref)) continue;
        if (!this.#fits()) return false;
        await this.#text.add((this.#known.size === 0 ? "" : ",") + JSON.stringify(slimItem(item)));
        this.#known.add(item.row.ref);
      }
      count = nextPiece(items);
    }
    return true;
  }

  #fits(): boolean {
    const { length, packedLength } = this.#text;
    const { fileBytes, textLength, sample } = this.#limits;
    if (length > textLength) return false;
    const known = this.#known.size;
    if (this.#wanted === null || known < sample) return true;
    return Math.max(packedLength, (packedLength / known) * this.#wanted * 0.9) <= fileBytes;
  }

  async finish(hasAllFailures: boolean, of: number): Promise<SavedPage> {
    await this.#text.add(`],"has_all_failures":${hasAllFailures}}`);
    const { html } = pageDocument(await this.#text.end());
    return { html, results: this.#known.size, of };
  }

  discard(): void {
    this.#text.discard();
  }
}
