// Arguments of `ckpt run` that concern its output and its progress.
import type { Completion } from "../../cli/declaration.ts";
import { OUTPUT_EXTENSIONS, OUTPUT_NAMES } from "../../output/output-format.ts";
import { SHAPE_ARGUMENTS } from "./shape-arguments.ts";

const PLACE = {
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
} as const;

const REST = {
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
  notify: {
    type: "string",
    value: "text",
    valueHint: "COMMAND",
    group: "output",
    complete: "none",
    description: "run at the end; gets the summary as JSON",
    zh: "结束时运行，从标准输入得到 JSON 摘要",
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

export const OUTPUT_ARGUMENTS: typeof PLACE & typeof SHAPE_ARGUMENTS & typeof REST = {
  ...PLACE,
  ...SHAPE_ARGUMENTS,
  ...REST,
};
