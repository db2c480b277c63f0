// The input of a run: regular files where they lie, or what comes by standard input or a pipe, kept with the checkpoint.
import type { Checkpoint } from "../../checkpoint/checkpoint.ts";
import * as path from "node:path";
import type { InputRemark } from "../../core/input-remark.ts";
import type { InputFacts, Status } from "../../core/status.ts";
import { CkptError } from "../../core/errors.ts";
import { shellWords } from "../../core/shell-quote.ts";
import { keepInput } from "../../input/copy-input.ts";
import { type Detected, detectInput, isText } from "../../input/detect.ts";
import { filesPart } from "../../input/files-part.ts";
import type { Input, InputPart, InputSpec, ItemRules, PictureRules, WholeSpec } from "../../input/input.ts";
import { inputOfParts } from "../../input/open-input.ts";
import { pictured } from "../../input/pictures-part.ts";
import { openPart } from "../../input/open-part.ts";
import { canonicalEncoding } from "../../input/utf8-source.ts";
import { copySynced, fileSize, removeFile, statOf } from "../../io/file.ts";
import type { FileSystem } from "../../io/fs.ts";
import type { Host } from "../../cli/host.ts";
import type { Processor } from "../../processors/processor.ts";
import type { RunSettings } from "../run-settings.ts";
import {
  filesByWord,
  filesOfWords,
  isFiles,
  type NamedFile,
  namesSeveral,
  splitWord,
} from "./input-files.ts";
import { chooseReading, isTable } from "./input-reading.ts";
import { outputName } from "../job-output.ts";

/** One file of an input, before anything has been read of it. */
type PartSource = Detected & {
  readonly shownPath: string;
  readonly within: string | null;
  /** Absolute path; null: standard input. */
  readonly path: string | null;
};

/** What is said of how an input is read and its items are known. */
type Said = Pick<InputSpec, "encoding" | "jsonPath" | "query" | "idField" | "pictures"> & {
  /** The value of `--delimiter`; null without it. */
  readonly delimiterSaid: string | null;
};

/** The source of the input, before anything is read. */
export type InputSource = Said & {
  readonly parts: readonly PartSource[];
  /** As messages name it. */
  readonly shownPath: string;
  /** As a status has it: the absolute path, those of all words of several, or `-` for what is kept with the checkpoint. */
  readonly recordedPath: string;
  /** Of several files, the words that name them, absolute; else null. */
  readonly words: readonly string[] | null;
  /** The files that are items themselves; null where the items stand in them. */
  readonly listed: readonly NamedFile[] | null;
  /** It can be read only once, so a copy is kept with the checkpoint. */
  readonly kept: boolean;
};

/** @throws input.missing, input.folder, input.noMatch, input.onlyOnce, input.unknownFormat, input.foreignFormat, usage.badValue, input.noEncoding, usage.needs, usage.conflict */
export function inputSource(settings: RunSettings, host: Host): InputSource {
  const { input: words, encoding, id: idField, delimiter, jsonPath, query, format } = settings;
  const said = { encoding, idField, delimiterSaid: delimiter, jsonPath, query };
  if (isFiles(format) && words.includes("-"))
    throw new CkptError("usage.conflict", { first: "-", second: "--format files" });
  const ofSeveral = isFiles(format) || namesSeveral(words, host);
  const source = ofSeveral
    ? sourceOfSeveral(words, format, said, host, ownFiles(settings, host))
    : sourceOfOne(words[0] ?? "", format, said, host);
  if (delimiter !== null && !source.parts.some((part) => isTable(part.format)))
    throw new CkptError("usage.needs", { option: "--delimiter", needed: "--format csv" });
  if (jsonPath !== null && !source.parts.some((part) => part.format === "json"))
    throw new CkptError("usage.needs", { option: "--json-path", needed: "--format json" });
  if (query !== null) refuseQuery(source);
  if (canonicalEncoding(encoding) !== UTF_8) refuseEncoding(source);
  return withPictureRules(source, settings, host);
}

/** A picture that is larger is not sent, unless `--max-image` allows it. */
const IMAGE_BYTES_MAX = 20 << 20;

function withPictureRules(
  source: InputSource,
  { image, maxImageBytes }: RunSettings,
  host: Host,
): InputSource {
  if (image.length === 0) return source;
  // What has no folder of its own: files as items are named from the present one, and standard input stands nowhere.
  const folder = source.kept || source.listed !== null ? host.cwd : null;
  return { ...source, pictures: { fields: image, maxBytes: maxImageBytes ?? IMAGE_BYTES_MAX, folder } };
}

const UTF_8 = "utf-8";

