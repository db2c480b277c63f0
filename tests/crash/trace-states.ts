// Crash states from traces of the real executable: whole runs with their commit thread, output and reports, a clear, a restore, and what follows a
// kill. Every state that a power cut may leave is recovered by the same command; what had been reported by then must hold.
import * as fs from "node:fs";
import * as path from "node:path";
import { checkpointPaths } from "../../lib/checkpoint/names.ts";
import { writeLines } from "../helpers/ckpt.ts";
import { command } from "../helpers/in-process.ts";
import { SEED, seededRandom } from "../helpers/seed.ts";
import { hasStrace, withStrace } from "../helpers/strace.ts";
import { memoryFolder } from "../helpers/memory.ts";
import { DiskModel, materialise, type Tree, treeDigest } from "./disk-model.ts";
import type { Figures, Size } from "./figures.ts";
import { checkSaved, copyOf, type Losses, stateKey } from "./saved-results.ts";
import { recordTrace, type Trace } from "./recorded-trace.ts";
import { recordingFs } from "./recording-fs.ts";
import { CHECKPOINT, OUTPUT, type ReportedInTrace, TraceReplay } from "./trace-replay.ts";

const ITEMS = 10;
/** The last one of each batch takes longer than the time between two lines of progress, so that there is a line when the batch is full. */
const PAUSE_MS = 1100;
const GIVEN: ReadonlySet<string> = new Set(["in.txt", "answer.ts"]);
const RUN = ["run", "@in.txt", "--module", "@answer.ts", "-o", "@out.jsonl", "--resume", "-j", "1"];
const REPORTING = [...RUN, "-b", "3", "--progress", "json"];
/** One batch, so that no thread of its own commits: its calls would not be recorded in this process. */
const RECOVERING = [...RUN, "-b", "1000"];
const MODULE = [
  "export async function process(item: string): Promise<string> {",
  "  (globalThis as { ran?: string[] }).ran?.push(item);",
  `  const pauseMs = globalThis.process.env["PAUSE_MS"];`,
  "  if (pauseMs !== undefined && Number(item) % 3 === 2) await Bun.sleep(Number(pauseMs));",
  "  return `answer ${item} `.repeat(Number(item) + 1);",
  "}",
];
const EXPECTED = Array.from({ length: ITEMS }, (_, i) => {
  return `${JSON.stringify({ index: i, status: "ok", output: `answer ${i} `.repeat(i + 1) })}\n`;
}).join("");

/** One process; `inject`: how strace kills it (recorded-trace.ts). */
type Step = { readonly args: readonly string[]; readonly exitCode: number | null; readonly inject?: string };

const KILL_IN_SECOND_COMMIT: Step = {
  args: REPORTING,
  exitCode: null,
  inject: "fdatasync:signal=KILL:when=2",
};
const SEQUENCES: Readonly<Record<string, readonly Step[]>> = {
  "kill, kill in recovery, completion": [
    KILL_IN_SECOND_COMMIT,
    { args: REPORTING, exitCode: null, inject: "ftruncate:signal=KILL:when=1" },
    { args: REPORTING, exitCode: 0 },
  ],
  "kill, clear, another session, restore, completion": [
    KILL_IN_SECOND_COMMIT,
    { args: ["clear", "-y", "--json"], exitCode: 0 },
    { args: [...REPORTING, "--limit", "4"], exitCode: 4 },
    { args: ["restore", "latest", "-y", "--json"], exitCode: 0 },
    { args: REPORTING, exitCode: 0 },
  ],
};

/** `left`: what the folder held after it. */
type Recorded = { readonly trace: Trace; readonly left: Tree };
/** What was lost once is recorded again; what is lost each time is a fault. */
const RECORDINGS_MAX = 3;
type State = { readonly tree: Tree; readonly reported: ReportedInTrace; readonly where: string };
type Found = Losses & {
  calls: number;
  reports: number;
  states: number;
  recoveries: number;
  nested: number;
  readonly faults: string[];
};

