// The live channel: runs with a client that reads all of it, against the same runs without.
import { join } from "node:path";
import { pair, type Timed } from "../measure.ts";
import { type Place, ROOT } from "../place.ts";
import { rateRow, type Row } from "../row.ts";
import { commandRun } from "./commands.ts";
import { moduleRun } from "./module.ts";

/** What a run with a client reaches of one without. */
const FLOOR = 0.95;

/** The run beside a client of the live channel in a folder of the place, or beside none. */
function beside(run: Timed, socket: string | null): Timed {
  const client = join(ROOT, "bench/limits/beside-client.ts");
  return { ...run, argv: [process.execPath, client, socket ?? "none", ...run.argv] };
}

export async function liveRows(
  place: Place,
  pairs: number,
  counts: { readonly modules: number; readonly commands: number },
): Promise<Row[]> {
  const module = moduleRun(place, place.items(counts.modules), 1000);
  const command = commandRun(place, place.lines(counts.commands), { batch: 10, jobs: 2 });
  const against = "with a client on the live channel, against the same run without";
  const paired = (run: Timed, dir: string): ReturnType<typeof pair> =>
    pair(beside(run, place.file(join(dir, "run.sock"))), beside(run, null), pairs);
  const [ofModule, ofCommands] = [await paired(module, "m"), await paired(command, "c")];
  const n = (count: number): string => count.toLocaleString("en");
  return [
    rateRow(
      "live-module",
      `module, batch 1000, ${n(counts.modules)} items, ${against}`,
      counts.modules,
      ofModule,
      FLOOR,
    ),
    rateRow(
      "live-commands",
      `${n(counts.commands)} commands, -j 2, ${against}`,
      counts.commands,
      ofCommands,
      FLOOR,
    ),
  ];
}
