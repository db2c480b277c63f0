// What is loaded with `ckpt info` before anything is shown: all that its file imports, over however many others. Code of the checkpoint that reads a whole log, or
// that only a run needs, must not be among it.
import { expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";

const ROOT = path.resolve(import.meta.dir, "../..");
const transpiler = new Bun.Transpiler({ loader: "ts" });

/** Files of lib that a file loads at once, itself included. Types are not loaded, nor what is imported on demand. */
function loadedWith(file: string): ReadonlySet<string> {
  const found = new Set([file]);
  for (const each of found) {
    const source = fs.readFileSync(path.join(ROOT, each), "utf8");
    for (const { kind, path: specifier } of transpiler.scanImports(source))
      if (kind === "import-statement" && specifier.startsWith("."))
        found.add(path.posix.join(path.posix.dirname(each), specifier));
  }
  return found;
}

test("info loads nothing of the checkpoint that reads a whole log or belongs to a run", () => {
  const loaded = [...loadedWith("lib/commands/info.ts")].filter((file) => file.startsWith("lib/checkpoint/"));
  expect(loaded).toContain("lib/checkpoint/checkpoint.ts");
  const heavy =
    /\/(?:locked-checkpoint|results|folder|recovery|repair|verify|log-writer|log-reader|session|commit\w*)\.ts$/;
  expect(loaded.filter((file) => heavy.test(file))).toEqual([]);
});

test("a run loads them", () => {
  expect([...loadedWith("lib/job/run-job.ts")]).toContain("lib/checkpoint/log/recovery.ts");
});
