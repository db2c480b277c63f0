// Runs `bun test` with the arguments given, shows its output as it comes, and ends with the line "N passed, N failed".
// Before that it says again why tests failed. The counts come from a JUnit report, not from the text on the screen; a run without a single test has
// failed. It names the random seed, and the real question sets that were run as well. Files that say `// Needs TOOL, TOOL.` are left out, and named, where such a tool is not installed; with CI=true that is a failure.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { REAL_SETS } from "./helpers/question-sets.ts";
import { SEED } from "./helpers/seed.ts";

type Counts = { readonly passed: number; readonly failed: number; readonly skipped: number };

/** A hang is to be noticed, a busy machine is not to fail a test. */
const TIMEOUT_MS = 180_000;
const LEFT_OPEN_MS = 2000;

const ROOT = join(import.meta.dir, "..");
const given = process.argv.slice(2);
const { files, leftOut } = given.length > 0 ? { files: [], leftOut: [] } : chooseFiles();
const folder = mkdtempSync(join(tmpdir(), "ckpt-tests-"));
const report = join(folder, "junit.xml");
const child = Bun.spawn(
  [
    process.execPath,
    "test",
    `--timeout=${TIMEOUT_MS}`,
    "--reporter=junit",
    `--reporter-outfile=${report}`,
    ...given,
    ...files,
  ],
  {
    cwd: ROOT,
    // What tests leave behind goes with the folder.
    env: { ...process.env, TMPDIR: folder },
    stdio: ["ignore", "inherit", "pipe"],
  },
);
const toldAgain: string[] = [];
const allShown = show(child.stderr, toldAgain);
const status = await child.exited;
// What a test has left running may hold the pipe open.
await Promise.race([allShown, Bun.sleep(LEFT_OPEN_MS)]);
const counts = countsOf(readReport(report), status);
rmSync(folder, { recursive: true, force: true });
for (const text of toldAgain) console.log(`\n${text}`);
for (const line of leftOut) console.log(`left out: ${line}`);
console.log(
  `\nreal question sets beside the checkout: ${REAL_SETS.map(({ name }) => name).join(", ") || "none"}`,
);
console.log(`random seed: CKPT_TEST_SEED=${SEED}`);
const mayLeaveOut = process.env["CI"] !== "true" || leftOut.length === 0;
if (counts.skipped > 0) {
  console.log(`\n${counts.skipped} skipped`);
}
console.log(`\n${counts.passed} passed, ${counts.failed} failed`);
const isGood = status === 0 && counts.failed === 0 && counts.passed > 0 && mayLeaveOut;
process.exitCode = isGood ? 0 : 1;
setTimeout(() => process.exit(), LEFT_OPEN_MS).unref();

/** Passes on what bun prints as it comes; keeps what it printed of each test that failed, for the end, where people look first. */
async function show(printed: ReadableStream<Uint8Array>, failed: string[]): Promise<void> {
  const decoder = new TextDecoder();
  let [rest, ofTest] = ["", ""];
  for await (const bytes of printed) {
    process.stderr.write(bytes);
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      ofTest += `${line}\n`;
      if (line.startsWith("(fail)")) failed.push(ofTest.trim());
      if (/^\((fail|pass|skip)\)|^\S+\.test\.ts:$/.test(line)) ofTest = "";
    }
  }
}

/** All test files but those that need a tool which is not here; no list at all when nothing is left out. */
function chooseFiles(): { readonly files: readonly string[]; readonly leftOut: readonly string[] } {
  const all = readdirSync(join(ROOT, "tests"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => join("tests", name));
  const missing = new Map(all.map((name) => [name, missingTools(readFileSync(join(ROOT, name), "utf8"))]));
  const kept = all.filter((name) => missing.get(name)?.length === 0);
  if (kept.length === all.length) return { files: [], leftOut: [] };
  const without = all.filter((name) => !kept.includes(name));
  return {
    files: kept.map((name) => `./${name}`),
    leftOut: without.map((name) => `${name} (${missing.get(name)?.join(", ")} is not installed)`),
  };
}

function missingTools(source: string): string[] {
  const named = /^\/\/ Needs ([\w, ]+)\.$/m.exec(source)?.[1];
  return named === undefined ? [] : named.split(", ").filter((tool) => Bun.which(tool) === null);
}

/** The report's text; empty when bun ended before it wrote one. */
function readReport(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // no report: countsOf() makes a failure of it
  }
}

/** What the report's head says. A file that could not be loaded is no test there, only an exit status: count it as one. */
function countsOf(xml: string, exitStatus: number): Counts {
  const head = /<testsuites [^>]*>/.exec(xml)?.[0] ?? "";
  const number = (name: string): number => Number(new RegExp(` ${name}="(\\d+)"`).exec(head)?.[1] ?? 0);
  const failures = number("failures");
  const skipped = number("skipped");
  const passed = number("tests") - failures - skipped;
  return { passed, skipped, failed: exitStatus === 0 ? failures : Math.max(failures, 1) };
}
