// Chinese: what is said of an endpoint while a run goes on.
import { formatNumber } from "../../format.ts";
import type { endpoint as English } from "./en.ts";

export const endpoint: typeof English = {
  /** Why an endpoint does not answer. */
  trouble: {
    refused: "连接被拒绝",
    noHost: "找不到主机",
    noRoute: "主机不可达",
    timeout: "未在限时内答复",
    cut: "连接中断",
  },
  fewerConnections: (wanted, possible) =>
    `打开文件数的上限只允许同时进行 ${formatNumber(possible)} 个请求，而不是 ${formatNumber(wanted)} 个。要放宽上限：ulimit -n ${wanted + 64}`,
  leftOut: (baseUrl, reason) => `${baseUrl} 不再使用，它的工作交给其他接口：${reason}`,
  wholeUrl: (baseUrl, removed, path) =>
    `接口地址为 ${baseUrl}：末尾的 ${removed} 已去掉，ckpt 会自行加上${removed === path ? "" : ` ${path}`}。`,
  wholeAnswers: (option) => `批处理格式的每一行含完整应答，因此保留完整应答（${option}）。`,
  certificatesUnchecked: (variable) => `${variable}=0：不校验证书，通往接口途中的任何人都能读到密钥。`,
  changed: {
    model: (before, now, call) =>
      `现在应答的是另一个模型：${now}，此前是 ${before}。已有的结果保留；${call("info")} 列出各自的应答数。`,
    version: (before, now, call) =>
      `现在应答的是模型的另一个版本：${now}，此前是 ${before}。已有的结果保留；${call("info")} 列出各自的应答数。`,
  },
  nobodyAnswers: (url, why, max) =>
    `${url} 无人应答：${why}。请检查服务是否已启动，--base-url 是否正确。最多等待 ${max}（--max-outage）；条目都还在。`,
  remarks: {
    "stream-usage-refused":
      "接口不接受在流式应答中报告用量的选项：此后的请求不再附带；若应答没有报告 token 数，则按估算计。",
  },
};
