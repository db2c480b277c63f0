// What a run leaves behind: nothing, however it ends, but for a SIGKILL; and after that the next start ends what is left before it goes on. Each
// attempt starts processes in its group, out of it, and deaf to SIGTERM; all carry a mark in their environment by which they are found here.
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { ckpt, newFolder, start, writeLines } from "../helpers/ckpt.ts";
import { killAll, pidsWith } from "../helpers/processes.ts";
import { type Reading, reading } from "../helpers/reading.ts";
import { interruptTwice } from "../helpers/signals.ts";
import { KINDS, type Kind, wordsFor } from "./leaky-processors.ts";
import type { Figures, Size } from "./figures.ts";

type Child = ReturnType<typeof start>;

type Started = {
  readonly child: Child;
  readonly errors: Reading;
  readonly ended: Promise<{ readonly code: number; readonly errors: string }>;
};

type Exit = {
  readonly code: number;
  readonly what: string;
  /** What the items do: ok, fail, hang; `once`: hang at the first attempt, be ok at the next. */
  readonly items: readonly string[];
  readonly args?: readonly string[];
  /** It is to end after so many seconds. */
  readonly maxTimeS?: number;
  /** Done once all items have been begun. */
  readonly act?: (started: Started, folder: string) => Promise<void>;
};

const MARK = "CKPT_TEST_LITTER";
const LIMIT_MS = 60_000;
const SIGNALS: Readonly<Record<string, number>> = os.constants.signals;
const signal =
  (name: NodeJS.Signals) =>
  ({ child }: Started): Promise<void> => {
    child.kill(name);
    return Promise.resolve();
  };

const EXITS: readonly Exit[] = [
  { code: 0, what: "all done", items: ["ok", "ok"] },
  { code: 3, what: "some failed", items: ["ok", "fail"] },
  { code: 4, what: "limit", items: ["ok", "ok"], args: ["--limit", "1"] },
  { code: 4, what: "time is up", items: ["ok", "hang"], args: ["--grace", "100ms"], maxTimeS: 3 },
  { code: 12, what: "the log was written to by another", items: ["ok", "later"], act: writeIntoLog },
  {
    code: 1,
    what: "the output has no folder any more",
    items: ["ok", "later"],
    args: ["-o", "out/out.jsonl"],
    act: removeOutputFolder,
  },
  { code: 2, what: "usage", items: ["ok"], args: ["--no-such-option"] },
  { code: 130, what: "^C", items: ["hang", "hang"], args: ["--grace", "100ms"], act: signal("SIGINT") },
  {
    code: 143,
    what: "SIGTERM",
    items: ["hang", "hang"],
    args: ["--grace", "100ms"],
    act: signal("SIGTERM"),
  },
  { code: 129, what: "SIGHUP", items: ["hang", "hang"], args: ["--grace", "100ms"], act: signal("SIGHUP") },
  {
    code: 130,
    what: "a second ^C",
    items: ["hang", "hang"],
    args: ["--grace", "50s"],
    act: ({ child, errors }) => interruptTwice(child, errors),
  },
];

/** The size makes no difference: each case takes seconds, and next to no work. */
export async function leftovers(_size: Size): Promise<Figures> {
  const tasks = KINDS.flatMap((kind) => [
    ...EXITS.map((exit) => () => leavesNothing(kind, exit)),
    () => endedAtNextStart(kind),
  ]);
  const faults = [...(await allOf(tasks, 12)).flat(), ...(await afterLastCommit()), ...(await notFound())];
  return {
    method: "leftovers",
    figures: {
      exits: EXITS.length * KINDS.length,
      "kills followed by a start": KINDS.length,
      faults: faults.length,
    },
    faults,
  };
}

