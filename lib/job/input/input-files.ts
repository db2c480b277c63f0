// From the words that name an input to its files. A word that is the path of something is that path, whatever characters it has; else it may be a pattern.
import * as path from "node:path";
import type { Host } from "../../cli/host.ts";
import { CkptError } from "../../core/errors.ts";
import { collectGarbage } from "../../io/garbage.ts";
import { COLLECT_FILES, filesByPattern, isPattern } from "../../io/glob.ts";
import { statOf } from "../../io/file.ts";
import type { FileSystem } from "../../io/fs.ts";

export type NamedFile = {
  /** Absolute path. */
  readonly path: string;
  /** As the word has it. */
  readonly shownPath: string;
  /** What within the file is meant: `table` of `data.sqlite#table`. */
  readonly within: string | null;
};

type Place = Pick<Host, "fs" | "cwd">;

/** Whether words name an input of several files: a pattern does, whatever it matches today. */
export function namesSeveral(words: readonly string[], place: Place): boolean {
  const [word = ""] = words;
  const { base } = splitWord(word, place);
  return words.length > 1 || (base !== "-" && !isPath(base, place) && isPattern(base));
}

/** A word's path or pattern, and what is named within each file behind a `#`; names of files may have that, too. */
export function splitWord(
  word: string,
  place: Place,
): { readonly base: string; readonly within: string | null } {
  if (!isPath(word, place)) {
    for (let at = word.indexOf("#", 1); at !== -1; at = word.indexOf("#", at + 1)) {
      const base = word.slice(0, at);
      if (isPath(base, place) || isPattern(base)) return { base, within: word.slice(at + 1) };
    }
  }
  return { base: word, within: null };
}

function isPath(word: string, { fs, cwd }: Place): boolean {
  return statOf(fs, path.resolve(cwd, word)) !== null;
}

/** By what an input is called where things are named after it: its file's name (with the table that is meant), or `inputs` of several. */
export function inputName(
  { input: words, format }: { readonly input: readonly string[]; readonly format: string | null },
  place: Place,
): string {
  const [word = ""] = words;
  if (isFiles(format) || namesSeveral(words, place)) return "inputs";
  const { base, within } = splitWord(word, place);
  if (within === null) return word;
  const { name, ext } = path.parse(base);
  return `${name}.${within.replaceAll(/[^\p{L}\p{N}_.-]+/gu, "-")}${ext}`;
}

/** Whether `--format` says that files are items. */
export function isFiles(format: string | null): boolean {
  return format?.toLowerCase() === "files";
}

/** Whether `--format` says that lines are those of a batch file, compressed or not. */
export function isBatch(format: string | null): boolean {
  return format !== null && /^openai-batch(?:\.|$)/i.test(format);
}

/**
 * The files that words name: in the order of the words, those of a pattern sorted, each once however it is named.
 * @param left absolute paths of what a pattern never matches: the job's own output, and its checkpoint with all that is in it
 * @throws input.noMatch, input.missing, input.onlyOnce, input.folder
 */
export function filesOfWords(
  words: readonly string[],
  { fs, cwd }: Place,
  left: readonly string[],
): readonly NamedFile[] {
  const files = new Map<string, NamedFile>();
  for (const word of words) {
    const { base, within } = splitWord(word, { fs, cwd });
    for (const [at, found] of pathsOf(base, { fs, cwd }, left).entries()) {
      if (at % COLLECT_FILES === 0) collectGarbage();
      const file = path.resolve(cwd, found);
      const stat = statOf(fs, file);
      if (stat?.isDirectory() === true) throw new CkptError("input.folder", { path: found });
      if (found === "-" || stat?.isFile() !== true) throw new CkptError("input.onlyOnce", { path: found });
      const real = realPath(fs, file);
      const key = within === null ? real : `${real}\0${within}`;
      const shownPath = within === null ? found : `${found}#${within}`;
      if (!files.has(key)) files.set(key, { path: file, shownPath, within });
    }
  }
  return [...files.values()];
}

/** Paths of what a word names, a pattern or not; none where nothing is there. @param left as in filesOfWords() */
export function filesByWord(word: string, place: Place, left: readonly string[]): readonly string[] {
  const { base } = splitWord(word, place);
  if (isPath(base, place)) return [base];
  if (!isPattern(base)) return [];
  return filesByPattern(place.fs, place.cwd, base).filter((file) => {
    const full = path.resolve(place.cwd, file);
    return !left.some((own) => full === own || full.startsWith(own + path.sep));
  });
}

function pathsOf(word: string, place: Place, left: readonly string[]): readonly string[] {
  if (word === "-") return [word];
  const found = filesByWord(word, place, left);
  if (found.length > 0) return found;
  throw isPattern(word)
    ? new CkptError("input.noMatch", { pattern: word })
    : new CkptError("input.missing", { path: word });
}

function realPath(fs: FileSystem, file: string): string {
  try {
    const real = fs.realpathSync(file);
    return real === file ? file : real; // one text in memory, not two
  } catch {
    return file; // opening it will say what is wrong
  }
}
