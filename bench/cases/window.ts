// Commands that take a while: the window must never run dry, and one slow item must not hold up the rest.
import { alone, pair, spread, type Timed } from "../measure.ts";
import type { Place } from "../place.ts";
import { idealRateRow, rateRow, type Row, seconds } from "../row.ts";
import { commandRun } from "./commands.ts";

const COUNT = 1000;
const STEADY_SECONDS = 0.05;
const STEADY_JOBS = 8;
/** Commands, one after another, by which the sleep is set. */
const ALONE = 40;
const SLOW_SECONDS = 5;

export async function windowRows(place: Place, pairs: number): Promise<Row[]> {
  return [...(await steadyRows(place, pairs)), await slowRow(place, pairs)];
}

async function steadyRows(place: Place, pairs: number): Promise<Row[]> {
  const input = place.lines(COUNT);
  const command = await steadyCommand(place);
  const paired = await pair(
    commandRun(place, input, { batch: 10, jobs: STEADY_JOBS }, command),
    xargsRun(place, input, STEADY_JOBS, command),
    pairs,
  );
  const ideal = (COUNT * STEADY_SECONDS) / STEADY_JOBS;
  const what = `${COUNT.toLocaleString("en")} commands that take 50 ms alone, -j ${STEADY_JOBS}`;
  return [
    idealRateRow("window-ideal", `${what}, against 1 000 × 0.05 s / 8`, COUNT, paired.ours, ideal, 0.97),
    rateRow("window-xargs", `${what}, against xargs -P8`, COUNT, paired, null),
  ];
}

/** A command that takes 50 ms alone, from its start to when its end is seen: sleep(1) is told as much less as it oversleeps, and starting takes. */
async function steadyCommand(place: Place): Promise<string[]> {
  const sleep = (forSeconds: number): string[] => ["sleep", forSeconds.toFixed(4)];
  const oneByOne = xargsRun(place, place.lines(ALONE), 1, sleep(STEADY_SECONDS));
  const taken = (await alone(oneByOne, 3)).seconds.median / ALONE;
  const left = 2 * STEADY_SECONDS - taken;
  if (left <= 0) throw new Error(`a sleep of ${STEADY_SECONDS} s takes ${taken.toFixed(3)} s here`);
  return sleep(left);
}

/** `xargs -I @` puts its own arguments nowhere: added, they would be slept for. */
function xargsRun(place: Place, input: string, jobs: number, command: readonly string[]): Timed {
  return { argv: ["xargs", `-P${jobs}`, "-I", "@", ...command], cwd: place.folder, stdin: input };
}

/** What one slow item among fast ones adds: at most its own time. */
async function slowRow(place: Place, pairs: number): Promise<Row> {
  const input = place.lines(COUNT);
  const run = (script: string): Timed =>
    commandRun(place, input, { batch: 10, jobs: 2 }, ["sh", "-c", script, "{}"]);
  const fast = run("exit 0");
  const slow = run(`test "$0" = item-17 && exec sleep ${SLOW_SECONDS}; exit 0`);
  const { ours, theirs } = await pair(slow, fast, pairs);
  const added = spread(ours.samples.map((sample, at) => sample.seconds - (theirs.samples[at]?.seconds ?? 0)));
  const of = (value: number): number => value / SLOW_SECONDS;
  return {
    id: "window-slow",
    what: `one item of ${SLOW_SECONDS} s among ${COUNT.toLocaleString("en")} fast ones, -j 2: what it adds, against its ${SLOW_SECONDS} s`,
    ours: seconds(added.median),
    theirs: seconds(SLOW_SECONDS),
    ratio: { median: of(added.median), min: of(added.min), max: of(added.max) },
    floor: 1,
    most: true,
    ideal: true,
  };
}
