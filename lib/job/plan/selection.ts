// Which items of the input a job is about (`--where`, `--sample`), and which of them a shard has: those that meet every condition, and of these the N that come first by the SHA-256 of seed and
// key. A resumed run therefore chooses the same ones, and in a longer input each new item displaces one at most. Items are judged while the input is scanned for the
// plan; only a sample needs a scan of its own beforehand, which finds the hash of its last item. Nothing is kept of items that are not chosen.
import { type Condition, parseCondition } from "../../core/condition.ts";
import { CkptError } from "../../core/errors.ts";
import { placeField } from "../../core/item-place.ts";
import { nearestOf } from "../../core/nearest.ts";
import { objectFields } from "../../core/object-fields.ts";
import { OccurrenceTable } from "../../core/occurrences.ts";
import { contentKey, idKey, type Key, KEY_WORDS } from "../../core/record-key.ts";
import type { ShardNumber } from "../../core/shard.ts";
import { SmallestNumbers } from "../../core/smallest-numbers.ts";
import type { Selection } from "../../core/status.ts";
import type { Input, ScannedItem, ScanResult } from "../../input/input.ts";
import { WHOLE_ITEM } from "../../output/item-fields.ts";
import { fieldAt, fieldText } from "../../output/row-fields.ts";
import type { ItemFilter } from "../../run/planner.ts";
import { intervalOf, isIn } from "../../shards/shard-rule.ts";

/** The filter of a selection. It is used for one scan. */
export type ChosenItems = ItemFilter & {
  /**
   * What is wrong with the selection, known after the scan.
   * @param count of chosen items
   * @throws input.unknownField, input.noneChosen
   */
  refuse(scan: Pick<ScanResult, "knownFields">, count: number): void;
};

/** What a run is about: which items of the input, and of these the ones of a shard; null: all. */
export type ItemScope = { readonly selection: Selection | null; readonly shard: ShardNumber | null };

/** The items of a run; null: all. A sample is drawn from all items, before they are divided. @throws input.* */
export async function wantedItems(
  input: Input,
  { selection, shard }: ItemScope,
): Promise<ChosenItems | null> {
  const chosen = selection === null ? null : await chosenItems(input, selection);
  if (shard === null) return chosen;
  const interval = intervalOf(shard);
  return {
    needsItems: chosen?.needsItems === true,
    concerns: (key) => isIn(interval, key),
    accepts: (index, key, item) => chosen?.accepts(index, key, item) !== false,
    // That none of these items is chosen says nothing of the others.
    refuse: (scan, count) => chosen?.refuse(scan, Math.max(1, count)),
  };
}

/** Scans the input if a sample is to be drawn. @throws input.* */
export async function chosenItems(input: Input, selection: Selection): Promise<ChosenItems> {
  const { where, sample } = selection;
  const conditions = new Conditions(where);
  const rank = sample === undefined ? null : rankBy(sample.seed);
  let last = Number.POSITIVE_INFINITY;
  if (sample !== undefined && rank !== null) {
    const ranks = new SmallestNumbers(sample.count);
    const seen = new OccurrenceTable();
    const scan = await input.scan(
      (_index, _line, digest, id, _file, item) => {
        let key = id === null ? contentKey(digest, 1, 1) : idKey(id, 1);
        if (id === null) key = contentKey(digest, seen.add(key[0] ?? 0, key[1] ?? 0), 1);
        if (conditions.hold(item)) ranks.add(rank(key));
      },
      { paths: [], inEveryItem: false, withItems: where.length > 0 },
    );
    conditions.refuse(scan);
    last = ranks.largest;
  }
  return {
    needsItems: where.length > 0,
    concerns: () => true,
    accepts: (_index, key, item) => conditions.hold(item) && (rank === null || rank(key) <= last),
    refuse(scan, count) {
      conditions.refuse(scan);
      if (count === 0) throw new CkptError("input.noneChosen", { where });
    },
  };
}

/** The first 53 bits of the SHA-256 of seed, a NUL and key. */
function rankBy(seed: string): (key: Key) => number {
  const prefix = Buffer.from(`${seed}\0`);
  const bytes = Buffer.concat([prefix, Buffer.alloc(KEY_WORDS * 4)]);
  const digest = Buffer.alloc(32);
  return (key) => {
    for (let i = 0; i < KEY_WORDS; i++) bytes.writeUInt32BE(key[i] ?? 0, prefix.length + i * 4);
    Bun.SHA256.hash(bytes, digest);
    return digest.readUInt32BE(0) * 2 ** 21 + (digest.readUInt32BE(4) >>> 11);
  };
}

/** All conditions of a selection, and which of their fields have been seen. */
class Conditions {
  readonly #conditions: readonly Condition[];
  readonly #unseen: Set<string>;

  constructor(where: readonly string[]) {
    this.#conditions = where.map((typed) => parseCondition("--where", typed));
    this.#unseen = new Set(this.#conditions.map(({ field }) => field));
  }

  /** Whether an item has every field, and meets the conditions. */
  hold(item: ScannedItem | null): boolean {
    if (item === null || item.value === undefined) return this.#conditions.length === 0;
    const textOf = textsOf(item);
    let holdAll = true;
    for (const { field, holds } of this.#conditions) {
      if (!holdAll && !this.#unseen.has(field)) continue;
      const text = textOf(field);
      if (text !== undefined) this.#unseen.delete(field);
      holdAll &&= text !== undefined && holds(text);
    }
    return holdAll;
  }

  /** @throws input.unknownField */
  refuse({ knownFields }: Pick<ScanResult, "knownFields">): void {
    const [field] = this.#unseen;
    if (field === undefined) return;
    const known = knownFields.length === 0 ? [WHOLE_ITEM] : knownFields;
    throw new CkptError("input.unknownField", { field, known, nearest: nearestOf(field, known) });
  }
}

/** The text of each field of an item, as it is written there. The only field of an item that is no object is `item`. */
function textsOf(item: ScannedItem): (field: string) => string | undefined {
  const { text, value } = item;
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  const fields = isObject ? objectFields(text) : null;
  return (field) => {
    const json = fields === null ? undefined : fieldAt(fields, field);
    if (json !== undefined) return fieldText(json);
    if (fields === null && field === WHOLE_ITEM) return value === text ? text : fieldText(text);
    return placeField(field, item);
  };
}

/** What was asked for; null: every item. @throws usage.badValue, usage.badPattern */
export function selectionOf({
  where,
  sample,
  seed,
}: {
  readonly where: readonly string[];
  readonly sample: number | null;
  readonly seed: string;
}): Selection | null {
  if (where.length === 0 && sample === null) return null;
  for (const typed of where) parseCondition("--where", typed);
  return sample === null ? { where } : { where, sample: { count: sample, seed } };
}

/** Whether two jobs are about the same part of their input. Absent: all of it. */
export function isSameSelection(a: Selection | null | undefined, b: Selection | null | undefined): boolean {
  return selectionText(a ?? null) === selectionText(b ?? null);
}

function selectionText(selection: Selection | null): string {
  return selection === null
    ? ""
    : JSON.stringify([selection.where.toSorted(), selection.sample?.count, selection.sample?.seed]);
}
