// Records of a verified log, for joining them to items.
import type { ItemError } from "../core/record.ts";
import type { LogPosition } from "../core/status.ts";
import { type FileSystem, O } from "../io/fs.ts";
import { eachLine } from "./log-reader.ts";
import { parseRecord } from "./record-codec.ts";
import { recordIdentity } from "./record-split.ts";

export type ListedRecord = {
  readonly index: number;
  readonly id: string | null;
  /** 32 hex digits. */
  readonly hash: string;
  readonly occurrence: number;
  /** Byte offset of its line in the log. */
  readonly offset: number;
  /** Null for a success. */
  readonly error: ItemError | null;
};

/** The error of a failed record. */
export function recordError(line: Buffer): {
  readonly error: ItemError;
  readonly id: string | null;
  readonly index: number;
} {
  const record = parseRecord(line);
  if (record?.error === undefined) throw new Error("a verified record of a failure has no error");
  return { error: record.error, id: record.id ?? null, index: record.index };
}

/** Calls `visit` for each record up to `end`; they must have been verified before. */
export function eachRecord(
  fs: FileSystem,
  log: string,
  end: LogPosition,
  visit: (record: ListedRecord) => void,
): void {
  if (end.records === 0) return;
  const fd = fs.openSync(log, O.O_RDONLY | O.O_NOFOLLOW);
  try {
    eachLine(fs, fd, 0, (line, offset) => {
      if (offset >= end.bytes) return false;
      const { failed, ...identity } = recordIdentity(line);
      visit({ ...identity, offset, error: failed ? recordError(line).error : null });
      return true;
    });
  } finally {
    fs.closeSync(fd);
  }
}
