// Converts a checkpoint from version 1 to version 2, when it needs something that version 1 lacks. Records keep their numbers, and each line keeps
// its length, so offsets in the log do not change. The old checkpoint becomes an automatic backup.
import * as path from "node:path";
import type { LogPosition, Status } from "../../core/status.ts";
import { copySynced, fileSize, writeSynced } from "../../io/file.ts";
import type { FileSystem } from "../../io/fs.ts";
import { replaceCheckpoint } from "../backup/stage.ts";
import { type CheckpointPaths, KEPT_INPUT, LOG, STATUS } from "../names.ts";
import { encodeStatus } from "../status/status-file.ts";
import { scanLog } from "./log-reader.ts";
import { logStart } from "./log-start.ts";
import type { Recovered } from "./recovery.ts";
import { RelinkedLog } from "./relinked-log.ts";

/**
 * Converts the checkpoint that was just recovered. Needs the lock.
 * @returns what recovery would find now: version 2, with the same records committed
 */
export function raiseVersion(
  fs: FileSystem,
  paths: CheckpointPaths,
  { status: before, position, ...found }: Recovered,
  nowMs: number,
): Recovered {
  let status = before;
  let end = position;
  const fill = (stage: string): string[] => {
    const { whole, committed } = raisedLog(fs, paths.log, before, path.join(stage, LOG));
    if (whole.bytes !== position.bytes) throw new Error("the log is not what was recovered");
    end = whole;
    const generation = before.generation + 1;
    status = { ...before, v: 2, generation, saved_at: new Date(nowMs).toISOString(), log: committed };
    writeSynced(fs, path.join(stage, STATUS), encodeStatus(status));
    if (fileSize(fs, paths.keptInput) === null) return [STATUS, LOG];
    copySynced(fs, paths.keptInput, path.join(stage, KEPT_INPUT));
    return [STATUS, LOG, KEPT_INPUT];
  };
  replaceCheckpoint(fs, paths, { reason: "raised", nowMs, fill });
  return { ...found, status, position: end };
}

/** Copies a log. @returns where the copy ends, and where its committed records end */
function raisedLog(
  fs: FileSystem,
  from: string,
  before: Status,
  to: string,
): { readonly whole: LogPosition; readonly committed: LogPosition } {
  const log = new RelinkedLog(fs, to, before.session.nonce, 2);
  try {
    let committed = log.position;
    scanLog(fs, from, logStart(before), ({ seq }, line) => {
      log.add(line, "none");
      if (seq === before.log.records) committed = log.position;
    });
    log.finish();
    return { whole: log.position, committed };
  } finally {
    log.close();
  }
}
