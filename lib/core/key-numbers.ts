// Numbers keys of 128 bits in the order of their first appearance: about 24 bytes a key, no objects.
import { NumberList } from "./number-list.ts";
import { type Key, KEY_WORDS } from "./record-key.ts";

const LOAD_MAX = 0.8;
const START_SLOTS = 1024;

export class KeyNumbers {
  #count = 0;
  readonly #words = new NumberList(0);
  /** The number of the key that has the slot, plus 1; 0: free. */
  #slots: Uint32Array = new Uint32Array(START_SLOTS);

  get count(): number {
    return this.#count;
  }

  /** The number of a key; null when it was never added. */
  find(key: Key): number | null {
    const found = this.#slots[this.#slotOf(key)] ?? 0;
    return found === 0 ? null : found - 1;
  }

  /** The number of a key, which is added if it is new. */
  add(key: Key): number {
    if (this.#count > this.#slots.length * LOAD_MAX) this.#grow();
    const slot = this.#slotOf(key);
    const found = this.#slots[slot] ?? 0;
    if (found > 0) return found - 1;
    for (const word of key) this.#words.push(word);
    this.#slots[slot] = ++this.#count;
    return this.#count - 1;
  }

  /** The slot of a key, or the free one where it belongs. */
  #slotOf(key: Key): number {
    const mask = this.#slots.length - 1;
    let slot = (key[0] ?? 0) & mask;
    for (let number = this.#slots[slot] ?? 0; number > 0; number = this.#slots[slot] ?? 0) {
      if (this.#isAt(key, (number - 1) * KEY_WORDS)) return slot;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #isAt(key: Key, at: number): boolean {
    for (let i = 0; i < KEY_WORDS; i++) if (this.#words.at(at + i) !== key[i]) return false;
    return true;
  }

  #grow(): void {
    const mask = this.#slots.length * 2 - 1;
    const slots = new Uint32Array(mask + 1);
    for (let number = 0; number < this.#count; number++) {
      let slot = this.#words.at(number * KEY_WORDS) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = number + 1;
    }
    this.#slots = slots;
  }
}
