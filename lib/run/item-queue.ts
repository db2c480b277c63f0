// The units of work of a run, in the order of their attempts. Items are read in pieces when needed.
import type { Item } from "../core/item.ts";
import type { Plan } from "../core/plan.ts";
import { pendingWithoutRetries } from "../core/plan-counts.ts";
import type { Input } from "../input/input.ts";
import { bytesOfItem, shuffledItems } from "./shuffled-items.ts";

/** One of the answers wanted for an item. */
export type Unit = {
  readonly item: Item;
  /** Its number in the plan. */
  readonly number: number;
  /** The number of its answer, from 1. */
  readonly repeat: number;
};

/** Whether a unit has to be attempted. */
type Due = (unit: number) => boolean;

type Piece = { readonly items: readonly Item[]; readonly isDue: Due };

const NOTHING: Piece = { items: [], isDue: () => false };

export type QueueOptions = {
  /** Failed items of earlier runs follow after all pending ones. */
  readonly retryFailed: boolean;
  /** In a random order; else in that of the input. */
  readonly shuffle: boolean;
  /** Of so many items the first answers are attempted before the second ones. 1: all answers of an item one after the other. */
  readonly itemsTogether: number;
};

export type QueueEvents = {
  /** A piece was read, or the end of the input was reached. */
  read(): void;
  /** Reading failed; there are no more items. */
  failed(error: unknown): void;
};

export class ItemQueue {
  readonly #pieces: AsyncGenerator<Piece, void>;
  readonly #plan: Plan;
  readonly #itemsTogether: number;
  readonly #events: QueueEvents;
  #piece: Piece = NOTHING;
  /** Position of the next unit: the item of the piece, and the number of its answer. */
  #at = 0;
  #repeat = 1;
  /** The first of the items that are together. */
  #togetherFrom = 0;
  #reading = false;
  #exhausted = false;

  constructor(input: Input, plan: Plan, options: QueueOptions, events: QueueEvents) {
    this.#pieces = piecesToDo(input, plan, options);
    this.#plan = plan;
    this.#itemsTogether = options.itemsTogether;
    this.#events = events;
  }

  get isReading(): boolean {
    return this.#reading;
  }

  /** All units have been taken, or reading failed. */
  get isExhausted(): boolean {
    return this.#exhausted;
  }

  /** The next unit; undefined when its item must be read first (reading then starts), or when there is none. */
  take(): Unit | undefined {
    const { items, isDue } = this.#piece;
    for (let item = items[this.#at]; item !== undefined; item = items[this.#at]) {
      const repeat = this.#repeat;
      this.#step();
      const number = this.#plan.unitOf(item.index, repeat);
      if (number !== null && isDue(number)) return { item, number, repeat };
    }
    this.#readMore();
    return undefined;
  }

  #step(): void {
    this.#at++;
    const end = Math.min(this.#togetherFrom + this.#itemsTogether, this.#piece.items.length);
    if (this.#at < end) return;
    if (this.#repeat < this.#plan.repeats) {
      this.#repeat++;
      this.#at = this.#togetherFrom;
    } else {
      this.#repeat = 1;
      this.#togetherFrom = end;
    }
  }

  /** Ends reading. */
  async close(): Promise<void> {
    await this.#pieces.return();
  }

  #readMore(): void {
    if (this.#reading || this.#exhausted) return;
    this.#reading = true;
    void this.#pieces.next().then(
      (next) => {
        this.#reading = false;
        this.#piece = next.done === true ? NOTHING : next.value;
        this.#at = 0;
        this.#togetherFrom = 0;
        this.#repeat = 1;
        this.#exhausted = next.done === true;
        this.#events.read();
      },
      (error: unknown) => {
        this.#reading = false;
        this.#exhausted = true;
        this.#events.failed(error);
      },
    );
  }
}

/** Pieces of the input with units to attempt: first the pending ones, then those that failed. */
async function* piecesToDo(
  input: Input,
  plan: Plan,
  { retryFailed, shuffle }: QueueOptions,
): AsyncGenerator<Piece, void> {
  const counts = plan.counts(retryFailed);
  const isPending: Due = (unit) => plan.isPending(unit);
  const hasFailed: Due = (unit) => plan.isRetryable(unit);
  const passes = [
    { isDue: isPending, count: pendingWithoutRetries(counts) },
    { isDue: hasFailed, count: counts.retry },
  ];
  for (const { isDue, count } of passes)
    if (count > 0)
      for await (const items of itemsDue(input, plan, isDue, shuffle ? count : null)) yield { items, isDue };
}

/** The items of due units, in pieces. @param shuffled how many units are due, where their order is random; else null */
export function itemsDue(
  input: Input,
  plan: Plan,
  isDue: Due,
  shuffled: number | null,
): AsyncGenerator<readonly Item[], void> {
  const want = (index: number): boolean => plan.countOf(index, isDue) > 0;
  if (shuffled === null) return input.read(want);
  const items = plan.count / plan.repeats;
  return shuffledItems(input, want, Math.min(shuffled, items), bytesOfItem(input, items));
}
