// Rows that stand in no file of their own (those of a database): their JSON texts, as often as they are wanted, compared in chunks with what a whole read
// remembered BEFORE an item of a chunk is handed on.
import type { CkptError } from "../core/errors.ts";
import type { Item, JsonValue } from "../core/item.ts";
import { eventLoopTurn } from "../io/turns.ts";
import { ContentHasher } from "./digest.ts";
import { ITEMS_PER_ARRAY } from "./format-reader.ts";
import { inputChanged } from "./input-changed.ts";
import type { InputSpec, Want } from "./input.ts";
import { idOf } from "./item-id.ts";

/** A chunk has so many rows, or fewer when they are long. */
const CHUNK_LENGTH = 1 << 20;
const TURN_LENGTH = 4 << 20;

/** JSON texts of rows, without line breaks; whatever is wrong is thrown as `input.*`. */
export type RowSource = () => Iterable<string>;

/** @param line number of the row, from 1 */
type SeeRow = (text: string, line: number, hasher: ContentHasher) => void;

export class RowReader {
  readonly #spec: InputSpec;
  readonly #source: RowSource;
  /** A hash of each chunk of the last whole read; null before. */
  #memory: (number | bigint)[] | null = null;

  constructor(spec: InputSpec, source: RowSource) {
    this.#spec = spec;
    this.#source = source;
  }

  /** Reads all rows and remembers them. Returns the SHA-256 of their texts, each with a line feed behind it. */
  async scan(see: SeeRow): Promise<string> {
    const hasher = new ContentHasher(this.#spec);
    const all = new Bun.CryptoHasher("sha256");
    const memory: (number | bigint)[] = [];
    let line = 1;
    for await (const texts of chunks(this.#source())) {
      const joined = `${texts.join("\n")}\n`;
      memory.push(Bun.hash(joined));
      all.update(joined);
      for (const text of texts) see(text, line++, hasher);
    }
    this.#memory = memory;
    return all.digest("hex");
  }

  /** The rows that are wanted, as items. @throws input.changedDuringRun */
  async *read(want: Want, first: number): AsyncGenerator<readonly Item[], number> {
    const hasher = new ContentHasher(this.#spec);
    let index = first;
    let chunk = 0;
    for await (const texts of chunks(this.#source())) {
      if (this.#memory !== null && this.#memory[chunk++] !== Bun.hash(`${texts.join("\n")}\n`))
        throw this.#changed();
      const items: Item[] = [];
      for (const text of texts) {
        const line = index - first + 1;
        if (want(index)) items.push(rowItem(this.#spec, text, index, line, hasher));
        index++;
      }
      if (items.length > 0) yield items;
    }
    if (this.#memory !== null && chunk !== this.#memory.length) throw this.#changed();
    return index;
  }

  #changed(): CkptError {
    return inputChanged(this.#spec);
  }
}

/** A row as an item. @param line number of the row, as messages have it */
export function rowItem(
  { shownPath: file, idField }: InputSpec,
  text: string,
  index: number,
  line: number,
  hasher: ContentHasher,
): Item {
  const value = JSON.parse(text) as JsonValue;
  const hash = hasher.hashOfText(text, index, line);
  return {
    index,
    line,
    file,
    ...idOf(text, value, idField, { file, line }),
    hash,
    form: "json",
    text,
    value,
  };
}

/** Rows in arrays, the same for the same rows; the event loop gets its turns in between. */
async function* chunks(rows: Iterable<string>): AsyncGenerator<readonly string[], void> {
  let texts: string[] = [];
  let length = 0;
  let sinceTurn = 0;
  for (const text of rows) {
    texts.push(text);
    length += text.length;
    if (texts.length < ITEMS_PER_ARRAY && length < CHUNK_LENGTH) continue;
    yield texts;
    sinceTurn += length;
    texts = [];
    length = 0;
    if (sinceTurn < TURN_LENGTH) continue;
    sinceTurn = 0;
    await eventLoopTurn();
  }
  if (texts.length > 0) yield texts;
}
