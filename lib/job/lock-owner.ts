// Who works on a checkpoint. Apart from the host: commands that only look need no node:os.
import * as os from "node:os";
import type { Owner } from "../checkpoint/checkpoint.ts";
import type { Host } from "../cli/host.ts";

/** Who takes the lock, for messages to others. */
export function ownerOf(host: Host): Owner {
  return { pid: host.pid, host: os.hostname(), started_at: new Date(host.clock.now()).toISOString() };
}
