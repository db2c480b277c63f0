// Runs `bun test` over a suite (`unit`, or all; or over what the arguments name), shows its output as it comes, and ends with the line "N passed, N failed".
// Before that it says again why tests failed, which files took longest, which random seed there was, and which real question sets were run as well.
// Counts and times come from a JUnit report, not from the text on the screen; a run without a single test has failed. Files that say
// `// Needs TOOL, TOOL.` are left out, and named, where such a tool is not installed; with CI=true that is a failure, and so is a test that is skipped.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { pathToPython, testEnvironment } from "./helpers/environment.ts";
import { parseReport, type TestReport } from "./helpers/junit.ts";
import { memoryFolder } from "./helpers/memory.ts";
import { REAL_SETS } from "./helpers/question-sets.ts";
import { SEED } from "./helpers/seed.ts";
import { filesOf, missingTools } from "./helpers/suites.ts";

/** A hang is to be noticed, a busy machine is not to fail a test. */
const TIMEOUT_MS = 180_000;
/** Of the whole run: bun then names the files that were still running. */
const LIMIT_MS = 30 * 60_000;
const LEFT_OPEN_MS = 2000;
/** Files run in processes of their own. Tests wait a good deal, so there is one process more than there are cores. */
const PROCESSES = Math.min(availableParallelism() + 1, 6);
const SLOWEST_SHOWN = 5;

const ROOT = join(import.meta.dir, "..");
const [first = "", ...others] = process.argv.slice(2);
const isUnit = first === "unit";
const isNamed = first !== "" && !isUnit;
const all = isNamed ? [] : filesOf(isUnit ? "unit" : "all");
const leftOut = all.filter((file) => missingTools(file).length > 0);
const files = all.filter((file) => !leftOut.includes(file));
const memory = memoryFolder("ckpt-tests-");
// Units do not mind what disk they are on; memory is not waited for.
const folder = isUnit ? memory : mkdtempSync(join(tmpdir(), "ckpt-tests-"));
const reportFile = join(folder, "junit.xml");
const child = Bun.spawn(
  [
    process.execPath,
    "test",
    `--parallel=${PROCESSES}`,
    `--timeout=${TIMEOUT_MS}`,
    "--reporter=junit",
    `--reporter-outfile=${reportFile}`,
    ...(isNamed ? [first] : []),
    ...others,
    ...files,
  ],
  {
    cwd: ROOT,
    // What tests leave behind goes with the folders.
    env: {
      ...testEnvironment({ ...process.env, TMPDIR: folder, CKPT_TEST_MEMORY: memory }),
      PATH: pathToPython(),
    },
    stdio: ["ignore", "inherit", "pipe"],
  },
);
const limit = setTimeout(() => child.kill(), LIMIT_MS);
const unhandled: string[] = [];
const allShown = show(child.stderr, unhandled);
const status = await child.exited;
clearTimeout(limit);
// What a test has left running may hold the pipe open: it is not waited for.
const leftOpen = Promise.withResolvers<void>();
const patience = setTimeout(leftOpen.resolve, LEFT_OPEN_MS);
await Promise.race([allShown, leftOpen.promise]);
clearTimeout(patience);
const report = parseReport(readReport(reportFile));
for (const left of [folder, memory]) rmSync(left, { recursive: true, force: true });
tell(report);
const passed = report.tests - report.failures - report.skipped;
// A file that could not be loaded is no test in the report: it counts as one. So does whatever else bun ended badly for, and a run without a test.
const failed = Math.max(report.failures + unhandled.length, status === 0 && passed > 0 ? 0 : 1);
const isWhole = process.env["CI"] !== "true" || (leftOut.length === 0 && report.skipped === 0);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && isWhole ? 0 : 1;
setTimeout(() => process.exit(), LEFT_OPEN_MS).unref();

/** Passes on what bun prints as it comes; keeps errors outside of tests, which the report lacks. */
async function show(printed: ReadableStream<Uint8Array>, kept: string[]): Promise<void> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of printed) {
    process.stderr.write(bytes);
    text += decoder.decode(bytes, { stream: true });
  }
  kept.push(...(text.match(/^# Unhandled error between tests\n-+\n.*?\n-{5,}$/gms) ?? []));
}

function tell({ files: timed, failed: failures, skipped }: TestReport): void {
  const slowest = timed.toSorted((a, b) => b.seconds - a.seconds).slice(0, SLOWEST_SHOWN);
  console.log("\nslowest files:");
  for (const { file, seconds } of slowest) console.log(`  ${seconds.toFixed(1)} s  ${file}`);
  for (const text of unhandled) console.log(`\n${text}`);
  for (const { file, name, text } of failures) console.log(`\n(fail) ${file} > ${name}\n${text}`);
  const real = REAL_SETS.map(({ name }) => name).join(", ") || "none";
  console.log(`\nreal question sets beside the checkout: ${real}`);
  console.log(`random seed: CKPT_TEST_SEED=${SEED}`);
  for (const file of leftOut)
    console.log(`left out: ${file} (${missingTools(file).join(", ")} is not installed)`);
  if (skipped > 0) console.log(`${skipped} skipped`);
}

/** The report's text; empty when bun ended before it wrote one. */
function readReport(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // no report: no test has passed
  }
}
