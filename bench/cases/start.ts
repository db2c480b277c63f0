// Starting: `--version`, `--help` and `info` against an empty compiled program.
import { join } from "node:path";
import { OPTIONS } from "../../scripts/release/compile.ts";
import { pair, time, type Timed } from "../measure.ts";
import { CKPT, type Place, ROOT } from "../place.ts";
import { type Row, timeRow } from "../row.ts";

/** These take milliseconds, so that many pairs cost little. */
const PAIRS_MIN = 31;

export async function startRows(place: Place, pairs: number): Promise<Row[]> {
  const nothing = await emptyProgram(place);
  const small = await smallCheckpoint(place);
  const ours = (...words: readonly string[]): Timed => ({ argv: [CKPT, ...words], cwd: place.folder });
  const against = async (id: string, words: readonly string[], most: number): Promise<Row> =>
    timeRow(
      id,
      `ckpt ${words[0] ?? ""}, against an empty compiled program`,
      await pair(ours(...words), nothing, Math.max(pairs, PAIRS_MIN)),
      most,
    );
  return [
    await against("start-version", ["--version"], 1.5),
    await against("start-help", ["--help"], 2),
    await against("start-info", ["info", "--dir", small], 2),
  ];
}

async function emptyProgram(place: Place): Promise<Timed> {
  const empty = place.file("empty");
  const source = join(ROOT, "bench/limits/empty.ts");
  await time({
    argv: [process.execPath, "build", ...OPTIONS, source, "--outfile", empty],
    cwd: place.folder,
  });
  return { argv: [empty], cwd: place.folder };
}

/** A checkpoint with ten results, and its folder. */
export async function smallCheckpoint(place: Place): Promise<string> {
  const dir = place.file("s");
  await time({
    argv: [CKPT, "run", place.lines(20), "--limit", "10", "--dir", dir, "--", "true"],
    cwd: place.folder,
    codes: [4],
    prepare: () => place.clean("s"),
  });
  return dir;
}
