// The test files of releases that are the same in quick and in full: each is run by itself, and has to pass whole.
import * as fs from "node:fs";
import * as path from "node:path";
import type { Figures, Size } from "../crash/figures.ts";
import { inFull } from "./in-full.ts";

/** Those that are run as methods of their own (in-full.ts), and those that are the quick form of methods. */
const METHODS_OF_THEIR_OWN: ReadonlySet<string> = new Set(["install.test.ts", "npm.test.ts"]);
const QUICK_FORM = /^\/\/ The quick form of /m;

export async function testFiles(size: Size): Promise<Figures> {
  const names = fs
    .readdirSync(import.meta.dir)
    .filter((name) => name.endsWith(".test.ts") && !METHODS_OF_THEIR_OWN.has(name))
    .filter((name) => !QUICK_FORM.test(fs.readFileSync(path.join(import.meta.dir, name), "utf8")));
  const figures: Record<string, number | string> = {};
  const faults: string[] = [];
  for (const name of names.toSorted()) {
    const found = await inFull(name, `tests/release/${name}`, size, []);
    figures[name.replace(".test.ts", "")] = found.figures["passed"] ?? 0;
    faults.push(...found.faults.map((fault) => `${name}: ${fault}`));
  }
  return { method: "tests that passed, by file", figures, faults };
}