/** Text of other formats is always UTF-8, or says what it is. @throws input.noEncoding */
function refuseEncoding({ parts, listed }: InputSource): void {
  const [first] = parts;
  if (listed !== null || first === undefined || parts.some(({ format }) => isText(format))) return;
  throw new CkptError("input.noEncoding", { path: first.shownPath, format: first.format });
}

/** @throws usage.needs, usage.conflict */
function refuseQuery({ parts }: InputSource): void {
  if (!parts.some((part) => part.format === "sqlite"))
    throw new CkptError("usage.needs", { option: "--query", needed: "--format sqlite" });
  const named = parts.find((part) => part.within !== null);
  if (named !== undefined)
    throw new CkptError("usage.conflict", { first: named.shownPath, second: "--query" });
}

/** What no pattern is to match: the job's own output, and its checkpoint. */
function ownFiles(settings: RunSettings, host: Host): readonly string[] {
  return [path.resolve(host.cwd, outputName(settings, host)), path.resolve(host.cwd, settings.dir)];
}

/** @throws input.missing: what only some formats have within them belongs to the name of any other file */
function partOf(
  { path: file, shownPath, within }: Pick<PartSource, "path" | "shownPath" | "within">,
  format: string | null,
): PartSource {
  const name = within === null ? shownPath : shownPath.slice(0, -within.length - 1);
  const found = detectInput(name, format);
  if (within !== null && !["sqlite", "xlsx"].includes(found.format))
    throw new CkptError("input.missing", { path: shownPath });
  return { ...found, shownPath, within, path: file };
}

function sourceOfOne(word: string, format: string | null, said: Said, host: Host): InputSource {
  const { base, within } = splitWord(word, host);
  const common = { ...said, shownPath: word, words: null, listed: null };
  const part = (full: string | null): PartSource => partOf({ path: full, shownPath: word, within }, format);
  if (base === "-") return { ...common, parts: [part(null)], recordedPath: "-", kept: true };
  const full = path.resolve(host.cwd, base);
  const stat = statOf(host.fs, full);
  if (stat === null) throw new CkptError("input.missing", { path: word });
  if (stat.isDirectory()) throw new CkptError("input.folder", { path: word });
  const kept = !stat.isFile();
  return { ...common, parts: [part(full)], recordedPath: kept ? "-" : full, kept };
}

/** @param words as they were typed, or absolute as a status has them */
function sourceOfSeveral(
  words: readonly string[],
  format: string | null,
  said: Said,
  place: Pick<Host, "fs" | "cwd">,
  left: readonly string[],
): InputSource {
  const files = filesOfWords(words, place, left);
  const absolute = words.map((word) => path.resolve(place.cwd, word));
  const common = {
    ...said,
    shownPath: shellWords(words),
    recordedPath: shellWords(absolute),
    words: absolute,
    kept: false,
  };
  if (isFiles(format)) return { ...common, parts: [], listed: files };
  return { ...common, parts: files.map((file) => partOf(file, format)), listed: null };
}

/** Absolute paths of the files of an input; none where it is standard input. */
export function filesOf({ parts, listed }: InputSource): readonly string[] {
  if (listed !== null) return listed.map((file) => file.path);
  return parts.flatMap((part) => (part.path === null ? [] : [part.path]));
}

/** The files of an input, as they were given or found. */
export function namesOf({ parts, listed }: InputSource): readonly string[] {
  return (listed ?? parts).map(({ shownPath }) => shownPath);
}

export type ReadyInput = {
  readonly input: Input;
  /** Whether the copy of a kept input is still under its temporary name. */
  readonly incoming: boolean;
  /** Of the first part that there is something to say of. */
  readonly remark: { readonly path: string; readonly what: InputRemark } | null;
};

/** What of an item's place a processor is given belongs to what the item is known by. */
function rulesFor({ usesIndex, fieldPaths }: Processor, idField: string | null): Rules {
  const isGiven = (field: string): boolean =>
    fieldPaths.some((names) => names.length === 1 && names[0] === field);
  return {
    idField,
    hashIndex: usesIndex,
    hashFile: isGiven("_file"),
    hashLine: isGiven("_line"),
    withText: isGiven("text"),
  };
}

type Rules = ItemRules & Pick<InputSpec, "withText">;

function picturesOf({ pictures }: Pick<ItemRules, "pictures">): Pick<ItemRules, "pictures"> {
  return pictures === undefined ? {} : { pictures };
}

