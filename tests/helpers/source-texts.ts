// Texts that stand in source files: what a test about words looks at. Comments and imports are passed over.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "../..");

export type SourceText = {
  /** Below the root of the project. */
  readonly file: string;
  /** Each `${…}` of a template is `{}`. */
  readonly text: string;
};

/** Paths of TypeScript files below a folder of the project, and what they hold without comments. */
export function sources(folder: string): { readonly file: string; readonly code: string }[] {
  const names = readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" });
  return names
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => join(folder, name))
    .toSorted()
    .map((file) => ({ file, code: withoutComments(readFileSync(join(ROOT, file), "utf8")) }));
}

function withoutComments(code: string): string {
  return code
    .replaceAll(/^\s*\/\*\*?[^]*?\*\/$/gm, "")
    .replaceAll(/(?:^|\s)\/\/ .*$/gm, "")
    .replaceAll(/^import [^]*?;$/gm, "");
}

/** All string and template literals of a folder; those within `${…}` count by themselves. */
export function sourceTexts(folder: string): SourceText[] {
  return sources(folder).flatMap(({ file, code }) => literals(code).map((text) => ({ file, text })));
}

/** A literal that begins where a value may stand, so that a quotation mark within a regular expression is none. */
const OPENING = /(?<=[\s([{,:?=!+]|=>|\.\.\.)(["`])/g;

function literals(code: string): string[] {
  const found: string[] = [];
  for (let at = 0; ;) {
    OPENING.lastIndex = at;
    const opening = OPENING.exec(code);
    if (opening === null) return found;
    const [text, end, inner] = literal(code, opening.index + 1, opening[1] ?? "");
    found.push(text, ...inner.flatMap((part) => literals(` ${part}`)));
    at = end;
  }
}

/** From behind the opening mark: the text, where it ends, and the code of its `${…}`. */
function literal(code: string, start: number, mark: string): [text: string, end: number, inner: string[]] {
  let text = "";
  const inner: string[] = [];
  let at = start;
  while (at < code.length && code[at] !== mark) {
    if (code[at] === "\\") {
      text += code.slice(at + 1, at + 2);
      at += 2;
    } else if (mark === "`" && code.startsWith("${", at)) {
      const end = behindBrace(code, at + 2);
      inner.push(code.slice(at + 2, end - 1));
      text += "{}";
      at = end;
    } else {
      text += code[at];
      at += 1;
    }
  }
  return [text, at + 1, inner];
}

/** Behind the brace that closes a `${…}`. */
function behindBrace(code: string, start: number): number {
  let depth = 1;
  let at = start;
  while (at < code.length && depth > 0) {
    if (code[at] === "`" || code[at] === '"') at = literal(code, at + 1, code[at] ?? "")[1];
    else {
      if (code[at] === "{") depth += 1;
      if (code[at] === "}") depth -= 1;
      at += 1;
    }
  }
  return at;
}
