// Converts an input in any encoding to UTF-8 that readers can rely on: valid, without a byte-order mark, without NUL, and without characters cut at
// block boundaries. Anything else is refused with its exact offset.
import { isUtf8 } from "node:buffer";
import { CkptError } from "../core/errors.ts";
import { MARK_BYTES_MAX, markedEncoding, unfinishedBytes } from "../core/utf8.ts";

/** Valid UTF-8 in whole characters, no byte order mark, no NUL where they are not wanted. A block is valid only until the next one is asked for; none is empty. */
export type Utf8Source = AsyncIterable<Buffer>;

export type Utf8Options = {
  readonly shownPath: string;
  readonly encoding: string;
  /** Zero bytes are handed on; by default they are refused. */
  readonly allowsNul?: boolean;
};

/** @throws RangeError when the system knows no encoding of that name */
function strictDecoder(label: string): TextDecoder {
  return new TextDecoder(label as Bun.Encoding, { fatal: true, ignoreBOM: true });
}

/** The name by which TextDecoder knows an encoding. @throws CkptError `input.unknownEncoding` */
export function canonicalEncoding(label: string): string {
  try {
    return strictDecoder(label).encoding;
  } catch (error) {
    throw new CkptError("input.unknownEncoding", { encoding: label }, { cause: error });
  }
}

/**
 * @param open gives the (decompressed) bytes from the beginning; called a second time only to find the place of an undecodable byte
 * @throws CkptError `input.unknownEncoding`, `input.wrongEncoding` (a byte order mark of another encoding), `input.binary`, `input.undecodable`;
 *   offsets are those of the decompressed bytes
 */
export async function* utf8Source(
  open: () => AsyncIterable<Uint8Array>,
  options: Utf8Options,
): AsyncGenerator<Buffer, void> {
  const encoding = canonicalEncoding(options.encoding);
  const source = withWholeHead(open(), (head) => refuseOtherMark(head, encoding, options.shownPath));
  if (encoding === "utf-8") yield* checkedUtf8(source, options);
  else yield* transcoded(source, open, encoding, options);
}

/** Joins the first blocks until they hold any byte order mark whole, and shows them to `see` before they are handed on. */
async function* withWholeHead(
  blocks: AsyncIterable<Uint8Array>,
  see: (head: Uint8Array) => void,
): AsyncGenerator<Uint8Array, void> {
  let head: Buffer | null = Buffer.alloc(0);
  for await (const block of blocks) {
    if (head === null) {
      yield block;
      continue;
    }
    head = Buffer.concat([head, block]);
    if (head.length < MARK_BYTES_MAX) continue;
    see(head);
    yield head;
    head = null;
  }
  if (head === null || head.length === 0) return;
  see(head);
  yield head;
}

function refuseOtherMark(head: Uint8Array, encoding: string, path: string): void {
  const marked = markedEncoding(head);
  if (marked === null || marked === encoding) return;
  throw new CkptError("input.wrongEncoding", { path, encoding, marked });
}

async function* checkedUtf8(
  source: AsyncIterable<Uint8Array>,
  { shownPath: path, allowsNul = false }: Utf8Options,
): AsyncGenerator<Buffer, void> {
  let carry = Buffer.alloc(0);
  let offset = 0;
  for await (const block of source) {
    const bytes = carry.length > 0 ? Buffer.concat([carry, block]) : asBuffer(block);
    const whole = bytes.subarray(0, bytes.length - unfinishedBytes(bytes));
    carry = Buffer.from(bytes.subarray(whole.length));
    const nul = allowsNul ? -1 : whole.indexOf(0);
    if (nul !== -1) throw new CkptError("input.binary", { path, offset: offset + nul });
    if (!isUtf8(whole)) {
      const found = await findBadCharacter([whole], "utf-8", () => false);
      throw new CkptError("input.undecodable", { path, encoding: "utf-8", offset: offset + found });
    }
    const text = offset === 0 && markedEncoding(whole) === "utf-8" ? whole.subarray(MARK_BYTES_MAX) : whole;
    offset += whole.length;
    if (text.length > 0) yield text;
  }
  if (carry.length > 0) throw new CkptError("input.undecodable", { path, encoding: "utf-8", offset });
}

async function* transcoded(
  source: AsyncIterable<Uint8Array>,
  open: () => AsyncIterable<Uint8Array>,
  encoding: string,
  { shownPath: path, allowsNul = false }: Utf8Options,
): AsyncGenerator<Buffer, void> {
  const decoder = strictDecoder(encoding);
  const decode = async (block?: Uint8Array): Promise<string> => {
    try {
      return block === undefined ? decoder.decode() : decoder.decode(block, { stream: true });
    } catch {
      const offset = await findBadCharacter(open(), encoding, () => false);
      throw new CkptError("input.undecodable", { path, encoding, offset });
    }
  };
  const checked = async (text: string): Promise<Buffer> => {
    if (allowsNul || !text.includes("\0")) return Buffer.from(text);
    const offset = await findBadCharacter(open(), encoding, (character) => character.includes("\0"));
    throw new CkptError("input.binary", { path, offset });
  };
  let first = true;
  for await (const block of source) {
    let text = await decode(block);
    if (text === "") continue;
    if (first && text.startsWith("\uFEFF")) text = text.slice(1);
    first = false;
    if (text !== "") yield await checked(text);
  }
  const rest = await decode();
  if (rest !== "") yield await checked(rest);
}

/**
 * Offset of the first character that does not decode or is `bad`; for the path of an error only. One decoder is ahead by a block, so that
 * the block in question can be gone through byte by byte by the other one.
 */
async function findBadCharacter(
  blocks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  encoding: string,
  bad: (text: string) => boolean,
): Promise<number> {
  const ahead = strictDecoder(encoding);
  const behind = new ByteWalker(encoding, bad);
  for await (const block of blocks) {
    if (!fails(() => bad(ahead.decode(block, { stream: true })))) behind.skip(block);
    else if (behind.walk(block)) break;
  }
  return behind.characterStart;
}

function fails(attempt: () => boolean): boolean {
  try {
    return attempt();
  } catch {
    return true;
  }
}

class ByteWalker {
  readonly #decoder: TextDecoder;
  readonly #bad: (text: string) => boolean;
  #offset = 0;
  /** Where the character begins of which the last byte seen is a part. */
  characterStart = 0;

  constructor(encoding: string, bad: (text: string) => boolean) {
    this.#decoder = strictDecoder(encoding);
    this.#bad = bad;
  }

  /** Takes a block that is known to be good; the last bytes one by one, to know where its last character begins. */
  skip(block: Uint8Array): void {
    const tail = Math.max(0, block.length - 8);
    const text = this.#decoder.decode(block.subarray(0, tail), { stream: true });
    if (text !== "") this.characterStart = this.#offset + tail;
    this.#offset += tail;
    this.walk(block.subarray(tail));
  }

  /** Takes a block byte by byte; true when it came to the bad character. */
  walk(block: Uint8Array): boolean {
    for (const byte of block) {
      let text = "";
      try {
        text = this.#decoder.decode(Uint8Array.of(byte), { stream: true });
      } catch {
        return true;
      }
      if (this.#bad(text)) return true;
      this.#offset++;
      if (text !== "") this.characterStart = this.#offset;
    }
    return false;
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
