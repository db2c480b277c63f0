// Whether the key is known to work. If it is, a 403 is an error of one item. But a key may also be locked during a run: several 403 in a row without
// a success show that.

/** After this many 403 in a row they count as errors of the key again. */
const REFUSED_ROW = 10;

export class KeyStatus {
  #worked = false;
  #row = 0;

  /** A request has succeeded. */
  answered(): void {
    this.#worked = true;
    this.#row = 0;
  }

  /** A 403 was attributed to the item. */
  forbidden(): void {
    this.#row++;
  }

  /** Whether a request with this key has succeeded. @param before whether one has in an earlier run of the session */
  hasWorked(before: boolean): boolean {
    return this.#worked || before;
  }

  /** Whether the key currently works. @param before as above */
  isGood(before: boolean): boolean {
    return this.hasWorked(before) && this.#row < REFUSED_ROW;
  }
}
