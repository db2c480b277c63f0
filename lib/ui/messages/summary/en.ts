// English: the end of a run.
import { formatNumber } from "../../format.ts";
import type { Call } from "../phrases.ts";
import { counted, items, namedInput, units } from "../common/en.ts";

export const summary = {
  complete: (total: number, repeat?: number): string =>
    total === 1 ? "The item is done." : `All ${units(total, repeat)} done.`,
  alreadyComplete: (total: number, repeat?: number): string =>
    `Already complete: all ${units(total, repeat)} done; nothing to do.`,
  alreadyFailed: (total: number, failed: number, repeat?: number): string =>
    `Already finished: ${units(total, repeat)}, ${formatNumber(failed)} of them accepted as failed; nothing to do.`,
  completedAt: (time: string): string => `Completed: ${time}`,
  retryFailed: "To retry the failed items: the same command with --failed retry",
  attemptAgain: "To process all items again: the same command with --no-resume",
  failed: (completed: number, total: number, failed: number, repeat?: number): string =>
    `Finished: ${formatNumber(completed)} of ${units(total, repeat)} done, ${formatNumber(failed)} failed.`,
  stopped: (reason: string): string => `Stopped: ${reason}.`,
  /** Why a run stopped. */
  reasons: {
    limit: "the limit of this run is reached",
    maxFailures: (failures: number, allowed: string): string =>
      `${counted(failures, "item", "items")} failed in this run (--max-failures ${allowed})`,
    maxTime: (time: string): string => `the time of this run is up (--max-time ${time})`,
    cost: (spent: string, allowed: string): string => `the budget is used up: cost ${spent} of ${allowed}`,
    tokens: (spent: string, allowed: string): string =>
      `the budget is used up: ${spent} of ${allowed} tokens`,
    outside: (kind: string, error: string): string => `an error outside any item (${kind}): ${error}`,
    outsideAt: (kind: string, item: string, error: string): string =>
      `the cause lies outside the items (${kind}, at item ${item}): ${error}`,
    noneSucceeded: (attempted: number, item: string, error: string): string =>
      `none of the first ${items(attempted)} succeeded; item ${item}: ${error}`,
    inputChanged: (path: string): string => `the ${namedInput(path)} was changed during the run`,
    diskFull: (cause: string): string => `the disk is full: ${cause}`,
    signal: (signal: string): string => `signal ${signal}`,
  },
  /** What to do before resuming. */
  advice: {
    maxFailures: "Look at the failures above before resuming.",
    budget: (option: string): string => `Raise ${option} to resume.`,
    noneSucceeded: "Check the command and the first error; then run it again.",
    diskFull: (call: Call): string => `Make room (old backups: ${call("list")}), then resume.`,
    query:
      "If nobody has changed the database, the query gives other rows, or another order, each time: end it with ORDER BY columns that no two rows share.",
    /** When no kind of `causeAdvice` fits. */
    outside: "Fix the cause, then resume. No item is lost.",
  },
  /** The same by the kind of an outside cause. */
  causeAdvice: {
    key_refused:
      "Check OPENAI_API_KEY (or --api-key-file, --api-key-command, --header-env) and --base-url, then resume. No item is lost.",
    key_command:
      "Run the command of --api-key-command in a shell: the first line that it prints must be the key. Then resume. No item is lost.",
    network_login: "Log in to the network, in a browser for example, then resume. No item is lost.",
    proxy_refused:
      "Check user and password of the proxy (HTTPS_PROXY, HTTP_PROXY), then resume. No item is lost.",
    quota: "Top up the account or use another key, then resume. No item is lost.",
    model_not_found: "Check --model and --base-url, then resume. No item is lost.",
    stream_required: "Add --stream: this model answers only in streams. Then resume. No item is lost.",
    stream_refused:
      "Leave out --stream: this model does not answer in streams. Then resume. No item is lost.",
    tls: "If you trust the certificate, name the file of its authority (PEM) in NODE_EXTRA_CA_CERTS, then resume. Otherwise check --base-url. No item is lost.",
    tls_certificate:
      "Check the clock of this machine, the host in --base-url, and the certificate of the server, then resume. No item is lost.",
    tls_protocol: "Check --base-url: http:// or https://, and the port. Then resume. No item is lost.",
    redirect: "Put the address that it redirects to into --base-url, then resume. No item is lost.",
    proxy:
      "Check HTTPS_PROXY, HTTP_PROXY and ALL_PROXY, or list the hosts that need no proxy in NO_PROXY, then resume. No item is lost.",
    not_http: "Check the port in --base-url, then resume. No item is lost.",
    host_not_found:
      "Check the host in --base-url. If a proxy is needed, name it in HTTPS_PROXY (or HTTP_PROXY). Then resume. No item is lost.",
    endpoint_down:
      "Resume when the endpoint is back. --max-outage sets how long to wait for it. No item is lost.",
    rate_limit:
      "Resume later, or wait longer (--max-outage), or send requests more slowly (--rpm, --tpm). No item is lost.",
    no_resources:
      "Run fewer at once (-j), or raise the limits of the system (ulimit -n, ulimit -u), then resume. No item is lost.",
  },
  thisRun: (attempted: number, failed: number, elapsed: string): string =>
    `This run: ${formatNumber(attempted)} attempted, ${formatNumber(failed)} failed, ${elapsed}`,
  /** Behind `thisRun`. */
  rate: (perS: string): string => ` (${perS}/s)`,
  /** Progress of the session; the end of a run that was stopped. */
  saved: (progress: string, percent: string, pending: number): string =>
    `Saved: ${progress} (${percent}); ${formatNumber(pending)} pending`,
  savedWithFailures: (progress: string, percent: string, failed: number, pending: number): string =>
    `Saved: ${progress} (${percent}); ${formatNumber(failed)} failed, ${formatNumber(pending)} pending`,
  spent: (run: string): string => `Spent: ${run}`,
  /** Behind it, how long answers took to their first token. */
  ttft: (times: string): string => `First token: ${times}`,
  /** Behind `spent`, when earlier runs have spent something too. */
  spentInAll: (session: string): string => ` (all runs: ${session})`,
  output: (path: string): string => `Output: ${path}`,
  backup: (name: string): string => `Checkpoint moved to backup ${name}`,
  backupEarlier: (name: string): string => `Its checkpoint is backup ${name}`,
  exportSoFar: (command: string): string => `To write the results so far: ${command}`,
  resumeWith: (command: string): string => `To resume: ${command}`,
  tryAgain: (command: string): string => `To retry the failed items: ${command}`,
  acceptFailures: "To finish without them: the same command with --failed keep",
};
