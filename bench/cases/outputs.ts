// Export to a format whose writer is a library's: against a bare loop over the same library.
import { join } from "node:path";
import { doneCheckpoint } from "../done-checkpoint.ts";
import { pair } from "../measure.ts";
import { CKPT, type Place, ROOT } from "../place.ts";
import { rateRow, type Row } from "../row.ts";

const LOOP = join(ROOT, "bench/limits/write-loop.ts");

export async function outputRows(place: Place, pairs: number, count: number): Promise<Row[]> {
  const { dir, log, reset } = await doneCheckpoint(place, count);
  reset();
  const [ours, bare] = [place.file("export.parquet"), place.file("bare.parquet")];
  const paired = await pair(
    {
      argv: [CKPT, "export", "--dir", dir, "-o", ours],
      cwd: place.folder,
      prepare: () => place.clean("export.parquet"),
    },
    {
      argv: [process.execPath, LOOP, log, bare],
      cwd: ROOT,
      prepare: () => place.clean("bare.parquet"),
    },
    pairs,
  );
  place.clean("export.parquet", "bare.parquet");
  const what = `export of ${count.toLocaleString("en")} results to Parquet (read twice: the types first), against hyparquet-writer with types given, in log order, nothing checked`;
  return [rateRow("output-parquet", what, count, paired, null)];
}
