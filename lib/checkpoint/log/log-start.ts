// The start of a session's log: no records yet; the first record will refer to the session, and all records will have one version.
import type { FormatVersion } from "../../core/format-version.ts";
import type { LogPosition, Status } from "../../core/status.ts";
import { firstPrev } from "../record/write-record.ts";

export type LogStart = { readonly position: LogPosition; readonly version: FormatVersion };

/** The start of a log as a position. */
export function emptyPosition(nonce: string): LogPosition {
  return { bytes: 0, records: 0, last_sum: firstPrev(nonce) };
}

/** The start of the log of a status. */
export function logStart(
  status: Pick<Status, "v"> & { readonly session: { readonly nonce: string } },
): LogStart {
  return { position: emptyPosition(status.session.nonce), version: status.v };
}
