// The answer to a shell, as the scripts beside this file read it. Only bash is given quoted words; zsh and fish quote by themselves.
import type { FileSystem } from "../../io/fs.ts";
import { bashReply } from "./bash-quoting.ts";
import { pathsBeginning, programsBeginning } from "./paths.ts";
import type { Shell, TypedLine } from "./typed-line.ts";
import type { Candidate, Found, Wanted } from "./wanted.ts";

export type Place = {
  readonly fs: FileSystem;
  readonly cwd: string;
  /** Where programs are looked for. */
  readonly searchPath: string;
  /** What `~` stands for. */
  readonly home: string;
};

type Answered = {
  readonly wanted: Wanted;
  readonly found: Found;
  readonly line: TypedLine;
  readonly place: Place;
};

/**
 * - bash: lines; the first is `words`, `paths` or `command`, the others go into COMPREPLY.
 * - zsh: fields that end in NUL: `words`, `files`, `folders` or `command`; the prefix (or how many words stand before the command); extensions as a glob;
 *   `open` where no space is to follow; then words and their texts by turns.
 * - fish: fields that end in NUL: `words` or `command`; the command line behind `--`; then `word TAB text`.
 * @param text the whole line (fish)
 */
export function replyTo(shell: Shell, answered: Answered, text: string): string {
  switch (shell) {
    case "bash":
      return bashLines(answered);
    case "zsh":
      return zshFields(answered);
    case "fish":
      return fishFields(answered, text);
  }
}

/** Candidates that begin with what is typed. */
function fitting({ wanted, found, line }: Answered): readonly Candidate[] {
  const typed = line.open.value ?? "";
  return [...wanted.candidates, ...found.candidates].filter(({ word }) =>
    (wanted.prefix + word).startsWith(typed),
  );
}

/** Where the name of a file begins in the word at the cursor. */
const beforeFile = ({ wanted, found }: Answered): string => wanted.prefix + (found.filePrefix ?? "");

function paths(answered: Answered): Candidate[] {
  const { found, line, place } = answered;
  if (found.files === undefined) return [];
  const typed = (line.open.value ?? "").slice(beforeFile(answered).length);
  return pathsBeginning(place.fs, place.cwd, typed, found.files);
}

/** Behind `--` a command completes itself, unless a placeholder is being typed. */
const isOfCommand = (answered: Answered): boolean =>
  answered.wanted.commandAt !== null && fitting(answered).length === 0;

function bashLines(answered: Answered): string {
  const { wanted, line, place } = answered;
  const reply = (candidates: readonly Candidate[], prefix: string): string[] =>
    candidates.map((candidate) => bashReply(candidate, prefix, line.open));
  const lines = (kind: string, words: readonly string[]): string => [kind, ...words, ""].join("\n");
  if (isOfCommand(answered)) {
    const typed = line.open.value ?? "";
    const isFirst = line.words.length === wanted.commandAt && !typed.includes("/");
    // For a bash in which no completion of other commands can be found.
    const own = isFirst
      ? programsBeginning(place.fs, place.searchPath, typed)
      : pathsBeginning(place.fs, place.cwd, typed, []);
    return lines("command", reply(own, ""));
  }
  const words = reply(fitting(answered), wanted.prefix);
  const files = reply(paths(answered), beforeFile(answered));
  return lines(words.length === 0 && files.length > 0 ? "paths" : "words", [...words, ...files]);
}

const fields = (all: readonly string[]): string =>
  all.map((field) => `${field.replaceAll("\0", "")}\0`).join("");

function zshFields(answered: Answered): string {
  const { wanted, found, line } = answered;
  if (isOfCommand(answered)) return fields(["command", String(wanted.commandAt), "", ""]);
  const pairs = fitting(answered).flatMap(({ word, text }) => [word, text]);
  const kind = found.files === undefined ? "words" : found.files === null ? "folders" : "files";
  const extensions = found.files ?? [];
  const glob = extensions.length === 0 ? "" : `(#i)*.(${extensions.join("|")})(-.)`;
  return fields([kind, beforeFile(answered), glob, line.open.quote === "" ? "" : "open", ...pairs]);
}

/** A brace that stands in no quotes: fish would escape the one that closes it, and not take the line then. */
const BARE_BRACE = /(?<!\\)\{[^{}]*$/;

function fishFields(answered: Answered, text: string): string {
  const { wanted, line, place } = answered;
  const isBare = line.open.quote === "" && BARE_BRACE.test(line.open.raw);
  if (wanted.commandAt !== null && (isBare || isOfCommand(answered)))
    return fields(["command", text.slice(line.starts[wanted.commandAt] ?? text.length)]);
  if (isBare) return "";
  const prefixed = (candidates: readonly Candidate[], prefix: string): Candidate[] =>
    candidates.map(({ word, text: what }) => ({ word: prefix + word, text: what }));
  const all = [
    ...prefixed(fitting(answered), wanted.prefix),
    ...prefixed(paths(answered), beforeFile(answered)),
  ];
  // A tab would end the word: fish has no way to say it.
  const sayable = all.filter(({ word }) => !word.includes("\t"));
  const entries = sayable.map(({ word, text: what }) => {
    const seen = line.open.raw.startsWith("~/") ? `~${word.slice(place.home.length)}` : word;
    return what === "" ? seen : `${seen}\t${what}`;
  });
  return fields(["words", "", ...entries]);
}
