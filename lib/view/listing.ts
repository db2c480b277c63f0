// Tells lists of sources apart, so that a page need not ask for the list to know that it has changed.
import type { SourceEntry } from "./page-contract.ts";

/** Equal for equal lists. */
export function listingOf(sources: readonly Pick<SourceEntry, "id">[]): string {
  let hash = 0;
  for (const character of sources.map(({ id }) => id).join("\n"))
    hash = (Math.imul(hash, 31) + (character.codePointAt(0) ?? 0)) >>> 0;
  return `${sources.length} ${hash}`;
}
