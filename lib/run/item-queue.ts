// The items of a run in the order in which they are attempted, read in pieces as they are needed.
import type { Item } from "../core/item.ts";
import { type Plan, STATE } from "../core/plan.ts";
import type { Input } from "../input/input.ts";

export type QueueEvents = {
  /** A piece has been read, or the end of the input has been found. */
  read(): void;
  /** Reading has failed; nothing more comes. */
  failed(error: unknown): void;
};

export class ItemQueue {
  readonly #pieces: AsyncGenerator<readonly Item[], void>;
  readonly #events: QueueEvents;
  #piece: readonly Item[] = [];
  #at = 0;
  #reading = false;
  #exhausted = false;

  /** @param retryFailed what failed in earlier runs comes too, behind all that is pending */
  constructor(input: Input, plan: Plan, retryFailed: boolean, events: QueueEvents) {
    this.#pieces = itemsToDo(input, plan, retryFailed);
    this.#events = events;
  }

  get isReading(): boolean {
    return this.#reading;
  }

  /** All items have been taken, or reading has failed. */
  get isExhausted(): boolean {
    return this.#exhausted;
  }

  /** The next item; undefined when it has to be read first, which begins, or when there is none. */
  take(): Item | undefined {
    const item = this.#piece[this.#at];
    if (item === undefined) this.#readMore();
    else this.#at++;
    return item;
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
        this.#piece = next.done === true ? [] : next.value;
        this.#at = 0;
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

async function* itemsToDo(
  input: Input,
  plan: Plan,
  retryFailed: boolean,
): AsyncGenerator<readonly Item[], void> {
  const { fresh, changed, retry } = plan.counts(retryFailed);
  const isPending = (index: number): boolean =>
    plan.state(index) === STATE.fresh || plan.state(index) === STATE.changed;
  if (fresh + changed > 0) yield* input.read(isPending);
  if (retry > 0) yield* input.read((index) => plan.state(index) === STATE.failed);
}