/**
 * Opens the input. A source that can be read only once is first copied completely and synced. If standard input is empty, the copy of an earlier run
 * is used.
 * @param earlier recorded inputs from which the run may resume, the most likely first; the same input is read in the same way
 * @param scratch where copies go; null: into the checkpoint folder
 * @throws input.*
 */
export async function readyInput(
  source: InputSource,
  processor: Processor,
  host: Host,
  { paths }: Checkpoint,
  earlier: readonly InputFacts[],
  scratch: string | null,
): Promise<ReadyInput> {
  const { fs } = host;
  const rules = { ...rulesFor(processor, source.idField), ...picturesOf(source) };
  if (!source.kept) return { ...(await openSource(source, rules, fs, earlier)), incoming: false };
  const [part] = source.parts;
  const file = part?.path ?? null;
  const open = async (at: string, incoming: boolean): Promise<ReadyInput> => {
    const parts = part === undefined ? [] : [{ ...part, path: at }];
    return { ...(await openSource({ ...source, parts }, rules, fs, earlier)), incoming };
  };
  const haveKept = fileSize(fs, paths.keptInput) !== null;
  const incoming = scratch ?? paths.incomingInput;
  if (file === null && host.isTerminal(0)) {
    if (!haveKept) throw new CkptError("input.noKept", {});
    return open(paths.keptInput, false);
  }
  const { sizeBytes } = await keepInput(fs, file ?? 0, incoming, { shownPath: source.shownPath });
  if (sizeBytes === 0 && haveKept) {
    removeFile(fs, incoming);
    return open(paths.keptInput, false);
  }
  return open(incoming, true);
}

/** Opens all parts of a source whose files are there. */
async function openSource(
  source: InputSource,
  rules: Rules,
  fs: FileSystem,
  earlier: readonly InputFacts[],
): Promise<Pick<ReadyInput, "input" | "remark">> {
  if (source.listed !== null) {
    const { encoding, shownPath } = source;
    const spec = { ...rules, ...FILES, encoding, shownPath };
    const part = pictured(filesPart(spec, source.listed, fs), fs);
    return { input: inputOfParts([part], spec), remark: null };
  }
  const parts: InputPart[] = [];
  let remark: ReadyInput["remark"] = null;
  for (const { path: file, ...part } of source.parts) {
    if (file === null) throw new Error("standard input has been copied to a file before");
    const { encoding, jsonPath, query } = source;
    const plain = { ...part, ...rules, path: file, encoding, jsonPath, query, delimiter: null };
    const opened = openPart(plain, fs);
    // Nothing is on record of how each of several files was read: each is read as its own header shows.
    const record = source.words === null ? { earlier, recordedPath: source.recordedPath } : NO_RECORD;
    const { delimiter, remark: what } = await chooseReading(opened, {
      said: source.delimiterSaid,
      ...record,
    });
    if (what !== null) remark ??= { path: part.shownPath, what };
    parts.push(pictured(delimiter === null ? opened : openPart({ ...plain, delimiter }, fs), fs));
  }
  return { input: inputOfParts(parts, wholeSpec(source, rules, parts)), remark };
}

const FILES = {
  path: "",
  format: "files",
  compression: "none",
  delimiter: null,
  jsonPath: null,
  within: null,
  query: null,
} as const;
const NO_RECORD = { earlier: [], recordedPath: "" };

function wholeSpec(source: InputSource, rules: Rules, parts: readonly InputPart[]): WholeSpec {
  const [first] = parts;
  if (first === undefined) throw new Error("an input without a part");
  const { encoding, jsonPath, query, shownPath, delimiterSaid } = source;
  const { format, compression, delimiter, within } = first.spec;
  return {
    ...rules,
    encoding,
    jsonPath,
    query,
    within: source.words === null ? within : null,
    shownPath,
    format: parts.every(({ spec }) => spec.format === format) ? format : "mixed",
    compression: parts.every(({ spec }) => spec.compression === compression) ? compression : "mixed",
    delimiter: source.words === null ? delimiter : delimiterSaid,
  };
}

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

/** Copies the kept input under the name of a new one, for a session that starts over with it. */
export function copyOfKept({ fs, paths }: Checkpoint, { input, remark }: ReadyInput): ReadyInput {
  removeFile(fs, paths.incomingInput);
  copySynced(fs, paths.keptInput, paths.incomingInput);
  input.moved(paths.incomingInput);
  return { input, incoming: true, remark };
}

/** Removes the copy of an input that no session uses: the job was complete already, or the run was refused. */
export function discardIncoming({ fs, paths }: Checkpoint): void {
  try {
    removeFile(fs, paths.incomingInput);
  } catch {
    // The end of the run matters more; the next start removes the copy.
  }
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
