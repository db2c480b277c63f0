// All that is known of one item: itself, as it stands in the input now, and every result on record. Of the log only the lines that belong to it are read.
import * as path from "node:path";
import { type Checkpoint, openCheckpoint } from "../../checkpoint/checkpoint.ts";
import { CkptError } from "../../core/errors.ts";
import { type Item, itemLabel } from "../../core/item.ts";
import { repeatsOf } from "../../core/job.ts";
import { nearestOf } from "../../core/nearest.ts";
import type { ParsedRecord } from "../../core/record.ts";
import type { HashWords, ItemIdentity } from "../../core/record-key.ts";
import { readHashWords } from "../../core/record-key.ts";
import type { KeptResults } from "../../core/result-source.ts";
import { idStyle } from "../../core/status.ts";
import { sampledItems } from "../completion/item-ids.ts";
import { inputOfResults } from "./selected-results.ts";

/** Items of which a message names the nearest. */
const KNOWN_MAX = 1000;

export type ItemHistory = {
  /** The id, or `#7`. */
  readonly label: string;
  readonly index: number;
  /** As it stands in the input; null where that cannot be read any more, or does not have it. */
  readonly item: Item | null;
  /** Why the item is not there; null where it is. */
  readonly cause: CkptError | null;
  /** Whether the item is another one than that of the newest result. */
  readonly changed: boolean;
  /** Answers wanted of it. */
  readonly repeats: number;
  /** Those of the wanted answers, the oldest first. */
  readonly results: readonly RecordText[];
};

/** A result as it is on record. */
export type RecordText = {
  readonly details: ParsedRecord;
  /** JSON text of its output or error, digits as written. */
  readonly bodyJson: string;
};

/** @param word an id; `#7`, or 7 where that is no id @throws checkpoint.noItem, checkpoint.damaged */
export async function itemHistory(
  checkpoint: Checkpoint,
  source: KeptResults,
  word: string,
): Promise<ItemHistory> {
  const finder = new ItemFinder(checkpoint, source);
  const isNumber = word.startsWith("#");
  const first = isNumber ? await finder.byNumber(word) : await finder.byId(word);
  const found = first ?? (isNumber ? await finder.byId(word) : await finder.byNumber(word));
  if (found !== null) return found;
  const [log] = source.logs;
  const folder = path.dirname(log?.results.resultsFile ?? source.resultsFile);
  const known = sampledItems(openCheckpoint(checkpoint.fs, folder), "", KNOWN_MAX);
  throw new CkptError("checkpoint.noItem", { item: word, nearest: nearestOf(word, known) });
}

class ItemFinder {
  readonly #checkpoint: Checkpoint;
  readonly #source: KeptResults;

  constructor(checkpoint: Checkpoint, source: KeptResults) {
    this.#checkpoint = checkpoint;
    this.#source = source;
  }

  /** The item of an id, with or without results; null when there is none. */
  async byId(id: string): Promise<ItemHistory | null> {
    if (this.#source.job.input.id_field === null) return null;
    const results = this.#resultsOf({ id, hash: new Uint32Array(4), occurrence: 1 });
    const newest = results.at(-1)?.details;
    const same = newest !== undefined && this.#isUnchanged ? newest.index : null;
    const { item, cause } = await this.#itemWhere((each) => each.id === id, same);
    if (newest === undefined && item === null) return null;
    return this.#history(id, item?.index ?? newest?.index ?? 0, item, cause, results);
  }

  /** The item at a position, from 1: `7`, `#7`. */
  async byNumber(word: string): Promise<ItemHistory | null> {
    const number = Number(/^#?(\d{1,15})$/.exec(word)?.[1] ?? 0);
    if (number < 1 || number > this.#source.job.input.count) return null;
    const index = number - 1;
    const { item, cause } = await this.#itemWhere(
      (each) => each.index === index,
      this.#isUnchanged ? index : null,
    );
    const unit = this.#isUnchanged
      ? this.#recordedAt(index, item)
      : item === null
        ? null
        : await this.#identityOf(item);
    const results = unit === null ? [] : this.#resultsOf(unit);
    if (item === null && results.length === 0) return null;
    const id = unit?.id ?? item?.id ?? null;
    return this.#history(itemLabel(id, index), index, item, cause, results);
  }

  /** How results of an item are known. Equal items without an id are told apart by their order. */
  async #identityOf({ id, hash, index }: Item): Promise<ItemIdentity> {
    let occurrence = 0;
    if (id === null)
      await this.#itemWhere((each) => {
        if (each.hash === hash) occurrence++;
        return each.index === index;
      }, null);
    return { ...contentOf({ id, hash }), occurrence: Math.max(1, occurrence) };
  }

  /** Whether positions of items are those on record. */
  get #isUnchanged(): boolean {
    return this.#source.job.input.changes === 0;
  }

  /** @param item that stands there, where it can be read: it says which logs may have it */
  #recordedAt(index: number, item: Item | null): ItemIdentity | null {
    let found: ItemIdentity | null = null;
    const source = item === null ? this.#source : this.#source.holding(contentOf(item));
    source.eachAt(index, (entry) => {
      const { id, hash, occurrence } = entry.identity();
      found = { id, hash: Uint32Array.from(hash), occurrence };
    });
    return found;
  }

  #resultsOf(identity: ItemIdentity): readonly RecordText[] {
    const source = this.#source.holding(identity);
    const { job, counts } = source;
    if (counts.entries === 0) return [];
    const repeats = repeatsOf(job);
    const places: { readonly place: number; readonly index: number }[] = [];
    source.eachOf(identity, (entry) => {
      if (entry.repeat() <= repeats) places.push({ place: entry.place, index: entry.index });
    });
    const reader = source.openReader(idStyle(job.input));
    try {
      return places.map(({ place, index }) => {
        const result = reader.resultAt(place, index);
        return {
          details: result.details(),
          bodyJson: result.bytes.toString("utf8", result.start, result.end),
        };
      });
    } finally {
      reader.close();
    }
  }

  /** @param index where it stands; null: that must be looked for */
  async #itemWhere(
    isMeant: (item: Item) => boolean,
    index: number | null,
  ): Promise<{ readonly item: Item | null; readonly cause: CkptError | null }> {
    try {
      const input = await inputOfResults(this.#checkpoint, this.#source);
      for await (const items of input.read((at) => index === null || at === index)) {
        const item = items.find(isMeant);
        if (item !== undefined) return { item, cause: null };
      }
      return { item: null, cause: null };
    } catch (error) {
      if (error instanceof CkptError) return { item: null, cause: error };
      throw error;
    }
  }

  #history(
    label: string,
    index: number,
    item: Item | null,
    cause: CkptError | null,
    results: readonly RecordText[],
  ): ItemHistory {
    const newest = results.at(-1)?.details;
    const changed = item !== null && newest !== undefined && item.hash !== newest.hash;
    return { label, index, item, cause, changed, repeats: repeatsOf(this.#source.job), results };
  }
}

function contentOf({ id, hash }: Pick<Item, "id" | "hash">): Pick<ItemIdentity, "id" | "hash"> {
  const words: HashWords = new Uint32Array(4);
  return { id, hash: readHashWords(Buffer.from(hash), 0, words) };
}
