// A module that answers at once: what ckpt itself costs, in runs of all sizes.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { pair, type Sample, spread, type Timed } from "../measure.ts";
import { CKPT, type Place, ROOT } from "../place.ts";
import { rateRow, type Row, seconds } from "../row.ts";

const ECHO = join(ROOT, "bench/limits/echo-module.ts");

/** A run of a module from the start; with `--limit` in `extra` it stops with items pending (exit 4), before the output. */
export function moduleRun(
  place: Place,
  input: string,
  batch: number,
  extra: readonly string[] = [],
  progress: "none" | "json" = "none",
  module: string = ECHO,
): Timed {
  const options = ["-b", String(batch), "-j", "64", "--progress", progress, "--dir", place.file("m")];
  return {
    argv: [CKPT, "run", input, "--module", module, ...options, "-o", place.file("out.jsonl"), ...extra],
    cwd: place.folder,
    prepare: () => place.clean("m", "out.jsonl"),
  };
}

/** The bare loop on the same items at batch 1000. */
function bareAppend(place: Place, input: string): Timed {
  return {
    argv: [process.execPath, join(ROOT, "bench/limits/append-loop.ts"), input, place.file("bare"), "1000"],
    cwd: place.folder,
    prepare: () => {
      place.clean("bare");
      mkdirSync(place.file("bare"));
    },
  };
}

export async function moduleRows(place: Place, pairs: number, count: number): Promise<Row[]> {
  // One item more than the limit, so that the run ends with its last commit: what the bare loop does, and no more.
  const untilCommit = (batch: number): Timed => ({
    ...moduleRun(place, place.items(count + 1), batch, ["--limit", String(count)]),
    codes: [4],
  });
  const commit = await pair(untilCommit(1000), bareAppend(place, place.items(count)), pairs);
  const by10 = await pair(untilCommit(10), untilCommit(1000), pairs);
  const n = count.toLocaleString("en");
  return [
    rateRow(
      "module-1000",
      `module, batch 1000, ${n} items, from the input to the last commit, against a bare loop that appends the same bytes`,
      count,
      commit,
      0.5,
    ),
    rateRow("module-10", "the same, batch 10 against batch 1000", count, by10, 0.4),
  ];
}

/** The whole command, from the input to the output and the cleared checkpoint, and its phases. */
export async function wholeRows(place: Place, pairs: number, count: number): Promise<Row[]> {
  const input = place.items(count);
  const ours = moduleRun(place, input, 1000, [], "json");
  const paired = await pair(ours, bareAppend(place, input), pairs);
  const phases = paired.ours.samples.map((sample) => phasesOf(sample));
  const median = (of: (phase: Phases) => number): string => seconds(spread(phases.map(of)).median);
  const n = count.toLocaleString("en");
  const row = rateRow(
    "module-whole",
    `module, batch 1000, ${n} items, from the input to output and cleared checkpoint, against the same bare loop`,
    count,
    paired,
    null,
  );
  const shown = `scan ${median((it) => it.scan)}, run ${median((it) => it.run)}, output and clearing ${median((it) => it.output)}`;
  return [{ ...row, ours: `${row.ours}: ${seconds(paired.ours.seconds.median)} (${shown})` }];
}

/** Seconds of each phase of a whole run. */
type Phases = { readonly scan: number; readonly run: number; readonly output: number };

/** Told by when `--progress json` said what: the loop's first line comes as it begins, and its last one as it ends. */
function phasesOf({ said, seconds: whole }: Sample): Phases {
  const progress = said.filter(({ text }) => text.includes('{"event":"progress"'));
  const [first, last] = [progress.at(0), progress.at(-1)];
  if (first === undefined || last === undefined || first === last)
    throw new Error("no progress was said from which to tell the phases");
  return {
    scan: first.atSeconds,
    run: last.atSeconds - first.atSeconds,
    output: whole - last.atSeconds,
  };
}
