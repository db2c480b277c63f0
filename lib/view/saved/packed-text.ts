// Compresses a text piece by piece, so that a long text is never in memory as a whole: gzip, which browsers can unpack, as base64. The same text gives the same result.
import { once } from "node:events";
import { createGzip } from "node:zlib";

export class PackedText {
  readonly #gzip = createGzip();
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #length = 0;

  constructor() {
    this.#gzip.on("data", (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#bytes += chunk.length;
    });
  }

  /** Characters so far. */
  get length(): number {
    return this.#length;
  }

  /** Characters of the result so far. What was added last may not be counted yet. */
  get packedLength(): number {
    return Math.ceil(this.#bytes / 3) * 4;
  }

  async add(text: string): Promise<void> {
    this.#length += text.length;
    if (!this.#gzip.write(text)) await once(this.#gzip, "drain");
  }

  /** The whole result. */
  async end(): Promise<string> {
    this.#gzip.end();
    await once(this.#gzip, "end");
    return Buffer.concat(this.#chunks).toString("base64");
  }

  /** Frees a text that is not wanted after all. */
  discard(): void {
    this.#gzip.destroy();
  }
}
