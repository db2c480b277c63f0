// English: what is said of an endpoint while a run goes on.
import { formatNumber } from "../../format.ts";
import type { Call } from "../phrases.ts";

export const endpoint = {
  /** Why an endpoint does not answer. */
  trouble: {
    refused: "connection refused",
    noHost: "no such host",
    noRoute: "host not reachable",
    timeout: "no answer in time",
    cut: "connection cut",
  },
  /** The limit of open files allows fewer requests at once than were asked for. */
  fewerConnections: (wanted: number, possible: number): string =>
    `The limit of open files allows ${formatNumber(possible)} requests at once, not ${formatNumber(wanted)}. To raise it: ulimit -n ${wanted + 64}`,
  /** One of several endpoints can serve nobody. */
  leftOut: (baseUrl: string, reason: string): string =>
    `${baseUrl} is left out; its work goes to the other endpoints: ${reason}`,
  /** The base URL as it is used, where the whole address of requests was given. */
  /** @param removed from its end @param path that is added */
  wholeUrl: (baseUrl: string, removed: string, path: string): string =>
    `The base URL is ${baseUrl}: ${removed} is removed from its end, because ckpt adds ${removed === path ? "it" : path}.`,
  /** The output has lines of a batch. */
  wholeAnswers: (option: string): string =>
    `Whole answers are kept, as lines of a batch hold them (${option}).`,
  certificatesUnchecked: (variable: string): string =>
    `${variable}=0: certificates are not checked. Anyone between here and the endpoint can read the key.`,
  /** The answers come from another model than before, or from another version of it. */
  changed: {
    model: (before: string, now: string, call: Call): string =>
      `Another model answers now: ${now}, before ${before}. The results so far stay; ${call("info")} counts the answers of each.`,
    version: (before: string, now: string, call: Call): string =>
      `Another version of the model answers now: ${now}, before ${before}. The results so far stay; ${call("info")} counts the answers of each.`,
  },
  /** Nobody answers at that address, from the first request on. */
  nobodyAnswers: (url: string, why: string, max: string): string =>
    `No answer from ${url}: ${why}. Check that the server is running and that --base-url is right. Waiting up to ${max} (--max-outage). No item is lost.`,
  /** What the endpoint turned out to do, by the processor's remark. */
  remarks: {
    "stream-usage-refused":
      "The endpoint refuses stream_options (include_usage): it is asked without from now on, and tokens of answers are estimated where it does not report them.",
  },
};
