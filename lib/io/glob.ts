// Files by a pattern, as a shell finds them: `*`, `?`, `[ab]`, `**`, `{a,b}`. Links to files are found, links to folders are not entered (they may
// lead back), and what begins with a dot only where the pattern says so.
import * as path from "node:path";
import { CkptError } from "../core/errors.ts";
import { orUnreadable } from "./blocks.ts";
import { lstatOf, statOf } from "./file.ts";
import type { FileSystem } from "./fs.ts";
import { collectGarbage } from "./garbage.ts";

const MAGIC = /[*?[{]/;
/** What is asked of so many files makes more garbage than their names take. */
export const COLLECT_FILES = 4096;

/** Whether a word is a pattern rather than a path. */
export function isPattern(word: string): boolean {
  return MAGIC.test(word);
}

/**
 * Paths of the regular files that a pattern matches, sorted by their characters, each once; as the pattern writes them, so that they begin with
 * its `./`, `../` or `/`.
 * @throws CkptError `input.unreadable` for a folder or a name that cannot be read
 * @param cwd absolute path of the folder from which the pattern is read
 */
export function filesByPattern(fs: FileSystem, cwd: string, pattern: string): string[] {
  const found = new Set<string>();
  // Bun's own braces match no path with more than one part.
  for (const plain of withoutBraces(pattern)) {
    for (const file of filesByPlain(fs, cwd, plain)) found.add(file);
  }
  return [...found].toSorted();
}

function filesByPlain(fs: FileSystem, cwd: string, pattern: string): string[] {
  const isFile = (file: string): boolean => statOf(fs, path.resolve(cwd, file))?.isFile() === true;
  if (!MAGIC.test(pattern)) return isFile(pattern) ? [pattern] : [];
  const parts = pattern.split("/");
  const literal = parts.slice(
    0,
    parts.findIndex((part) => MAGIC.test(part)),
  );
  const prefix = literal.length === 0 ? "" : `${literal.join("/")}/`;
  const folder = path.resolve(cwd, prefix);
  if (statOf(fs, folder)?.isDirectory() !== true) return [];
  const glob = new Bun.Glob(parts.slice(literal.length).join("/"));
  // With `onlyFiles` links to files would be left out.
  const scan = glob.scanSync({ cwd: folder, onlyFiles: false, followSymlinks: false });
  const names = orUnreadable(pattern, () => [...scan]).map((name) => prefix + name);
  return names.filter((name, at) => {
    if (at % COLLECT_FILES === 0) collectGarbage();
    refuseBytes(fs, cwd, name);
    return isFile(name);
  });
}

/** A name that is not UTF-8 comes with U+FFFD in it, and names nothing then: its file would be left out unseen. */
function refuseBytes(fs: FileSystem, cwd: string, name: string): void {
  if (!name.includes("\uFFFD") || lstatOf(fs, path.resolve(cwd, name)) !== null) return;
  throw new CkptError("input.unreadable", { path: name, cause: "its name is not UTF-8" });
}

/** The patterns that the braces of one stand for; one that is never closed is a character like any other. */
function withoutBraces(pattern: string): string[] {
  const open = pattern.indexOf("{");
  const close = open === -1 ? -1 : closingBrace(pattern, open);
  if (close === -1) return [pattern];
  const [before, behind] = [pattern.slice(0, open), pattern.slice(close + 1)];
  return alternatives(pattern.slice(open + 1, close)).flatMap((each) =>
    withoutBraces(before + each + behind),
  );
}

function closingBrace(pattern: string, open: number): number {
  let depth = 0;
  for (let at = open; at < pattern.length; at++) {
    if (pattern[at] === "{") depth++;
    if (pattern[at] === "}" && --depth === 0) return at;
  }
  return -1;
}

/** The pieces between the commas that stand in no brace of their own. */
function alternatives(text: string): string[] {
  const pieces = [""];
  let depth = 0;
  for (const character of text) {
    if (character === "," && depth === 0) {
      pieces.push("");
      continue;
    }
    if (character === "{") depth++;
    if (character === "}") depth--;
    pieces[pieces.length - 1] += character;
  }
  return pieces;
}
