// Starting: `--version`, `--help` and `info` against an empty compiled program.
import { join } from "node:path";
import { pair, time, type Timed } from "../measure.ts";
import { CKPT, type Place, ROOT } from "../place.ts";
import { type Row, timeRow } from "../row.ts";

export async function startRows(place: Place, pairs: number): Promise<Row[]> {
  const empty = place.file("empty");
  const build = [
    "build",
    "--compile",
    "--bytecode",
    "--format=esm",
    join(ROOT, "bench/limits/empty.ts"),
    "--outfile",
    empty,
  ];
  await time({ argv: [process.execPath, ...build], cwd: place.folder });
  await time({
    argv: [CKPT, "run", place.lines(20), "--limit", "10", "--dir", place.file("s"), "--", "true"],
    cwd: place.folder,
    codes: [4],
    prepare: () => place.clean("s"),
  });
  const nothing: Timed = { argv: [empty], cwd: place.folder };
  const ours = (...words: readonly string[]): Timed => ({ argv: [CKPT, ...words], cwd: place.folder });
  const runs = Math.max(pairs, 15);
  return [
    timeRow(
      "start-version",
      "ckpt --version, against an empty compiled program",
      await pair(ours("--version"), nothing, runs),
      1.5,
    ),
    timeRow("start-help", "ckpt --help, against the same", await pair(ours("--help"), nothing, runs), 2),
    timeRow(
      "start-info",
      "ckpt info, against the same",
      await pair(ours("info", "--dir", place.file("s")), nothing, runs),
      2,
    ),
  ];
}