async function allOf<T>(tasks: readonly (() => Promise<T>)[], atOnce: number): Promise<readonly T[]> {
  const results: T[] = [];
  const left = [...tasks];
  const lane = async (): Promise<void> => {
    for (let task = left.shift(); task !== undefined; task = left.shift()) results.push(await task());
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return results;
}

function begin(folder: string, mark: string, words: readonly string[]): Started {
  const child = start(folder, ["run", "q.txt", "-j", "2", ...words], { [MARK]: mark });
  const errors = reading(child.stderr);
  const ended = Promise.all([errors.all, child.stdout.text(), child.exited]).then(([all]) => ({
    code: child.exitCode ?? 128 + (SIGNALS[child.signalCode ?? "SIGKILL"] ?? 0),
    errors: all,
  }));
  return { child, errors, ended };
}

async function leavesNothing(kind: Kind, exit: Exit): Promise<readonly string[]> {
  const { folder, mark, words } = newCase(kind, exit.items);
  const { args = [], maxTimeS } = exit;
  const maxTime = maxTimeS === undefined ? [] : ["--max-time", `${maxTimeS}s`];
  const started = begin(folder, mark, [...args, ...maxTime, ...words]);
  const { child, ended } = started;
  if (exit.act !== undefined) {
    await untilOrEnd(child, () => begunIn(folder) >= exit.items.length);
    await exit.act(started, folder);
  }
  const timer = setTimeout(() => child.kill("SIGKILL"), LIMIT_MS);
  const { code, errors } = await ended;
  clearTimeout(timer);
  const left = pidsWith(MARK, mark);
  killAll(left);
  const name = `${kind}, ${exit.what}`;
  const faults = left.length > 0 ? [`${name}: ${left.length} processes are left`] : [];
  if (code !== exit.code) faults.push(`${name}: ended with ${code}: ${errors.slice(-500)}`);
  const isBegun = begunIn(folder) > 0;
  fs.rmSync(folder, { recursive: true });
  // A machine that begins nothing in that time is given three times as long.
  if (!isBegun && faults.length === 0 && maxTimeS !== undefined && maxTimeS * 1000 < LIMIT_MS)
    return leavesNothing(kind, { ...exit, maxTimeS: maxTimeS * 3 });
  if (exit.code !== 2 && !isBegun) faults.push(`${name}: nothing was begun`);
  return faults;
}

/** After SIGKILL all that was started is there, with its own environment; the next start ends it, and comes to its end. */
async function endedAtNextStart(kind: Kind): Promise<readonly string[]> {
  const { folder, mark, words } = newCase(kind, ["once", "once", "ok"]);
  const first = begin(folder, mark, words);
  await untilOrEnd(first.child, () => begunIn(folder) >= 2);
  first.child.kill("SIGKILL");
  await first.ended;
  const left = pidsWith(MARK, mark);
  const faults = left.length >= 6 ? [] : [`${kind}: only ${left.length} processes outlived the kill`];
  const again = begin(folder, `${mark}-again`, words);
  await untilOrEnd(again.child, () => begunIn(folder) >= 3);
  const before = pidsWith(MARK, mark);
  const { code, errors } = await again.ended;
  if (before.length > 0) faults.push(`${kind}: ${before.length} processes were left as the next run went on`);
  if (code !== 0) faults.push(`${kind}: the next run ended with ${code}: ${errors.slice(-500)}`);
  const after = [...pidsWith(MARK, mark), ...pidsWith(MARK, `${mark}-again`)];
  if (after.length > 0) faults.push(`${kind}: ${after.length} processes are left after the next run`);
  killAll(after);
  fs.rmSync(folder, { recursive: true });
  return faults;
}

/** Says which session it belongs to, and whether the process in `left` runs (sleeps, or is on a processor). */
const LOOKS =
  'echo "$CKPT_SESSION_NONCE" > nonce; [ -e left ] || exit 0; ' +
  "case $(cut -d' ' -f3 /proc/$(cat left)/stat 2>&1) in S | R) echo > seen ;; esac";

/** A run that was killed after its last commit: stopped or complete, what it left is ended all the same; by `clear` as well. */
async function afterLastCommit(): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const [state, args, next] of [
    ["stopped", ["--limit", "1"], "run"],
    ["complete", [], "run"],
    ["cleared", ["--limit", "1"], "clear"],
  ] as const) {
    const { folder, mark } = newCase("command", ["ok", "ok"]);
    const words = [...args, "--", "sh", "-c", LOOKS];
    await begin(folder, mark, words).ended;
    const nonce = fs.readFileSync(path.join(folder, "nonce"), "utf8").trim();
    const env = { CKPT_SESSION_NONCE: nonce };
    const left = Bun.spawn(["sleep", "1000"], { env, detached: true, stdio: ["ignore", "ignore", "ignore"] });
    fs.writeFileSync(path.join(folder, "left"), String(left.pid));
    const ran =
      next === "run" ? await begin(folder, mark, words).ended : await ckpt(folder, ["clear", "--yes"]);
    if (fs.existsSync(path.join(folder, "seen")))
      faults.push(`${state}: the next run went on before it ended it`);
    if (left.exitCode === null && left.signalCode === null) {
      faults.push(`${state}: a process is left after the next run, which ended with ${ran.code}`);
      left.kill("SIGKILL");
    }
    fs.rmSync(folder, { recursive: true });
  }
  return faults;
}

