// What a command that writes results takes: where they go, which of them, and what their rows consist of.
import type { Completion, SettingsOf } from "../../cli/declaration.ts";
import {
  OUTPUT_EXTENSIONS,
  OUTPUT_NAMES,
  type OutputFormat,
  outputFormatOf,
} from "../../output/output-format.ts";
import type { OutputStyle } from "../../output/write-results.ts";
import { ROW_ARGUMENTS } from "./row-arguments.ts";
import { checkShape, SHAPE_ARGUMENTS } from "./shape-arguments.ts";

const PLACE = {
  output: {
    type: "string",
    value: "text",
    alias: "o",
    valueHint: "FILE|-",
    group: "output",
    complete: { extensions: OUTPUT_EXTENSIONS } as Completion,
    default: "-",
    description: `where the results go (${OUTPUT_NAMES.join(" ")})` as string,
    zh: `结果文件（${OUTPUT_NAMES.join(" ")}）` as string,
  },
} as const;

const FIELDS = {
  fields: {
    type: "string",
    value: "text",
    valueHint: "A,B.C",
    group: "output",
    repeat: true,
    complete: "field",
    description: "these fields only, in this order: id,output.score,question",
    zh: "只要这些字段，按此顺序：id,output.score,question",
  },
} as const;

const FORCE = {
  force: {
    type: "boolean",
    group: "output",
    description: "replace an output file whoever wrote it",
    zh: "无论是谁写的，都替换输出文件",
  },
} as const;

export const EXPORTED_ARGUMENTS: typeof PLACE &
  typeof ROW_ARGUMENTS &
  typeof FIELDS &
  typeof SHAPE_ARGUMENTS &
  typeof FORCE = { ...PLACE, ...ROW_ARGUMENTS, ...FIELDS, ...SHAPE_ARGUMENTS, ...FORCE };

type Given = SettingsOf<typeof EXPORTED_ARGUMENTS>;

/** @param json whether `--json` was given @throws output.unknownFormat, usage.conflict */
export function exportStyle(settings: Given, json: boolean): OutputStyle {
  const { output: given, includeInput, includeMeta, flatten, bom, repeatAs } = settings;
  const named = settings.fields.flatMap((list) => list.split(",")).filter((name) => name !== "");
  const fields = [...new Set(named)];
  // The format by the name of the file; on standard output JSON lines, or with `--json` one array.
  const format: OutputFormat =
    settings.outputFormat ?? (given === "-" && json ? "json" : outputFormatOf(given));
  checkShape(format, settings);
  const style = { format, bom, joinItem: includeInput, includeMeta, flatten, repeatAs };
  return fields.length === 0 ? style : { ...style, fields };
}

/** Rows that were chosen are counted on standard output, too: nobody knows beforehand how many there are. */
export function isChosen({ status, where, limit }: Given): boolean {
  return status.length > 0 || where.length > 0 || limit !== null;
}
