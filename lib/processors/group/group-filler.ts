// Which items go together into one request: items in a row with the same key, up to a number of items and of estimated tokens.

import type { Item } from "../../core/item.ts";
import type { Processor } from "../processor.ts";

export type GroupLimits = {
  /** Items in a group, at least 2. */
  readonly itemsMax: number;
  /** Their estimated tokens; null: no limit. A single item may have more. */
  readonly tokensMax: number | null;
};

export type Candidate = {
  /** Items with the same key fit together; null: the item goes alone. */
  readonly key: string | null;
  readonly tokens: number;
};

/** An item as a filler takes it. */
export function candidateOf(
  item: Item,
  processor: Pick<Processor, "groupKey" | "estimate">,
): Candidate & { readonly item: Item } {
  const key = processor.groupKey?.(item) ?? null;
  return { item, key, tokens: key === null ? 0 : (processor.estimate?.(item).inputTokens ?? 0) };
}

export class GroupFiller<T extends Candidate> {
  readonly #limits: GroupLimits;
  #open: T[] = [];
  #tokens = 0;

  constructor(limits: GroupLimits) {
    this.#limits = limits;
  }

  /** Number of items in the group that is not full yet. */
  get waiting(): number {
    return this.#open.length;
  }

  /** Adds an item. Returns the groups that are complete now, each to be sent. */
  add(one: T): readonly (readonly T[])[] {
    const { itemsMax, tokensMax } = this.#limits;
    if (one.key === null) return [[one]];
    const isOther = this.#open[0] !== undefined && this.#open[0].key !== one.key;
    const isTooMuch = tokensMax !== null && this.#tokens + one.tokens > tokensMax;
    const before = isOther || isTooMuch ? this.take() : [];
    this.#open.push(one);
    this.#tokens += one.tokens;
    const isFull = this.#open.length >= itemsMax || (tokensMax !== null && this.#tokens >= tokensMax);
    return [before, isFull ? this.take() : []].filter((group) => group.length > 0);
  }

  /** Takes the items that wait for others. */
  take(): readonly T[] {
    const group = this.#open;
    this.#open = [];
    this.#tokens = 0;
    return group;
  }
}
