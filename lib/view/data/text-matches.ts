// Which results hold a text, or meet a condition: one bit a result. The search goes on only while somebody waits for it, a piece of the log at a time.
import type { CheckpointResults } from "../../checkpoint/results.ts";
import { idStyle } from "../../core/status.ts";
import { eventLoopTurn } from "../../io/turns.ts";
import type { Filter } from "../page-data.ts";
import { textFilter } from "../row-filter.ts";
import { grown } from "./columns.ts";
import type { ResultIndex } from "./result-index.ts";

export class TextMatches {
  readonly #isMatch: ReturnType<typeof textFilter>;
  /** For the search in bytes; null: every line is read. */
  readonly #text: string | null;
  #bits: Uint8Array = new Uint8Array(1024);
  /** Of each log, up to where it has been searched, in bytes. */
  readonly #ends: number[] = [];
  #isDone = false;

  /** @throws usage.badValue, usage.badPattern */
  constructor(filter: Filter) {
    this.#isMatch = textFilter(filter);
    this.#text = filter.search === undefined || filter.search === "" ? null : filter.search.toLowerCase();
  }

  has(row: number): boolean {
    return ((this.#bits[row >>> 3] ?? 0) & (1 << (row & 7))) !== 0;
  }

  /** Whether all logs have been searched, as far as they had been read. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** How much of the logs has been searched, from 0 to 1. @param bytes of each log */
  share(bytes: readonly number[]): number {
    const all = bytes.reduce((sum, each) => sum + each, 0);
    const searched = bytes.reduce((sum, each, log) => sum + Math.min(each, this.#ends[log] ?? 0), 0);
    return all === 0 ? 1 : searched / all;
  }

  /** Searches on, until everything is searched or `mayContinue` says no. @param bytes of each log: no result is behind them */
  async advance(
    logs: readonly CheckpointResults[],
    bytes: readonly number[],
    index: ResultIndex,
    mayContinue: () => boolean,
  ): Promise<void> {
    this.#isDone = false;
    for (const [log, source] of logs.entries()) {
      while ((this.#ends[log] ?? 0) < (bytes[log] ?? 0)) {
        const from = this.#ends[log] ?? 0;
        const next = this.#piece(log, source, from, index);
        if (next === from) break;
        this.#ends[log] = next;
        await eventLoopTurn();
        if (!mayContinue()) return;
      }
    }
    this.#isDone = true;
  }

  #piece(log: number, source: CheckpointResults, from: number, index: ResultIndex): number {
    const ids = idStyle(source.job.input);
    return source.visitSlice(from, { text: this.#text, ids }, (result, place, line) => {
      const row = index.rowAt(log, place);
      if (row === null) return;
      const { idJson, bytes, start, end, failed } = result;
      const isMatch = this.#isMatch({
        get index() {
          return result.details().index;
        },
        id: idJson === null ? null : idJson.startsWith('"') ? (JSON.parse(idJson) as string) : idJson,
        status: failed ? "failed" : "ok",
        marks: [],
        error: null,
        bodyJson: () => bytes.toString("utf8", start, end),
        record: () => line.toString("utf8"),
      });
      if (isMatch) this.#set(row);
    });
  }

  #set(row: number): void {
    const at = row >>> 3;
    if (at >= this.#bits.length) this.#bits = grown(this.#bits, at + 1);
    this.#bits[at] = (this.#bits[at] ?? 0) | (1 << (row & 7));
  }
}
