// Chinese: words and phrases that all areas share.
import type { Kept, Maker } from "../../../core/job.ts";
import type { ShownLine } from "../../../core/file-line.ts";
import { formatDuration, formatNumber } from "../../format.ts";
import { formatTime } from "../../format-time.ts";
import { TIME_UNITS } from "../time-units.ts";
import { firstFew, nameOf, nearest, shownLine } from "../phrases.ts";
import type { common as English } from "./en.ts";

const duration = (ms: number): string => formatDuration(ms, TIME_UNITS.zh);

export const items = (count: number): string => `${formatNumber(count)} 个条目`;

/** What a plan counts: items, or answers where several are wanted of each. */
export const units = (count: number, repeat: number = 1): string =>
  repeat === 1 ? items(count) : `${formatNumber(count)} 份结果`;

export const few = (values: readonly string[], count: number = values.length): string =>
  firstFew(values, count, "、", (more) => ` 等，另有 ${formatNumber(more)} 个`);

/** Lines by their numbers; `FILE:LINE` stands for itself. */
export const lines = (places: readonly ShownLine[], count: number = places.length): string => {
  const shown = firstFew(places.map(shownLine), count, "、", () => "……");
  const total = count > places.length || count > 5 ? `（共 ${formatNumber(count)} 行）` : "";
  return typeof places[0] === "string" ? ` ${shown} ${total}` : `第 ${shown} 行${total}`;
};

/** An input as a sentence names it. */
export const inputName = (path: string): string => (path === "-" ? "标准输入" : path);

/** A process, the machine it runs on, and since when, as far as they are known. */
export const holder = (
  pid: number | null,
  host: string | null,
  since: string | null,
  task: string | null,
): string =>
  [
    pid === null ? "另一个进程" : `进程 ${pid}`,
    task === null ? "" : `（${task}）`,
    host === null ? "" : `（主机 ${host}）`,
    since === null ? "" : `自 ${formatTime(since)} 起`,
  ].join("");

/** Names of fingerprint parts as people say them; others are shown as they are. */
const PARTS: { readonly [name: string]: string } = {
  kind: "处理器类型",
  endpoint: "接口",
  command: "命令",
  shell: "shell 命令",
  module: "模块文件",
  model: "模型",
  endpoint_name: "接口名称",
  base_url: "接口地址",
  messages: "消息",
  body: "请求体",
  requests: "请求",
  image: "图片",
  prompt: "提示词",
  system: "系统提示词",
  parse: "解析方式",
  api: "API",
  validate: "--validate 的 JSON Schema",
  match: "--match 的正则表达式",
  answer: "答案形式",
  "fail-on": "视为失败的标记",
};

/** `file:solve.py` and `depends:prompt.txt` name a file whose content counts, `param:max_tokens` a parameter, `header:x-title` a header. */
export const partName = (name: string): string =>
  nameOf(PARTS, name)
    .replace(/^(?:file|depends):(.*)$/s, "文件 $1 的内容")
    .replace(/^param:/, "参数 ")
    .replace(/^header:/, "请求头 ");

/** The same, called an input. */
export const namedInput = (path: string): string => (path === "-" ? inputName(path) : `输入 ${path}`);

const madeBy = ({ kind, shown, input, at, own, changed }: Maker): string =>
  own
    ? `这项任务${changed ? "" : "先前一次会话"}的结果（${formatTime(at)}）`
    : `另一项任务的结果（${partName(kind)} ${shown}，${namedInput(input)}，${formatTime(at)}）`;

/** What is known of a file that stands where an output is to go. */
export const holds = (maker: Maker | null): string => {
  if (maker === null) return "ckpt 没有这个文件的任何记录";
  return maker.changed ? `其中原为${madeBy(maker)}，此后被改动过` : `其中是${madeBy(maker)}`;
};

/** Where results are kept, behind "仍". */
export const keptIn = ({ backup }: Kept): string =>
  backup === null ? "随检查点保留" : `保留在备份 ${backup} 中`;

export const didYouMean = (name: string | null): string => nearest(name, (it) => `（是不是想写 ${it}？）`);

/** What fields the items have; where they have none, what to do then. */
export const fields = (known: readonly string[], none: string): string =>
  known.length === 0 ? `条目没有字段：${none}。` : `条目的字段有：${few(known)}。`;

export const common: typeof English = {
  duration: duration,
  latency: (ms) => (ms < 1000 ? `${ms}毫秒` : duration(ms)),
  time: formatTime,
  allItems: "全部条目",
  allOf: (conditions) => conditions.join(" 且 "),
  sample: (count, seed) => `随机抽取 ${formatNumber(count)} 个，种子 ${seed}`,
  joined: (parts) => parts.join("，"),
};
