// Arguments of `ckpt run` that concern its output and its progress.
import type { Completion } from "../../cli/declaration.ts";
import { OUTPUT_EXTENSIONS, OUTPUT_NAMES } from "../../output/output-format.ts";

export const OUTPUT_ARGUMENTS = {
  output: {
    type: "string",
    value: "text",
    valueHint: "FILE|-",
    group: "output",
    alias: "o",
    complete: { extensions: OUTPUT_EXTENSIONS } as Completion,
    description: `where the results go (${OUTPUT_NAMES.join(" ")})` as string,
    zh: `结果文件（${OUTPUT_NAMES.join(" ")}）` as string,
  },
  "include-input": {
    type: "boolean",
    group: "output",
    description: "join the item's own fields",
    zh: "并入条目自身的字段",
  },
  bom: {
    type: "boolean",
    group: "output",
    description: "byte-order mark for Excel",
    zh: "为 Excel 写入 BOM",
  },
  force: {
    type: "boolean",
    group: "output",
    once: true,
    description: "replace an output file whoever wrote it",
    zh: "无论是谁写的，都替换输出文件",
  },
  progress: {
    type: "enum",
    options: ["auto", "bar", "plain", "json", "none"],
    group: "output",
    default: "auto",
    once: true,
    description: "how progress is shown",
    zh: "进度显示方式",
  },
  "batch-size": {
    type: "string",
    value: { kind: "count", min: 1 },
    valueHint: "N",
    group: "output",
    alias: "b",
    complete: "none",
    description: "results committed together (default 10)",
    zh: "每批提交的结果数（默认 10）",
  },
} as const;
