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
  "output.noFolder": (p) => ({
    message: `无法写入输出 ${p.path}：目录 ${p.folder} 不存在`,
    hint: "请先建立该目录，或用 -o 指定别的文件。",
  }),
  "output.unknownFormat": (p) => ({
    message: `无法判断输出 ${p.path} 的格式：没有已知的扩展名`,
    hint: `请让文件名以 ${p.extensions.join("、")} 之一结尾。`,
  }),
  "output.notWhole": (p, call) => ({
    message: `无法写出 OpenAI 批处理格式：其中应为完整应答，而这些结果不是${p.item === null ? "" : `（条目 ${p.item}）`}`,
    hint: `请从一开始就保留完整应答：${call("run … --answer full")}。或写成其他格式：-o FILE.jsonl。`,
  }),
  "output.missing": (p) => ({
    message: `无法读取 ${p.path} 中的结果：没有这个文件`,
    hint: "请检查路径；它相对于当前目录。",
  }),
  "output.unreadable": (p) => ({
    message: `无法读取 ${p.path} 中的结果：${causes.text(p.cause)}`,
    hint: "请检查该文件及其权限。",
  }),
  "output.notResults": (p) => ({
    message: `无法读取 ${p.path} 中的结果：第 ${formatNumber(p.row)} 行不是结果（${causes.text(p.found)}）`,
    hint: "请指定 ckpt 的输出文件：每行都有 id、状态，以及输出或错误。用 --flatten 或 --fields 导出的文件缺少其中一部分。",
  }),
  "output.noIds": (p, call) => ({
    message: `无法比较 ${p.path} 中的结果：它们没有 id`,
    hint: `文件中的结果只能按 id 匹配。请改为指定备份或检查点目录（${call("list")}），或在运行任务时加上 --id FIELD。`,
  }),
  "output.isInput": (p) => ({
    message: `拒绝把输出写到 ${p.path}：它就是输入文件`,
    hint: "请用 -o 指定别的文件。",
  }),
  "output.isCheckpoint": (p) => ({
    message: `拒绝把输出写到 ${p.path}：它是 ${p.dir} 中检查点的文件`,
    hint: "请用 -o 指定别的文件。",
  }),
  "output.tooManyColumns": (p) => ({
    message: `无法把输出写成表格：条目中不同的字段超过 ${formatNumber(p.max)} 个`,
    hint: `全部结果都已保存。请改写 JSON（-o FILE.jsonl），或去掉 --include-input。`,
  }),
  "output.writeFailed": (p, call) => ({
    message: `无法写完输出 ${p.path}：${causes.text(p.cause)}`,
    hint: `全部结果都已保存。请检查该文件夹及其磁盘，或写到别的文件：${call(`${p.command} -o FILE`)}`,
  }),
  "output.diskFull": (p, call) => ({
    message: `已停止：没有空间写入输出 ${p.path}：${causes.text(p.cause)}`,
    hint: `全部结果都已保存。请腾出空间后再次运行同一条命令，或写到别的文件：${call(`${p.command} -o FILE`)}`,
  }),
};
