// Commands that take a while: the window must never run dry, and one slow item must not hold up the rest.
import { alone, pair, spread, type Timed } from "../measure.ts";
import type { Place } from "../place.ts";
import { idealRateRow, rateRow, type Row, seconds } from "../row.ts";
import { commandRun } from "./commands.ts";

const COUNT = 1000;
const STEADY_SECONDS = 0.05;
const STEADY_JOBS = 8;
const STARTS = 31;
const SLOW_SECONDS = 5;

export async function windowRows(place: Place, pairs: number): Promise<Row[]> {
  return [...(await steadyRows(place, pairs)), await slowRow(place, pairs)];
}

async function steadyRows(place: Place, pairs: number): Promise<Row[]> {
  const input = place.lines(COUNT);
  // From its start to its end it takes 50 ms: what starting and ending take is slept less.
  const least = (await alone({ argv: ["sleep", "0"], cwd: place.folder }, STARTS)).seconds.median;
  const command = ["sleep", (STEADY_SECONDS - least).toFixed(4)];
  const xargs: Timed = {
    // Its own arguments would be added, and slept for: -I puts them nowhere.
    argv: ["xargs", `-P${STEADY_JOBS}`, "-I", "@", ...command],
    cwd: place.folder,
    stdin: input,
  };
  const paired = await pair(
    commandRun(place, input, { batch: 10, jobs: STEADY_JOBS }, command),
    xargs,
    pairs,
  );
  const ideal = (COUNT * STEADY_SECONDS) / STEADY_JOBS;
  const what = `${COUNT.toLocaleString("en")} commands that take 50 ms alone, -j ${STEADY_JOBS}`;
  return [
    idealRateRow("window-ideal", `${what}, against 1 000 × 0.05 s / 8`, COUNT, paired.ours, ideal, 0.97),
    rateRow("window-xargs", `${what}, against xargs -P8`, COUNT, paired, null),
  ];
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
