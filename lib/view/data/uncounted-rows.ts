// Finds the results that do not count for the job as it is now, and why: their items are no longer in the input, have changed since, or are not selected. To know this, the
// input has to be read. It is read once for each state of the input, and only when there can be such results.
import type { Checkpoint } from "../../checkpoint/checkpoint.ts";
import type { CheckpointResults } from "../../checkpoint/results.ts";
import { CkptError } from "../../core/errors.ts";
import type { ParsedRecord } from "../../core/record.ts";
import type { Uncounted } from "../page-contract.ts";
import type { IndexedResults } from "./indexed-results.ts";
import type { FoundItem } from "./item-view.ts";

/** What the input says about results. `home`: the checkpoint that keeps the input. */
export type InputParts = {
  /** The items that some records are about, as they are in the input now. */
  readonly items: (
    home: Checkpoint,
    results: CheckpointResults,
    records: readonly ParsedRecord[],
  ) => Promise<readonly FoundItem[]>;
  /** The places in the log of the valid results of all items that the job is about now, ascending. */
  readonly placesInInput: (home: Checkpoint, results: CheckpointResults) => Promise<Float64Array>;
};

/** With more such results than this, the reason is looked up for the first ones only. */
const REASONS_MAX = 20_000;
/** With more shards than this, nothing is marked: the input would be read for each of them. */
const LOGS_MAX = 16;

/** Marks such results in an index. */
export class UncountedRows {
  readonly #results: IndexedResults;
  /** By log: keyOf() when its results were marked; absent while none is marked. */
  readonly #keys = new Map<number, string>();

  constructor(results: IndexedResults) {
    this.#results = results;
  }

  async mark(home: Checkpoint, parts: InputParts): Promise<void> {
    const { logs, index } = this.#results;
    if (logs.length > LOGS_MAX) return;
    for (const [log, results] of logs.entries()) {
      const key = keyOf(results);
      if (key === (this.#keys.get(log) ?? "")) continue;
      index.clearUncounted(log);
      if (key !== "") await this.#markLog(log, results, home, parts);
      this.#keys.set(log, key);
    }
  }

  /** When the input cannot be read, no result is marked; each item says why when it is opened. */
  async #markLog(
    log: number,
    results: CheckpointResults,
    home: Checkpoint,
    { items, placesInInput }: InputParts,
  ): Promise<void> {
    const { index } = this.#results;
    try {
      const counted = new Set(await placesInInput(home, results));
      // Results that a run has added since then belong to items that are in the input.
      const rows = index.validRows(log).filter((row) => {
        const place = index.placeOf(row);
        return place < results.bytes && !counted.has(place);
      });
      const reasons = await this.#reasons(rows.subarray(0, REASONS_MAX), (records) =>
        items(home, results, records),
      );
      if (reasons === null) return;
      for (const row of rows) index.setUncounted(row, reasons.get(row) ?? "gone");
    } catch (error) {
      if (!(error instanceof CkptError)) throw error;
    }
  }

  /** The reasons by row; null when the input cannot be read. */
  async #reasons(
    rows: Uint32Array,
    itemsOf: (records: readonly ParsedRecord[]) => Promise<readonly FoundItem[]>,
  ): Promise<ReadonlyMap<number, Uncounted> | null> {
    const read = this.#results
      .read(rows)
      .flatMap(({ record }, at) =>
        record === null ? [] : [{ details: record.details, row: rows[at] ?? 0 }],
      );
    const found = await itemsOf(read.map(({ details }) => details));
    if (found.some(({ cause }) => cause !== null)) return null;
    return new Map(read.map(({ details, row }, at) => [row, reasonOf(details, found[at]?.item ?? null)]));
  }
}

/** As long as it stays the same, the marks are right; empty when there can be no such results. */
function keyOf({ status, job }: CheckpointResults): string {
  const { changes, sha256, count } = job.input;
  if (status.gone === 0 && changes === 0) return "";
  return JSON.stringify([status.gone, changes, sha256, count, job.selection ?? null]);
}

function reasonOf({ hash }: ParsedRecord, item: FoundItem["item"]): Uncounted {
  if (item === null) return "gone";
  return item.hash === hash ? "unselected" : "changed";
}
