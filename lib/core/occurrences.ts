// Counts how often each 64-bit key has been seen: 9 bytes per slot, no objects. Finds equal contents and duplicate ids. The table is split into parts
// that grow one at a time, so that it never exists twice while it grows.

const LOAD_MAX = 0.75;
const START_SLOTS = 64;
const PARTS = 256;
/** The largest count in a byte. Larger counts are in a map. */
const COUNT_MAX = 255;

export class OccurrenceTable {
  readonly #parts: readonly Part[] = Array.from({ length: PARTS }, () => new Part());

  /** Counts the key made of two 32-bit halves. Returns how often it has been seen, this time included. */
  add(high: number, low: number): number {
    const part = this.#parts[high % PARTS];
    if (part === undefined) throw new Error(`no part for the key ${high}`);
    return part.add(high, low);
  }
}

class Part {
  #mask = START_SLOTS - 1;
  #high: Uint32Array = new Uint32Array(START_SLOTS);
  #low: Uint32Array = new Uint32Array(START_SLOTS);
  /** 0: the slot is free. */
  #counts: Uint8Array = new Uint8Array(START_SLOTS);
  /** Counts above `COUNT_MAX`, by key. */
  readonly #large = new Map<string, number>();
  #used = 0;

  add(high: number, low: number): number {
    if (this.#used > (this.#mask + 1) * LOAD_MAX) this.#grow();
    const slot = this.#find(high, low);
    const count = (this.#counts[slot] ?? 0) + 1;
    if (count > COUNT_MAX) return this.#addLarge(`${high} ${low}`);
    if (count === 1) {
      this.#high[slot] = high;
      this.#low[slot] = low;
      this.#used++;
    }
    this.#counts[slot] = count;
    return count;
  }

  #addLarge(key: string): number {
    const count = (this.#large.get(key) ?? COUNT_MAX) + 1;
    this.#large.set(key, count);
    return count;
  }

  #find(high: number, low: number): number {
    // The keys are parts of a SHA-256, so their bits serve as the hash.
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
    this.#counts = new Uint8Array(slots);
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
