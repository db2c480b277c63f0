// English: what `show` shows.
import { formatNumber } from "../../format.ts";
import { counted, units } from "../common/en.ts";

export const show = {
  headers: { item: "Item", status: "Status", time: "Started", took: "Took", text: "Output or error" },
  status: { ok: "ok", failed: "failed", pending: "pending" },
  none: "No results.",
  shown: (count: number, command: string): string =>
    `The newest ${counted(count, "result", "results")}. One item whole: ${command}`,
  labels: {
    input: "Input",
    output: "Output",
    error: "Error",
    stderr: "Standard error",
    text: "Answer",
    body: "Sent instead",
    results: "Results",
  },
  /** Position of the item in the input. */
  item: (label: string, number: number, status: string): string =>
    label === `#${number}` ? `${label}: ${status}` : `${label} (#${number}): ${status}`,
  noted: (label: string, note: string): string => `${label} (${note})`,
  inputChanged: "changed since the newest result",
  inputMissing: "no longer in the input",
  /** Which of the answers wanted of an item. */
  answer: (repeat: number): string => `answer ${formatNumber(repeat)}`,
  /** A result: when its first attempt began, how long all took. */
  result: (v: {
    readonly answer: string | null;
    readonly status: string;
    readonly at: string;
    readonly took: string;
    readonly attempts: number;
    readonly fingerprint: string;
    /** The version of the model that answered, where it is on record. */
    readonly model: string | null;
    readonly file: string | null;
    readonly spent: string;
  }): string =>
    v.file === null
      ? `${v.at}  ${v.answer === null ? "" : `${v.answer}: `}${v.status} after ${counted(v.attempts, "attempt", "attempts")} in ${v.took}${v.spent === "" ? "" : `, ${v.spent}`} (${v.model === null ? "" : `model ${v.model}, `}fingerprint ${v.fingerprint})`
      : `${v.at}  ${v.answer === null ? "" : `${v.answer}: `}${v.status}, imported from ${v.file}`,
  /** A kind of failure, or an item, and the message. */
  reason: (kind: string, message: string): string => `${kind}: ${message}`,
  attempt: (number: number, reason: string): string => `attempt ${formatNumber(number)}: ${reason}`,
  /** What is known of an attempt. */
  parts: (parts: readonly string[]): string => parts.join("; "),
  took: (took: string): string => `took ${took}`,
  waited: (waited: string): string => `waited ${waited}`,
  notOnRecord: (count: number): string =>
    `${counted(count, "earlier attempt is", "earlier attempts are")} not on record`,
  noFailures: "No item has failed.",
  failures: (count: number, groups: number, repeat: number): string =>
    `${units(count, repeat)} failed, for ${counted(groups, "reason", "reasons")}.`,
  rerun: (command: string): string => `Run these again: ${command}`,
  retry: (command: string): string => `Retry all failed items: ${command}`,
};
