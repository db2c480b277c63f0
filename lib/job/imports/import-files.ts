// The files of `--import`, read by the readers of inputs. Each is hashed first: whatever is read of it afterwards has these bytes, or reading fails.
import * as path from "node:path";
import { CkptError } from "../../core/errors.ts";
import { presentFingerprint } from "../../core/fingerprint.ts";
import { type Detected, detectInput } from "../../input/detect.ts";
import type { InputPart, Want } from "../../input/input.ts";
import { collectGarbage } from "../../io/garbage.ts";
import { openPart } from "../../input/open-part.ts";
import type { Host } from "../../cli/host.ts";
import { splitWord } from "../input/input-files.ts";
import { chooseReading, isTable } from "../input/input-reading.ts";
import { fingerprintId } from "../make-processor.ts";
import { type ImportedRow, importedRow, type RowReading } from "./imported-row.ts";

export type ImportFile = {
  readonly part: InputPart;
  /** Every value is a text. */
  readonly isTable: boolean;
  /** Without its folder. */
  readonly name: string;
  readonly sha256: string;
  /** Id of the fingerprint that represents the file. */
  readonly fp: string;
};

/** A row of the files: its number among the rows of all, from 0, and where it stands. */
export type PlacedRow = {
  readonly number: number;
  readonly file: ImportFile;
  readonly line: number;
  /** Null: without a result in a known form. */
  readonly row: ImportedRow | null;
  /** JSON text of the row. */
  readonly text: string;
};

/** Opens and hashes the files. @throws input.* */
export async function openImports(words: readonly string[], host: Host): Promise<readonly ImportFile[]> {
  const files: ImportFile[] = [];
  for (const word of words) {
    const part = await partOf(word, host);
    const { sha256 } = await part.hash();
    files.push({
      part,
      isTable: isTable(part.spec.format),
      name: path.basename(part.spec.path),
      sha256,
      fp: fingerprintOf(sha256),
    });
  }
  return files;
}

async function partOf(word: string, host: Host): Promise<InputPart> {
  const { base, within } = splitWord(word, host);
  const spec = {
    ...formatOf(base),
    ...AS_IT_IS,
    path: path.resolve(host.cwd, base),
    shownPath: word,
    within,
  };
  const opened = openPart(spec, host.fs);
  const { delimiter } = await chooseReading(opened, { said: null, earlier: [], recordedPath: "" });
  return delimiter === null ? opened : openPart({ ...spec, delimiter }, host.fs);
}

const AS_IT_IS = {
  encoding: "utf-8",
  delimiter: null,
  jsonPath: null,
  query: null,
  idField: null,
  hashIndex: false,
  hashFile: false,
  hashLine: false,
  withText: false,
} as const;

function formatOf(base: string): Detected {
  try {
    return detectInput(base, null);
  } catch (error) {
    if (error instanceof CkptError && error.code === "input.unknownFormat")
      throw new CkptError("input.importFormat", { path: base }, { cause: error });
    throw error;
  }
}

/** Of a kind of its own: results of the file are never taken for those of a processor. */
function fingerprintOf(sha256: string): string {
  const parts = [
    { name: "kind", value: "import", shown: "import" },
    { name: "sha256", value: sha256, shown: sha256 },
  ];
  return presentFingerprint(parts, fingerprintId).recorded.id;
}

/** The rows of all files whose numbers are wanted. @throws input.changedDuringRun when a file is no longer what was hashed */
export async function* rowsOf(
  files: readonly ImportFile[],
  reading: RowReading,
  want: Want,
): AsyncGenerator<PlacedRow, void> {
  let first = 0;
  for (const file of files) {
    const { part } = file;
    const pieces = part.read(want, first);
    for (;;) {
      const { done, value } = await pieces.next();
      if (done === true) {
        first = value;
        break;
      }
      for (const { index: number, line, text, ...item } of value) {
        const row = importedRow({ ...item, index: number, line, text }, file.isTable, reading);
        yield { number, file, line, row, text };
      }
      collectGarbage();
    }
  }
}
