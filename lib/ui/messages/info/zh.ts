// Chinese: what `info` shows. The block is to the letter of the user guide, half-width colons included.
import { formatNumber } from "../../format.ts";
import { RULE } from "../phrases.ts";
import { items, partName } from "../common/zh.ts";
import type { info as English } from "./en.ts";
import { runEnd } from "../run-ends/zh.ts";

export const info: typeof English = {
  block: (v) => [
    RULE,
    "📊 检查点信息",
    RULE,
    `🕒 保存时间: ${v.savedAt}`,
    `🔖 会话ID: ${v.sessionId}`,
    `📈 进度: ${formatNumber(v.completed)}/${formatNumber(v.total)} (${v.percent})`,
    `📦 批处理大小: ${v.batchSize === null ? "没有记录" : formatNumber(v.batchSize)}`,
    `📝 已保存结果数: ${formatNumber(v.saved)}`,
  ],
  labels: {
    state: "状态",
    items: "条目",
    answers: "结果",
    chosen: "选定",
    failed: "失败",
    input: "输入",
    processor: "处理器",
    runs: "运行",
    versions: "模型版本",
    endpoints: "接口",
    speed: "速度",
    ttft: "首个 token",
    spent: "用量",
    size: "占用空间",
    backups: "备份",
    heldBy: "使用者",
    current: "目前",
    output: "输出",
    keptIn: "保存在",
  },
  state: {
    damaged: "已损坏，见下文",
    held: "正在运行",
    interrupted: "已中断；再次运行同一条命令即可继续",
    stopped: "已停止，还有条目待处理；再次运行同一条命令即可继续",
    unwritten: "已全部处理，但结果文件没有写成；再次运行同一条命令即可写出",
    finished: "已处理完，有条目失败；再次运行同一条命令即可重试这些条目",
    done: "已全部完成；再次运行同一条命令即可写出结果文件",
    complete: "已全部完成",
    accepted: "已全部处理完，失败的条目已接受",
  },
  counts: (c) =>
    `已完成 ${formatNumber(c.completed)}，失败 ${formatNumber(c.failed)}，待处理 ${formatNumber(c.pending)}` +
    (c.repeat === undefined ? "" : `；每个条目 ${formatNumber(c.repeat)} 份`) +
    (c.gone > 0
      ? `；另有 ${formatNumber(c.gone)} 个结果${c.isPart ? "未选中、" : ""}已不在输入中或不再需要`
      : ""),
  chosen: (what, chosen, of) => `${what}：${items(of)}中的 ${formatNumber(chosen)} 个`,
  files: (count, format) => `${formatNumber(count)} 个文件${format === "files" ? "" : `，${format}`}`,
  input: (format, bytes, now) => {
    const notes = {
      same: "未改变",
      size: "此后大小已改变",
      "same-size": "大小未变",
      time: "大小未变，但此后被写过",
      missing: "已不存在",
      kept: "来自标准输入，已随检查点保留",
      unknown: "无法查看",
    };
    return `${format}，${bytes}；${notes[now]}`;
  },
  outputMissing: "已不存在",
  processor: (kind, shown) => `${partName(kind)}：${shown}`,
  keptIn: (backup, intact, call) =>
    backup === null
      ? "备份已不存在，以上信息来自上次运行的记录"
      : `备份 ${backup}${intact ? "" : `（已损坏，详情：${call(`verify ${backup}`)}）`}`,
  sourceUnknown: "修复后未知，下次运行时重新确认",
  run: (r) => {
    const end = runEnd(r.ended, r.current);
    return `${r.startedAt}  ${end}：处理 ${formatNumber(r.attempted)}，失败 ${formatNumber(r.failed)}，用时 ${r.active}`;
  },
  endpoint: (endpoint, succeeded, failed) =>
    `${endpoint ?? "其他"}：成功 ${formatNumber(succeeded)}${failed === 0 ? "" : `，失败 ${formatNumber(failed)}`}`,
  version: (version, count) => `${version ?? "其他"}：${formatNumber(count)} 个应答`,
  earlierRuns: (count) => `另有更早的 ${formatNumber(count)} 次`,
  speed: (perS, active) => `${perS} 个结果/秒，处理用时 ${active}`,
  spent: (tokens, cost) =>
    [tokens === null ? [] : `${tokens} 个 token`, cost === null ? [] : `费用 ${cost}`].flat().join("，"),
  ttft: (count, p50, p90) => `半数在 ${p50}内，90% 在 ${p90}内（${formatNumber(count)} 个应答）`,
  spentLastRun: (spent) => `上次运行：${spent}`,
  size: (log, whole) => `结果日志 ${log}，合计 ${whole}`,
  backups: (count, bytes, newest) =>
    newest === null ? "无" : `${formatNumber(count)} 个（${bytes}）；最新：${newest.name}，${newest.at}`,
  current: (perS, eta, savedAt) => `${perS}/秒，还需 ${eta}（截至 ${savedAt}）`,
  noRate: "尚无速度",
  heldBy: (pid, host, since, task) =>
    [
      pid === null ? "另一个进程" : `进程 ${pid}`,
      task === null ? [] : task,
      host === null ? [] : `主机 ${host}`,
      since === null ? [] : `自 ${since} 起`,
    ]
      .flat()
      .join("，"),
  plotTitle: (bucket, highest) => `各时段的结果数（每列 ${bucket}；最高 ${highest}/秒）`,
  noCheckpoint: (dir) => `${dir} 中没有检查点。`,
  lastRun: (v) =>
    `上次运行于 ${v.at} 结束（会话 ${v.session}）：共 ${items(v.total)}，已完成 ${formatNumber(v.completed)}，失败 ${formatNumber(v.failed)}。`,
  lastOutput: (path) => `输出：${path}`,
  lastBackup: (name) => `检查点：备份 ${name}`,
};