export async function traceStates(size: Size): Promise<Figures> {
  const method = "crash states from traces";
  if (!hasStrace) return { method, figures: {}, faults: [], skipped: ["all of it: strace is not installed"] };
  const base = memoryFolder("ckpt-trace-");
  const found: Found = {
    calls: 0,
    reports: 0,
    states: 0,
    recoveries: 0,
    nested: 0,
    lost: 0,
    doubled: 0,
    faults: [],
  };
  try {
    const names = Object.keys(SEQUENCES);
    const roots = names.map((_, i) => path.join(base, String(i)));
    const recorded = await Promise.all(
      names.map((name, i) => withStrace(() => recordWhole(roots[i] ?? "", SEQUENCES[name] ?? []))),
    );
    for (const [i, name] of names.entries())
      await inspect(name, roots[i] ?? "", recorded[i] ?? [], size, found);
  } finally {
    fs.rmSync(base, { recursive: true });
  }
  if (found.reports === 0) found.faults.push("nothing was reported as saved: this proves nothing");
  const { faults, ...figures } = found;
  return { method, figures, faults };
}

/** The words of a command, files of the folder (`@NAME`) by their whole paths. */
function wordsIn(root: string, args: readonly string[]): string[] {
  return args.map((word) => (word.startsWith("@") ? path.join(root, word.slice(1)) : word));
}

function prepare(root: string): void {
  fs.rmSync(root, { recursive: true, force: true });
  fs.mkdirSync(root);
  writeLines(
    root,
    "in.txt",
    Array.from({ length: ITEMS }, (_, i) => String(i)),
  );
  writeLines(root, "answer.ts", MODULE);
}

async function record(root: string, steps: readonly Step[]): Promise<Recorded[]> {
  const recorded: Recorded[] = [];
  prepare(root);
  for (const { args, exitCode, inject } of steps) {
    const trace = await recordTrace(
      root,
      `${root}.strace`,
      wordsIn(root, args),
      { PAUSE_MS: String(PAUSE_MS) },
      inject ?? null,
    );
    if (trace.exitCode !== exitCode)
      throw new Error(`ckpt ${args.join(" ")} ended with ${trace.exitCode}: ${trace.errors}`);
    recorded.push({ trace, left: treeOf(root) });
  }
  return recorded;
}

/** The same, again where strace has lost a call that was in work when the process was killed: then the calls do not give what is there. */
async function recordWhole(root: string, steps: readonly Step[]): Promise<Recorded[]> {
  let recorded: Recorded[] = [];
  for (let tries = 0; tries < RECORDINGS_MAX; tries++) {
    recorded = await record(root, steps);
    if (isWhole(root, recorded)) break;
  }
  return recorded;
}

function isWhole(root: string, recorded: readonly Recorded[]): boolean {
  place(root, new Map());
  const model = DiskModel.of(treeOf(root));
  const reported: ReportedInTrace = { saved: new Map(), place: undefined, damaged: false, complete: false };
  const nothing = (): void => undefined;
  return recorded.every(({ trace, left }) => {
    new TraceReplay(root, model, reported, nothing, nothing).play(trace.events);
    return gives(model, left);
  });
}

function gives(model: DiskModel, left: Tree): boolean {
  const [played] = model.states();
  return played !== undefined && treeDigest(lasting(played)) === treeDigest(left);
}

const PASSING = /^(?:(?:backups\.)?lock(?:-journal)?|owner\.json|run\.sock(?:\.tmp)?)$/;

/** Without what only says who is at work. */
function lasting(tree: Iterable<readonly [string, Buffer | null]>): Tree {
  return new Map([...tree].filter(([file]) => !PASSING.test(path.basename(file))));
}

/** What a folder holds. */
function treeOf(root: string): Tree {
  const entries = fs.readdirSync(root, { withFileTypes: true, recursive: true });
  return lasting(
    entries
      .filter((entry) => !entry.isSocket())
      .map((entry) => {
        const file = path.join(entry.parentPath, entry.name);
        return [`/${path.relative(root, file)}`, entry.isDirectory() ? null : fs.readFileSync(file)];
      }),
  );
}

async function inspect(
  name: string,
  root: string,
  recorded: readonly Recorded[],
  size: Size,
  found: Found,
): Promise<void> {
  place(root, new Map());
  const model = DiskModel.of(treeOf(root));
  const reported: ReportedInTrace = { saved: new Map(), place: undefined, damaged: false, complete: false };
  const seen = new Set<string>();
  const states: State[] = [];
  for (const [i, { trace, left }] of recorded.entries()) {
    const step = `${name}, process ${i + 1}`;
    const see = (where: string): void => gather(model, reported, `${step}, ${where}`, seen, states);
    const replay = new TraceReplay(
      root,
      model,
      reported,
      see,
      (text) => void found.faults.push(`${step}, ${text}`),
    );
    replay.play(trace.events);
    found.calls += replay.calls;
    found.reports += replay.reports;
    expectSame(model, left, step, found);
  }
  for (const state of chosen(states, size)) await check(root, state, found);
  await checkNested(root, states, seen, size, found);
}

