// A Python worker with 64 items in flight, against a bare loop that pipes the same lines through it.
import { join } from "node:path";
import { pair, type Timed } from "../measure.ts";
import { CKPT, type Place, ROOT } from "../place.ts";
import { rateRow, type Row } from "../row.ts";

const WORKER = ["python3", join(ROOT, "bench/limits/echo-worker.py")];

export async function workerRows(place: Place, pairs: number, count: number): Promise<Row[]> {
  const input = place.items(count);
  const options = [
    "-j",
    "1",
    "--worker-inflight",
    "64",
    "-b",
    "1000",
    "--progress",
    "none",
    "--dir",
    place.file("w"),
  ];
  const ours: Timed = {
    argv: [CKPT, "run", input, ...options, "-o", place.file("out.jsonl"), "--worker", "--", ...WORKER],
    cwd: place.folder,
    prepare: () => place.clean("w", "out.jsonl"),
  };
  const bare: Timed = {
    argv: [process.execPath, join(ROOT, "bench/limits/pipe-loop.ts"), input, ...WORKER],
    cwd: place.folder,
  };
  const paired = await pair(ours, bare, pairs);
  return [
    rateRow(
      "worker",
      `a Python worker, 64 in flight, ${count.toLocaleString("en")} items, against a bare loop`,
      count,
      paired,
      0.6,
    ),
  ];
}
