// The index of one source, brought up to date whenever somebody asks. However many ask at the same time, the logs are read once for all of them.
import type { CheckpointResults } from "../../checkpoint/results.ts";
import type { Clock } from "../../io/clock.ts";
import { UncountedRows, type InputParts } from "./uncounted-rows.ts";
import { IndexedResults } from "./indexed-results.ts";
import type { OpenedSource } from "./open-source.ts";
import type { Source } from "./source.ts";

/** A source as it is now. */
export type Snapshot = {
  readonly opened: OpenedSource;
  readonly results: IndexedResults;
  /** Whether its logs have been read to their ends, and what of them does not count is marked. */
  readonly isWhole: boolean;
};

/** There is no such source, or not any more. */
export class NoSource extends Error {}

export class SourceIndex {
  #results: IndexedResults | null = null;
  /** Of the logs that are indexed: IndexedResults.keyOf(). */
  #key = "";
  /** The source as it was opened for the index that is being read. */
  #opened: OpenedSource | null = null;
  #uncounted: { readonly results: IndexedResults; readonly rows: UncountedRows } | null = null;
  #reading: Promise<Snapshot | null> | null = null;

  /** Null when there is nothing now. @param waitMs after that, what has been read is returned */
  async snapshot(
    source: Source,
    parts: InputParts & { readonly clock: Clock },
    waitMs: number,
  ): Promise<Snapshot | null> {
    this.#reading ??= this.#read(source, parts).finally(() => {
      this.#reading = null;
    });
    const reading = this.#reading;
    if (waitMs === Number.POSITIVE_INFINITY) return reading;
    const stop = new AbortController();
    const late = parts.clock.sleep(waitMs, stop.signal).then(() => "late" as const);
    const read = await Promise.race([reading, late]);
    stop.abort();
    if (read !== "late") return read;
    const [opened, results] = [this.#opened, this.#results];
    if (opened === null || results === null) return reading;
    reading.catch(() => undefined); // the next snapshot says what was wrong
    return { opened, results, isWhole: false };
  }

  async #read(source: Source, parts: InputParts): Promise<Snapshot | null> {
    const opened = await source.open();
    this.#opened = opened;
    if (opened === null) {
      this.#results = null;
      return null;
    }
    const logs = logsOf(opened);
    const key = IndexedResults.keyOf(logs);
    if (key !== this.#key) this.#results = null;
    this.#key = key;
    this.#results ??= new IndexedResults(logs);
    if (!(await this.#results.catchUp(logs))) {
      this.#results = new IndexedResults(logs);
      await this.#results.catchUp(logs);
    }
    const results = this.#results;
    if (this.#uncounted?.results !== results) this.#uncounted = { results, rows: new UncountedRows(results) };
    await this.#uncounted.rows.mark(source.home, parts);
    return { opened, results, isWhole: true };
  }
}

function logsOf(opened: OpenedSource): readonly CheckpointResults[] {
  return opened.kind === "checkpoint" ? [opened.results] : opened.set.shards.map(({ source }) => source);
}
