// Which results contain a text, or meet a condition: one bit a result. A search advances a piece of the log at a time, and only while somebody waits for it.
import type { CheckpointResults } from "../../checkpoint/results.ts";
import { idStyle } from "../../core/status.ts";
import { eventLoopTurn } from "../../io/turns.ts";
import type { Filter } from "../page-contract.ts";
import { textFilter } from "../row-filter.ts";
import { grown } from "./columns.ts";
import type { ResultIndex } from "./result-index.ts";

export class TextMatches {
  readonly #isMatch: ReturnType<typeof textFilter>;
  /** Lines without this text are skipped; null: every line is read. */
  readonly #text: string | null;
  /** One bit a row. */
  #bits: Uint8Array = new Uint8Array(1024);
  /** How far each log has been searched, in bytes. */
  readonly #ends: number[] = [];

  /** @throws usage.badValue, usage.badPattern */
  constructor(filter: Filter) {
    this.#isMatch = textFilter(filter);
    this.#text = filter.search === undefined || filter.search === "" ? null : filter.search.toLowerCase();
  }

  has(row: number): boolean {
    return ((this.#bits[row >>> 3] ?? 0) & (1 << (row & 7))) !== 0;
  }

  /** How much of the logs has been searched, from 0 to 1. @param bytes how much of each log has been indexed */
  share(bytes: readonly number[]): number {
    const all = bytes.reduce((sum, each) => sum + each, 0);
    const searched = bytes.reduce((sum, each, log) => sum + Math.min(each, this.#ends[log] ?? 0), 0);
    return all === 0 ? 1 : searched / all;
  }

  /** Continues the search, until its end or until `mayContinue` says no. @param bytes how much of each log has been indexed */
  async advance(
    logs: readonly CheckpointResults[],
    bytes: readonly number[],
    index: ResultIndex,
    mayContinue: () => boolean,
  ): Promise<void> {
    for (const [log, results] of logs.entries()) {
      while ((this.#ends[log] ?? 0) < (bytes[log] ?? 0)) {
        const from = this.#ends[log] ?? 0;
        const next = this.#searchPiece(log, results, from, index);
        if (next === from) break;
        this.#ends[log] = next;
        await eventLoopTurn();
        if (!mayContinue()) return;
      }
    }
  }

  /** Returns where the next piece begins. */
  #searchPiece(log: number, results: CheckpointResults, from: number, index: ResultIndex): number {
    const ids = idStyle(results.job.input);
    return results.visitSlice(from, { text: this.#text, ids }, (result, place, line) => {
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
