// The owner for the lock. Separate from the host, because read-only commands do not need node:os.
import * as os from "node:os";
import type { Owner } from "../checkpoint/checkpoint.ts";
import type { Host } from "../cli/host.ts";

/** The owner of the lock, for messages of other processes. */
export function ownerOf(host: Host): Owner {
  return { pid: host.pid, host: os.hostname(), started_at: new Date(host.clock.now()).toISOString() };
}
