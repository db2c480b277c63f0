// What stands twice is changed once and forgotten once: constants and functions of lib/ are declared in one file.
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { Glob } from "bun";

const CONSTANT = /^(?:export )?const ([A-Z][A-Z_0-9]*)(?:: [^=\n]+)? = ([^;]*);/gm;
const FUNCTION = /^(?:export )?(?:async )?function\*? \w+(\([^]*?\n\}\n)/gm;

const folded = (text: string): string => text.replaceAll(/\s+/g, " ");

/** What a source declares at its top level: constants by name and value, functions by all but their name. */
function declarationsOf(source: string): string[] {
  const constants = [...source.matchAll(CONSTANT)].map(([, name = "", value = ""]) => {
    const plain = value.replaceAll(/(?<=\d)_(?=\d)/g, "");
    return `${name} = ${folded(plain)}`;
  });
  const functions = [...source.matchAll(FUNCTION)].map(([, rest = ""]) => `function ${folded(rest)}`);
  return [...constants, ...functions];
}

function writtenTwice(sources: ReadonlyMap<string, string>): string[] {
  const files = new Map<string, string[]>();
  for (const [file, source] of sources) {
    for (const declared of new Set(declarationsOf(source)))
      files.set(declared, [...(files.get(declared) ?? []), file]);
  }
  return [...files].flatMap(([declared, where]) =>
    where.length > 1 ? [`${where.join(", ")}: ${declared}`] : [],
  );
}

test("no constant and no function of lib/ stands in two files", () => {
  const names = [...new Glob("lib/**/*.ts").scanSync(".")].toSorted();
  expect(names.length).toBeGreaterThan(100);
  expect(writtenTwice(new Map(names.map((name) => [name, readFileSync(name, "utf8")])))).toEqual([]);
});

test("what stands twice is found, however it is laid out", () => {
  const first = "const TERM_MS = 2_000;\nfunction discard(file: string): void {\n  remove(file);\n}\n";
  const second =
    "export const TERM_MS: number = 2000;\nexport function drop(file: string): void {\n\n  remove(file);\n}\n";
  const other = "const TERM_MS = 100;\nfunction discard(file: string): void {\n  keep(file);\n}\n";
  const found = writtenTwice(
    new Map([
      ["a.ts", first],
      ["b.ts", second],
      ["c.ts", other],
    ]),
  );
  expect(found.map((line) => line.slice(0, line.indexOf(" =")))).toHaveLength(2);
  expect(found[0]).toBe("a.ts, b.ts: TERM_MS = 2000");
});
