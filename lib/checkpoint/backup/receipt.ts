// What is left in the place of a completed checkpoint: which session it was, where its backup and its output are.
import type { FormatVersion } from "../../core/format-version.ts";
import type { Fingerprint } from "../../core/fingerprint.ts";
import {
  type InputFacts,
  type JobScope,
  type OutputFacts,
  scopeOf,
  type Status,
  type UsageTotals,
} from "../../core/status.ts";
import type { FileSystem } from "../../io/fs.ts";
import type { CheckpointPaths } from "../names.ts";
import { seal } from "../status/seal.ts";
import { RECEIPT_SHAPE } from "../status/shapes.ts";
import { readSealed } from "../status/status-file.ts";

export type Receipt = JobScope & {
  /** As of the status: an older executable would take a part of a job for all of it. */
  readonly v: FormatVersion;
  readonly kind: "receipt";
  readonly session_id: string;
  readonly nonce: string;
  readonly finished_at: string;
  readonly exit_code: 0 | 3;
  readonly backup: string | null;
  readonly input: InputFacts;
  readonly fingerprint: Fingerprint;
  readonly processor: { readonly kind: string; readonly shown: string };
  /** Receipts of older versions have none. */
  readonly batch_size?: number;
  readonly total: number;
  readonly completed: number;
  readonly failed: number;
  readonly usage: UsageTotals;
  /** Of the last run alone; receipts of older versions have none. */
  readonly run_usage?: UsageTotals;
  readonly output: OutputFacts | null;
  /** The checkpoint was cleared since: nothing goes on from this session any more. */
  readonly cleared?: true;
};

/** The text of the receipt of a session that ended with `status`. */
export function encodeReceipt(status: Status, backup: string | null, finishedAtMs: number): string {
  const last = status.runs.at(-1);
  const receipt: Receipt = {
    v: status.v,
    kind: "receipt",
    session_id: status.session.id,
    nonce: status.session.nonce,
    finished_at: new Date(finishedAtMs).toISOString(),
    exit_code: status.failed > 0 ? 3 : 0,
    backup,
    input: status.input,
    fingerprint: status.fingerprint,
    processor: status.processor,
    batch_size: status.batch_size,
    total: status.total,
    completed: status.completed,
    failed: status.failed,
    usage: status.usage,
    ...(last === undefined ? {} : { run_usage: last.usage }),
    output: status.output,
    ...scopeOf(status),
  };
  return seal(receipt);
}

/** The receipt of the last completed run; null when there is none, or it is damaged. @throws checkpoint.newer */
export function readReceipt(fs: FileSystem, paths: CheckpointPaths): Receipt | null {
  return readSealed<Receipt>(fs, paths.receipt, "receipt", RECEIPT_SHAPE);
}

/** The text of a receipt from which nothing goes on any more. */
export function encodeCleared(receipt: Receipt): string {
  return seal({ ...receipt, cleared: true });
}
