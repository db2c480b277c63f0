// The rows that match one filter, fetched in blocks as they come into view. Rows that are shown stay until newer ones have arrived.
import { batch, type Signal, signal } from "@preact/signals";
import type { Filter, PageData, Row, Rows } from "../page-contract.ts";
import { rowFilter } from "../row-filter.ts";
import { AskError, RETRY_MS } from "./ask-error.ts";

/** Rows in a block. */
const BLOCK = 100;
/** With more rows than this, those out of view are forgotten. */
const ROWS_MAX = 4000;
/** How soon to ask again while a search goes on. */
const SEARCH_POLL_MS = 250;

export type RowCounts = Pick<Rows, "total" | "matching" | "searched">;

export class RowCache {
  readonly rows: Signal<ReadonlyMap<number, Row>> = signal(new Map());
  /** Null before the first answer. */
  readonly counts: Signal<RowCounts | null> = signal(null);
  /** Whether any row so far has an id, or is one of several answers. */
  readonly hasIds: Signal<boolean> = signal(false);
  /** Why the server has not answered, in its words; empty when it has, and when there is no connection. */
  readonly fault: Signal<string> = signal("");
  /** Whether the filter has an invalid condition: then nothing is asked for. */
  readonly isBad: boolean;
  readonly #data: PageData;
  readonly #source: string;
  readonly #filter: Filter;
  /** The requests under way, by number of the block. */
  readonly #asked = new Map<number, AbortController>();
  /** The blocks that have been fetched since the last refresh. */
  readonly #fresh = new Set<number>();
  #first = 0;
  #count = BLOCK;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #isClosed = false;

  constructor(data: PageData, source: string, filter: Filter) {
    this.#data = data;
    this.#source = source;
    this.#filter = filter;
    this.isBad = isBad(filter);
  }

  /** Fetches these rows, as far as they are not there, and gives up requests for others. */
  need(first: number, count: number): void {
    if (this.isBad) return;
    this.#first = first;
    this.#count = Math.max(1, count);
    const blocks = this.#blocksInView();
    for (const [block, abort] of this.#asked) if (!blocks.includes(block)) abort.abort();
    for (const block of blocks) if (!this.#isWhole(block) && !this.#asked.has(block)) void this.#ask(block);
  }

  /** To be called when there may be more results than before. */
  refresh(): void {
    this.#fresh.clear();
    this.need(this.#first, this.#count);
  }

  close(): void {
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const abort of this.#asked.values()) abort.abort();
  }

  /** A row, fetched if it is not there yet; null when there is none, or no answer. */
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

  #blocksInView(): number[] {
    const last = Math.max(0, (this.counts.peek()?.matching ?? 1) - 1);
    const from = Math.floor(Math.min(this.#first, last) / BLOCK);
    const to = Math.floor(Math.min(this.#first + this.#count, last) / BLOCK);
    return Array.from({ length: to - from + 1 }, (_, at) => from + at);
  }

  /** Whether a block has been fetched since the last refresh, with all its rows. */
  #isWhole(block: number): boolean {
    const counts = this.counts.peek();
    if (counts === null || !this.#fresh.has(block)) return false;
    const end = Math.min((block + 1) * BLOCK, counts.matching);
    return end <= block * BLOCK || this.rows.peek().has(end - 1);
  }

  async #ask(block: number): Promise<void> {
    const abort = new AbortController();
    this.#asked.set(block, abort);
    try {
      this.#take(
        block,
        await this.#data.rows(this.#source, this.#filter, block * BLOCK, BLOCK, abort.signal),
      );
    } catch (error) {
      if (abort.signal.aborted || this.#isClosed) return;
      if (!(error instanceof AskError)) throw error;
      this.fault.value = error.message;
      this.#askAgain(RETRY_MS);
    } finally {
      if (this.#asked.get(block) === abort) this.#asked.delete(block);
    }
  }

  #take(block: number, { rows, total, matching, searched }: Rows): void {
    if (this.#isClosed) return;
    const before = this.rows.peek();
    const kept = new Map(before.size > ROWS_MAX ? this.#inView(before) : before);
    for (let at = block * BLOCK; at < (block + 1) * BLOCK; at++) {
      const row = rows[at - block * BLOCK];
      if (row === undefined) kept.delete(at);
      else kept.set(at, row);
    }
    this.#fresh.add(block);
    batch(() => {
      this.fault.value = "";
      this.rows.value = kept;
      if (rows.some(({ id, repeat }) => id !== null || repeat !== undefined)) this.hasIds.value = true;
      this.counts.value = { total, matching, searched };
    });
    if (searched < total) this.#askAgain(SEARCH_POLL_MS);
    else this.need(this.#first, this.#count);
  }

  #inView(rows: ReadonlyMap<number, Row>): [number, Row][] {
    const blocks = this.#blocksInView();
    return [...rows].filter(([number]) => blocks.includes(Math.floor(number / BLOCK)));
  }

  #askAgain(afterMs: number): void {
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
    return true; // a condition without a value, or an invalid pattern
  }
}
