// Nothing is in the executable without its licence being in the release.
import { expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import manifest from "../../package.json" with { type: "json" };
import { type BundledPackage, bundledPackages } from "../../scripts/release/bundle.ts";
import { thirdPartyLicences } from "../../scripts/release/licences.ts";
import { newFolder } from "../helpers/ckpt.ts";

const ROOT = path.resolve(import.meta.dir, "../..");
const packages = await bundledPackages(ROOT);
const text = thirdPartyLicences(packages);

/** A package of one file. */
function aPackage(name: string, file: string, licence?: string, content = ""): BundledPackage {
  const folder = newFolder();
  fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  fs.writeFileSync(path.join(folder, file), content);
  if (licence !== undefined) fs.writeFileSync(path.join(folder, "LICENSE"), licence);
  const license = "MIT";
  return { name, version: "1.0.0", license, folder, files: [file], integrity: "sha512-", dependencies: [] };
}

test("the bundle is made of what package.json names, and of what that needs", () => {
  const names = packages.map(({ name }) => name);
  for (const name of Object.keys(manifest.dependencies)) expect(names).toContain(name);
  for (const name of Object.keys(manifest.devDependencies)) expect(names).not.toContain(name);
  expect(names).toContain("sisteransi");
});

test("every package of the bundle is there, with its version and the words of its licence", () => {
  const notPublished: string[] = [];
  for (const { name, version, license, folder } of packages) {
    expect(text).toContain(`${name} ${version} (${license})`);
    const file = fs.readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
    if (file === undefined) {
      notPublished.push(name);
      continue;
    }
    const words = fs.readFileSync(path.join(folder, file), "utf8").replaceAll("\r\n", "\n").trim();
    expect(words.length).toBeGreaterThan(500);
    expect(text).toContain(words);
  }
  expect(notPublished).toEqual(["saxes"]);
  expect(text).toContain("Copyright (c) Isaac Z. Schlueter and Contributors");
});

test("code that packages carry within them is there, and so are Bun and the licences of what it links", () => {
  expect(text).toContain("partial-json, in openai");
  expect(text).toContain("Copyright (c) 2023 Promplate Dev Team");
  expect(text).toContain("scule, in citty");
  expect(text).toContain(`Bun ${manifest.engines.bun} `);
  for (const name of ["JavaScriptCore", "boringssl", "SQLite", "zstd"]) expect(text).toContain(name);
  expect(text).toContain("GNU LIBRARY GENERAL PUBLIC LICENSE\n                       Version 2, June 1991");
  expect(text).toContain(
    "GNU LESSER GENERAL PUBLIC LICENSE\n                       Version 2.1, February 1999",
  );
  expect(text).toContain("Apache License\n                           Version 2.0, January 2004");
});

test("what the files of a package say of the rights of others is there, once", () => {
  const code = [
    "/* Adapted from two.",
    " * Copyright 2015 Two, MIT License",
    " */",
    "const a = 1; // no notice",
    "// Adapted from three,",
    "// copyright (c) 2023 Three",
    "const b = 2;",
    "/* Adapted from two.",
    " * Copyright 2015 Two, MIT License",
    " */",
  ];
  const made = thirdPartyLicences([aPackage("one", "index.js", "Words of one", `${code.join("\n")}\n`)]);
  expect(made).toContain(
    "Words of one\n\nIts files say:\n\nAdapted from two.\nCopyright 2015 Two, MIT License\n\nAdapted from three,\ncopyright (c) 2023 Three\n\n===",
  );
  expect(made).not.toContain("no notice");
  // Among the real ones: a decompressor in hyparquet.
  expect(text).toContain("Copyright (c) 2016 Zhipeng Jia");
  expect(text).toContain("Copyright 2013 Google Inc. All Rights Reserved.");
});

test("a package without a licence file, and code of others that is not recorded, are refused by name", () => {
  expect(thirdPartyLicences([aPackage("one", "index.js", "Words of one")])).toContain("Words of one");
  expect(() => thirdPartyLicences([aPackage("one", "index.js")])).toThrow("one has no licence file");
  for (const file of ["_vendor/two/index.mjs", "dist/third-party/two.js", "dist/_chunks/libs/two.mjs"])
    expect(() => thirdPartyLicences([aPackage("one", file, "Words of one")])).toThrow(
      `one/${file} looks like`,
    );
});
