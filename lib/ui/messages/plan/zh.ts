// Chinese: what a run is going to do.
import { formatNumber } from "../../format.ts";
import { few, inputName, items, units } from "../common/zh.ts";
import type { plan as English } from "./en.ts";

const DELIMITERS: { readonly [character: string]: string } = {
  ",": "逗号",
  ";": "分号",
  "\t": "制表符",
  "|": "竖线",
  " ": "空格",
};

const delimiters = (character: string): string => DELIMITERS[character] ?? `“${character}”`;

export const plan: typeof English = {
  line: (c, isPart) =>
    `计划：共 ${units(c.total, c.repeat)}${c.repeat === undefined ? "" : `（每个条目 ${formatNumber(c.repeat)} 份）`}：${[
      `已完成 ${formatNumber(c.done)}`,
      c.failed > 0 ? `失败 ${formatNumber(c.failed)}（重试 ${formatNumber(c.retry)}）` : [],
      c.fresh > 0 ? `新增 ${formatNumber(c.fresh)}` : [],
      c.changed > 0 ? `内容有变 ${formatNumber(c.changed)}` : [],
      c.rerun > 0 ? `重新处理 ${formatNumber(c.rerun)}` : [],
      c.gone > (c.beyond ?? 0)
        ? `${isPart ? "未选中或" : ""}已不在输入中 ${formatNumber(c.gone - (c.beyond ?? 0))}`
        : [],
      c.beyond === undefined
        ? []
        : `超出 --repeat ${formatNumber(c.repeat ?? 1)} 而保留 ${formatNumber(c.beyond)}`,
      `待处理 ${formatNumber(c.pending)}`,
    ]
      .flat()
      .join("，")}`,
  selected: (what, chosen, of) => `选定：${what}：${items(of)}中的 ${formatNumber(chosen)} 个`,
  selectionChanged: (before, now) => `条目的选择已改变：${before} → ${now}`,
  files: (count, first) => `输入：${formatNumber(count)} 个文件：${few(first, count)}`,
  dropped: (options) => `设置文件中未使用的选项：${options}`,
  checks: (checks) => `每个输出都要检查：${checks.join("，")}`,
  ignoredKeywords: (path, first, count) =>
    `${path}：有 ${formatNumber(count)} 个关键字不属于 JSON Schema，不起检查作用：${few(first, count)}`,
  estimate: (e) => {
    const mean = e.items === 0 ? 0 : Math.round(e.input_tokens / e.items);
    const output =
      e.output_tokens === null
        ? "；回答长度没有上限（可加 --param max_tokens=N）"
        : `，输出至多 ${formatNumber(e.output_tokens)} 个`;
    return `预计：${items(e.items)}，请求 ${formatNumber(e.requests)} 次，输入约 ${formatNumber(e.input_tokens)} 个 token${output}；每个条目输入约 ${formatNumber(mean)} 个，至多 ${formatNumber(e.input_tokens_max)} 个`;
  },
  moreInRequest: (count) => `…… 另有 ${formatNumber(count)} 个条目`,
  itemTokens: (tokens) =>
    `输入约 ${formatNumber(tokens.input_tokens)} 个 token${tokens.output_tokens === null ? "" : `，输出至多 ${formatNumber(tokens.output_tokens)} 个`}`,
  estimatedCost: (cost) => {
    if (cost === null) return "费用：未给出 --price-in 和 --price-out，无法估计";
    return cost.total === null || cost.output === null
      ? `费用：输入约 ${cost.input}；回答长度没有上限，其费用未计入`
      : `费用：至多约 ${cost.total}，其中输入 ${cost.input}，回答至多 ${cost.output}`;
  },
  estimatedTime: (time, isWhole) => {
    if (time === null) return "用时：未给出 --rpm 或 --tpm，无法估计";
    const what =
      time.by === "rpm" ? `${formatNumber(time.limit)} 次请求` : `${formatNumber(time.limit)} 个 token`;
    const without = time.by === "tpm" && !isWhole ? "；回答的 token 未计入" : "";
    return `用时：至少 ${time.ms}，按每分钟 ${what}计（--${time.by}）${without}`;
  },
  firstCommand: "首个条目：",
  itemCommand: (item) => `条目 ${item}：`,
  limited: (pending, limit) =>
    `数量上限：待处理 ${formatNumber(pending)} 个，本次只处理前 ${formatNumber(limit)} 个。`,
  wouldStartOver: "实际运行会从头开始：先把检查点移入备份。",
  wouldAsk: {
    resume: "实际运行会先询问：继续上次的处理，还是从头开始。",
    changed: "实际运行会先询问如何处理：结果所依据的内容已经改变。",
    failures: "实际运行会先询问：重试失败的条目，还是不再重试、就此完成。",
    "other-job": "实际运行会先询问：是否把另一项任务的检查点移入备份。",
  },
  wouldAskOutput: (path) => `实际运行会先询问如何处理已有的输出文件 ${path}。`,
  wouldBeRefused: (exitCode) => `实际运行会被拒绝（退出码 ${exitCode}），原因如下：`,
  remark: (remark, path) => {
    const input = path === "-" ? inputName(path) : `${path} `;
    switch (remark.kind) {
      case "delimiter-found":
        return `${input}的单元格以${delimiters(remark.used)}分隔（由表头得知）。若不对，请加上 --delimiter comma。`;
      case "delimiter-doubted":
        return `${input}按${delimiters(remark.used)}分隔读取，但表头中有${delimiters(remark.shown)}。若应以它分隔，请加上 --delimiter auto。`;
      case "delimiter-changed":
        return `${input}现按${delimiters(remark.used)}分隔读取；检查点是按${delimiters(remark.before)}分隔建立的。`;
      case "first-is-array":
        return `${input}的第一行是一个 JSON 数组，按一个条目处理。若其元素才是条目，请加上 --format json。`;
    }
  },
};
