// The rows of a Parquet output. The place of a row is its number in the file, from 0. Row groups are decoded one at a time and a group is decoded again for each
// step back in the file: reading in order is cheap, as outputs of the same input are read.
import { CkptError, causeText } from "../core/errors.ts";
import type { Rows } from "../input/rows-part.ts";
import type { FileSystem } from "../io/fs.ts";
import { RandomFile } from "../io/random-file.ts";
import { eventLoopTurn } from "../io/turns.ts";
import { type OutputRows, parseJsonRow, type ReadRow, type RowsByPlace } from "./output-row.ts";

export function parquetRows(fs: FileSystem, file: string): OutputRows {
  return {
    async each(visit) {
      let place = 0;
      using source = openSource(fs, file);
      for await (const rows of rowsIn(source, file, () => true)) {
        for (const text of textsOf(rows)) if (!visit(parseJsonRow(text), place++)) return;
        await eventLoopTurn();
      }
    },
    open: () => new ParquetRowsByPlace(fs, file),
  };
}

class ParquetRowsByPlace implements RowsByPlace {
  readonly #source: RandomFile;
  readonly #file: string;
  #rows: AsyncIterator<Rows> | null = null;
  /** The row that is looked for: groups without it are passed over. */
  #wanted = 0;
  /** The texts at hand, and the place of the first one. */
  #texts: readonly string[] = [];
  #from = 0;

  constructor(fs: FileSystem, file: string) {
    this.#source = openSource(fs, file);
    this.#file = file;
  }

  async at(place: number): Promise<ReadRow | undefined> {
    this.#wanted = place;
    if (place < this.#from) this.#rows = null;
    const rows = (this.#rows ??= this.#restart());
    while (place >= this.#from + this.#texts.length) {
      const { value, done } = await rows.next();
      if (done === true) return undefined;
      this.#from += this.#texts.length;
      this.#texts = [];
      if ("skipped" in value) this.#from += value.skipped;
      else this.#texts = value.texts;
    }
    return parseJsonRow(this.#texts[place - this.#from] ?? "");
  }

  close(): void {
    this.#source[Symbol.dispose]();
  }

  #restart(): AsyncIterator<Rows> {
    this.#from = 0;
    this.#texts = [];
    return rowsIn(this.#source, this.#file, (first, count) => {
      return this.#wanted >= first && this.#wanted < first + count;
    });
  }
}

function openSource(fs: FileSystem, file: string): RandomFile {
  try {
    return new RandomFile(fs, file, file, null);
  } catch (error) {
    throw unreadable(file, error);
  }
}

async function* rowsIn(
  source: RandomFile,
  path: string,
  isWanted: (first: number, count: number) => boolean,
): AsyncGenerator<Rows, void> {
  const { parquet } = await import("../input/parquet.ts");
  try {
    yield* parquet(source, { shownPath: path, format: "parquet" }, isWanted);
  } catch (error) {
    throw unreadable(path, error);
  }
}

function textsOf(rows: Rows): readonly string[] {
  return "texts" in rows ? rows.texts : [];
}

/** What the reader of inputs says, said of a file of results. */
function unreadable(path: string, error: unknown): unknown {
  if (!(error instanceof CkptError)) return error;
  const { cause } = error.params as { readonly cause?: unknown };
  return new CkptError(
    "output.unreadable",
    { path, cause: typeof cause === "string" ? cause : causeText(error) },
    { cause: error },
  );
}
