// Names of the fields that the first items of an input have, for completion: somebody waits for them with a finger on a key. So little is read of the file,
// for a moment only, and nothing at all of what might block (a pipe, a terminal).
import * as path from "node:path";
import { delimiterOf } from "../../core/delimiter.ts";
import type { JsonValue } from "../../core/item.ts";
import { detectInput } from "../../input/detect.ts";
import { FILE_FIELDS } from "../../input/files-part.ts";
import type { InputPart } from "../../input/input.ts";
import { openPart } from "../../input/open-part.ts";
import { parquetColumns } from "../../input/parquet.ts";
import type { Clock } from "../../io/clock.ts";
import { statOf } from "../../io/file.ts";
import type { FileSystem } from "../../io/fs.ts";
import { RandomFile } from "../../io/random-file.ts";
import { SqliteDatabase, sqlName } from "../../io/sqlite.ts";
import { filesByWord, isFiles, splitWord } from "../input/input-files.ts";
import { chooseReading } from "../input/input-reading.ts";

/** Read of the file, and what one item may be. */
const BYTES_MAX = 1 << 20;
const ITEMS_MAX = 100;
const FIELDS_MAX = 500;
/** Of objects within objects: `a.b.c`. */
const DEPTH_MAX = 3;
const PATIENCE_MS = 250;

/** The inputs and how they are read, as they were typed; null for what was not. */
export type NamedInput = {
  readonly inputs: readonly string[];
  readonly format: string | null;
  readonly encoding: string | null;
  readonly delimiter: string | null;
  readonly jsonPath: string | null;
  readonly query: string | null;
};

/** By its name: whether its value can be an id. */
export type Fields = ReadonlyMap<string, { readonly isScalar: boolean }>;
type Found = Map<string, { isScalar: boolean }>;
type Place = { readonly cwd: string; readonly fs: FileSystem };

/** Fields of the first items, in the order in which they come; none where the input cannot be read, whatever the reason. */
export async function fieldsOf(named: NamedInput, place: Place, clock: Clock): Promise<Fields> {
  const fields: Found = new Map();
  const patience = new AbortController();
  // What is wrong with the input is said when it is run.
  const read = collect(named, place, fields).catch(() => undefined);
  await Promise.race([read.finally(() => patience.abort()), clock.sleep(PATIENCE_MS, patience.signal)]);
  return fields;
}

async function collect(named: NamedInput, { cwd, fs }: Place, fields: Found): Promise<void> {
  if (isFiles(named.format)) {
    for (const name of FILE_FIELDS) fields.set(name, { isScalar: true });
    return;
  }
  const first = firstFile(named.inputs, { cwd, fs });
  if (first === null) return;
  const { file, within } = first;
  const detected = detectInput(file, named.format);
  if (detected.format === "sqlite") {
    // A query is not run for a Tab.
    if (named.query === null) addColumns(path.resolve(cwd, file), within, fs, fields);
    return;
  }
  const beginning = beginningOnly(fs);
  if (detected.format === "parquet") {
    const full = path.resolve(cwd, file);
    if (statOf(fs, full)?.isFile() !== true) return;
    using opened = new RandomFile(beginning, full, file, null);
    for (const [name, field] of await parquetColumns(opened, { shownPath: file, format: "parquet" }))
      fields.set(name, field);
    return;
  }
  const spec = {
    ...detected,
    path: path.resolve(cwd, file),
    shownPath: file,
    encoding: named.encoding ?? "utf-8",
    jsonPath: named.jsonPath,
    idField: null,
    hashIndex: false,
    hashFile: false,
    hashLine: false,
    withText: false,
    within,
    query: null,
  };
  const open = (delimiter: string | null): InputPart =>
    openPart({ ...spec, delimiter }, beginning, { maxPieceBytes: BYTES_MAX });
  const { delimiter: word } = named;
  const said = word === null || word === "auto" ? word : delimiterOf(word);
  const { delimiter } = await chooseReading(open(null), { said, earlier: [], recordedPath: "" });
  let count = 0;
  for await (const items of open(delimiter).read(() => count < ITEMS_MAX, 0)) {
    for (const { value } of items) {
      if (value !== undefined) addFields(value, "", 1, fields);
      if (++count === ITEMS_MAX || fields.size >= FIELDS_MAX) return;
    }
  }
}

/** The columns of the table that is named, or of the only one. No row is read: one of a view may take for ever to be made. */
function addColumns(file: string, within: string | null, fs: FileSystem, fields: Found): void {
  if (statOf(fs, file)?.isFile() !== true) return;
  using database = new SqliteDatabase(fs, file, PATIENCE_MS);
  const tables = database.tables();
  const named = tables.filter((name) => within === null || name.toLowerCase() === within.toLowerCase());
  const [table] = named;
  if (table === undefined || named.length > 1) return;
  for (const name of database.columns(`SELECT * FROM ${sqlName(table)}`))
    fields.set(name, { isScalar: true });
}

/** The first file that the words name. Patterns that go through whole trees take too long here. */
function firstFile(
  words: readonly string[],
  place: Place,
): { readonly file: string; readonly within: string | null } | null {
  for (const word of words) {
    const [file] = word === "-" || word.includes("**") ? [] : filesByWord(word, place, []);
    if (file !== undefined) return { file, within: splitWord(word, place).within };
  }
  return null;
}

function addFields(value: JsonValue, above: string, depth: number, fields: Found): void {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return;
  for (const [name, inner] of Object.entries(value)) {
    if (fields.size >= FIELDS_MAX) return;
    const full = above + name;
    const isScalar = typeof inner !== "object" && inner !== "";
    fields.set(full, { isScalar: isScalar || fields.get(full)?.isScalar === true });
    if (depth < DEPTH_MAX) addFields(inner, `${full}.`, depth + 1, fields);
  }
}

/** The same file system, which reads little and then says that the file has ended. */
function beginningOnly(fs: FileSystem): FileSystem {
  let leftBytes = BYTES_MAX;
  const readSync: FileSystem["readSync"] = (
    fd: number,
    buffer: NodeJS.ArrayBufferView,
    ...place: unknown[]
  ): number => {
    const [offset, length, position] = place as [number, number, number | null];
    const count = fs.readSync(fd, buffer, offset, Math.min(length, leftBytes), position);
    leftBytes -= count;
    return count;
  };
  return { ...fs, readSync };
}
