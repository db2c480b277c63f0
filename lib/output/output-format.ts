// Which format an output has, by its name, and what it is called when nobody named it.
import * as path from "node:path";
import { CkptError } from "../core/errors.ts";

export type OutputFormat = "jsonl" | "json" | "csv" | "tsv";

/** The path that means standard output. */
export const STANDARD_OUTPUT = "-";

const FORMAT_OF: ReadonlyMap<string, OutputFormat> = new Map([
  [".jsonl", "jsonl"],
  [".ndjson", "jsonl"],
  [".json", "json"],
  [".csv", "csv"],
  [".tsv", "tsv"],
]);

/** Devices and open descriptors have no extensions: `/dev/null`, and `/dev/fd/63` for `-o >(program)` in a shell. */
const DEVICE = /^\/(?:dev|proc\/(?:self|\d+)\/fd)\//;

/**
 * The format of an output by the extension of its path, in any case of letters; JSON lines on standard output and on devices.
 * @throws CkptError `output.unknownFormat`
 */
export function outputFormatOf(output: string): OutputFormat {
  const format = FORMAT_OF.get(path.extname(output).toLowerCase());
  if (format !== undefined) return format;
  if (output === STANDARD_OUTPUT || DEVICE.test(output)) return "jsonl";
  throw new CkptError("output.unknownFormat", { path: output });
}

/** The output's name, in the current folder, of an input: `data/questions.csv.gz` gives `questions.results.jsonl`, `-` `stdin.results.jsonl`. */
export function defaultOutput(input: string): string {
  if (input === "-") return "stdin.results.jsonl";
  const name = path.basename(input).replace(/(?<=.)\.(?:gz|zst)$/i, "");
  return `${path.parse(name).name}.results.jsonl`;
}
