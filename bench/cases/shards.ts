// Shards: the plan of one of 16 against that of all items, and the merge of 16 logs against the export of one log with as many results.
import { join } from "node:path";
import { doneCheckpoint } from "../done-checkpoint.ts";
import { pair, time, type Timed } from "../measure.ts";
import { CKPT, type Place, ROOT } from "../place.ts";
import { type Row, timeRow } from "../row.ts";

const SHARDS = 16;
const MODULE = ["--module", join(ROOT, "bench/limits/echo-module.ts")];

export async function shardPlanRows(place: Place, pairs: number, count: number): Promise<Row[]> {
  const input = place.items(count);
  const plan = (words: readonly string[]): Timed => ({
    argv: [CKPT, "run", input, ...MODULE, "--dir", place.file("none"), "--dry-run", ...words],
    cwd: place.folder,
  });
  const whole = plan(["-o", place.file("none.jsonl")]);
  const what = `plan of one shard of ${SHARDS} over ${count.toLocaleString("en")} items, against that of all of them`;
  return [timeRow("shard-plan", what, await pair(plan(["--shard", `3/${SHARDS}`]), whole, pairs), 1)];
}

export async function mergeRows(place: Place, pairs: number, count: number): Promise<Row[]> {
  const { dir: one, reset } = await doneCheckpoint(place, count);
  reset();
  const input = place.items(count);
  const dir = place.file("shards");
  place.clean("shards");
  for (let index = 1; index <= SHARDS; index++) {
    const options = ["-b", "1000", "-j", "64", "--progress", "none", "--dir", dir];
    const argv = [CKPT, "run", input, ...MODULE, ...options, "--shard", `${index}/${SHARDS}`];
    await time({ argv, cwd: place.folder });
  }
  const written = (name: string, words: readonly string[]): Timed => ({
    argv: [CKPT, ...words, "-o", place.file(name)],
    cwd: place.folder,
    prepare: () => place.clean(name),
  });
  const merge = written("merged.jsonl", ["merge", dir]);
  const paired = await pair(merge, written("exported.jsonl", ["export", "--dir", one]), pairs);
  place.clean("shards", "merged.jsonl", "exported.jsonl");
  const what = `merge of ${SHARDS} shards with ${count.toLocaleString("en")} results in all, against export of one log with as many`;
  return [timeRow("merge", what, paired, 1.3)];
}
