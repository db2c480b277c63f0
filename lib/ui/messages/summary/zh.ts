// Chinese: the end of a run.
import { formatNumber } from "../../format.ts";
import { items, namedInput, units } from "../common/zh.ts";
import type { summary as English } from "./en.ts";

export const summary: typeof English = {
  complete: (total, repeat) => `全部 ${units(total, repeat)}已完成。`,
  alreadyComplete: (total, repeat) => `此前已全部完成：共 ${units(total, repeat)}，无需再做。`,
  alreadyFailed: (total, failed, repeat) =>
    `此前已全部处理完：共 ${units(total, repeat)}，其中 ${formatNumber(failed)} 个已按失败接受，无需再做。`,
  completedAt: (time) => `完成时间：${time}`,
  retryFailed: "重试失败的条目：同一条命令加上 --failed retry",
  attemptAgain: "全部重新处理：同一条命令加上 --no-resume",
  failed: (completed, total, failed, repeat) =>
    `处理完毕：共 ${units(total, repeat)}，已完成 ${formatNumber(completed)}，失败 ${formatNumber(failed)}。`,
  stopped: (reason) => `已停止：${reason}。`,
  reasons: {
    limit: "达到本次运行的数量上限",
    maxFailures: (failures, allowed) => `本次运行有 ${items(failures)}失败（--max-failures ${allowed}）`,
    maxTime: (time) => `本次运行的时间已到（--max-time ${time}）`,
    cost: (spent, allowed) => `预算用尽：费用 ${spent}，上限 ${allowed}`,
    tokens: (spent, allowed) => `预算用尽：${spent} 个 token，上限 ${allowed}`,
    outside: (kind, error) => `外部原因：${kind}：${error}`,
    outsideAt: (kind, item, error) => `外部原因：${kind}，条目 ${item}：${error}`,
    noneSucceeded: (attempted, item, error) =>
      `最初的 ${items(attempted)}没有一个成功；条目 ${item}：${error}`,
    inputChanged: (path) => `${namedInput(path)} 在运行过程中被修改`,
    diskFull: (cause) => `磁盘已满：${cause}`,
    signal: (signal) => `收到信号 ${signal}`,
  },
  advice: {
    maxFailures: "继续之前，请先看看上面的失败。",
    budget: (option) => `要继续，请提高 ${option}。`,
    noneSucceeded: "请检查命令和第一个错误，然后再次运行。",
    diskFull: (call) => `请先腾出空间（旧备份见 ${call("list")}），再继续。`,
    query:
      "若没有人修改数据库，则是该查询每次返回的行或顺序不同：请在末尾加上 ORDER BY，所列的列不能有两行相同。",
    outside: "请先排除原因再继续。条目不会丢失。",
  },
  causeAdvice: {
    key_refused:
      "请检查 OPENAI_API_KEY（或 --api-key-file、--api-key-command、--header-env）和 --base-url，再继续。条目不会丢失。",
    key_command: "请先在终端中运行 --api-key-command 的命令：其输出的第一行应为密钥；再继续。条目不会丢失。",
    network_login: "请先登录网络（例如在浏览器中），再继续。条目不会丢失。",
    proxy_refused: "请检查代理的用户名和密码（HTTPS_PROXY、HTTP_PROXY），再继续。条目不会丢失。",
    quota: "请充值或换用其他密钥，再继续。条目不会丢失。",
    model_not_found: "请检查 --model 和 --base-url，再继续。条目不会丢失。",
    stream_required: "请加上 --stream：该模型只支持流式应答。然后继续。条目不会丢失。",
    stream_refused: "请去掉 --stream：该模型不支持流式应答。然后继续。条目不会丢失。",
    tls: "若证书可信，请在 NODE_EXTRA_CA_CERTS 中指定其签发机构的证书文件（PEM），再继续；否则请检查 --base-url。条目不会丢失。",
    tls_certificate: "请检查本机时钟、--base-url 中的主机名和服务器证书，再继续。条目不会丢失。",
    tls_protocol: "请检查 --base-url 是 http:// 还是 https://，以及端口，再继续。条目不会丢失。",
    redirect: "请把 --base-url 改为重定向的目标地址，再继续。条目不会丢失。",
    proxy:
      "请检查 HTTPS_PROXY、HTTP_PROXY 和 ALL_PROXY，或在 NO_PROXY 中列出无需代理的主机，再继续。条目不会丢失。",
    not_http: "请检查 --base-url 中的端口，再继续。条目不会丢失。",
    host_not_found:
      "请检查 --base-url 中的主机名；若需要代理，请在 HTTPS_PROXY（或 HTTP_PROXY）中指定，再继续。条目不会丢失。",
    endpoint_down: "请在接口恢复后继续；--max-outage 设定最多等多久。条目不会丢失。",
    rate_limit: "请稍后继续，或等得更久（--max-outage），或放慢请求（--rpm、--tpm）。条目不会丢失。",
    no_resources:
      "请减少同时运行的数量（-j），或放宽系统限制（ulimit -n、ulimit -u），再继续。条目不会丢失。",
  },
  thisRun: (attempted, failed, elapsed) =>
    `本次运行：处理 ${formatNumber(attempted)}，失败 ${formatNumber(failed)}，用时 ${elapsed}`,
  rate: (perS) => `（${perS}/秒）`,
  saved: (progress, percent, pending) => `已保存：${progress}（${percent}）；待处理 ${formatNumber(pending)}`,
  savedWithFailures: (progress, percent, failed, pending) =>
    `已保存：${progress}（${percent}）；失败 ${formatNumber(failed)}，待处理 ${formatNumber(pending)}`,
  spent: (run) => `用量：${run}`,
  ttft: (times) => `首个 token：${times}`,
  spentInAll: (session) => `（各次合计：${session}）`,
  output: (path) => `输出：${path}`,
  backup: (name) => `检查点已移入备份 ${name}`,
  backupEarlier: (name) => `检查点在备份 ${name} 中`,
  exportSoFar: (command) => `导出已有结果：${command}`,
  resumeWith: (command) => `继续处理：${command}`,
  tryAgain: (command) => `重试失败的条目：${command}`,
  acceptFailures: "不再重试，就此完成：同一条命令加上 --failed keep",
};
