// Does the proof notice faults? Each mutant (mutant-list.ts) is put into a copy of the code, and the check named for it must fail there; the same
// check must pass on the code as it is, or its failing proves nothing.
import * as fs from "node:fs";
import * as path from "node:path";
import type { Figures, Size } from "./figures.ts";
import { memoryFolder } from "../helpers/memory.ts";
import { hasStrace } from "../helpers/strace.ts";
import { type Check, type Mutant, MUTANTS } from "./mutant-list.ts";
import { testEnvironment } from "../helpers/environment.ts";

const ROOT = path.resolve(import.meta.dir, "../..");
/** Of the copy; what is installed is linked. */
const COPIED: readonly string[] = [
  "lib",
  "tests",
  "examples",
  "scripts",
  "cli.ts",
  "package.json",
  "tsconfig.json",
  "bunfig.toml",
];
/** Methods that run the executable, which has to be built of the copy. */
const BUILT = "trace-states";
const AT_ONCE = 2;

type Verdict = "passes" | "fails" | "breaks";

/** All mutants, whatever the size: a check that is not tried proves nothing. */
export async function mutants(_size: Size): Promise<Figures> {
  const figures: { [name: string]: string } = {};
  const faults: string[] = [];
  const isLeftOut = ({ check }: Mutant): boolean => check === BUILT && !hasStrace;
  const tried = MUTANTS.filter((mutant) => !isLeftOut(mutant));
  const names = new Map(tried.map(({ check }) => [nameOf(check), check]));
  await each([...names], async ([name, check]) => {
    const verdict = await tryOn(null, check);
    if (verdict !== "passes") faults.push(`${name} ${verdict} on the code as it is`);
  });
  await each(tried, async (mutant) => {
    const verdict = await tryOn(mutant, mutant.check);
    figures[mutant.name] = verdict === "fails" ? `caught by ${nameOf(mutant.check)}` : verdict;
    if (verdict !== "fails") faults.push(`${mutant.name}: ${nameOf(mutant.check)} ${verdict}`);
  });
  const sorted = Object.fromEntries(tried.map(({ name }) => [name, figures[name] ?? ""]));
  const skipped = MUTANTS.filter(isLeftOut).map(({ name }) => `${name}: strace is not installed`);
  return { method: "mutants", figures: { mutants: tried.length, ...sorted }, faults, skipped };
}

function nameOf(check: Check): string {
  return typeof check === "string" ? check : `"${check.test} …" of ${path.basename(check.file)}`;
}

async function each<T>(values: readonly T[], action: (value: T) => Promise<void>): Promise<void> {
  const waiting = [...values];
  const one = async (): Promise<void> => {
    for (let value = waiting.shift(); value !== undefined; value = waiting.shift()) await action(value);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
}

/** What a check says of a copy of the code with that fault in it; null: with none. */
async function tryOn(mutant: Mutant | null, check: Check): Promise<Verdict> {
  const folder = memoryFolder("ckpt-mutant-");
  try {
    for (const name of COPIED) fs.cpSync(path.join(ROOT, name), path.join(folder, name), { recursive: true });
    fs.symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
    if (mutant !== null) mutate(folder, mutant);
    if (check === BUILT && (await run(folder, ["run", "build"])).code !== 0) return "breaks";
    return await verdictOf(folder, check);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

function mutate(folder: string, { name, file, edits }: Mutant): void {
  const target = path.join(folder, "lib", file);
  for (const { from, to } of edits) {
    const source = fs.readFileSync(target, "utf8");
    if (source.split(from).length !== 2)
      throw new Error(`mutant "${name}": its text is not in ${file} exactly once`);
    const changed = source.replace(from, () => to);
    fs.writeFileSync(target, changed);
  }
}

/** A check fails when it says what is wrong; a program that cannot be run is no check that fails. */
async function verdictOf(folder: string, check: Check): Promise<Verdict> {
  if (typeof check === "string") {
    const { code, text } = await run(folder, ["tests/crash/run.ts", "--quick", check]);
    if (code === 0) return "passes";
    return text.includes("FAULT ") ? "fails" : "breaks";
  }
  const { code, text } = await run(folder, ["test", "--timeout=60000", "-t", check.test, check.file]);
  const passed = Number(/^ *(\d+) pass$/m.exec(text)?.[1] ?? 0);
  const failed = Number(/^ *(\d+) fail$/m.exec(text)?.[1] ?? 0);
  if (code === 0 && passed > 0) return "passes";
  return failed > 0 && text.includes("(fail)") ? "fails" : "breaks";
}

async function run(
  cwd: string,
  args: readonly string[],
): Promise<{ readonly code: number; readonly text: string }> {
  const child = Bun.spawn([process.execPath, ...args], {
    cwd,
    env: testEnvironment(process.env),
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, errors] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return { code: await child.exited, text: out + errors };
}
