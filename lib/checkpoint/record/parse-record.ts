// Parses a record's line as JSON: for single records, and for lines whose form cannot be read by position.
import { isKnownVersion } from "../../core/format-version.ts";
import { itemLabel } from "../../core/item.ts";
import type { ItemError, ParsedRecord, Usage } from "../../core/record.ts";
import { inPattern, KEY } from "./record-format.ts";

/** Null when the line is not a record of a known version. The checksum is not verified. */
export function parseRecord(line: Buffer): ParsedRecord | null {
  try {
    const record = JSON.parse(line.toString("utf8")) as ParsedRecord;
    const good =
      isKnownVersion(record.v) &&
      Number.isSafeInteger(record.seq) &&
      Number.isSafeInteger(record.index) &&
      (record.status === "ok" || record.status === "failed") &&
      typeof record.hash === "string";
    return good ? record : null;
  } catch {
    // Not JSON; the caller decides what that means.
    return null;
  }
}

/** The error of a failed record, and its item. */
export function recordError(line: Buffer): {
  readonly error: ItemError;
  readonly id: string | null;
  readonly index: number;
} {
  const record = parseRecord(line);
  if (record?.error === undefined) throw new Error("a verified record of a failure has no error");
  return { error: record.error, id: record.id ?? null, index: record.index };
}

/** What a record's attempts have spent. Most records do not say, and are not parsed. */
export function recordUsage(line: Buffer): Usage | undefined {
  return line.includes(KEY.usage) ? parseRecord(line)?.usage : undefined;
}

const INDEX = new RegExp(String.raw`^${inPattern(KEY.version)}\d+${KEY.seq}\d+${KEY.index}(\d{1,15}),`);
const ID = new RegExp(String.raw`${KEY.status}(?:ok|failed)"${KEY.id}("(?:[^"\\]|\\.)*")${KEY.hash}`);

/** The item of a damaged line, if its start is readable; else null. Only for messages. */
export function readableItem(beginning: string): string | null {
  const index = INDEX.exec(beginning)?.[1];
  const id = ID.exec(beginning)?.[1];
  try {
    if (id !== undefined) return String(JSON.parse(id));
  } catch {
    // A damaged line may contain anything.
    return null;
  }
  return index === undefined ? null : itemLabel(null, Number(index));
}
