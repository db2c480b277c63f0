// Error sweep: calls that commands make on their files fail, once or from then on, or write less than they were asked to. Each ends with the exit code that is
// right for it (error-outcomes.ts), says what, where and what to do; what was called saved is there; the commands that follow come to the exact output.
import { eachWide } from "../helpers/each-wide.ts";
import { SEED } from "../helpers/seed.ts";
import { outcomeTable, rightCodes, rowOf } from "./error-outcomes.ts";
import type { Figures, Size } from "./figures.ts";
import { recordedItems, checkpointState } from "./folder-state.ts";
import { afterwards, inCopy, pointName, readyCases, sampleOf, type SweepPoint } from "./sweep.ts";
import { ITEMS, marks, outputOf, writtenOutput } from "./sweep-job.ts";
import { ERRNO, type ErrorCode } from "./syscalls.ts";
import { reportedError } from "./reported-error.ts";
import { type Effect, runTraced, type TracedRun } from "./traced-run.ts";

type Trial = { readonly point: SweepPoint; readonly effect: Effect };

/** Some runs wait half a minute for room on the disk. */
const WIDTH = 6;
const TRIALS_QUICK = 45;
/** From then on: more often than any run makes calls. A signal does not interrupt for ever. */
const LASTING = { error: 1_000_000, interruption: 20 };

export async function errorSweep(size: Size): Promise<Figures> {
  const { ready, points, faults, skipped } = await readyCases();
  const all = trialsOf(points);
  const trials = size === "full" ? all : sampleOf(all.filter(isShort), TRIALS_QUICK, SEED);
  const seen = { failed: 0, wentThrough: 0 };
  await eachWide(trials, WIDTH, async (trial) => {
    const { exitCode, faults: found } = await tryOut(trial);
    if (exitCode === 0) seen.wentThrough++;
    else seen.failed++;
    faults.push(...found.map((fault) => `${trialName(trial)}: ${fault}`));
  });
  for (const { remove } of ready) remove();
  const figures = {
    commands: ready.length,
    "calls by file": firstOfEach(points).length,
    trials: trials.length,
    "went through": seen.wentThrough,
    "failed and were gone on from": seen.failed,
    "broken promises": faults.length,
    seed: SEED,
  };
  return { method: "error sweep", figures, faults, skipped };
}

function trialName({ point, effect }: Trial): string {
  const what = effect.kind === "error" ? effect.code : "a short write";
  return `${pointName(point)}, ${what}${effect.times > 1 ? " from then on" : ""}`;
}

/** Every error, once and lasting, where a command first does something to a file; one by turns at all other calls; each write made short. */
function trialsOf(points: readonly SweepPoint[]): Trial[] {
  const first = new Set(firstOfEach(points));
  const codes = Object.keys(ERRNO) as ErrorCode[];
  const turns = codes.flatMap((code) => [errorOf(code, false), errorOf(code, true)]);
  return points.flatMap((point, i): Trial[] => {
    const effects = turns.filter((effect) => fits(effect, point));
    const turn = effects[i % effects.length];
    const errors = first.has(point) ? effects : turn === undefined ? [] : [turn];
    const shorts: readonly Effect[] = point.at.call.includes("write")
      ? [{ kind: "short", times: first.has(point) ? LASTING.error : 1 }]
      : [];
    return [...errors, ...shorts].map((effect) => ({ point, effect }));
  });
}

function errorOf(code: ErrorCode, lasting: boolean): Effect {
  const often = code === "EINTR" ? LASTING.interruption : LASTING.error;
  return { kind: "error", code, times: lasting ? often : 1 };
}

function fits(effect: Effect, { at }: SweepPoint): boolean {
  return effect.kind !== "error" || effect.code !== "EMFILE" || at.call === "openat";
}

/** The first point of each call and role, over all cases. */
function firstOfEach(points: readonly SweepPoint[]): SweepPoint[] {
  const known = new Map(points.toReversed().map((point) => [`${point.at.call} ${point.at.role}`, point]));
  return [...known.values()];
}

