// A set of answers of items: a bit each.

export class AnswerSet {
  /** By the number of the answer: a bit an item. */
  readonly #bits = new Map<number, Uint8Array>();

  /** @param index of the item, from 0 @param repeat from 1 @returns false when it was there */
  add(index: number, repeat: number): boolean {
    const [at, bit] = [index >>> 3, 1 << (index & 7)];
    let bits = this.#bits.get(repeat);
    if (bits === undefined || at >= bits.length) {
      const larger = new Uint8Array(Math.max(64, at * 2));
      if (bits !== undefined) larger.set(bits);
      this.#bits.set(repeat, larger);
      bits = larger;
    }
    const before = bits[at] ?? 0;
    bits[at] = before | bit;
    return (before & bit) === 0;
  }
}
