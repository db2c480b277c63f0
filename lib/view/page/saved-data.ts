// The data of a saved page: all of it is in the document, and nobody is asked.
import type { Filter, ItemView, Overview, PageData, Row, Rows, SourceEntry } from "../page-contract.ts";
import { type FilterFacts, rowFilter } from "../row-filter.ts";
import { type SavedContent, wholeItem } from "../saved/saved-format.ts";
import { AskError } from "./ask-error.ts";

export class SavedData implements PageData {
  readonly saved: NonNullable<PageData["saved"]>;
  readonly #data: SavedContent;
  readonly #items: ReadonlyMap<string, ItemView>;

  constructor(data: SavedContent) {
    const { overview, ckpt, items, results: of, has_all_failures } = data;
    this.saved = { at: overview.saved_at ?? "", ckpt, rows: items.length, of, has_all_failures };
    this.#data = data;
    this.#items = new Map(items.map((item) => [item.row.ref, item]));
  }

  /** @param text of the element that holds the data: gzip, base64 */
  static async open(text: string): Promise<SavedData> {
    const bytes = Uint8Array.from(atob(text.trim()), (character) => character.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new SavedData((await new Response(stream).json()) as SavedContent);
  }

  async sources(): Promise<readonly SourceEntry[]> {
    return [this.#data.overview.source];
  }

  async overview(): Promise<Overview> {
    return this.#data.overview;
  }

  async rows(_source: string, filter: Filter, from: number, count: number): Promise<Rows> {
    const rows = this.#matching(filter);
    const total = this.#data.items.length;
    return { total, matching: rows.length, searched: total, from, rows: rows.slice(from, from + count) };
  }

  async item(_source: string, ref: string): Promise<ItemView> {
    const item = this.#items.get(ref);
    if (item === undefined) throw new AskError("gone", "");
    return wholeItem(item);
  }

  watch(): void {
    // It does not change.
  }

  #last: { readonly key: string; readonly rows: readonly Row[] } | null = null;

  /** The last answer is kept, because a table asks for its rows in blocks. */
  #matching(filter: Filter): readonly Row[] {
    const key = JSON.stringify(filter);
    if (this.#last?.key === key) return this.#last.rows;
    const holds = rowFilter(filter);
    const rows = this.#data.items.filter((item) => holds(factsOf(item))).map(({ row }) => row);
    const sorted = sortedRows(rows, filter.sort ?? "input");
    this.#last = { key, rows: sorted };
    return sorted;
  }
}

function factsOf(item: ItemView): FilterFacts {
  const { row, error, record } = item;
  const { index, id, status, marks } = row;
  return {
    index,
    id,
    status,
    marks,
    error,
    bodyJson: () => wholeItem(item).output_json ?? JSON.stringify(error),
    record: () => record,
  };
}

function sortedRows(rows: readonly Row[], sort: NonNullable<Filter["sort"]>): readonly Row[] {
  switch (sort) {
    case "input":
      return rows;
    case "newest":
      return rows.toSorted((a, b) =>
        a.started_at < b.started_at ? 1 : a.started_at > b.started_at ? -1 : 0,
      );
    case "slowest":
      return rows.toSorted((a, b) => b.duration_ms - a.duration_ms);
  }
}
