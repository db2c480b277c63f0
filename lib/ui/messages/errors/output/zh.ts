// Chinese: errors about output files.
import { formatNumber } from "../../../format.ts";
import type { ErrorTextsOf } from "../error-text.ts";
import { causes } from "../../causes/zh.ts";
import { holds, keptIn } from "../../common/zh.ts";

export const output: ErrorTextsOf<"output"> = {
  "output.exists": (p) => ({
    message: `拒绝覆盖 ${p.path}：${holds(p.maker)}`,
    hint: `写到别的文件：-o ${p.other}。替换它：${p.byNoResume ? "--no-resume（全部重新处理）或 --force" : "--force"}${p.kept === null ? "" : `；其中的结果仍${keptIn(p.kept)}`}。`,
  }),
  "output.appeared": (p) => ({
    message: `拒绝覆盖 ${p.path}：它是在本次运行期间写入的，${holds(p.maker)}`,
    hint: "全部结果都已保存。请再次运行同一条命令：加 -o FILE 写到别的文件，或加 --force 替换它。",
  }),
  "output.notWritable": (p) => ({
    message: `无法写入输出 ${p.path}：${causes.text(p.cause)}`,
    hint: "请检查目录和权限，或用 -o 指定别的文件。",
  }),
  "output.unknownFormat": (p) => ({
    message: `无法判断输出 ${p.path} 的格式：没有已知的扩展名`,
    hint: `请让文件名以 ${p.extensions.join("、")} 之一结尾。`,
  }),
  "output.isInput": (p) => ({
    message: `拒绝把输出写到 ${p.path}：它就是输入文件`,
    hint: "请用 -o 指定别的文件。",
  }),
  "output.isCheckpoint": (p) => ({
    message: `拒绝把输出写到 ${p.path}：它是 ${p.dir} 中检查点的文件`,
    hint: "请用 -o 指定别的文件。",
  }),
  "output.tooManyColumns": (p, call) => ({
    message: `无法把输出写成表格：条目中不同的字段超过 ${formatNumber(p.max)} 个`,
    hint: `全部结果都已保存。请改写 JSON，或去掉 --include-input：${call("export -o FILE.jsonl")}`,
  }),
  "output.writeFailed": (p, call) => ({
    message: `无法写完输出 ${p.path}：${causes.text(p.cause)}`,
    hint: `全部结果都已保存。请检查该文件夹及其磁盘，或写到别的文件：${call("export -o FILE")}`,
  }),
  "output.diskFull": (p, call) => ({
    message: `已停止：没有空间写入输出 ${p.path}：${causes.text(p.cause)}`,
    hint: `全部结果都已保存。请腾出空间后再次运行同一条命令，或写到别的文件：${call("export -o FILE")}`,
  }),
};
