// What CONTRIBUTING.md and docs/architecture.md name is in the tree: files, rooms, functions.
import { describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";

const ROOT = path.resolve(import.meta.dir, "../..");
const text = (name: string): string => fs.readFileSync(path.join(ROOT, name), "utf8");

/** All code of lib/, for the names that stand in it. */
const CODE = fs
  .readdirSync(path.join(ROOT, "lib"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => text(path.join("lib", name)))
  .join("\n");

/** What a page names in backquotes. */
const named = (page: string): string[] => [
  ...new Set(
    [...page.replaceAll(/```[^]*?```/g, "").matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? ""),
  ),
];
const isPath = (word: string): boolean =>
  /^(?:lib|tests|docs|scripts|examples|bench|checkpoints|\.ci)\//.test(word) ||
  /^[\w./-]+\.(?:ts|md)$/.test(word);

describe.each([["CONTRIBUTING.md"], ["docs/architecture.md"]])("%s", (name) => {
  const words = named(text(name));

  test("names only files and folders that exist", () => {
    const paths = words.flatMap((word) => word.split(" ")).filter(isPath);
    expect(paths.length).toBeGreaterThan(20);
    // Made at run time.
    const missing = paths.filter(
      (file) => file !== "checkpoints/backups/" && !fs.existsSync(path.join(ROOT, file)),
    );
    expect(missing).toEqual([]);
  });

  test("names only functions and types that exist", () => {
    const functions = words.flatMap((word) => /^(\w+)\(\)$/.exec(word)?.[1] ?? []);
    const types = words.filter((word) => /^[A-Z][a-z]+(?:[A-Z][a-z]+)*$/.test(word));
    expect(functions.length + types.length).toBeGreaterThan(2);
    const unknown = [
      ...functions.filter(
        (called) => !CODE.includes(`function ${called}(`) && !CODE.includes(`function ${called}<`),
      ),
      ...types.filter((type) => !new RegExp(`\\b(?:type|class|interface) ${type}\\b`).test(CODE)),
    ];
    expect(unknown).toEqual([]);
  });
});

test("docs/architecture.md has a row for each room", () => {
  const rows = [...text("docs/architecture.md").matchAll(/^\| `lib\/(\w+)\/` \|/gm)].map(
    (match) => match[1] ?? "",
  );
  expect(rows.toSorted()).toEqual(fs.readdirSync(path.join(ROOT, "lib")).toSorted());
});

test("each suite of the table is a script, and the commands of CONTRIBUTING.md are, too", () => {
  const { scripts } = JSON.parse(text("package.json")) as { scripts: { readonly [name: string]: string } };
  const used = [...(text("CONTRIBUTING.md") + text("docs/architecture.md")).matchAll(/\bbun run ([\w:]+)/g)];
  expect(used.length).toBeGreaterThan(5);
  expect(used.map((match) => match[1] ?? "").filter((script) => !(script in scripts))).toEqual([]);
});
