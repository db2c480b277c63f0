// Which format an output has, by its name, and what it is called when nobody named it.
import * as path from "node:path";
import { CkptError } from "../core/errors.ts";

export type OutputFormat = "jsonl" | "json" | "csv" | "tsv";

const FORMAT_OF: ReadonlyMap<string, OutputFormat> = new Map([
  [".jsonl", "jsonl"],
  [".ndjson", "jsonl"],
  [".json", "json"],
  [".csv", "csv"],
  [".tsv", "tsv"],
]);
/** Without the dot. */
export const OUTPUT_EXTENSIONS: readonly string[] = [...FORMAT_OF.keys()].map((name) => name.slice(1));

/** Devices and open descriptors have no extensions: `/dev/null`, and `/dev/fd/63` for `-o >(program)` in a shell. */
const DEVICE = /^\/(?:dev|proc\/(?:self|\d+)\/fd)\//;

/**
 * The format of an output by the extension of its path, in any case of letters; JSON lines for `-` (standard output) and for devices.
 * @throws CkptError `output.unknownFormat`
 */
export function outputFormatOf(output: string): OutputFormat {
  const format = FORMAT_OF.get(path.extname(output).toLowerCase());
  if (format !== undefined) return format;
  if (output === "-" || DEVICE.test(output)) return "jsonl";
  throw new CkptError("output.unknownFormat", { path: output });
}

/** What is left of an input's name without folder, compression and extension: `questions` of `data/questions.csv.gz`, `stdin` of `-`. */
function inputStem(input: string): string {
  if (input === "-") return "stdin";
  return path.parse(path.basename(input).replace(/(?<=.)\.(?:gz|zst)$/i, "")).name;
}

/** The name, in the current folder, of the output of an input when nobody names one. */
export function defaultOutput(input: string): string {
  return `${inputStem(input)}.results.jsonl`;
}
