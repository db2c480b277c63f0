// Chinese: how far a run is.
import { formatNumber } from "../../format.ts";
import type { progress as English } from "./en.ts";

export const progress: typeof English = {
  rate: (perS) => `${perS}/秒`,
  eta: (time) => `还需 ${time}`,
  failed: (count) => `失败 ${formatNumber(count)}`,
  saved: (count) => `已保存 ${formatNumber(count)}`,
  jobs: (inFlight, allowed) => `并发 ${formatNumber(inFlight)}/${formatNumber(allowed)}`,
  endpoint: (host, inFlight, allowed) => `${host} ${formatNumber(inFlight)}/${formatNumber(allowed)}`,
  endpointDown: (host) => `${host} 不可用`,
  endpointOut: (host) => `${host} 不再使用`,
  waiting: {
    paused: "已暂停",
    "rate limit": "限速中",
    "cool-down": "冷却中",
    budget: "预算将尽",
    outage: "接口不可用",
    "disk full": "磁盘已满",
  },
  outage: (since, max, why) => `接口自 ${since} 起不可用，最多等待 ${max}：${why}`,
  outageShort: (since, max, why) => `${since} 起不可用（至多 ${max}）：${why}`,
  tokens: (perS) => `${perS} token/秒`,
  cost: (cost) => `费用 ${cost}`,
  costOf: (cost, projected) => `费用 ${cost}/约 ${projected}`,
  elapsed: (time) => `用时 ${time}`,
};
