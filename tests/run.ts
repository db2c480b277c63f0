// Runs `bun test` with the arguments given, shows its output as it comes, and ends with the line "N passed, N failed".
// The counts come from a JUnit report, not from the text on the screen; a run without a single test has failed.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

type Counts = { readonly passed: number; readonly failed: number; readonly skipped: number };

/** A hang is to be noticed, a busy machine is not to fail a test. */
const TIMEOUT_MS = 180_000;

const folder = mkdtempSync(join(tmpdir(), "ckpt-tests-"));
const report = join(folder, "junit.xml");
const child = Bun.spawn(
  [
    process.execPath,
    "test",
    `--timeout=${TIMEOUT_MS}`,
    "--reporter=junit",
    `--reporter-outfile=${report}`,
    ...process.argv.slice(2),
  ],
  {
    cwd: join(import.meta.dir, ".."),
    stdio: ["ignore", "inherit", "inherit"],
  },
);
const status = await child.exited;
const counts = countsOf(readReport(report), status);
rmSync(folder, { recursive: true, force: true });
if (counts.skipped > 0) {
  console.log(`\n${counts.skipped} skipped`);
}
console.log(`\n${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = status === 0 && counts.failed === 0 && counts.passed > 0 ? 0 : 1;

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
