// Presents a record of a log as an entry of a source of results. A scan reuses one entry for all records.
import type { ItemError } from "../../core/record.ts";
import type { UnitIdentity } from "../../core/record-key.ts";
import type { EntryVisitor, ResultEntry } from "../../core/result-source.ts";
import { parseRecord, recordError } from "../record/parse-record.ts";
import { ownFingerprint, recordedOutput, recordIdentity, recordRepeat } from "../record/read-record.ts";
import { RecordFrame } from "../record/record-frame.ts";
import type { RecordVisitor } from "./log-reader.ts";

class LogEntry implements ResultEntry {
  frame: Readonly<RecordFrame> = new RecordFrame();
  line: Buffer = this.frame.line;
  place: number = 0;

  get index(): number {
    return this.frame.index;
  }

  get seq(): number {
    return this.frame.seq;
  }

  get failed(): boolean {
    return this.frame.failed;
  }

  repeat(): number {
    return recordRepeat(this.line, this.frame);
  }

  identity(): UnitIdentity {
    return recordIdentity(this.line, this.frame);
  }

  error(): ItemError | null {
    return this.frame.failed ? recordError(this.line).error : null;
  }

  marks(): readonly string[] {
    return parseRecord(this.line)?.marks ?? [];
  }

  outputJson(): string | null {
    return recordedOutput(this.line, this.frame);
  }

  isImported(): boolean {
    return this.frame.version > 1 && ownFingerprint(this.line) === null;
  }
}

/** A visitor of records that calls `visit` with each record as an entry. */
export function entryVisitor(visit: EntryVisitor): RecordVisitor {
  return untilVisitor((entry) => {
    visit(entry);
  });
}

/** The same, whose `visit` returns false when it has seen enough. */
export function untilVisitor(
  visit: (entry: ResultEntry) => boolean | void,
): (...record: Parameters<RecordVisitor>) => boolean | void {
  const entry = new LogEntry();
  return (frame, line, offset) => {
    entry.frame = frame;
    entry.line = line;
    entry.place = offset;
    return visit(entry);
  };
}
