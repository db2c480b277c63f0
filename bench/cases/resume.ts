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

/** The input has changed in its first line, so that every record is joined to its item by what it is, not by where it stands. */
export async function planRows(place: Place, pairs: number, count: number): Promise<Row[]> {
  const { again, input, log } = await doneCheckpoint(place, count);
  const changed = place.items(count + 2, true);
  const words = again.argv.map((word) => (word === input ? changed : word));
  const dry: Timed = { ...again, argv: [...words, "--dry-run"], codes: [0] };
  const whole: Timed = { ...again, argv: words };
  const bare = bareScan(place, log, changed);
  const ideal = (PLAN_SECONDS_PER_MILLION * count) / 1e6;
  const n = count.toLocaleString("en");
  const dryPaired = await pair(dry, bare, pairs);
  const planned = await alone(whole, pairs);
  const limit = `against ${PLAN_SECONDS_PER_MILLION} s a million`;
  return [
    idealRow("plan-dry", `--dry-run at ${n} done with a changed input, ${limit}`, dryPaired.ours, ideal, 1),
    idealRow("plan-run", `the same without --dry-run, to the end of one new attempt`, planned, ideal, 1),
    timeRow("plan-scan", `--dry-run, against a bare scan of the log and hash of the input`, dryPaired, null),
  ];
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
