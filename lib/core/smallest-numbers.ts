// The N smallest of any number of numbers, in memory for N.

const START = 1024;

export class SmallestNumbers {
  readonly #limit: number;
  /** A heap: the largest number is at 0, no number is larger than the one at half its position. */
  #heap = new Float64Array(START);
  #count = 0;

  /** @param limit how many are kept, at least 1 */
  constructor(limit: number) {
    this.#limit = limit;
  }

  add(number: number): void {
    if (this.#count === this.#limit) {
      if (number < this.largest) this.#sink(number);
      return;
    }
    if (this.#count === this.#heap.length) this.#grow();
    this.#rise(number);
  }

  /** The largest of those kept; infinite while there are fewer than N, so that nothing is larger. */
  get largest(): number {
    return this.#count < this.#limit ? Number.POSITIVE_INFINITY : (this.#heap[0] ?? 0);
  }

  #grow(): void {
    const larger = new Float64Array(Math.min(this.#limit, this.#heap.length * 2));
    larger.set(this.#heap);
    this.#heap = larger;
  }

  /** Adds a number at the end, and moves it up. */
  #rise(number: number): void {
    const heap = this.#heap;
    let at = this.#count++;
    while (at > 0) {
      const above = (at - 1) >>> 1;
      const value = heap[above] ?? 0;
      if (value >= number) break;
      heap[at] = value;
      at = above;
    }
    heap[at] = number;
  }

  /** Replaces the largest number, and moves the new one down. */
  #sink(number: number): void {
    const heap = this.#heap;
    let at = 0;
    for (let below = 1; below < this.#count; below = 2 * at + 1) {
      if (below + 1 < this.#count && (heap[below + 1] ?? 0) > (heap[below] ?? 0)) below++;
      const value = heap[below] ?? 0;
      if (value <= number) break;
      heap[at] = value;
      at = below;
    }
    heap[at] = number;
  }
}
