// Ids of items that have a result, for completion: from a few places of the result log, however long it is.
import type { Checkpoint } from "../../checkpoint/checkpoint.ts";
import { sampleResults } from "../../checkpoint/results.ts";
import { itemLabel } from "../../core/item.ts";

/** Labels of items as messages call them: the id, or `#7`. @returns none where there is no log that can be read */
export function sampledItems(checkpoint: Checkpoint, beginning: string, max: number): readonly string[] {
  const found = new Set<string>();
  try {
    sampleResults(checkpoint, (entry) => {
      if (found.size >= max) return;
      const label = itemLabel(entry.identity().id, entry.index);
      if (label.startsWith(beginning)) found.add(label);
    });
  } catch {
    // No checkpoint, or one that is damaged: the command itself says so.
  }
  return [...found];
}
