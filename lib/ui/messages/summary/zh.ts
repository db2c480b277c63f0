// Chinese: the end of a run.
import type { StopReason } from "../../../run/progress.ts";
import { formatCost, formatNumber } from "../../format.ts";
import { causes } from "../causes/zh.ts";
import { duration, items } from "../common/zh.ts";
import type { Call } from "../phrases.ts";
import type { summary as English } from "./en.ts";

function reason(stop: StopReason): string {
  switch (stop.kind) {
    case "limit":
      return "达到本次运行的数量上限";
    case "max-failures":
      return `本次运行有 ${items(stop.failures)}失败（--max-failures ${stop.allowed}）`;
    case "max-time":
      return `本次运行的时间已到（--max-time ${duration(stop.ms)}）`;
    case "budget":
      return stop.budget === "cost"
        ? `预算用尽：费用 ${formatCost(stop.spent)}，上限 ${formatCost(stop.allowed)}`
        : `预算用尽：${formatNumber(stop.spent)} 个 token，上限 ${formatNumber(stop.allowed)}`;
    case "outside":
      return stop.item === null
        ? `外部原因：${causes.kind(stop.errorKind)}：${causes.text(stop.error)}`
        : `外部原因：${causes.kind(stop.errorKind)}，条目 ${stop.item}：${causes.text(stop.error)}`;
    case "none-succeeded":
      return `最初的 ${items(stop.attempted)}没有一个成功；条目 ${stop.item}：${causes.text(stop.error)}`;
    case "input-changed":
      return "输入在运行过程中被修改";
    case "disk-full":
      return `磁盘已满：${causes.text(stop.cause)}`;
    case "signal":
      return `收到信号 ${stop.signal}`;
  }
}

/** What to put right, where the kind of the cause tells. */
function outsideAdvice(kind: string): string {
  switch (kind) {
    case "key_refused":
      return "请检查 OPENAI_API_KEY（或 --api-key-file、--header-env）和 --base-url，然后继续；条目都还在。";
    case "proxy_refused":
      return "请检查代理的用户名和密码（HTTPS_PROXY、HTTP_PROXY），然后继续；条目都还在。";
    case "quota":
      return "请充值或换用其他密钥，然后继续；条目都还在。";
    case "model_not_found":
      return "请检查 --model 和 --base-url；条目都还在。";
    case "tls":
      return "若证书可信，请在 NODE_EXTRA_CA_CERTS 中指定其签发机构的证书文件（PEM），再继续；否则请检查 --base-url。条目不会丢失。";
    case "tls_certificate":
      return "请检查本机时钟、--base-url 中的主机名和服务器证书，再继续。条目不会丢失。";
    case "tls_protocol":
      return "请检查 --base-url 是 http:// 还是 https://，以及端口，再继续。条目不会丢失。";
    case "redirect":
      return "请把 --base-url 改为重定向的目标地址，再继续。条目不会丢失。";
    case "proxy":
      return "请检查 HTTPS_PROXY、HTTP_PROXY 和 ALL_PROXY，或在 NO_PROXY 中列出无需代理的主机，再继续。条目不会丢失。";
    case "not_http":
      return "请检查 --base-url 中的端口，再继续。条目不会丢失。";
    case "host_not_found":
      return "请检查 --base-url 中的主机名；若需要代理，请在 HTTPS_PROXY（或 HTTP_PROXY）中指定。然后再继续，条目不会丢失。";
    case "endpoint_down":
      return "请在接口恢复后继续；--max-outage 设定最多等多久。条目都还在。";
    case "rate_limit":
      return "请稍后继续，或等得更久（--max-outage），或放慢速度（--rpm、--tpm）。条目都还在。";
    case "no_resources":
      return "请减少同时运行的数量（-j），或放宽系统限制（ulimit -n、ulimit -u），再继续；条目都还在。";
    default:
      return "请先排除原因再继续；条目都还在。";
  }
}

function advice(stop: StopReason, call: Call): string | null {
  switch (stop.kind) {
    case "limit":
    case "max-time":
    case "signal":
    case "input-changed":
      return null;
    case "max-failures":
      return "继续之前，请先看看上面的失败。";
    case "budget":
      return `要继续，请提高 ${stop.budget === "cost" ? "--max-cost" : "--max-tokens"}。`;
    case "outside":
      return outsideAdvice(stop.errorKind);
    case "none-succeeded":
      return "请检查命令和第一个错误，然后再次运行。";
    case "disk-full":
      return `请先腾出空间（旧备份见 ${call("list")}），再继续。`;
  }
}

export const summary: typeof English = {
  complete: (total) => `全部 ${items(total)}已完成。`,
  alreadyComplete: (total) => `此前已全部完成：共 ${items(total)}，无需再做。`,
  alreadyFailed: (total, failed) =>
    `此前已全部处理完：共 ${items(total)}，其中 ${formatNumber(failed)} 个已按失败接受，无需再做。`,
  completedAt: (time) => `完成时间：${time}`,
  attemptAgain: "全部重新处理：同一条命令加上 --no-resume",
  failed: (completed, total, failed) =>
    `处理完毕：共 ${items(total)}，已完成 ${formatNumber(completed)}，失败 ${formatNumber(failed)}。`,
  stopped: (why) => `已停止：${why}。`,
  reason: reason,
  advice: advice,
  thisRun: (attempted, failed, elapsed, perS) =>
    `本次运行：处理 ${formatNumber(attempted)}，失败 ${formatNumber(failed)}，用时 ${elapsed}${perS === null ? "" : `（${perS}/秒）`}`,
  saved: (c) =>
    `已保存：${formatNumber(c.completed)}/${formatNumber(c.total)} (${c.percent})；` +
    `${c.failed > 0 ? `失败 ${formatNumber(c.failed)}，` : ""}待处理 ${formatNumber(c.pending)}`,
  spent: (run, session) => `用量：${run}${session === null ? "" : `（各次合计：${session}）`}`,
  output: (path) => `输出：${path}`,
  backup: (name) => `检查点已移入备份 ${name}`,
  backupEarlier: (name) => `检查点在备份 ${name} 中`,
  exportSoFar: (command) => `导出已有结果：${command}`,
  resumeWith: (command) => `继续处理：${command}`,
  tryAgain: (command) => `重试失败的条目：${command}`,
  acceptFailures: "不再重试，就此完成：同一条命令加上 --failed keep",
};
