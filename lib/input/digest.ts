// The hash by which an item is known (docs/format.md, "Hash of an item"): SHA-256 of its content, and of its index where that counts.

/** Computes digests into one buffer of 32 bytes: each is valid until the next call. */
export class ContentHasher {
  readonly #withIndex: boolean;
  readonly #digest = Buffer.alloc(32);
  readonly #kept: Uint8Array = this.#digest.subarray(0, 16);
  #scratch = Buffer.alloc(1024);

  /** @param withIndex the hash is of content + "\0#" + decimal index */
  constructor(withIndex: boolean) {
    this.#withIndex = withIndex;
  }

  /** The digest of content given as UTF-8. */
  ofBytes(content: Uint8Array, index: number): Buffer {
    Bun.SHA256.hash(this.#withIndex ? this.#joined(content, index) : content, this.#digest);
    return this.#digest;
  }

  /** The digest of content given as a string. */
  ofText(content: string, index: number): Buffer {
    Bun.SHA256.hash(this.#withIndex ? content + suffix(index) : content, this.#digest);
    return this.#digest;
  }

  /** The part that is kept of a digest, of content given as a string: its first 32 hex digits. */
  hashOfText(content: string, index: number): string {
    this.ofText(content, index);
    return this.#kept.toHex();
  }

  /** The same of content given as UTF-8. */
  hashOfBytes(content: Uint8Array, index: number): string {
    this.ofBytes(content, index);
    return this.#kept.toHex();
  }

  #joined(content: Uint8Array, index: number): Buffer {
    const end = suffix(index);
    const length = content.length + end.length;
    if (this.#scratch.length < length) this.#scratch = Buffer.alloc(length * 2);
    this.#scratch.set(content);
    this.#scratch.write(end, content.length, "latin1");
    return this.#scratch.subarray(0, length);
  }
}

function suffix(index: number): string {
  return `\0#${index}`;
}
