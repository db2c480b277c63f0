// The input of a run as its words name it, before anything is read: one file, several, or standard input; and what cannot be.
import * as path from "node:path";
import { CkptError } from "../../core/errors.ts";
import { shellWords } from "../../core/shell-quote.ts";
import { type Detected, detectInput, isText } from "../../input/detect.ts";
import type { InputSpec } from "../../input/input.ts";
import { canonicalEncoding } from "../../input/utf8-source.ts";
import { statOf } from "../../io/file.ts";
import type { Host } from "../../cli/host.ts";
import type { RunSettings } from "../run-settings.ts";
import { outputName } from "../output/job-output.ts";
import { filesOfWords, isFiles, type NamedFile, namesSeveral, splitWord } from "./input-files.ts";
import { isTable } from "./input-reading.ts";

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
export function sourceOfSeveral(
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