/** What docs/durability.md says is not found: what has left the group with an environment of its own. Shown, so that the page stays true. */
async function notFound(): Promise<readonly string[]> {
  const folder = newFolder();
  writeLines(folder, "q.txt", ["one"]);
  const script =
    "env -i setsid sh -c 'echo $$ > cleared.tmp; mv cleared.tmp cleared; exec sleep 1000' & sleep 1000";
  const cleared = path.join(folder, "cleared");
  const { child, ended } = begin(folder, "", ["--", "sh", "-c", script]);
  await untilOrEnd(child, () => fs.existsSync(cleared));
  child.kill("SIGKILL");
  await ended;
  const pid = Number(fs.readFileSync(cleared, "utf8"));
  fs.rmSync(cleared);
  const again = begin(folder, "", ["--grace", "10ms", "--", "sh", "-c", script]);
  await untilOrEnd(again.child, () => fs.existsSync(cleared));
  again.child.kill("SIGTERM");
  await again.ended;
  const isThere = fs.existsSync(`/proc/${pid}`);
  killAll([pid, Number(fs.readFileSync(cleared, "utf8"))]);
  fs.rmSync(folder, { recursive: true });
  return isThere
    ? []
    : ["a process without the session's name in its environment was ended: the page says it is not"];
}

function newCase(
  kind: Kind,
  items: readonly string[],
): { readonly folder: string; readonly mark: string; readonly words: readonly string[] } {
  const folder = newFolder();
  writeLines(folder, "q.txt", items);
  fs.mkdirSync(path.join(folder, "out"));
  return { folder, mark: crypto.randomUUID(), words: wordsFor(kind, folder) };
}

function writeIntoLog(_started: Started, folder: string): Promise<void> {
  fs.appendFileSync(path.join(folder, "checkpoints/checkpoint_results.jsonl"), "x\n");
  return letLaterSucceed(folder);
}

function removeOutputFolder(_started: Started, folder: string): Promise<void> {
  fs.rmdirSync(path.join(folder, "out"));
  return letLaterSucceed(folder);
}

/** What `later` waits for. */
function letLaterSucceed(folder: string): Promise<void> {
  fs.writeFileSync(path.join(folder, "now"), "");
  return Promise.resolve();
}

function begunIn(folder: string): number {
  const file = path.join(folder, "begun");
  return fs.existsSync(file) ? fs.statSync(file).size : 0;
}

/** Waits until a condition holds, the child has ended, or the limit has passed; what follows tells. */
async function untilOrEnd(child: Child, condition: () => boolean): Promise<void> {
  for (const startMs = performance.now(); performance.now() - startMs < LIMIT_MS;) {
    if (condition() || child.exitCode !== null || child.signalCode !== null) return;
    await Bun.sleep(5);
  }
}
