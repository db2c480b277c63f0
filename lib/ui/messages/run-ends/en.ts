// English: how a run ended. `info` and the page of `ckpt view` say it in the same words.
import type { RunEnd } from "../../../core/status.ts";
import { nameOf } from "../phrases.ts";

const ENDS: { readonly [end in RunEnd]: string } = {
  complete: "complete",
  failed: "finished, with failures",
  limit: "limit reached",
  "max-failures": "too many failures",
  "max-time": "time limit reached",
  budget: "budget used up",
  outside: "outside cause",
  "none-succeeded": "none succeeded",
  "input-changed": "input changed",
  "disk-full": "disk full",
  signal: "signal",
  error: "error",
};

/** @param ended null: it has not ended, or was killed; of a newer version, it may be another word */
export function runEnd(ended: string | null, isCurrent: boolean): string {
  if (ended === null) return isCurrent ? "in progress" : "interrupted";
  return nameOf(ENDS, ended);
}