/** What was recorded, played on the model, must give what is there; else something was not recorded. */
function expectSame(model: DiskModel, left: Tree, where: string, found: Found): void {
  if (!gives(model, left))
    found.faults.push(`${where}: the calls played on the model give other files than are there`);
}

function gather(
  model: DiskModel,
  reported: ReportedInTrace,
  where: string,
  seen: Set<string>,
  states: State[],
): void {
  for (const tree of model.states()) {
    const key = `${stateKey(tree, reported)} ${reported.complete}`;
    if (seen.has(key)) continue;
    seen.add(key);
    states.push({ tree, reported: { ...copyOf(reported), complete: reported.complete }, where });
  }
}

const QUICK_STATES = 150;

/** All, or some by chance, always the same ones. */
function chosen(states: readonly State[], size: Size): readonly State[] {
  if (size === "full" || states.length <= QUICK_STATES) return states;
  const random = seededRandom(SEED);
  return states.filter(() => random() < QUICK_STATES / states.length);
}

/** Cuts inside the recovery from a cut. */
async function checkNested(
  root: string,
  states: readonly State[],
  seen: Set<string>,
  size: Size,
  found: Found,
): Promise<void> {
  const every = size === "full" ? 40 : 400;
  const inner: State[] = [];
  for (let i = 0; i < states.length && found.faults.length === 0; i += every) {
    const state = states[i];
    if (state === undefined) break;
    place(root, state.tree);
    const model = DiskModel.of(state.tree);
    const reported = { ...copyOf(state.reported), place: undefined, complete: state.reported.complete };
    const after = (): void => gather(model, reported, `${state.where}, in recovery`, seen, inner);
    const watched = recordingFs(root, model, { before: () => undefined, after });
    await command(root, wordsIn(root, RECOVERING), { fs: watched, struck: () => false, stdout: () => "" });
    expectSame(model, treeOf(root), `${state.where}, in recovery`, found);
  }
  found.nested += inner.length;
  for (const state of chosen(inner, size)) await check(root, state, found);
}

/** The folder and what the user has put there stay: Bun remembers where modules were. */
function place(root: string, tree: Tree): void {
  for (const name of fs.readdirSync(root))
    if (!GIVEN.has(name)) fs.rmSync(path.join(root, name), { recursive: true });
  materialise(tree, root);
}

/** Runs the same command on what a cut left, twice. */
async function check(root: string, state: State, found: Found): Promise<void> {
  const { reported, tree } = state;
  const fault = (text: string): void => void found.faults.push(`${state.where}: ${text}`);
  found.states++;
  place(root, tree);
  const output = tree.get(OUTPUT);
  if (output !== undefined && output?.toString() !== EXPECTED)
    fault("an output is in place that is not whole");
  if (reported.complete && output === undefined) fault("the output of a job reported complete is gone");
  const ran = await recover(root, found, fault);
  const saved = reported.saved.get(reported.place ?? "");
  if (ran.some((item) => saved?.has(item) === true))
    fault(`items are run again that were saved: ${ran.join()}`);
  if (reported.place === null && !reported.complete && ran.length < ITEMS)
    fault("a cleared checkpoint came back");
  if (reported.complete && ran.length > 0) fault("a job reported complete is run again");
  const again = await recover(root, found, fault);
  if (again.length > 0) fault(`the second run runs items: ${again.join()}`);
  checkSaved(path.join(root, CHECKPOINT), reported, found, fault);
  const left = fs.readdirSync(checkpointPaths(path.join(root, CHECKPOINT)).dir);
  const leftovers = [...left, ...fs.readdirSync(root)].filter((name) =>
    /\.tmp$|^recovering|^intent/.test(name),
  );
  if (leftovers.length > 0) fault(`left behind: ${leftovers.join()}`);
}

/** @returns the items that were run */
async function recover(root: string, found: Found, fault: (text: string) => void): Promise<number[]> {
  const ran: string[] = [];
  Object.assign(globalThis, { ran });
  const { code, err } = await command(root, wordsIn(root, RECOVERING));
  found.recoveries++;
  if (code !== 0) fault(`exit code ${code}: ${err}`);
  const file = path.join(root, OUTPUT);
  if (!fs.existsSync(file) || fs.readFileSync(file, "utf8") !== EXPECTED)
    fault("the output is not what it should be");
  return ran.map(Number);
}
