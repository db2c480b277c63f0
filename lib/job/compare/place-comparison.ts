// Writes the rows of a comparison to a file: a new one, one that holds the same bytes, or with `--force` any other.
import type { Checkpoint } from "../../checkpoint/checkpoint.ts";
import { CkptError } from "../../core/errors.ts";
import type { Host } from "../../cli/host.ts";
import {
  checkOutput,
  existingFile,
  freePath,
  isSpecial,
  stageOutput,
  type WriteOutput,
  writeSpecial,
} from "../../output/output-file.ts";
import { rowFormatOf } from "../../output/output-format.ts";
import { makerOf, shortPath } from "../output/output-maker.ts";
import type { WrittenRows } from "../../output/write-rows.ts";
import { type ComparisonCase, writeComparison } from "./comparison-rows.ts";

export type ComparisonPlace = {
  readonly host: Host;
  readonly checkpoint: Checkpoint;
  /** Absolute path. */
  readonly file: string;
  readonly force: boolean;
};

export type PlacedComparison = {
  readonly path: string;
  /** Null for a device or a pipe. */
  readonly sha256: string | null;
  readonly rows: number;
};

/** @throws output.* */
export async function placeComparison(
  comparison: ComparisonCase,
  { host, checkpoint, file, force }: ComparisonPlace,
): Promise<PlacedComparison> {
  const { fs } = host;
  const format = rowFormatOf(file);
  const write: WriteOutput<WrittenRows> = (sink) => writeComparison(comparison, format, sink);
  if (isSpecial(fs, file)) {
    const { count } = await writeSpecial(fs, file, write, "diff A B");
    return { path: file, sha256: null, rows: count };
  }
  const compared = [comparison.a, comparison.b].map(({ results }) => results.resultsFile);
  const stands = checkOutput(fs, file, compared, checkpoint.paths.dir);
  const existing = stands && !force ? existingFile(fs, file) : null;
  const chance = Buffer.from(crypto.getRandomValues(new Uint8Array(4))).toString("hex");
  const staged = await stageOutput(fs, file, chance, write, "diff A B");
  if (existing !== null && existing.sha256 !== staged.sha256) {
    staged.discard();
    const made = makerOf(host, checkpoint, existing, null, () => false);
    const other = shortPath(freePath(fs, file), host.cwd);
    throw new CkptError("output.exists", { path: file, other, byNoResume: false, ...made });
  }
  staged.place();
  return { path: file, sha256: staged.sha256, rows: staged.written.count };
}
