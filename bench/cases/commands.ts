// Commands: against xargs on the same ones, GNU parallel with a joblog, and a bare loop that spawns.
import { join } from "node:path";
import { pair, type Timed } from "../measure.ts";
import { CKPT, type Place, ROOT } from "../place.ts";
import { rateRow, type Row } from "../row.ts";

const ECHO = ["/bin/echo", "{}"];

/** ckpt on a file of lines, from the start. */
export function commandRun(
  place: Place,
  input: string,
  how: { readonly batch: number; readonly jobs: number },
  command: readonly string[] = ECHO,
): Timed {
  const options = ["-b", String(how.batch), "-j", String(how.jobs), "--progress", "none"];
  const places = ["--dir", place.file("c"), "-o", place.file("out.jsonl")];
  return {
    argv: [CKPT, "run", input, ...options, ...places, "--", ...command],
    cwd: place.folder,
    prepare: () => place.clean("c", "out.jsonl"),
  };
}

/** What ckpt reaches of xargs, by the size of a batch. */
const FLOORS: Readonly<Record<number, number>> = { 10: 0.8, 50: 0.9 };

export async function commandRows(
  place: Place,
  pairs: number,
  count: number,
  batches: readonly number[],
): Promise<Row[]> {
  const input = place.lines(count);
  const ours = (batch: number): Timed => commandRun(place, input, { batch, jobs: 2 });
  const xargs: Timed = { argv: ["xargs", "-P2", "-n1", "/bin/echo"], cwd: place.folder, stdin: input };
  const bare: Timed = {
    argv: [process.execPath, join(ROOT, "bench/limits/spawn-loop.ts"), input],
    cwd: place.folder,
  };
  const what = `${count.toLocaleString("en")} commands, -j 2`;
  const rows: Row[] = [];
  for (const batch of batches) {
    const paired = await pair(ours(batch), xargs, pairs);
    const against = `${what}, batch ${batch}, against xargs -P2 -n1`;
    rows.push(rateRow(`commands-${batch}`, against, count, paired, FLOORS[batch] ?? null));
  }
  const spawn = await pair(ours(10), bare, pairs);
  rows.push(
    rateRow("commands-spawn", `${what}, batch 10, against a bare loop of Bun.spawn`, count, spawn, null),
  );
  return rows;
}

/** GNU parallel with a joblog, which is what it resumes by. */
export async function parallelRows(place: Place, pairs: number, count: number): Promise<Row[]> {
  if (Bun.which("parallel") === null) return [];
  const input = place.lines(count);
  const parallel: Timed = {
    argv: ["parallel", "-j2", "--joblog", place.file("joblog"), "-a", input, ...ECHO],
    cwd: place.folder,
    prepare: () => place.clean("joblog"),
  };
  const paired = await pair(commandRun(place, input, { batch: 10, jobs: 2 }), parallel, pairs);
  const what = `${count.toLocaleString("en")} commands, batch 10, against GNU parallel --joblog -j2`;
  return [rateRow("commands-parallel", what, count, paired, null)];
}
