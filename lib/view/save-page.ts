// A saved page: the page of `ckpt view` with its data in it, as one file. The same checkpoint gives the same bytes: nothing in it is of the moment when it is saved.
import { VERSION } from "../core/version.ts";
import type { Filter, ItemView, Overview, Rows } from "./page-data.ts";
import { pageDocument } from "./page-document.ts";
import type { SavedData } from "./saved-format.ts";

/** The first results of a page, where not all of them fit. */
export const ROWS_SAVED = 1000;
/** Results fit as long as the file is at most so large, */
const FILE_BYTES_MAX = 20_000_000;
/** and its data, before they are compressed: a browser has to read all of it. */
const TEXT_LENGTH_MAX = 160_000_000;
/** How many items are asked for at once. */
const PIECE = 500;
/** Where the data come from. */
export type SavedSource = {
  overview(source: string): Promise<Overview>;
  rows(source: string, filter: Filter, from: number, count: number): Promise<Rows>;
  items(source: string, filter: Filter, from: number, count: number): Promise<readonly ItemView[]>;
};

export type SavedWish = {
  /** Of what is to be saved. */
  readonly source: string;
  /** The first results, beside all failures; null: all where they fit, else `ROWS_SAVED`. */
  readonly rows: number | null;
  /** With the name of the machine that ran it; what else is left out, the source has left out. */
  readonly full: boolean;
};

export type SavedPage = { readonly html: string; readonly results: number; readonly of: number };

export async function savedPage(from: SavedSource, { source, rows, full }: SavedWish): Promise<SavedPage> {
  const overview = portable(await from.overview(source), full);
  const { total } = await from.rows(source, {}, 0, 1);
  if (rows === null) {
    const all = await gather(from, source, {}, Number.POSITIVE_INFINITY);
    const page = all.isCut
      ? null
      : pageOf({ overview, results: total, has_all_failures: true, items: all.items });
    if (page !== null && Buffer.byteLength(page.html) <= FILE_BYTES_MAX) return page;
  }
  const first = await gather(from, source, {}, rows ?? ROWS_SAVED);
  const failures = await gather(from, source, { status: "failed" }, Number.POSITIVE_INFINITY);
  return pageOf({
    overview,
    results: total,
    has_all_failures: !failures.isCut,
    items: joined(first.items, failures.items),
  });
}

type Gathered = {
  readonly items: readonly ItemView[];
  /** There are more, but they are too large. */
  readonly isCut: boolean;
};

async function gather(from: SavedSource, source: string, filter: Filter, most: number): Promise<Gathered> {
  const items: ItemView[] = [];
  let length = 0;
  while (items.length < most) {
    const piece = await from.items(source, filter, items.length, Math.min(PIECE, most - items.length));
    if (piece.length === 0) break;
    length += piece.reduce((sum, item) => sum + lengthOf(item), 0);
    if (length > TEXT_LENGTH_MAX) return { items, isCut: true };
    items.push(...piece);
  }
  return { items, isCut: false };
}

/** About how long an item is as JSON: its texts make it up. */
function lengthOf({ record, input_json: input, output_json: output }: ItemView): number {
  return 2 * record.length + (input?.length ?? 0) + (output?.length ?? 0);
}

/** Both in the order of the input, each item once. */
function joined(first: readonly ItemView[], failures: readonly ItemView[]): readonly ItemView[] {
  const known = new Set(first.map(({ row }) => row.ref));
  const others = failures.filter(({ row }) => !known.has(row.ref));
  // What is not among the first ones comes behind them.
  return [...first, ...others];
}

/** Without what only means something on this machine, or at this moment. */
function portable(overview: Overview, full: boolean): Overview {
  const { source, runs } = overview;
  return {
    ...overview,
    source: { ...source, id: "saved" },
    // What is going on is not going on for who opens the file.
    live: false,
    runs: full ? runs : runs.map((run) => ({ ...run, host: "", pid: 0 })),
  };
}

function pageOf(parts: Omit<SavedData, "v" | "ckpt">): SavedPage {
  const data: SavedData = { v: 1, ckpt: VERSION, ...parts };
  const compressed = Bun.gzipSync(JSON.stringify(data));
  const { html } = pageDocument(Buffer.from(compressed).toString("base64"));
  return { html, results: parts.items.length, of: parts.results };
}
