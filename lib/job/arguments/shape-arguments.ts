// The options that say what the rows of an output consist of, for the commands that write one. A run records which of them its output was made with.

import { CkptError } from "../../core/errors.ts";
import type { OutputFormat } from "../../output/output-format.ts";

export const SHAPE_ARGUMENTS = {
  "output-format": {
    type: "enum",
    options: ["jsonl", "json", "csv", "tsv", "parquet", "openai-batch"],
    group: "output",
    description: "format of the results, whatever their file is called",
    zh: "结果的格式，与文件名无关",
  },
  "repeat-as": {
    type: "enum",
    options: ["lines", "list"],
    group: "output",
    default: "lines",
    description: "answers of an item: a line each, or one line with a list",
    zh: "同一条目的多份结果：各占一行，或合为一行列表",
  },
  "include-input": {
    type: "boolean",
    group: "output",
    description: "join the item's own fields",
    zh: "并入条目自身的字段",
  },
  "include-meta": {
    type: "boolean",
    group: "output",
    description: "add attempts, times, tokens, cost, marks and fingerprint",
    zh: "加上尝试次数、时间、token、费用、标记和指纹",
  },
  flatten: {
    type: "boolean",
    group: "output",
    description: "columns of outputs that are objects: output.score",
    zh: "把对象形式的输出展开成列：output.score",
  },
  bom: {
    type: "boolean",
    group: "output",
    description: "byte-order mark for Excel",
    zh: "为 Excel 写入 BOM",
  },
} as const;

export type ShapeSettings = {
  readonly outputFormat: OutputFormat | null;
  readonly repeatAs: "lines" | "list";
  readonly includeInput: boolean;
  readonly includeMeta: boolean;
  readonly flatten: boolean;
  readonly bom: boolean;
};

/** The options that are set, always in the same order: their names, `repeat-as=list` and `output-format=FORMAT`. */
export function shapeOptions(settings: ShapeSettings): string[] {
  const { outputFormat } = settings;
  return [...fieldOptions(settings), ...(outputFormat === null ? [] : [`output-format=${outputFormat}`])];
}

function fieldOptions({ repeatAs, includeInput, includeMeta, flatten, bom }: ShapeSettings): string[] {
  const options: readonly (readonly [string, boolean])[] = [
    ["repeat-as=list", repeatAs === "list"],
    ["include-input", includeInput],
    ["include-meta", includeMeta],
    ["flatten", flatten],
    ["bom", bom],
  ];
  return options.flatMap(([name, isSet]) => (isSet ? [name] : []));
}

/** Lines of a batch have the fields that they have. @throws usage.conflict */
export function checkShape(format: OutputFormat, settings: ShapeSettings): void {
  const [option] = format === "openai-batch" ? fieldOptions(settings) : [];
  if (option !== undefined)
    throw new CkptError("usage.conflict", { first: `--${option}`, second: `--output-format ${format}` });
}
