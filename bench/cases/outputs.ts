// Exports to other formats than JSON lines: against a bare loop, over the same library where there is one.
import { join } from "node:path";
import { doneCheckpoint } from "../done-checkpoint.ts";
import { pair } from "../measure.ts";
import { CKPT, type Place, ROOT } from "../place.ts";
import { rateRow, type Row } from "../row.ts";

const LOOP = join(ROOT, "bench/limits/write-loop.ts");
const OBJECTS = join(ROOT, "bench/limits/object-module.ts");

type Kind = {
  /** Names the row, and the loop of bench/limits/write-loop.ts. */
  readonly name: string;
  readonly what: string;
  readonly extension: "parquet" | "json" | "csv" | "tsv";
  readonly options?: readonly string[];
  /** What has answered; default: texts. */
  readonly module?: string;
};

const KINDS: readonly Kind[] = [
  {
    name: "parquet",
    what: "Parquet (read twice: the types first), against hyparquet-writer with types given",
    extension: "parquet",
  },
  { name: "json", what: "a JSON array, against a loop that writes one", extension: "json" },
  { name: "csv", what: "CSV, against a loop that writes the same table", extension: "csv" },
  { name: "tsv", what: "TSV, against the same", extension: "tsv" },
  {
    name: "flatten",
    what: "CSV with outputs flattened (read twice: the columns first), against a loop that knows the columns",
    extension: "csv",
    options: ["--flatten"],
    module: OBJECTS,
  },
  {
    name: "meta",
    what: "CSV with --include-meta, against a loop that writes the same table",
    extension: "csv",
    options: ["--include-meta"],
  },
];

export async function outputRows(place: Place, pairs: number, count: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { name, what, extension, options = [], module } of KINDS) {
    const { dir, log, reset } = await doneCheckpoint(place, count, module);
    reset();
    const [ours, bare] = [`export.${extension}`, `bare.${extension}`];
    const paired = await pair(
      {
        argv: [CKPT, "export", "--dir", dir, "-o", place.file(ours), ...options],
        cwd: place.folder,
        prepare: () => place.clean(ours),
      },
      {
        argv: [process.execPath, LOOP, name, log, place.file(bare)],
        cwd: ROOT,
        prepare: () => place.clean(bare),
      },
      pairs,
    );
    place.clean(ours, bare);
    const shown = `export of ${count.toLocaleString("en")} results to ${what}, in log order, nothing checked`;
    rows.push(rateRow(`output-${name}`, shown, count, paired, null));
  }
  return rows;
}
