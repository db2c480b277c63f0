// English: the end of a run.
import type { StopReason } from "../../../run/progress.ts";
import { formatCost, formatNumber } from "../../format.ts";
import type { Call } from "../phrases.ts";
import { counted, duration, items } from "../common/en.ts";

function reason(stop: StopReason): string {
  switch (stop.kind) {
    case "limit":
      return "the limit of this run is reached";
    case "max-failures":
      return `${counted(stop.failures, "item", "items")} failed in this run (--max-failures ${stop.allowed})`;
    case "max-time":
      return `the time of this run is up (--max-time ${duration(stop.ms)})`;
    case "budget":
      return stop.budget === "cost"
        ? `the budget is used up: cost ${formatCost(stop.spent)} of ${formatCost(stop.allowed)}`
        : `the budget is used up: ${formatNumber(stop.spent)} of ${formatNumber(stop.allowed)} tokens`;
    case "outside":
      return stop.item === null
        ? `an error outside any item (${stop.errorKind}): ${stop.error}`
        : `the cause lies outside the items (${stop.errorKind}, at item ${stop.item}): ${stop.error}`;
    case "none-succeeded":
      return `none of the first ${items(stop.attempted)} succeeded; item ${stop.item}: ${stop.error}`;
    case "input-changed":
      return "the input was changed during the run";
    case "disk-full":
      return `the disk is full: ${stop.cause}`;
    case "signal":
      return `signal ${stop.signal}`;
  }
}

/** What to put right, where the kind of the cause tells. */
function outsideAdvice(kind: string): string {
  switch (kind) {
    case "key_refused":
      return "Check OPENAI_API_KEY (or --api-key-file, --header-env) and --base-url, then resume; no item is lost.";
    case "proxy_refused":
      return "Check user and password of the proxy (HTTPS_PROXY, HTTP_PROXY), then resume; no item is lost.";
    case "quota":
      return "Top up the account or use another key, then resume; no item is lost.";
    case "model_not_found":
      return "Check --model and --base-url; no item is lost.";
    case "tls":
      return "If the certificate is the right one, name the file of its authority (PEM) in NODE_EXTRA_CA_CERTS, then resume; else check --base-url. No item is lost.";
    case "tls_certificate":
      return "Check the clock of this machine, the host in --base-url, and the certificate of the server, then resume. No item is lost.";
    case "tls_protocol":
      return "Check --base-url, whether http:// or https://, and its port, then resume. No item is lost.";
    case "redirect":
      return "Put the address that it redirects to into --base-url, then resume. No item is lost.";
    case "proxy":
      return "Check HTTPS_PROXY, HTTP_PROXY and ALL_PROXY, or name in NO_PROXY the hosts that need none, then resume. No item is lost.";
    case "not_http":
      return "Check the port in --base-url, then resume. No item is lost.";
    case "host_not_found":
      return "Check the host in --base-url; where a proxy is needed, name it in HTTPS_PROXY (or HTTP_PROXY). Then resume; no item is lost.";
    case "endpoint_down":
      return "Resume when the endpoint is back; --max-outage says how long to wait for it. No item is lost.";
    case "rate_limit":
      return "Resume later, or wait longer (--max-outage), or ask more slowly (--rpm, --tpm). No item is lost.";
    case "no_resources":
      return "Run fewer at once (-j), or raise the limits of the system (ulimit -n, ulimit -u), then resume; no item is lost.";
    default:
      return "Put it right, then resume; no item is lost.";
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
      return "Look at the failures above before resuming.";
    case "budget":
      return `Raise ${stop.budget === "cost" ? "--max-cost" : "--max-tokens"} to resume.`;
    case "outside":
      return outsideAdvice(stop.errorKind);
    case "none-succeeded":
      return "Check the command and the first error; then run it again.";
    case "disk-full":
      return `Make room (old backups: ${call("list")}), then resume.`;
  }
}

export const summary = {
  complete: (total: number): string => (total === 1 ? "The item is done." : `All ${items(total)} done.`),
  alreadyComplete: (total: number): string => `Already complete: all ${items(total)} done; nothing to do.`,
  alreadyFailed: (total: number, failed: number): string =>
    `Already finished: ${items(total)}, ${formatNumber(failed)} of them accepted as failed; nothing to do.`,
  completedAt: (time: string): string => `Completed: ${time}`,
  attemptAgain: "To attempt all of them again: the same with --no-resume",
  failed: (completed: number, total: number, failed: number): string =>
    `Finished: ${formatNumber(completed)} of ${items(total)} done, ${formatNumber(failed)} failed.`,
  stopped: (why: string): string => `Stopped: ${why}.`,
  reason: (stop: StopReason): string => reason(stop),
  /** What to do about the reason before going on; null when nothing needs to be done. */
  advice: (stop: StopReason, call: Call): string | null => advice(stop, call),
  thisRun: (attempted: number, failed: number, elapsed: string, perS: string | null): string =>
    `This run: ${formatNumber(attempted)} attempted, ${formatNumber(failed)} failed, ${elapsed}${perS === null ? "" : ` (${perS}/s)`}`,
  /** How far the session is; the end of a run that was stopped. */
  saved: (c: {
    readonly completed: number;
    readonly total: number;
    readonly percent: string;
    readonly failed: number;
    readonly pending: number;
  }): string =>
    `Saved: ${formatNumber(c.completed)}/${formatNumber(c.total)} (${c.percent}); ` +
    `${c.failed > 0 ? `${formatNumber(c.failed)} failed, ` : ""}${formatNumber(c.pending)} pending`,
  /** Of this run, and of all runs where there were more. */
  spent: (run: string, session: string | null): string =>
    `Spent: ${run}${session === null ? "" : ` (all runs: ${session})`}`,
  output: (path: string): string => `Output: ${path}`,
  backup: (name: string): string => `Checkpoint moved to backup ${name}`,
  backupEarlier: (name: string): string => `Its checkpoint is backup ${name}`,
  exportSoFar: (command: string): string => `To write the results so far: ${command}`,
  resumeWith: (command: string): string => `To resume: ${command}`,
  tryAgain: (command: string): string => `To try the failed ones again: ${command}`,
  acceptFailures: "To finish without them: the same with --failed keep",
};
