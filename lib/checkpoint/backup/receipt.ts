// The receipt that replaces a completed checkpoint: its session, its backup and its output.
import { FINGERPRINT } from "../../core/fingerprint.ts";
import type { Sealed } from "../../core/shape.ts";
import { COUNTS, INPUT, OUTPUT, PROCESSOR, SCOPE, scopeOf, type Status, USAGE } from "../../core/status.ts";
import type { FileSystem } from "../../io/fs.ts";
import type { CheckpointPaths } from "../names.ts";
import { seal } from "../status/seal.ts";
import { readSealed } from "../status/status-file.ts";

const RECEIPT_OWN = {
  session_id: "string",
  nonce: "string",
  finished_at: "string",
  exit_code: "number",
  "backup|null": "string",
  input: INPUT as typeof INPUT,
  fingerprint: FINGERPRINT as typeof FINGERPRINT,
  processor: PROCESSOR as typeof PROCESSOR,
  /** Absent in receipts of older versions. */
  "batch_size?": "number",
  usage: USAGE as typeof USAGE,
  /** Of the last run only; absent in receipts of older versions. */
  "run_usage?": USAGE as typeof USAGE,
  "output|null": OUTPUT as typeof OUTPUT,
  /** The checkpoint was cleared later: no run resumes from this session. */
  "cleared?": "boolean",
  /** The person was told that the rerun of this session is over: from then on, the same words begin another one. */
  "rerun_reported?": "boolean",
} as const;
const RECEIPT: typeof RECEIPT_OWN & typeof COUNTS & typeof SCOPE = { ...RECEIPT_OWN, ...COUNTS, ...SCOPE };
/** Its version is that of the status: an older executable would take a part of a job for all of it. */
export type Receipt = Sealed<"receipt", typeof RECEIPT>;

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
    ...(last?.usage === undefined ? {} : { run_usage: last.usage }),
    output: status.output,
    ...scopeOf(status),
  };
  return seal(receipt);
}

/** The receipt of the last completed run; null when it is missing or damaged. @throws checkpoint.newer */
export function readReceipt(fs: FileSystem, paths: CheckpointPaths): Receipt | null {
  return readSealed(fs, paths.receipt, "receipt", RECEIPT);
}

/** The text of a receipt of a cleared session. */
export function encodeCleared(receipt: Receipt): string {
  return seal({ ...receipt, cleared: true });
}

/** The text of a receipt of a session whose rerun is over, after that was said. */
export function encodeReported(receipt: Receipt): string {
  return seal({ ...receipt, rerun_reported: true });
}
