// A Python worker with 64 items in flight, against a bare loop that pipes the same lines through it: the worker of examples/, and one that does nothing
// that can be left out.
import { join } from "node:path";
import { pair, type Timed } from "../measure.ts";
import { CKPT, type Place, ROOT } from "../place.ts";
import { rateRow, type Row } from "../row.ts";

const EXAMPLE = "examples/worker.py";
const LEAN = "bench/limits/echo-worker.py";

export function workerRun(place: Place, input: string, program: string = EXAMPLE): Timed {
  const options = ["-j", "1", "--worker-inflight", "64", "-b", "1000", "--progress", "none"];
  const places = ["--dir", place.file("w"), "-o", place.file("out.jsonl")];
  return {
    argv: [CKPT, "run", input, ...options, ...places, "--worker", "--", python(), join(ROOT, program)],
    cwd: place.folder,
    prepare: () => place.clean("w", "out.jsonl"),
  };
}

export async function workerRows(place: Place, pairs: number, count: number): Promise<Row[]> {
  const input = place.items(count);
  const loop = join(ROOT, "bench/limits/pipe-loop.ts");
  const row = async (id: string, which: string, program: string, floor: number | null): Promise<Row> => {
    const bare: Timed = {
      argv: [process.execPath, loop, input, python(), join(ROOT, program)],
      cwd: place.folder,
    };
    const what = `a Python worker (${which}), 64 in flight, ${count.toLocaleString("en")} items, against a bare loop that pipes`;
    return rateRow(id, what, count, await pair(workerRun(place, input, program), bare, pairs), floor);
  };
  return [
    await row("worker", EXAMPLE, EXAMPLE, 0.6),
    await row("worker-lean", "the least one can do", LEAN, null),
  ];
}

/** The interpreter itself: `python3` may be a script that chooses one, and take longer than some runs. */
function python(): string {
  const found = Bun.spawnSync(["python3", "-c", "import sys; print(sys.executable)"]);
  return found.success ? found.stdout.toString().trim() : "python3";
}
