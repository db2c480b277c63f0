// Export in the order of the input: of results that lie in that order, shuffled within a window, and wholly.
import { cpSync } from "node:fs";
import { join } from "node:path";
import { doneCheckpoint } from "../done-checkpoint.ts";
import { pair, type Paired, type Timed } from "../measure.ts";
import { CKPT, type Place, ROOT } from "../place.ts";
import { shuffleCheckpoint } from "../reorder.ts";
import { type Row, timeRow } from "../row.ts";

const LOG = "checkpoint_results.jsonl";
const STATUS = "processing_status.json";
const FOLDER = "x";

export async function exportRows(place: Place, pairs: number, count: number): Promise<Row[]> {
  const { dir, reset } = await doneCheckpoint(place, count);
  reset();
  const orders = [
    { id: "export", order: "in the order of the input", window: 1 },
    { id: "export-window", order: "shuffled within windows of 64", window: 64 },
    { id: "export-shuffled", order: "wholly shuffled", window: count },
  ];
  const rows: Row[] = [];
  for (const { id, order, window } of orders) {
    place.clean(FOLDER);
    cpSync(dir, place.file(FOLDER), { recursive: true });
    if (window > 1)
      shuffleCheckpoint(place.file(`${FOLDER}/${LOG}`), place.file(`${FOLDER}/${STATUS}`), window);
    const what = `export of ${count.toLocaleString("en")} results, ${order}, against a bare loop that holds the log in memory and checks nothing`;
    rows.push(timeRow(id, what, await exportPair(place, pairs), null));
  }
  place.clean(FOLDER, "export.jsonl", "bare.jsonl");
  return rows;
}

async function exportPair(place: Place, pairs: number): Promise<Paired> {
  const ours: Timed = {
    argv: [CKPT, "export", "--dir", place.file(FOLDER), "-o", place.file("export.jsonl")],
    cwd: place.folder,
    prepare: () => place.clean("export.jsonl"),
  };
  const bare: Timed = {
    argv: [
      process.execPath,
      join(ROOT, "bench/limits/export-loop.ts"),
      place.file(`${FOLDER}/${LOG}`),
      place.file("bare.jsonl"),
    ],
    cwd: place.folder,
    prepare: () => place.clean("bare.jsonl"),
  };
  const paired = await pair(ours, bare, pairs);
  if ((await digest(place.file("export.jsonl"))) !== (await digest(place.file("bare.jsonl"))))
    throw new Error("the export and the bare loop's differ");
  return paired;
}

async function digest(file: string): Promise<string> {
  const hasher = new Bun.CryptoHasher("sha256");
  for await (const chunk of Bun.file(file).stream()) hasher.update(chunk);
  return hasher.digest("hex");
}
