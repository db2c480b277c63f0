// The owner for the lock. Separate from the host, because read-only commands do not need node:os.
import * as os from "node:os";
import type { Owner } from "../checkpoint/checkpoint.ts";
import type { Host } from "../cli/host.ts";
import { taskName } from "../shards/task-name.ts";

/** The owner of the lock, for messages of other processes. */
export function ownerOf(host: Host): Owner {
  const task = taskName(host.env);
  return {
    pid: host.pid,
    host: os.hostname(),
    started_at: new Date(host.clock.now()).toISOString(),
    ...(task === null ? {} : { task }),
  };
}
