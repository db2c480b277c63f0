import { describe, expect, test } from "bun:test";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { contentHash, isRegularFile, moduleFiles } from "../../lib/io/content-hash.ts";
import { temporaryFolder } from "../helpers/attempts.ts";

const SHA256_OF_ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

test("contentHash() is the SHA-256 of a regular file, through links, up to the limit", () => {
  using folder = temporaryFolder();
  const file = join(folder.path, "file");
  writeFileSync(file, "abc");
  symlinkSync(file, join(folder.path, "link"));
  expect(contentHash(file)).toBe(SHA256_OF_ABC);
  expect(contentHash(join(folder.path, "link"))).toBe(SHA256_OF_ABC);
  expect(contentHash(file, 3)).toBe(SHA256_OF_ABC);
  expect(contentHash(file, 2)).toBeNull();
  expect(
    [folder.path, join(folder.path, "none"), "/dev/null", join(file, "x")].map((path) => contentHash(path)),
  ).toEqual([null, null, null, null]);
  expect([file, folder.path, join(folder.path, "none")].map(isRegularFile)).toEqual([true, false, false]);
});

describe("moduleFiles()", () => {
  function names(files: { readonly [name: string]: string }, entry: string): readonly string[] {
    using folder = temporaryFolder();
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder.path, name)), { recursive: true });
      writeFileSync(join(folder.path, name), text);
    }
    return moduleFiles(join(folder.path, entry)).map((file) => file.name);
  }

  test("follows relative imports of every form, each file once", () => {
    const files = {
      "m/main.ts": `import { a } from "./a.ts"; export * from "../shared/b"; import data from "./data.json"; await import("./late.js");`,
      "m/a.ts": `import "./main.ts"; import "../shared/b.ts"; export const a: number = 1;`,
      "shared/b.ts": `import zlib from "node:zlib"; import pkg from "some-package"; export const b = 1;`,
      "m/data.json": "{}",
      "m/late.js": `const c = require("./c.cjs");`,
      "m/c.cjs": "module.exports = 1;",
      "m/unused.ts": "",
    };
    expect(names(files, "m/main.ts")).toEqual([
      "../shared/b.ts",
      "a.ts",
      "c.cjs",
      "data.json",
      "late.js",
      "main.ts",
    ]);
  });

  test("passes over imports that are not there and files that cannot be parsed", () => {
    expect(
      names({ "main.ts": `import "./gone.ts"; import "./broken.ts";`, "broken.ts": "import {{{" }, "main.ts"),
    ).toEqual(["broken.ts", "main.ts"]);
  });

  test("is empty for a module that is not there", () => {
    expect(moduleFiles("/no/such/module.ts")).toEqual([]);
  });
});
