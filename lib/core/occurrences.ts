// Counts how often each 64-bit key has been seen: 20 bytes a distinct key, no objects. Finds equal contents and doubled ids.

const LOAD_MAX = 0.7;
const START_SLOTS = 1024;

export class OccurrenceTable {
  #mask = START_SLOTS - 1;
  #high: Uint32Array = new Uint32Array(START_SLOTS);
  #low: Uint32Array = new Uint32Array(START_SLOTS);
  /** 0: the slot is free. */
  #counts: Uint32Array = new Uint32Array(START_SLOTS);
  #used = 0;

  /** Counts the key made of two 32-bit halves. Returns how often it has been seen, this time included. */
  add(high: number, low: number): number {
    if (this.#used > (this.#mask + 1) * LOAD_MAX) this.#grow();
    const slot = this.#find(high, low);
    const count = (this.#counts[slot] ?? 0) + 1;
    if (count === 1) {
      this.#high[slot] = high;
      this.#low[slot] = low;
      this.#used++;
    }
    this.#counts[slot] = count;
    return count;
  }

  #find(high: number, low: number): number {
    // The keys are parts of a SHA-256: their own bits are spread well enough.
    let slot = (low ^ (high >>> 7)) & this.#mask;
    while (this.#counts[slot] !== 0 && (this.#low[slot] !== low || this.#high[slot] !== high)) {
      slot = (slot + 1) & this.#mask;
    }
    return slot;
  }

  #grow(): void {
    const [high, low, counts] = [this.#high, this.#low, this.#counts];
    const slots = (this.#mask + 1) * 2;
    this.#mask = slots - 1;
    this.#high = new Uint32Array(slots);
    this.#low = new Uint32Array(slots);
    this.#counts = new Uint32Array(slots);
    for (let old = 0; old < counts.length; old++) {
      const count = counts[old] ?? 0;
      if (count === 0) continue;
      const slot = this.#find(high[old] ?? 0, low[old] ?? 0);
      this.#high[slot] = high[old] ?? 0;
      this.#low[slot] = low[old] ?? 0;
      this.#counts[slot] = count;
    }
  }
}
