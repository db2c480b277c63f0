// Makes a saved page: the page of `ckpt view` with its data in it, as one file. The same checkpoint gives the same bytes: nothing in the file depends on when it is saved.
import { VERSION } from "../../core/version.ts";
import type { PageReader } from "../data/page-reader.ts";
import type { Filter, ItemView, Overview } from "../page-contract.ts";
import { pageDocument } from "../page-document.ts";
import { PackedText } from "./packed-text.ts";
import { ROWS_SAVED, type SavedContent, slimItem } from "./saved-format.ts";

/** How large a saved page may be. */
export type SaveLimits = {
  /** The largest file that all results are saved in. */
  readonly fileBytes: number;
  /** The longest text of data in any file, in characters, before it is compressed: a browser has to read all of it. */
  readonly textLength: number;
  /** After so many results it is estimated whether all will fit: results are much alike. */
  readonly sample: number;
};

const LIMITS: SaveLimits = { fileBytes: 20_000_000, textLength: 256_000_000, sample: 5000 };

/** Items are asked for in pieces, since a piece reads the input anew and is in memory as a whole. This is how many items the first one has. */
const PIECE_ITEMS_FIRST = 20;
/** A piece has at most so many times the items of the one before it. */
const PIECE_GROWTH = 10;
/** How long a piece is meant to be, in characters. */
const PIECE_LENGTH = 1_000_000;

/** What gives the data. */
export type SavedPageReader = Pick<PageReader, "overview" | "rows" | "items">;

export type SaveOptions = {
  /** The id of the source that is saved. */
  readonly source: string;
  /** How many results, from the first one on, beside all failures; null: all of them if they fit, else `ROWS_SAVED`. */
  readonly rows: number | null;
  /** Whether hosts and process ids are saved. What else is left out, the reader leaves out. */
  readonly full: boolean;
};

/** `results`: how many are in the page; `of`: how many there are. */
export type SavedPage = { readonly html: string; readonly results: number; readonly of: number };

export async function savedPage(
  reader: SavedPageReader,
  { source, rows, full }: SaveOptions,
  limits: SaveLimits = LIMITS,
): Promise<SavedPage> {
  const { overview: found, total } = await readWhole(reader, source);
  const overview = portable(found, full);
  const facts = { v: 1, ckpt: VERSION, overview, results: total } as const;
  if (rows === null) {
    const all = new SavedText(reader, source, limits, total);
    await all.begin(facts);
    if (await all.add({}, Number.POSITIVE_INFINITY)) {
      const page = await all.finish(true, total);
      if (Buffer.byteLength(page.html) <= limits.fileBytes) return page;
    } else all.discard();
  }
  const part = new SavedText(reader, source, limits, null);
  await part.begin(facts);
  await part.add({}, rows ?? ROWS_SAVED);
  // The failures that are not among the first results come after them, so that all items are in the order of the input.
  const hasAllFailures = await part.add({ status: "failed" }, Number.POSITIVE_INFINITY);
  return part.finish(hasAllFailures, total);
}

/** Waits until the whole log has been read, and returns the overview of then. */
async function readWhole(
  reader: SavedPageReader,
  source: string,
): Promise<{ readonly overview: Overview; readonly total: number }> {
  for (;;) {
    // Unlike overview() and rows(), this waits until all has been read.
    await reader.items(source, {}, 0, 1);
    const overview = await reader.overview(source);
    const { total, searched } = await reader.rows(source, {}, 0, 1);
    if (overview.reading === null && searched >= total) return { overview, total };
  }
}

/** Leaves out what has a meaning on this machine or at this moment only. */
function portable(overview: Overview, full: boolean): Overview {
  const { source, runs } = overview;
  return {
    ...overview,
    source: { ...source, id: "saved" },
    // When the file is opened, the run may have ended.
    live: false,
    listing: "",
    runs: full ? runs : runs.map((run) => Object.assign({}, run, { host: "", pid: 0 })),
  };
}

/** The text of a SavedContent, whose items are added as they are read. */
class SavedText {
  readonly #reader: SavedPageReader;
  readonly #source: string;
  readonly #limits: SaveLimits;
  readonly #wanted: number | null;
  readonly #text = new PackedText();
  /** The refs of the items that have been added. */
  readonly #added = new Set<string>();

  /** @param wanted how many items have to fit into the largest file; null: the file may be of any size */
  constructor(reader: SavedPageReader, source: string, limits: SaveLimits, wanted: number | null) {
    this.#reader = reader;
    this.#source = source;
    this.#limits = limits;
    this.#wanted = wanted;
  }

  async begin(facts: Omit<SavedContent, "items" | "has_all_failures">): Promise<void> {
    await this.#text.add(`${JSON.stringify(facts).slice(0, -1)},"items":[`);
  }

  /** Adds the first `most` items that match, without those that are there already. @returns false when they do not fit */
  async add(filter: Filter, most: number): Promise<boolean> {
    let count = PIECE_ITEMS_FIRST;
    for (let at = 0; at < most;) {
      const items = await this.#reader.items(this.#source, filter, at, Math.min(count, most - at));
      if (items.length === 0) return true;
      at += items.length;
      for (const item of items) {
        if (this.#added.has(item.row.ref)) continue;
        if (!this.#fits()) return false;
        await this.#text.add((this.#added.size === 0 ? "" : ",") + JSON.stringify(slimItem(item)));
        this.#added.add(item.row.ref);
      }
      count = nextPiece(items);
    }
    return true;
  }

  /** Whether the text is short enough so far, and all that is wanted is likely to fit. */
  #fits(): boolean {
    const { length, packedLength } = this.#text;
    const { fileBytes, textLength, sample } = this.#limits;
    if (length > textLength) return false;
    const added = this.#added.size;
    if (this.#wanted === null || added < sample) return true;
    const estimated = (packedLength / added) * this.#wanted;
    return Math.max(packedLength, 0.9 * estimated) <= fileBytes;
  }

  async finish(hasAllFailures: boolean, of: number): Promise<SavedPage> {
    await this.#text.add(`],"has_all_failures":${hasAllFailures}}`);
    const { html } = pageDocument(await this.#text.end());
    return { html, results: this.#added.size, of };
  }

  discard(): void {
    this.#text.discard();
  }
}

/** How many items the piece after this one has. */
function nextPiece(items: readonly ItemView[]): number {
  const length = items.reduce(
    (sum, { record, input_json: input }) => sum + record.length + (input?.length ?? 0),
    0,
  );
  return Math.ceil(items.length * Math.min(PIECE_GROWTH, PIECE_LENGTH / Math.max(1, length)));
}
