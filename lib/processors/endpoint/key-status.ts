// Whether the key is known to be good, which makes a 403 an error about one item. A key may be locked in the middle of a run, too: a row of 403 without an
// answer between says so.

/** 403 in a row after which they are about the key again. */
const REFUSED_ROW = 10;

export class KeyStatus {
  #worked = false;
  #row = 0;

  /** An answer came. */
  answered(): void {
    this.#worked = true;
    this.#row = 0;
  }

  /** A 403 was put down to the item. */
  forbidden(): void {
    this.#row++;
  }

  /** Whether an answer came with it. @param before one did in an earlier run of the session */
  hasWorked(before: boolean): boolean {
    return this.#worked || before;
  }

  /** Whether it is good, as far as is known. @param before as above */
  isGood(before: boolean): boolean {
    return this.hasWorked(before) && this.#row < REFUSED_ROW;
  }
}
