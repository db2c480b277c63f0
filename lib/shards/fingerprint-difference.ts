// In what the results of two jobs depend on different things, part by part.
import { changesSince, type Fingerprint, type PresentFingerprint } from "../core/fingerprint.ts";
import type { ShardsDifference } from "../core/shard.ts";

/** None where the fingerprints are the same. */
export function fingerprintDifference(
  before: Fingerprint,
  now: PresentFingerprint,
): readonly ShardsDifference[] {
  const parts = changesSince(before, now).map(({ name }) => name);
  return parts.length === 0 ? [] : [{ what: "fingerprint", before: before.id, now: now.recorded.id, parts }];
}
