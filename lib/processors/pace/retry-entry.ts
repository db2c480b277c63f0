// The entry in a record about an attempt that was retried.
import { cutText } from "../../core/cut-text.ts";
import { type ItemError, type Retry, RETRY_MESSAGE_MAX, type Usage } from "../../core/record.ts";
import type { AttemptTimes } from "../processor.ts";

/** @param waitedMs milliseconds from its end to the start of the next attempt */
export function retryEntry(
  failed: { readonly error: ItemError; readonly usage?: Usage },
  { startedAtMs, durationMs }: AttemptTimes,
  waitedMs: number,
): Retry {
  const { kind, message, status } = failed.error;
  return {
    kind,
    waited_ms: Math.round(waitedMs),
    message: cutText(message, RETRY_MESSAGE_MAX, "…"),
    ...(status === undefined ? null : { status }),
    started_at: new Date(startedAtMs).toISOString(),
    duration_ms: Math.round(durationMs),
    ...(failed.usage === undefined ? null : { usage: failed.usage }),
  };
}
