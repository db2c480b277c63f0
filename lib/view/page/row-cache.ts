// The rows of one filter, fetched in pages as they come into view. What is shown stays until newer rows are there.
import { batch, type Signal, signal } from "@preact/signals";
import type { Filter, PageData, Row, Rows } from "../page-contract.ts";
import { rowFilter } from "../row-filter.ts";
import { AskError } from "./served-data.ts";

const PAGE = 100;
/** Beyond so many rows, those out of view are forgotten. */
const ROWS_MAX = 4000;
/** While a search is on, and after an answer that failed. */
const AGAIN_MS = 250;
const FAILED_AGAIN_MS = 2000;

export type RowCounts = Pick<Rows, "total" | "matching" | "searched">;

export class RowCache {
  readonly rows: Signal<ReadonlyMap<number, Row>> = signal(new Map());
  /** Null before the first answer. */
  readonly counts: Signal<RowCounts | null> = signal(null);
  /** Whether a row so far has an id, or is one of several answers. */
  readonly hasIds: Signal<boolean> = signal(false);
  /** Why the server has not answered, in its words; empty where it has, and where there is no connection. */
  readonly fault: Signal<string> = signal("");
  /** The filter holds a condition that is none: nothing is asked for. */
  readonly isBad: boolean;
  readonly #data: PageData;
  readonly #source: string;
  readonly #filter: Filter;
  /** By the page's number. */
  readonly #asked = new Map<number, AbortController>();
  /** Pages that are as new as the last refresh. */
  readonly #fresh = new Set<number>();
  #first = 0;
  #count = PAGE;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #isClosed = false;

  constructor(data: PageData, source: string, filter: Filter) {
    this.#data = data;
    this.#source = source;
    this.#filter = filter;
    this.isBad = isBad(filter);
  }

  /** Sees to it that these rows come. */
  need(first: number, count: number): void {
    if (this.isBad) return;
    this.#first = first;
    this.#count = Math.max(1, count);
    const pages = this.#pagesInView();
    for (const [page, abort] of this.#asked) if (!pages.includes(page)) abort.abort();
    for (const page of pages) if (!this.#isWhole(page) && !this.#asked.has(page)) void this.#ask(page);
  }

  /** There may be more results than before. */
  refresh(): void {
    this.#fresh.clear();
    this.need(this.#first, this.#count);
  }

  close(): void {
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const abort of this.#asked.values()) abort.abort();
  }

  /** A row, fetched where it is not there yet; null where there is none, or no answer. */
  async row(number: number): Promise<Row | null> {
    const known = this.rows.peek().get(number);
    if (known !== undefined) return known;
    try {
      const { rows } = await this.#data.rows(this.#source, this.#filter, number, 1);
      return rows[0] ?? null;
    } catch (error) {
      if (error instanceof AskError) return null;
      throw error;
    }
  }

  #pagesInView(): number[] {
    const last = Math.max(0, (this.counts.peek()?.matching ?? 1) - 1);
    const from = Math.floor(Math.min(this.#first, last) / PAGE);
    const to = Math.floor(Math.min(this.#first + this.#count, last) / PAGE);
    return Array.from({ length: to - from + 1 }, (_, at) => from + at);
  }

  /** Whether a page is as new and as full as it can be. */
  #isWhole(page: number): boolean {
    const counts = this.counts.peek();
    if (counts === null || !this.#fresh.has(page)) return false;
    const end = Math.min((page + 1) * PAGE, counts.matching);
    return end <= page * PAGE || this.rows.peek().has(end - 1);
  }

  async #ask(page: number): Promise<void> {
    const abort = new AbortController();
    this.#asked.set(page, abort);
    try {
      this.#take(page, await this.#data.rows(this.#source, this.#filter, page * PAGE, PAGE, abort.signal));
    } catch (error) {
      if (abort.signal.aborted || this.#isClosed) return;
      if (!(error instanceof AskError)) throw error;
      this.fault.value = error.message;
      this.#again(FAILED_AGAIN_MS);
    } finally {
      if (this.#asked.get(page) === abort) this.#asked.delete(page);
    }
  }

  #take(page: number, { rows, total, matching, searched }: Rows): void {
    if (this.#isClosed) return;
    const before = this.rows.peek();
    const kept = new Map(before.size > ROWS_MAX ? this.#inView(before) : before);
    for (let at = page * PAGE; at < (page + 1) * PAGE; at++) {
      const row = rows[at - page * PAGE];
      if (row === undefined) kept.delete(at);
      else kept.set(at, row);
    }
    this.#fresh.add(page);
    batch(() => {
      this.fault.value = "";
      this.rows.value = kept;
      if (rows.some(({ id, repeat }) => id !== null || repeat !== undefined)) this.hasIds.value = true;
      this.counts.value = { total, matching, searched };
    });
    if (searched < total) this.#again(AGAIN_MS);
    else this.need(this.#first, this.#count);
  }

  #inView(rows: ReadonlyMap<number, Row>): [number, Row][] {
    const pages = this.#pagesInView();
    return [...rows].filter(([number]) => pages.includes(Math.floor(number / PAGE)));
  }

  #again(afterMs: number): void {
    if (this.#timer !== null || this.#isClosed) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.refresh();
    }, afterMs);
  }
}

function isBad(filter: Filter): boolean {
  try {
    rowFilter(filter);
    return false;
  } catch {
    return true; // a field without a value, or a pattern that is none
  }
}
