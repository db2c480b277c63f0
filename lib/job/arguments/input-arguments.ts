// Arguments of `ckpt run` about the input and its items.
import type { Completion } from "../../cli/declaration.ts";
import { DELIMITER_NAMES } from "../../core/delimiter.ts";
import { FORMATS_SHOWN, INPUT_EXTENSIONS, INPUT_FORMATS } from "../../input/detect.ts";

export const INPUT_ARGUMENTS = {
  input: {
    type: "positional",
    required: false,
    repeat: true,
    valueHint: "INPUT",
    complete: { extensions: INPUT_EXTENSIONS } as Completion,
    description: "the items: files, quoted globs, or - for standard input",
    zh: "条目：文件、加引号的通配符，或 - 表示标准输入",
  },
  format: {
    type: "string",
    value: "string",
    valueHint: "NAME",
    group: "input",
    complete: { words: INPUT_FORMATS } as Completion,
    description: FORMATS_SHOWN.join(" ") as string,
    zh: FORMATS_SHOWN.join(" ") as string,
  },
  encoding: {
    type: "string",
    value: "string",
    valueHint: "NAME",
    group: "input",
    default: "utf-8",
    complete: {
      words: [
        "utf-8",
        "utf-16le",
        "utf-16be",
        "gb18030",
        "gbk",
        "big5",
        "shift_jis",
        "euc-jp",
        "euc-kr",
        "windows-1252",
      ],
    },
    description: "encoding of the input (utf-8, gb18030, …)",
    zh: "输入编码（utf-8、gb18030 等）",
  },
  delimiter: {
    type: "string",
    value: "string",
    valueHint: "auto|CHAR",
    group: "input",
    complete: { words: ["auto", ...DELIMITER_NAMES] } as Completion,
    description: "of CSV cells: comma, semicolon, tab, bar, … (auto)",
    zh: "CSV 分隔符：comma、semicolon、tab、bar 等（auto）",
  },
  "json-path": {
    type: "string",
    value: "text",
    valueHint: "PATH",
    group: "input",
    complete: "none",
    description: "where the array of items stands (data.items)",
    zh: "条目数组在 JSON 中的位置（data.items）",
  },
  query: {
    type: "string",
    value: "text",
    valueHint: "SQL",
    group: "input",
    complete: "none",
    description: "rows of an SQLite database (or data.sqlite#table)",
    zh: "SQLite 查询，其行即条目（或用 data.sqlite#表名）",
  },
  id: {
    type: "string",
    value: "text",
    valueHint: "FIELD",
    group: "input",
    complete: "field",
    description: "the field that identifies an item",
    zh: "标识条目的字段",
  },
} as const;
