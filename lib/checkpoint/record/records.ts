// The error of a failed record: the one part of it that is parsed for the plan.
import type { ItemError } from "../../core/record.ts";
import { parseRecord } from "./record-codec.ts";

/** The error of a failed record, and whose it is. */
export function recordError(line: Buffer): {
  readonly error: ItemError;
  readonly id: string | null;
  readonly index: number;
} {
  const record = parseRecord(line);
  if (record?.error === undefined) throw new Error("a verified record of a failure has no error");
  return { error: record.error, id: record.id ?? null, index: record.index };
}
