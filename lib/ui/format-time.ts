// Local time for people, the same on all machines. Apart from format.ts, which also runs in a browser.
import { localDate } from "../io/local-time.ts";

/** Local time as `2023-05-30 14:30:45`, from milliseconds since the epoch or an ISO text. Other texts are returned unchanged. */
export function formatTime(time: number | string): string {
  const atMs = new Date(time).getTime();
  return Number.isNaN(atMs) ? String(time) : localDate(atMs).toISOString().slice(0, 19).replace("T", " ");
}
