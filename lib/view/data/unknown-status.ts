// Stands for the status of a checkpoint whose status file cannot be read, so that its log can be shown all the same. Without the facts of an input, results are known by
// their identity.
import { NO_USAGE, type Status } from "../../core/status.ts";

/** @param dir the folder of the checkpoint: it tells this status from those of others */
export function unknownStatus(dir: string): Status {
  const input = {
    path: "",
    format: "jsonl",
    compression: "none",
    encoding: "utf-8",
    id_field: "",
    kept: false,
    size: 0,
    mtime: null,
    sha256: "",
    count: 0,
    repeated: 0,
    changes: 1,
  } as const;
  return {
    v: 1,
    kind: "status",
    generation: 0,
    session: { id: "", nonce: dir, started_at: "" },
    saved_at: "",
    state: "stopped",
    input,
    processor: { kind: "", shown: "" },
    fingerprint: { id: "", parts: [] },
    batch_size: 0,
    total: 0,
    completed: 0,
    failed: 0,
    results_saved: 0,
    gone: 0,
    log: { bytes: 0, records: 0, last_sum: "" },
    output: null,
    usage: NO_USAGE,
    timeline: { bucket_ms: 1, counts: [] },
    runs: [],
    errors: [],
  };
}
