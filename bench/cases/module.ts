// A module that answers at once: what ckpt itself costs. The whole command is timed, from the input to the cleared checkpoint and the output.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { pair, type Timed } from "../measure.ts";
import { CKPT, type Place, ROOT } from "../place.ts";
import { rateRow, type Row } from "../row.ts";

const ECHO = join(ROOT, "bench/limits/echo-module.ts");

/** A run of a module from the start; with `limit` it stops with items pending (exit 4), before the output. */
export function moduleRun(place: Place, input: string, batch: number, extra: readonly string[] = []): Timed {
  const options = ["-b", String(batch), "-j", "64", "--progress", "none", "--dir", place.file("m")];
  return {
    argv: [CKPT, "run", input, "--module", ECHO, ...options, "-o", place.file("out.jsonl"), ...extra],
    cwd: place.folder,
    prepare: () => place.clean("m", "out.jsonl"),
  };
}

export async function moduleRows(place: Place, pairs: number, count: number): Promise<Row[]> {
  const input = place.items(count);
  const bare: Timed = {
    argv: [process.execPath, join(ROOT, "bench/limits/append-loop.ts"), input, place.file("bare"), "1000"],
    cwd: place.folder,
    prepare: () => {
      place.clean("bare");
      mkdirSync(place.file("bare"));
    },
  };
  // One item more than the limit, so that the run ends with its last commit: what the bare loop does, and no more.
  const untilCommit: Timed = {
    ...moduleRun(place, place.items(count + 1), 1000, ["--limit", String(count)]),
    codes: [4],
  };
  const commit = await pair(untilCommit, bare, pairs);
  const by10 = await pair(moduleRun(place, input, 10), moduleRun(place, input, 1000), pairs);
  const whole = await pair(moduleRun(place, input, 1000), bare, pairs);
  return [
    rateRow(
      "module-1000",
      `module, batch 1000, ${count.toLocaleString("en")} items, to the last commit, against a bare append loop`,
      count,
      commit,
      0.5,
    ),
    rateRow("module-whole", "the same with output and cleared checkpoint", count, whole, null),
    rateRow("module-10", "the same, batch 10 against batch 1000", count, by10, 0.4),
  ];
}
