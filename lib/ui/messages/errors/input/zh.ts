// Chinese: errors about the input.
import { shellWords } from "../../../../core/shell-quote.ts";
import { formatBytes, formatNumber } from "../../../format.ts";
import type { ErrorTextsOf } from "../error-text.ts";
import { causes } from "../../causes/zh.ts";
import { didYouMean, few, fields, inputName, lines, namedInput } from "../../common/zh.ts";

/** The same, where Chinese follows at once. */
const theInputThen = (path: string): string => (path === "-" ? inputName(path) : `输入 ${path} `);

/** A part of a file as it is named; what comes by standard input has to become a file. */
const partOf = (path: string, name: string): string =>
  `${path === "-" ? "FILE" : path.replace(/#[^/]*$/, "")}#${name}`;

const arrayHint = (arrays: readonly string[]): string => {
  const [first] = arrays;
  if (first === undefined) return "请用 --json-path 指明条目所在的数组，例如 data.items。";
  return arrays.length === 1
    ? `有一个字段是数组：请加上 --json-path ${first}`
    : `有多个字段是数组：请用 --json-path 指定其一：${few(arrays)}。`;
};

export const input: ErrorTextsOf<"input"> = {
  "input.missing": (p) => ({
    message: `无法打开输入：${p.path} 不存在`,
    hint: "请检查路径；相对路径从当前目录算起。",
  }),
  "input.folder": (p) => ({
    message: `无法打开输入：${p.path} 是一个目录`,
    hint: `请指定其中的一个文件，或用加引号的通配符指定全部：'${p.path.replace(/\/+$/, "")}/**/*.jsonl'`,
  }),
  "input.unknownField": (p) => ({
    message: `无法按 ${p.field} 选择：没有条目含有这个字段${didYouMean(p.nearest)}`,
    hint: fields(p.known, ""),
  }),
  "input.noneChosen": (p) => ({
    message: `没有可处理的条目：没有条目符合 ${p.where.join(" 且 ")}`,
    hint: "--where 的写法是“字段=值”或“字段~正则”；多个条件须同时成立。纯文本行的字段名是 item。",
  }),
  "input.noMatch": (p) => ({
    message: `无法打开输入：没有文件与 ${p.pattern} 匹配`,
    hint: "请检查通配符；它从当前目录算起。** 表示任意层目录，以点开头的名称须明确写出。",
  }),
  "input.onlyOnce": (p) => ({
    message: `无法将${theInputThen(p.path)}与其他输入一起读取：它只能读一次`,
    hint: "请单独指定它，或先保存为文件。",
  }),
  "input.unreadable": (p) => ({
    message: `无法读取${namedInput(p.path)}：${causes.text(p.cause)}`,
    hint: "请检查文件权限和磁盘，然后再次运行同一条命令。",
  }),
  "input.empty": (p) => ({
    message: `无法运行：${theInputThen(p.path)}中没有条目`,
    hint: "请确认文件没有选错，并且生成它的程序已经写完。",
  }),
  "input.binary": (p) => ({
    message: `无法读取${namedInput(p.path)}：它不是文本（偏移 ${formatNumber(p.offset)} 处有零字节）`,
    hint: "请指定文本文件、.gz 或 .zst；UTF-16 文件请加 --encoding utf-16le（或 utf-16be）。",
  }),
  "input.unknownFormat": (p) => ({
    message: `无法判断${theInputThen(p.path)}的格式：${p.path === "-" ? "它没有名称" : "没有已知的扩展名"}`,
    hint: `请加上 --format，格式为以下之一：${p.formats.join("、")}。`,
  }),
  "input.foreignFormat": (p) => ({
    message: `无法读取${namedInput(p.path)}：ckpt 不支持这种格式`,
    hint: `请先转换为 ckpt 能读取的格式：${p.command}`,
  }),
  "input.noArray": (p) => ({
    message: `无法按 json 读取${namedInput(p.path)}：${p.jsonPath === null ? "其内容" : ` ${p.jsonPath} 处`}是${causes.text(p.found)}，不是数组`,
    hint: arrayHint(p.arrays),
  }),
  "input.noTable": (p) => ({
    message:
      p.name === null
        ? `无法读取${namedInput(p.path)}：其中${p.names.length === 0 ? "没有" : "有多个"}${causes.text(p.what)}`
        : `无法读取${namedInput(p.path)}：其中没有${causes.text(p.what)} ${p.name}${didYouMean(p.nearest)}`,
    hint:
      p.names.length === 0
        ? "请确认文件没有选错。"
        : `${p.path === "-" ? "请先保存为文件，再" : "请"}指定其中之一：${few(p.names)}，例如 ${shellWords([partOf(p.path, p.names[0] ?? "")])}`,
  }),
  "input.badFile": (p) => ({
    message: `无法按 ${p.format} 读取${namedInput(p.path)}：${causes.text(p.cause)}`,
    hint: "请重新获取文件，或用生成它的程序重新写出。",
  }),
  "input.badQuery": (p) => ({
    message: `无法对${theInputThen(p.path)}执行查询：${causes.text(p.cause)}`,
    hint: `请修正查询：${p.query}`,
  }),
  "input.database": (p) => ({
    message: `无法将${namedInput(p.path)} 作为 SQLite 数据库读取：${causes.text(p.cause)}`,
    hint: "请确认它是完整的数据库，可用 sqlite3 FILE 'PRAGMA integrity_check' 检查。",
  }),
  "input.noEncoding": (p) => ({
    message: `--encoding 不能用于${namedInput(p.path)}：${p.format} 格式的文件自己说明其文本的编码`,
    hint: "请去掉 --encoding。",
  }),
  "input.unknownEncoding": (p) => ({
    message: `无法读取输入：未知编码“${p.encoding}”`,
    hint: "可用的名称如 utf-8、gb18030、big5、shift_jis、utf-16le、windows-1252。",
  }),
  "input.undecodable": (p) => ({
    message: `无法按 ${p.encoding} 解码${namedInput(p.path)}：偏移 ${formatNumber(p.offset)} 处的字节无效`,
    hint: "请用 --encoding 指定文件自己的编码（中文文件常为 gb18030），或修正文件。",
  }),
  "input.wrongEncoding": (p) => ({
    message: `无法按 ${p.encoding} 读取${namedInput(p.path)}：其字节序标记（BOM）表明它是 ${p.marked}`,
    hint: `请加上 --encoding ${p.marked}。`,
  }),
  "input.badFirst": (p) => ({
    message: `无法按 ${p.format} 读取${namedInput(p.path)}：第 ${formatNumber(p.line)} 行：${causes.text(p.found)}`,
    hint: {
      array: "它像是一个 JSON 数组，其元素才是条目：请加上 --format json。",
      comment: "JSON Lines 中不能有注释：请把这样的行从文件中删去。",
      other: "请检查文件，或用 --format 指定真正的格式。",
    }[p.looksLike ?? "other"],
  }),
  "input.malformed": (p) => ({
    message: `无法读完${namedInput(p.path)}：第 ${formatNumber(p.line)} 行：${causes.text(p.found)}`,
    hint: "请从这一行起修正文件，然后再次运行同一条命令。",
  }),
  "input.corrupt": (p) => ({
    message: `无法解压${namedInput(p.path)}：${causes.text(p.cause)}`,
    hint: "文件不完整或已损坏：请重新获取，或用 gzip -t、zstd -t 检查。",
  }),
  "input.lineTooLong": (p) => ({
    message: `无法读取${namedInput(p.path)}：第 ${formatNumber(p.line)} 行超过 ${formatBytes(p.maxBytes)}`,
    hint: "请确认 --format 与文件相符；这样大的条目，最好只写文件名。",
  }),
  "input.idMissing": (p) =>
    p.known === null
      ? {
          message: `无法使用 --id ${p.field}：${lines(p.lines, p.count)}在这个字段没有文本或数字`,
          hint: "请指定每个条目都有文本或数字的字段，或去掉 --id，改为按内容识别条目。",
        }
      : {
          message: `无法使用 --id ${p.field}：没有条目含有这个字段${didYouMean(p.nearest)}`,
          hint: `${fields(p.known, "请去掉 --id")}不用 --id 时，按内容识别条目。`,
        },
  "input.idDoubled": (p) => ({
    message: `无法使用 --id ${p.field}：有 ${formatNumber(p.count)} 个 id 重复：${few(
      p.examples.map((it) => `“${it.id}”在${lines(it.lines)}`),
      p.count,
    )}`,
    hint: "请指定值各不相同的字段，或去掉 --id：相同的条目会各处理一次。",
  }),
  "input.importFormat": (p) => ({
    message: `无法导入 ${p.path}：无法从扩展名得知其格式`,
    hint: "请复制为带有相应扩展名的文件：.jsonl、.json、.csv、.tsv、.parquet、.xlsx 或 .sqlite。",
  }),
  "input.importUnreadable": (p) => ({
    message: `无法导入 ${p.path}：${p.rows === 0 ? "其中没有任何行" : `其中 ${formatNumber(p.rows)} 行都没有可识别的结果`}`,
    hint: "ckpt 能识别自己的输出（没有 id 时需带 --include-input）和 OpenAI 的批处理输出。其他文件请指明字段：--import-id FIELD --import-output FIELD。",
  }),
  "input.importNoMatch": (p) => ({
    message: `无法导入 ${p.path}：其中 ${formatNumber(p.rows)} 行都不对应输入中的条目`,
    hint:
      p.idField === null
        ? "没有 --id FIELD 时按条目内容匹配。如果文件中有 id，请用 --id 指明输入中存放 id 的字段。"
        : `结果按输入的字段 ${p.idField}（--id）匹配。请检查文件中的 id 是否与之相同。`,
  }),
  "input.noKept": () => ({
    message: "无法运行：输入来自标准输入，而检查点中没有保留它的副本",
    hint: "请重新提供输入：ckpt run - -- COMMAND < INPUT",
  }),
  "input.changedDuringRun": (p) => ({
    message: `已停止：${theInputThen(p.path)}在运行过程中被修改`,
    hint: `已完成的都已保存。再次运行同一条命令：仍然相符的会保留，其余的会处理。${p.ofQuery === true ? "查询需要 ORDER BY，且所列的列不能有两行相同，否则各行的顺序可能每次不同。" : ""}`,
  }),
};