/** Not those that wait half a minute. */
function isShort({ point, effect }: Trial): boolean {
  return effect.times === 1 || !/^checkpoints\/(?:checkpoint_results|processing_status)/.test(point.at.role);
}

async function tryOut({
  point,
  effect,
}: Trial): Promise<{ readonly exitCode: number | null; readonly faults: string[] }> {
  const { sweepCase, template } = point.ready;
  const before = recordedItems({ folder: template, dir: sweepCase.dir }, sweepCase.again);
  const marked = marks(template).length;
  return inCopy(template, async (folder) => {
    const ran = await runTraced(folder, sweepCase.args, point.at, effect);
    const faults = ran.hits === 0 ? ["not reached"] : endFaults(point, effect, ran, folder);
    const again = sweepCase.keeps
      ? marks(folder)
          .slice(marked)
          .filter((index) => before.has(index))
      : [];
    if (again.length > 0) faults.push(`it ran again: ${again.join(", ")}`);
    return {
      exitCode: ran.exitCode,
      faults: [
        ...faults,
        ...(await afterwards({ ...sweepCase, ...sweepCase.afterErrors }, folder, ran.errors)),
      ],
    };
  });
}

/** What is wrong with how the command ended. */
function endFaults(point: SweepPoint, effect: Effect, ran: TracedRun, folder: string): string[] {
  const { exitCode, errors } = ran;
  const right = effect.kind === "error" ? rightCodes(point, effect.code, effect.times > 1) : [0];
  const said = errors.split("\n").filter((line) => line !== "" && !line.startsWith('{"event":"progress"'));
  const shown = said.join(" | ").replaceAll(folder, "");
  const faults: string[] = [];
  if (exitCode === null || !right.includes(exitCode))
    faults.push(`exit ${exitCode} instead of ${right.join(" or ")}: ${shown}`);
  if (/^\s+at .*:\d+|internal error/m.test(errors)) faults.push(`a stack: ${shown}`);
  if (exitCode !== 0 && effect.kind === "error" && !isExplained(errors, folder, effect.code))
    faults.push(`badly explained: ${shown}`);
  if (exitCode === 0) faults.push(...doneFaults(point, folder));
  if (!saysWhatItShould(point, effect, ran))
    faults.push(`it should say ${rowOf(point).says.join(" or ")}: ${shown}`);
  return faults;
}

/** What a command that says it went through has not done. */
function doneFaults({ ready }: SweepPoint, folder: string): string[] {
  const { places, dir, items = ITEMS, writes } = ready.sweepCase;
  if (places !== null) {
    const place = checkpointState({ folder, dir });
    return place === places.new ? [] : [`done, but ${place} stands there`];
  }
  if (writes !== undefined) return [];
  return outputOf(items) === writtenOutput(folder) ? [] : ["done, but another output"];
}

/** SQLite has words of its own for what the system says. */
const SQLITE = /unable to open database file|disk I\/O error|database or disk is full|readonly database/;

/** The message names a path and the cause, and below it stands what to do. An output that cannot be read is taken for another's. */
function isExplained(errors: string, folder: string, code: ErrorCode): boolean {
  const { message, hint } = reportedError(errors);
  const names = message.includes(code) || SQLITE.test(message) || message.startsWith("Refused to overwrite");
  return message.includes(folder) && names && hint !== "";
}

/** An error that lasts may be met by a later call first; one that comes once has its own words. */
function saysWhatItShould(point: SweepPoint, effect: Effect, { errors, exitCode }: TracedRun): boolean {
  const { says, notes } = rowOf(point);
  const speaks = exitCode !== 0 || (notes === true && effect.kind === "error" && effect.code !== "EINTR");
  return effect.times > 1 || says.length === 0 || !speaks || says.some((words) => errors.includes(words));
}

if (import.meta.main) console.log(outcomeTable());
