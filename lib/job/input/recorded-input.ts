// The input of a job on record: its facts for the status, and the same input opened again.
import * as path from "node:path";
import type { InputFacts, Status } from "../../core/status.ts";
import { detectInput } from "../../input/detect.ts";
import type { Input, ItemRules, PictureRules } from "../../input/input.ts";
import { inputOfParts } from "../../input/open-input.ts";
import { pictured } from "../../input/pictures-part.ts";
import { openPart } from "../../input/open-part.ts";
import { statOf } from "../../io/file.ts";
import type { FileSystem } from "../../io/fs.ts";
import type { Host } from "../../cli/host.ts";
import { filesByWord } from "./input-files.ts";
import { type InputSource, sourceOfSeveral } from "./input-source.ts";
import { openSource } from "./ready-input.ts";

/**
 * The input that a status has on record, as it is now. Its files have the names that they had when the run was started: items may be known by them.
 * @param left absolute paths of what no pattern matches
 * @param keptInput where it is when it was kept with the checkpoint
 * @throws input.*
 */
export async function recordedInput(
  { input: facts, words, cwd }: Pick<Status, "input" | "words" | "cwd">,
  left: readonly string[],
  keptInput: string,
  fs: FileSystem,
): Promise<Input> {
  const { id_field: idField, encoding, json_path: jsonPath = null, delimiter = null } = facts;
  const { within = null, query = null } = facts;
  const rules = {
    idField,
    hashIndex: facts.index_hashed === true,
    hashFile: facts.file_hashed === true,
    hashLine: facts.line_hashed === true,
    withText: false,
    ...recordedPictures(facts),
  };
  if (facts.files !== undefined) {
    const said = { encoding, idField, jsonPath, query, delimiterSaid: delimiter };
    const format = facts.format === "mixed" ? null : formatName(facts);
    const absolute = facts.words ?? [facts.path];
    const typed = typedWords(absolute, words, cwd);
    const place = { fs, cwd: typed === null ? "/" : (cwd ?? "/") };
    const source = sourceOfSeveral(typed ?? absolute, format, said, place, left);
    return (await openSource(source, rules, fs, [])).input;
  }
  const [typed] = typedWords([within === null ? facts.path : `${facts.path}#${within}`], words, cwd) ?? [];
  const spec = {
    ...detectInput("-", formatName(facts)),
    ...rules,
    path: facts.kept ? keptInput : facts.path,
    shownPath: (rules.hashFile ? typed : undefined) ?? facts.path,
    encoding,
    jsonPath,
    within,
    query,
    delimiter,
  };
  return inputOfParts([pictured(openPart(spec, fs), fs)], spec);
}

function recordedPictures({ pictures }: InputFacts): Pick<ItemRules, "pictures"> {
  if (pictures === undefined) return {};
  const { fields, max_bytes: maxBytes, folder } = pictures;
  return { pictures: { fields, maxBytes, folder } };
}

/** The words of an input as they were typed: the first ones on record. Null where they are not those. @param absolute as the input's facts have them */
function typedWords(
  absolute: readonly string[],
  words: readonly string[] | undefined,
  cwd: string | undefined,
): readonly string[] | null {
  if (words === undefined || cwd === undefined) return null;
  const typed = words.slice(0, absolute.length);
  return absolute.every((file, at) => path.resolve(cwd, typed[at] ?? "") === file) ? typed : null;
}

/** Absolute paths of the files of an input on record, as far as they are there now; none where it was kept. */
export function filesOnRecord(facts: InputFacts, left: readonly string[], fs: FileSystem): readonly string[] {
  if (facts.kept) return [];
  if (facts.words === undefined) return [facts.path];
  return facts.words.flatMap((word) => filesByWord(word, { fs, cwd: "/" }, left));
}

/** As `--format` has it: `csv`, `jsonl.gz`. */
function formatName({ format, compression }: InputFacts): string {
  return compression === "none" || compression === "mixed" ? format : `${format}.${compression}`;
}

/** A status stays small: longer lists of words are not put on record. */
const WORDS_BYTES_MAX = 64 << 10;

function pictureFacts({ fields, maxBytes, folder }: PictureRules): NonNullable<InputFacts["pictures"]> {
  return { fields, max_bytes: maxBytes, folder };
}

/** The facts about the input for the status. */
export function inputFacts(
  source: InputSource,
  input: Input,
  bytes: { readonly sizeBytes: number; readonly sha256: string },
  counts: { readonly count: number; readonly repeated: number; readonly changes: number },
  host: Host,
): InputFacts {
  const { spec, parts } = input;
  const [part] = parts;
  const stat =
    source.kept || source.words !== null || part === undefined ? null : statOf(host.fs, part.spec.path);
  const isLong = Buffer.byteLength(source.recordedPath) > WORDS_BYTES_MAX;
  return {
    path: isLong ? `${source.recordedPath.slice(0, 1000)}…` : source.recordedPath,
    format: spec.format,
    compression: spec.compression,
    encoding: spec.encoding,
    id_field: spec.idField,
    kept: source.kept,
    size: bytes.sizeBytes,
    mtime: stat === null ? null : stat.mtime.toISOString(),
    sha256: bytes.sha256,
    ...counts,
    ...(spec.delimiter === null ? {} : { delimiter: spec.delimiter }),
    ...(source.words === null ? {} : { files: source.listed?.length ?? parts.length }),
    ...(source.words === null || isLong ? {} : { words: source.words }),
    ...(spec.jsonPath === null ? {} : { json_path: spec.jsonPath }),
    ...(spec.within === null ? {} : { within: spec.within }),
    ...(spec.query === null ? {} : { query: spec.query }),
    ...(spec.hashIndex ? { index_hashed: true } : {}),
    ...(spec.hashFile ? { file_hashed: true } : {}),
    ...(spec.hashLine ? { line_hashed: true } : {}),
    ...(spec.pictures === undefined ? {} : { pictures: pictureFacts(spec.pictures) }),
  };
}
