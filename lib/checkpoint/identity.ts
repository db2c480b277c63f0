// The identity of a session: a readable id, and a nonce that distinguishes sessions of the same second.
import type { SessionIdentity } from "../core/status.ts";
import { localStamp } from "./names.ts";

/** A new session, named after its local start time. */
export function newIdentity(nowMs: number): SessionIdentity {
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("hex");
  return { id: localStamp(nowMs), nonce, started_at: new Date(nowMs).toISOString() };
}
