// Which unit of work is which. A unit is one of the answers wanted for an item: (item, repeat). Units are numbered from 0 in the order of the input, the
// answers of an item behind each other. They may be of a part of the input (a shard, a selection), and then know where each of its items stands in the whole.
// Where they are of all items and one answer is wanted of each, a unit's number is its item's index.

/** Tables of units stand in blocks, made when an entry is set: what grows is never there twice. Entry `at` is `at & BLOCK_MASK` of block `at >>> BLOCK_BITS`. */
export const BLOCK_BITS = 16;
export const BLOCK_LENGTH: number = 1 << BLOCK_BITS;
export const BLOCK_MASK: number = BLOCK_LENGTH - 1;

/** What a plan is of. */
export type PlanScope = {
  /** Answers wanted of each item, from 1. */
  readonly repeats: number;
  /** Of a part of the input only: `add` says which items it has. */
  readonly isPart: boolean;
};

export class UnitNumbers {
  /** Answers wanted of each item, from 1. */
  readonly repeats: number;
  #items: number;
  /** Position of each item in the whole input, ascending; null where that is its number. */
  readonly #indices: Uint32Array[] | null;
  /** The item that was looked for last: items are looked for in their order. */
  #lastItem = 0;

  /** @param items known so far; `add` adds more */
  constructor(items: number, { repeats, isPart }: PlanScope) {
    if (isPart && items > 0) throw new Error("the items of a part are added one by one");
    this.#items = items;
    this.repeats = repeats;
    this.#indices = isPart ? [] : null;
  }

  /** Units. */
  get count(): number {
    return this.#items * this.repeats;
  }

  /** Takes up an item behind all others. @param index its position in the whole input @returns the number of its first unit */
  add(index: number): number {
    const item = this.#items++;
    if (this.#indices !== null) {
      const block = (this.#indices[item >>> BLOCK_BITS] ??= new Uint32Array(BLOCK_LENGTH));
      block[item & BLOCK_MASK] = index;
    }
    return item * this.repeats;
  }

  /** The number of a unit; null when there is none. @param index of its item in the whole input @param repeat from 1 */
  unitOf(index: number, repeat: number): number | null {
    const item = this.#indices === null ? index : this.#itemAt(index);
    if (item === null || item >= this.#items || repeat > this.repeats) return null;
    return this.repeats === 1 ? item : item * this.repeats + repeat - 1;
  }

  /** The item of a unit, by its number among those taken up. */
  itemOf(unit: number): number {
    return this.repeats === 1 ? unit : Math.floor(unit / this.repeats);
  }

  /** Position of the unit's item in the whole input, from 0. */
  indexOf(unit: number): number {
    const item = this.itemOf(unit);
    return this.#indices === null ? item : this.#indexOfItem(item);
  }

  /** Which of the answers wanted for its item the unit is, from 1. */
  repeatOf(unit: number): number {
    return this.repeats === 1 ? 1 : (unit % this.repeats) + 1;
  }

  /** How many units an item has that `isWanted` holds for. @param index of the item in the whole input */
  countOf(index: number, isWanted: (unit: number) => boolean): number {
    const first = this.unitOf(index, 1);
    if (first === null) return 0;
    let count = 0;
    for (let unit = first; unit < first + this.repeats; unit++) if (isWanted(unit)) count++;
    return count;
  }

  #indexOfItem(item: number): number {
    return this.#indices?.[item >>> BLOCK_BITS]?.[item & BLOCK_MASK] ?? 0;
  }

  /** The item of a part of the input that stands at `index` in the whole; null when it has none. */
  #itemAt(index: number): number | null {
    const last = this.#lastItem;
    const item = this.#isPlaceOf(index, last)
      ? last
      : this.#isPlaceOf(index, last + 1)
        ? last + 1
        : this.#placeOf(index);
    this.#lastItem = item;
    return item < this.#items && this.#indexOfItem(item) === index ? item : null;
  }

  /** Whether all items before this one stand before `index`, and it does not. */
  #isPlaceOf(index: number, item: number): boolean {
    if (item > this.#items) return false;
    const isBehind = item === 0 || this.#indexOfItem(item - 1) < index;
    return isBehind && (item === this.#items || this.#indexOfItem(item) >= index);
  }

  #placeOf(index: number): number {
    let [low, high] = [0, this.#items];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#indexOfItem(middle) < index) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
