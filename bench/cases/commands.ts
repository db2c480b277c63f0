// Commands: against xargs on the same ones, GNU parallel with a joblog, and a bare loop that spawns.
import { join } from "node:path";
import { pair, type Timed, time } from "../measure.ts";
import { CKPT, type Place, ROOT } from "../place.ts";
import { rateRow, type Row, seconds } from "../row.ts";

/** Command lines of ckpt on a file of lines, each run from the start. */
function ckptRun(
  place: Place,
  input: string,
  batch: number,
  jobs: number,
  command: readonly string[],
): Timed {
  const options = ["-b", String(batch), "-j", String(jobs), "--progress", "none", "--dir", place.file("c")];
  return {
    argv: [CKPT, "run", input, ...options, "-o", place.file("out.jsonl"), "--", ...command],
    cwd: place.folder,
    prepare: () => place.clean("c", "out.jsonl"),
  };
}

export async function commandRows(place: Place, pairs: number, count: number): Promise<Row[]> {
  const input = place.lines(count);
  const xargs: Timed = { argv: ["xargs", "-P2", "-n1", "/bin/echo"], cwd: place.folder, stdin: input };
  const echo = ["/bin/echo", "{}"];
  const bare: Timed = {
    argv: [process.execPath, join(ROOT, "bench/limits/spawn-loop.ts"), input],
    cwd: place.folder,
  };
  const by10 = await pair(ckptRun(place, input, 10, 2, echo), xargs, pairs);
  const by50 = await pair(ckptRun(place, input, 50, 2, echo), xargs, pairs);
  const spawn = await pair(ckptRun(place, input, 10, 2, echo), bare, pairs);
  return [
    rateRow("commands-10", "commands, -j 2, batch 10, against xargs -P2 -n1", count, by10, 0.8),
    rateRow("commands-50", "the same, batch 50", count, by50, 0.9),
    rateRow("commands-spawn", "the same, batch 10, against a bare Bun.spawn loop", count, spawn, null),
    ...(await parallelRows(place, pairs, Math.min(count, 1000), echo)),
  ];
}

async function parallelRows(
  place: Place,
  pairs: number,
  count: number,
  echo: readonly string[],
): Promise<Row[]> {
  if (Bun.which("parallel") === null) return [];
  const input = place.lines(count);
  const parallel: Timed = {
    argv: ["parallel", "-j2", "--joblog", place.file("joblog"), "-a", input, "/bin/echo", "{}"],
    cwd: place.folder,
    prepare: () => place.clean("joblog"),
  };
  const paired = await pair(ckptRun(place, input, 10, 2, echo), parallel, pairs);
  return [rateRow("commands-parallel", "the same, against GNU parallel --joblog -j2", count, paired, null)];
}

/** Commands that take a while: the window must never run dry, and one slow item must not hold up the rest. */
export async function windowRows(place: Place): Promise<Row[]> {
  const input = place.lines(1000);
  const ideal = (1000 * 0.05) / 8;
  const steady = await time(ckptRun(place, input, 10, 8, ["sleep", "0.05"]));
  const slowItem = 'test "$0" = item-17 && exec sleep 5; exit 0';
  const fast = await time(ckptRun(place, input, 10, 2, ["sh", "-c", "exit 0", "{}"]));
  const slow = await time(ckptRun(place, input, 10, 2, ["sh", "-c", slowItem, "{}"]));
  const one = (value: number): Row["ratio"] => ({ median: value, min: value, max: value });
  const text = (value: number): string => seconds(one(value));
  return [
    {
      id: "window-steady",
      what: "1 000 commands of 50 ms, -j 8, against 1 000 × 0.05 / 8 s",
      ours: text(steady.seconds),
      theirs: text(ideal),
      ratio: one(ideal / steady.seconds),
      floor: 0.97,
    },
    {
      id: "window-slow",
      what: "one item of 5 s among 1 000 fast ones, -j 2, against 5 s or the fast ones alone on one job",
      ours: text(slow.seconds),
      theirs: text(Math.max(5, fast.seconds) + fast.seconds),
      ratio: one(slow.seconds / (Math.max(5, fast.seconds) + fast.seconds)),
      floor: 1,
      most: true,
    },
  ];
}
