// Which test files belong to which suite, and which of them this machine has the tools for.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "../..");

/** Folders of tests that need the compiled executable or tools of the system, or are methods of proof; all others are units. */
const BEYOND_UNITS: ReadonlySet<string> = new Set(["cli", "crash", "docs", "examples", "release"]);

/** `all`: what `bun run test` runs; `unit`: what needs neither the executable nor a method of proof. */
export type Suite = "all" | "unit";

/** Paths of its test files, from the root, as `bun test` takes them. */
export function filesOf(suite: Suite): readonly string[] {
  return readdirSync(join(ROOT, "tests"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.ts"))
    .filter((name) => suite === "all" || !BEYOND_UNITS.has(name.split("/")[0] ?? ""))
    .map((name) => `./tests/${name}`)
    .toSorted();
}

/** Tools that a file says it needs (`// Needs TOOL, TOOL.`) and that are not installed here. */
export function missingTools(file: string): readonly string[] {
  const named = /^\/\/ Needs ([\w, -]+)\.$/m.exec(readFileSync(join(ROOT, file), "utf8"))?.[1];
  return named === undefined ? [] : named.split(", ").filter((tool) => Bun.which(tool) === null);
}
