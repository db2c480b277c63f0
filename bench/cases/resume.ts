// Resuming, planning, looking and exporting at a given number of done items. The checkpoint is made once: all items but one are done.
import { join } from "node:path";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { pair, spread, type Timed, time } from "../measure.ts";
import { CKPT, type Place, ROOT } from "../place.ts";
import { moduleRun } from "./module.ts";
import { type Row, seconds, timeRow } from "../row.ts";

const LOG = "m/checkpoint_results.jsonl";
const STATUS = "m/processing_status.json";

/** Makes a checkpoint in which `count` items are done and one is pending, and keeps its status, so that each timing finds the same. */
export async function doneCheckpoint(
  place: Place,
  count: number,
): Promise<{ readonly input: string; readonly again: Timed }> {
  const input = place.items(count + 2);
  const first = moduleRun(place, input, 1000, ["--limit", String(count)]);
  await time({ ...first, codes: [4] });
  const bytes = Bun.file(place.file(LOG)).size;
  copyFileSync(place.file(STATUS), place.file("status.kept"));
  const argv = [...first.argv.slice(0, -1), "1"];
  const reset = (): void => {
    writeFileSync(place.file(STATUS), readFileSync(place.file("status.kept")));
    Bun.spawnSync(["truncate", "-s", String(bytes), place.file(LOG)]);
  };
  return { input, again: { argv, cwd: place.folder, codes: [4], prepare: reset } };
}

export async function resumeRows(place: Place, pairs: number, count: number): Promise<Row[]> {
  const { input, again } = await doneCheckpoint(place, count);
  const scan: Timed = {
    argv: [process.execPath, join(ROOT, "bench/limits/scan-log.ts"), place.file(LOG), input],
    cwd: place.folder,
  };
  const resume = await pair(again, scan, pairs);
  const n = count.toLocaleString("en");
  const info = await pair(
    { argv: [CKPT, "info", "--dir", place.file("m")], cwd: place.folder },
    { argv: [CKPT, "--version"], cwd: place.folder },
    pairs,
  );
  const changed = place.items(count + 2, true);
  const dryArgv = [...again.argv.slice(0, 2), changed, ...again.argv.slice(3, -2), "--dry-run"];
  const dry = spread([(await time({ ...again, argv: dryArgv, codes: [0] })).seconds]);
  return [
    timeRow(
      "resume",
      `resume with ${n} done, every record verified, to the end of one new attempt, against a bare scan and hash`,
      resume,
      2,
    ),
    timeRow("info-large", `info at ${n} results, against --version`, info, 2),
    {
      id: "dry-run-changed",
      what: `--dry-run at ${n} with a changed input, against 3 s a million`,
      ours: seconds(dry),
      theirs: `${((3 * count) / 1e6).toFixed(2)} s`,
      ratio: spread([dry.median / ((3 * count) / 1e6)]),
      floor: 1,
      most: true,
    },
    ...(await exportRows(place, pairs, n)),
    ...(await parallelResume(place, again, pairs, count)),
  ];
}

async function exportRows(place: Place, pairs: number, n: string): Promise<Row[]> {
  const bare = (log: string): Timed => ({
    argv: [process.execPath, join(ROOT, "bench/limits/export-loop.ts"), log, place.file("bare.jsonl")],
    cwd: place.folder,
  });
  const ours: Timed = {
    argv: [CKPT, "export", "--dir", place.file("m"), "-o", place.file("export.jsonl"), "--force"],
    cwd: place.folder,
  };
  const paired = await pair(ours, bare(place.file(LOG)), pairs);
  return [
    timeRow(
      "export",
      `export of ${n} results, nearly in order, against a bare loop that holds all in memory`,
      paired,
      null,
    ),
  ];
}

/** GNU parallel's resume over a joblog of 100 000 done lines. */
async function parallelResume(place: Place, again: Timed, pairs: number, count: number): Promise<Row[]> {
  if (Bun.which("parallel") === null || count < 100_000) return [];
  const done = 100_000;
  const input = place.lines(done + 1);
  const head = "Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand\n";
  const line = (i: number): string => `${i}\t:\t1700000000.000\t0.001\t0\t0\t0\t0\t/bin/echo item-${i - 1}\n`;
  const joblog = head + Array.from({ length: done }, (_, i) => line(i + 1)).join("");
  const parallel: Timed = {
    argv: ["parallel", "-j2", "--resume", "--joblog", place.file("joblog"), "-a", input, "/bin/echo", "{}"],
    cwd: place.folder,
    prepare: () => writeFileSync(place.file("joblog"), joblog),
  };
  const paired = await pair(again, parallel, Math.min(pairs, 3));
  return [
    timeRow(
      "resume-parallel",
      `resume with ${count.toLocaleString("en")} done, against GNU parallel --resume with 100,000 done`,
      paired,
      null,
    ),
  ];
}
