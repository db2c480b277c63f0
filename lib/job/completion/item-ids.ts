// Ids of items that have a result, for completion: from a few places of the result log, however long it is.
import { sampleLog } from "../../checkpoint/log/log-sample.ts";
import type { CheckpointPaths } from "../../checkpoint/names.ts";
import { recordIdentity } from "../../checkpoint/record/read-record.ts";
import { itemLabel } from "../../core/item.ts";
import type { FileSystem } from "../../io/fs.ts";

/** Labels of items as messages call them: the id, or `#7`. @returns none where there is no log that can be read */
export function sampledItems(
  fs: FileSystem,
  paths: CheckpointPaths,
  beginning: string,
  max: number,
): readonly string[] {
  const found = new Set<string>();
  try {
    sampleLog(fs, paths.log, (frame, line) => {
      if (found.size >= max) return;
      const { id, index } = recordIdentity(line, frame);
      const label = itemLabel(id, index);
      if (label.startsWith(beginning)) found.add(label);
    });
  } catch {
    // No checkpoint, or one that is damaged: the command itself says so.
  }
  return [...found];
}
