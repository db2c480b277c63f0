// The format of an output by its name, and the default name of an output.
import * as path from "node:path";
import { CkptError } from "../core/errors.ts";

export type OutputFormat = "jsonl" | "json" | "csv" | "tsv" | "parquet" | "openai-batch";

const FORMAT_OF: ReadonlyMap<string, OutputFormat> = new Map([
  [".jsonl", "jsonl"],
  [".ndjson", "jsonl"],
  [".json", "json"],
  [".csv", "csv"],
  [".tsv", "tsv"],
  [".parquet", "parquet"],
  [".batch.jsonl", "openai-batch"],
]);
/** The extensions to name to people: the first one of each format. */
export const OUTPUT_NAMES: readonly string[] = [...FORMAT_OF]
  .filter(([, format], at, all) => all.findIndex(([, other]) => other === format) === at)
  .map(([name]) => name);
/** All of them, without the dot. */
export const OUTPUT_EXTENSIONS: readonly string[] = [...FORMAT_OF.keys()].map((name) => name.slice(1));

const BATCH_NAME = /(?<=[^/\\])\.batch\.jsonl$/i;
/** Devices and open descriptors have no extensions: `/dev/null`, and `/dev/fd/63` for `-o >(program)` in a shell. */
const DEVICE = /^\/(?:dev|proc\/(?:self|\d+)\/fd)\//;

/** Those of rows, which any command may write that has rows. */
export type RowFormat = Exclude<OutputFormat, "openai-batch">;
/** Those that are text. */
export type TextFormat = Exclude<RowFormat, "parquet">;

/** The extension of an output, with its dot; `.batch.jsonl` is one. */
export function extensionOf(output: string): string {
  return BATCH_NAME.exec(output)?.[0] ?? path.extname(output);
}

/** As `outputFormatOf`, where rows are not results. @throws CkptError `output.unknownFormat`, `usage.badValue` */
export function rowFormatOf(output: string): RowFormat {
  const format = outputFormatOf(output);
  if (format !== "openai-batch") return format;
  const expected = OUTPUT_NAMES.filter((name) => outputFormatOf(`x${name}`) !== format).join(", ");
  throw new CkptError("usage.badValue", { option: "-o", value: output, expected });
}

/**
 * The format of an output by the extension of its path, ignoring case; JSON lines for `-` (standard output) and devices.
 * @throws CkptError `output.unknownFormat`
 */
export function outputFormatOf(output: string): OutputFormat {
  const format = FORMAT_OF.get(extensionOf(output).toLowerCase());
  if (format !== undefined) return format;
  if (output === "-" || DEVICE.test(output)) return "jsonl";
  throw new CkptError("output.unknownFormat", { path: output, extensions: OUTPUT_NAMES });
}

/** An input's name without folder, compression and extension: `questions` of `data/questions.csv.gz`, `stdin` of `-`. */
export function inputStem(input: string): string {
  if (input === "-") return "stdin";
  const name = path.basename(input).replace(/(?<=.)\.(?:gz|zst)$/i, "");
  return name.slice(0, name.length - extensionOf(name).length);
}

/** The default name of an input's output, in the current folder. */
export function defaultOutput(input: string, format: OutputFormat = "jsonl"): string {
  const [extension = ""] = [...FORMAT_OF].find(([, one]) => one === format) ?? [];
  return `${inputStem(input)}.results${extension}`;
}
