// A Python worker with 64 items in flight, against a bare loop that pipes the same lines through it.
import { join } from "node:path";
import { pair, type Timed } from "../measure.ts";
import { CKPT, type Place, ROOT } from "../place.ts";
import { rateRow, type Row } from "../row.ts";

const WORKER = ["python3", join(ROOT, "bench/limits/echo-worker.py")];

export function workerRun(place: Place, input: string): Timed {
  const options = ["-j", "1", "--worker-inflight", "64", "-b", "1000", "--progress", "none"];
  const places = ["--dir", place.file("w"), "-o", place.file("out.jsonl")];
  return {
    argv: [CKPT, "run", input, ...options, ...places, "--worker", "--", ...WORKER],
    cwd: place.folder,
    prepare: () => place.clean("w", "out.jsonl"),
  };
}

export async function workerRows(place: Place, pairs: number, count: number): Promise<Row[]> {
  const input = place.items(count);
  const bare: Timed = {
    argv: [process.execPath, join(ROOT, "bench/limits/pipe-loop.ts"), input, ...WORKER],
    cwd: place.folder,
  };
  const paired = await pair(workerRun(place, input), bare, pairs);
  const what = `a Python worker, 64 in flight, ${count.toLocaleString("en")} items, against a bare loop that pipes`;
  return [rateRow("worker", what, count, paired, 0.6)];
}
