// A list of whole numbers below 2^32 that grows without being copied: 4 bytes each, and none at all for long stretches of the usual number.

/** Stands for none. */
export const NO_NUMBER = 0xffffffff;

const CHUNK_BITS = 14;
const CHUNK = 1 << CHUNK_BITS;

export class NumberList {
  readonly #usual: number;
  /** Undefined: it has the usual number throughout. */
  readonly #chunks: (Uint32Array | undefined)[] = [];
  #length = 0;

  /** @param usual what most of its numbers are */
  constructor(usual: number) {
    this.#usual = usual;
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    this.set(this.#length, value);
  }

  /** The usual number where nothing was set. */
  at(index: number): number {
    return this.#chunks[index >>> CHUNK_BITS]?.[index % CHUNK] ?? this.#usual;
  }

  /** The list becomes longer where the index is behind its end. */
  set(index: number, value: number): void {
    if (index >= this.#length) this.#length = index + 1;
    const chunk = this.#chunks[index >>> CHUNK_BITS];
    if (chunk !== undefined) chunk[index % CHUNK] = value;
    else if (value !== this.#usual) this.#fresh(index >>> CHUNK_BITS)[index % CHUNK] = value;
  }

  #fresh(at: number): Uint32Array {
    const chunk = new Uint32Array(CHUNK).fill(this.#usual);
    this.#chunks[at] = chunk;
    return chunk;
  }
}
