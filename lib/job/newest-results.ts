// The newest results that meet some conditions. The log is read from its end, no further than needed.
import type { CheckpointResults } from "../checkpoint/results.ts";
import { itemLabel } from "../core/item.ts";
import type { ParsedRecord } from "../core/record.ts";
import { idStyle } from "../core/status.ts";

/** A result with its whole record. */
export type FoundResult = {
  readonly item: string;
  readonly details: ParsedRecord;
  /** JSON text of its output or error, digits as written. */
  readonly bodyJson: string;
};

export type NewestChoice = {
  /** `ok`, `failed`. */
  readonly statuses: ReadonlySet<string>;
  /** A text in the id, output or error, whatever its case; null: any. */
  readonly grep: string | null;
  readonly limit: number;
};

/** The newest first. @throws checkpoint.damaged */
export function newestResults(source: CheckpointResults, choice: NewestChoice): readonly FoundResult[] {
  const { statuses, limit } = choice;
  const grep = choice.grep?.toLowerCase() ?? null;
  const found: FoundResult[] = [];
  if (source.counts.entries === 0) return found;
  const reader = source.openReader(idStyle(source.job.input));
  try {
    source.eachNewest((entry) => {
      if (!statuses.has(entry.failed ? "failed" : "ok")) return true;
      const result = reader.resultAt(entry.place, entry.index);
      const { bytes, start, end } = result;
      const item = itemLabel(entry.identity().id, entry.index);
      const bodyJson = bytes.toString("utf8", start, end);
      if (grep !== null && !hasText(item, bodyJson, grep)) return true;
      found.push({ item, details: result.details(), bodyJson });
      return found.length < limit;
    });
  } finally {
    reader.close();
  }
  return found;
}

/** Texts are looked at as they are, not as JSON escapes them. */
function hasText(item: string, bodyJson: string, lowerCase: string): boolean {
  if (item.toLowerCase().includes(lowerCase)) return true;
  const texts = bodyJson.includes("\\") ? unescaped(JSON.parse(bodyJson)) : bodyJson;
  return texts.toLowerCase().includes(lowerCase);
}

function unescaped(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return String(value);
  return Object.entries(value)
    .map(([name, inner]) => `${name} ${unescaped(inner)}`)
    .join("\n");
}
