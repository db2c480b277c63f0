// The hash by which an item is known (docs/format.md, "Hash of an item"): SHA-256 of its content, and of its place where that counts.
import type { ReaderContext } from "./format-reader.ts";

type Rules = Pick<ReaderContext, "hashIndex" | "hashFile" | "hashLine" | "shownPath">;

/** Computes digests into one buffer of 32 bytes: each is valid until the next call. */
export class ContentHasher {
  readonly #rules: Rules;
  readonly #withPlace: boolean;
  readonly #digest = Buffer.alloc(32);
  readonly #kept: Uint8Array = this.#digest.subarray(0, 16);

  /** @param rules what of an item's place stands behind its content */
  constructor(rules: Rules) {
    this.#rules = rules;
    this.#withPlace = rules.hashIndex || rules.hashFile || rules.hashLine;
  }

  /** The digest of content given as UTF-8. */
  ofBytes(content: Uint8Array, index: number, line: number): Buffer {
    Bun.SHA256.hash(
      this.#withPlace ? Buffer.concat([content, this.#place(index, line)]) : content,
      this.#digest,
    );
    return this.#digest;
  }

  /** The digest of content given as a string. */
  ofText(content: string, index: number, line: number): Buffer {
    Bun.SHA256.hash(this.#withPlace ? content + this.#place(index, line) : content, this.#digest);
    return this.#digest;
  }

  /** The part that is kept of a digest, of content given as a string: its first 32 hex digits. */
  hashOfText(content: string, index: number, line: number): string {
    this.ofText(content, index, line);
    return this.#kept.toHex();
  }

  /** The same of content given as UTF-8. */
  hashOfBytes(content: Uint8Array, index: number, line: number): string {
    this.ofBytes(content, index, line);
    return this.#kept.toHex();
  }

  #place(index: number, line: number): Buffer {
    const { hashIndex, hashFile, hashLine, shownPath } = this.#rules;
    return Buffer.from(
      (hashIndex ? `\0#${index}` : "") + (hashFile ? `\0@${shownPath}` : "") + (hashLine ? `\0:${line}` : ""),
    );
  }
}
