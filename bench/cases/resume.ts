// Resuming, planning and looking at a given number of done items.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { doneCheckpoint } from "../done-checkpoint.ts";
import { alone, pair, type Timed } from "../measure.ts";
import { CKPT, type Place, ROOT } from "../place.ts";
import { idealRow, type Row, timeRow } from "../row.ts";
import { smallCheckpoint } from "./start.ts";

/** What a plan may take for a million items whose input has changed. */
const PLAN_SECONDS_PER_MILLION = 3;
const PARALLEL_DONE = 100_000;
const INFO_PAIRS_MIN = 15;

export async function resumeRows(place: Place, pairs: number, count: number): Promise<Row[]> {
  const { again, log, input } = await doneCheckpoint(place, count);
  const paired = await pair(again, bareScan(place, log, input), pairs);
  const what = `resume with ${count.toLocaleString("en")} done, every record verified, to the end of one new attempt, against a bare scan of the log and hash of the input`;
  return [timeRow("resume", what, paired, 2)];
}

function bareScan(place: Place, log: string, input: string): Timed {
  return {
    argv: [process.execPath, join(ROOT, "bench/limits/scan-log.ts"), log, input],
    cwd: place.folder,
  };
}

/** `info` does not read the log: it takes as long at a million results as at ten. */
export async function infoRows(place: Place, pairs: number, count: number): Promise<Row[]> {
  const { dir, reset } = await doneCheckpoint(place, count);
  reset();
  const info = (folder: string): Timed => ({ argv: [CKPT, "info", "--dir", folder], cwd: place.folder });
  const paired = await pair(info(dir), info(await smallCheckpoint(place)), Math.max(pairs, INFO_PAIRS_MIN));
  return [timeRow("info", `info at ${count.toLocaleString("en")} results, against info at 10`, paired, 1.25)];
}

/** The run goes on with an input that has changed in its first line: every record is joined to its item by what it is, not by where it stands. */
async function changedRun(
  place: Place,
  count: number,
): Promise<{ readonly run: Timed; readonly scan: Timed }> {
  const { again, input, log } = await doneCheckpoint(place, count);
  const changed = place.items(count + 2, true);
  const argv = again.argv.map((word) => (word === input ? changed : word));
  return { run: { ...again, argv }, scan: bareScan(place, log, changed) };
}

export async function planRows(place: Place, pairs: number, count: number): Promise<Row[]> {
  const { run } = await changedRun(place, count);
  const dry = await alone(dryOf(run), pairs);
  const planned = await alone(run, pairs);
  const ideal = (PLAN_SECONDS_PER_MILLION * count) / 1e6;
  const what = `at ${count.toLocaleString("en")} done with a changed input, against ${ideal} s`;
  return [
    idealRow("plan-dry", `--dry-run ${what}`, dry, ideal, 1),
    idealRow("plan-run", `plan ${what}, to the end of one new attempt`, planned, ideal, 1),
  ];
}

/** The same beside the bare loop, for the guard. */
export async function dryRows(place: Place, pairs: number, count: number): Promise<Row[]> {
  const { run, scan } = await changedRun(place, count);
  const what = `--dry-run at ${count.toLocaleString("en")} done with a changed input, against a bare scan of the log and hash of the input`;
  return [timeRow("plan-scan", what, await pair(dryOf(run), scan, pairs), null)];
}

function dryOf(run: Timed): Timed {
  return { ...run, argv: [...run.argv, "--dry-run"], codes: [0] };
}

/** GNU parallel's resume over a joblog of as many done lines. */
export async function parallelResumeRows(place: Place, pairs: number): Promise<Row[]> {
  if (Bun.which("parallel") === null) return [];
  const { again } = await doneCheckpoint(place, PARALLEL_DONE);
  const input = place.lines(PARALLEL_DONE + 1);
  const head = "Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand\n";
  const line = (i: number): string => `${i}\t:\t1700000000.000\t0.001\t0\t0\t0\t0\t/bin/echo item-${i - 1}\n`;
  const joblog = head + Array.from({ length: PARALLEL_DONE }, (_, i) => line(i + 1)).join("");
  const parallel: Timed = {
    argv: ["parallel", "-j2", "--resume", "--joblog", place.file("joblog"), "-a", input, "/bin/echo", "{}"],
    cwd: place.folder,
    prepare: () => writeFileSync(place.file("joblog"), joblog),
  };
  const what = `resume with ${PARALLEL_DONE.toLocaleString("en")} done, against GNU parallel --resume over as many lines of its joblog`;
  return [timeRow("resume-parallel", what, await pair(again, parallel, pairs), null)];
}
