// The newest results that meet some conditions. Each log is read from its end, no further than needed; results of several logs stand in the order in which they ended.
import { itemLabel } from "../../core/item.ts";
import type { ParsedRecord } from "../../core/record.ts";
import type { KeptResults, LogOf } from "../../core/result-source.ts";
import type { ShardNumber } from "../../core/shard.ts";
import { idStyle } from "../../core/status.ts";
import { textsInJson } from "../../core/texts-in-json.ts";

/** A result with its whole record. */
export type FoundResult = {
  readonly item: string;
  /** In whose log it is; null: there is but one. */
  readonly shard: ShardNumber | null;
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
export function newestResults(
  source: Pick<KeptResults, "logs">,
  choice: NewestChoice,
): readonly FoundResult[] {
  const found: Ended[] = [];
  for (const log of source.logs) addNewest(found, log, choice);
  return found.map(({ result }) => result);
}

type Ended = { readonly result: FoundResult; readonly endMs: number };

/** Adds what a log has that is newer than the oldest of those that were found, which leaves then. @param found the newest first, at most as many as are wanted */
function addNewest(found: Ended[], { shard, results: log }: LogOf, choice: NewestChoice): void {
  const { statuses, limit } = choice;
  const grep = choice.grep?.toLowerCase() ?? null;
  if (log.counts.entries === 0) return;
  let count = 0;
  let at = 0;
  let endMs = Number.POSITIVE_INFINITY;
  const reader = log.openReader(idStyle(log.job.input));
  try {
    log.eachNewest((entry) => {
      if (!statuses.has(entry.failed ? "failed" : "ok")) return true;
      const result = reader.resultAt(entry.place, entry.index);
      const { bytes, start, end } = result;
      const item = itemLabel(entry.identity().id, entry.index);
      const bodyJson = bytes.toString("utf8", start, end);
      if (grep !== null && !hasText(item, bodyJson, grep)) return true;
      const details = result.details();
      // The order within a log is that of its records, whatever the clock has said.
      endMs = Math.min(endMs, Date.parse(details.started_at) + details.duration_ms);
      while ((found[at]?.endMs ?? Number.NEGATIVE_INFINITY) >= endMs) at++;
      if (at === limit) return false;
      found.splice(at, 0, { result: { item, shard, details, bodyJson }, endMs });
      found.length = Math.min(found.length, limit);
      return ++count < limit;
    });
  } finally {
    reader.close();
  }
}

function hasText(item: string, bodyJson: string, lowerCase: string): boolean {
  return item.toLowerCase().includes(lowerCase) || textsInJson(bodyJson).toLowerCase().includes(lowerCase);
}
