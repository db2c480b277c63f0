// A checkpoint in which all items but a few are done: made once for each size, and put back before each timing, so that each finds the same.
import { copyFileSync, existsSync, readFileSync, renameSync, truncateSync } from "node:fs";
import { parse } from "node:path";
import type { Status } from "../lib/core/status.ts";
import { moduleRun } from "./cases/module.ts";
import { time, type Timed } from "./measure.ts";
import type { Place } from "./place.ts";

export type DoneCheckpoint = {
  readonly dir: string;
  readonly log: string;
  readonly status: string;
  readonly input: string;
  /** The run goes on for one item (exit 4). */
  readonly again: Timed;
  /** Puts log and status back. */
  readonly reset: () => void;
};

/** Items beyond those that are done. */
const PENDING = 2;

/** @param module what answers; default: the echo, whose outputs are texts */
export async function doneCheckpoint(place: Place, count: number, module?: string): Promise<DoneCheckpoint> {
  const input = place.items(count + PENDING);
  const name = module === undefined ? `done-${count}` : `done-${parse(module).name}-${count}`;
  const dir = place.file(name);
  const [log, status] = [`${dir}/checkpoint_results.jsonl`, `${dir}/processing_status.json`];
  const kept = place.file(`${name}.status`);
  if (!existsSync(dir)) {
    const run = moduleRun(place, input, 1000, ["--limit", String(count)], "none", module);
    await time({ ...run, codes: [4] });
    renameSync(place.file("m"), dir);
    copyFileSync(status, kept);
  }
  const { bytes } = (JSON.parse(readFileSync(kept, "utf8")) as Pick<Status, "log">).log;
  const reset = (): void => {
    copyFileSync(kept, status);
    truncateSync(log, bytes);
  };
  const { argv } = moduleRun(place, input, 1000, ["--limit", "1"], "none", module);
  const words = argv.map((word) => (word === place.file("m") ? dir : word));
  return {
    dir,
    log,
    status,
    input,
    again: { argv: words, cwd: place.folder, codes: [4], prepare: reset },
    reset,
  };
}
