// Which row of the imported files is the result of which item. All rows are added first; then every item of the input meets its row: by the id, or by the content,
// never by the position. Flat: about 70 bytes a row.
import type { Item } from "../../core/item.ts";
import { KeyNumbers } from "../../core/key-numbers.ts";
import { NO_NUMBER, NumberList } from "../../core/number-list.ts";
import { contentKey, type Key, idKey } from "../../core/record-key.ts";
import { compactValue } from "../../core/json-text.ts";
import { joinedFields } from "../../output/item-fields.ts";
import type { JoinedField } from "../../output/result-writer.ts";
import { fieldText } from "../../output/row-fields.ts";
import type { ImportedRow } from "./imported-row.ts";

/** What becomes of a row. */
export const FATES = [
  /** It is the result of an item. */
  "matched",
  /** The item failed there, or was not finished. */
  "failed",
  /** It has no result in a known form. */
  "unreadable",
  /** No item has its id, or its content. */
  "unmatched",
  /** The item of its id has other content now. */
  "differing",
  /** Another row with the same output is the result of its item. */
  "twice",
  /** Rows with different outputs are of one item: none of them is taken. */
  "contradicting",
] as const;
export type Fate = (typeof FATES)[number];
const FATE = Object.fromEntries(FATES.map((fate, at) => [fate, at])) as { readonly [F in Fate]: number };

const HASH_BYTES = 16;

/** By which fields a row's content is compared with an item's. */
type Shape = { readonly names: ReadonlySet<string> | null; readonly isTable: boolean } & Pick<
  ImportedRow,
  "keys"
>;

export class ImportTable {
  readonly #idField: string | null;
  readonly #keys = new KeyNumbers();
  /** Of each key: its first and last row without an item yet, whether an item has the key, whether its rows have different outputs. */
  readonly #first = new NumberList();
  readonly #last = new NumberList();
  readonly #isMet = new NumberList();
  readonly #differ = new NumberList();
  /** Of each row: what becomes of it, its key, the next row of that key, hashes of its output and of its content, its shape, and the index of its item. */
  readonly #fate = new NumberList();
  readonly #key = new NumberList();
  readonly #next = new NumberList();
  readonly #output = new NumberList();
  readonly #content = new NumberList();
  readonly #shape = new NumberList();
  readonly #item = new NumberList();
  readonly #shapes: Shape[] = [];
  readonly #shapeNumbers = new Map<string, number>();
  /** Shapes of rows that are known by their content. */
  readonly #ofContent = new Set<Shape>();
  #hashes = new Uint8Array(HASH_BYTES * 1024);
  /** Ids of items whose rows have none. */
  readonly #ids = new Map<number, string>();
  /** Rows whose item has an id that is no string. */
  readonly #jsonIds = new Set<number>();

  /** @param idField the field that `--id` names; null without */
  constructor(idField: string | null) {
    this.#idField = idField;
  }

  get rows(): number {
    return this.#fate.length;
  }

  /** Adds the next row. */
  add(row: ImportedRow | null, isTable: boolean): void {
    const key = row === null ? null : this.#keyOf(row, isTable);
    const number = this.#fate.length;
    const known = key === null ? NO_NUMBER : this.#numberOf(key);
    const isOk = row !== null && known !== NO_NUMBER && row.outputJson !== null;
    const output = isOk ? hash32(row.outputJson ?? "") : 0;
    const compares = row !== null && row.id !== null && row.item.length > 0;
    this.#key.push(known);
    this.#next.push(NO_NUMBER);
    this.#output.push(output);
    this.#item.push(NO_NUMBER);
    this.#shape.push(compares ? this.#shapeOf(row, isTable, true) : NO_NUMBER);
    this.#content.push(compares ? hash32(contentText(row.item, isTable)) : 0);
    this.#fate.push(known === NO_NUMBER ? FATE.unreadable : isOk ? FATE.matched : FATE.failed);
    if (isOk) this.#append(known, number, output);
  }

  #keyOf(row: ImportedRow, isTable: boolean): Key | null {
    if (row.id !== null) return idKey(row.id, 1);
    if (row.item.length === 0) return null;
    const shape = this.#shapes[this.#shapeOf(row, isTable, false)];
    if (shape !== undefined) this.#ofContent.add(shape);
    return keyOfContent(contentText(row.item, isTable));
  }

  #numberOf(key: Key): number {
    const number = this.#keys.add(key);
    if (number === this.#first.length) {
      this.#first.push(NO_NUMBER);
      this.#last.push(NO_NUMBER);
      this.#isMet.push(0);
      this.#differ.push(0);
    }
    return number;
  }

  #append(key: number, row: number, output: number): void {
    const last = this.#last.at(key);
    if (last === NO_NUMBER) this.#first.set(key, row);
    else this.#next.set(last, row);
    if (last !== NO_NUMBER && this.#output.at(last) !== output) this.#differ.set(key, 1);
    this.#last.set(key, row);
  }

  #shapeOf({ item, keys }: ImportedRow, isTable: boolean, isPart: boolean): number {
    const names = isPart ? item.map(({ name }) => name) : null;
    const text = JSON.stringify([names, isTable, keys.withMeta, keys.withRepeats]);
    const known = this.#shapeNumbers.get(text);
    if (known !== undefined) return known;
    const number = this.#shapes.push({ names: names && new Set(names), isTable, keys }) - 1;
    this.#shapeNumbers.set(text, number);
    return number;
  }

  /** The next item of the input: takes its row. */
  meet(item: Item): void {
    if (item.defect !== undefined) return;
    if (item.id !== null && this.#take(this.#keys.find(idKey(item.id, 1)), item, false)) return;
    for (const shape of this.#ofContent) {
      const key = keyOfContent(this.#contentOf(item, shape, null));
      if (this.#take(this.#keys.find(key), item, true)) return;
    }
  }

  /** @returns whether the key is one of a row */
  #take(key: number | null, item: Item, byContent: boolean): boolean {
    if (key === null) return false;
    this.#isMet.set(key, 1);
    for (let row = this.#first.at(key); row !== NO_NUMBER; row = this.#first.at(key)) {
      this.#first.set(key, this.#next.at(row));
      if (this.#isOf(row, item)) {
        this.#note(row, item);
        if (byContent && item.id !== null) this.#ids.set(row, item.id);
        break;
      }
      this.#fate.set(row, FATE.differing);
    }
    return true;
  }

  /** Whether what a row with an id holds of its item is what the item has now. */
  #isOf(row: number, item: Item): boolean {
    const shape = this.#shapes[this.#shape.at(row)];
    if (shape === undefined) return true;
    return hash32(this.#contentOf(item, shape, shape.names)) === this.#content.at(row);
  }

  #contentOf(item: Item, { isTable, keys }: Shape, names: ReadonlySet<string> | null): string {
    // A row without an id was made without --id.
    const fields = joinedFields(item, names === null ? null : this.#idField, keys);
    const compared = names === null ? fields : fields.filter(({ name }) => names.has(name));
    return contentText(compared, isTable);
  }

  #note(row: number, item: Item): void {
    this.#item.set(row, item.index);
    if (this.#hashes.length < (row + 1) * HASH_BYTES) {
      const larger = new Uint8Array(Math.max(this.rows, row + 1) * HASH_BYTES);
      larger.set(this.#hashes);
      this.#hashes = larger;
    }
    this.#hashes.set(Uint8Array.fromHex(item.hash), row * HASH_BYTES);
    if (item.idIsJson) this.#jsonIds.add(row);
  }

  /** All items have been met: settles what becomes of the rows without one. @returns how many rows have each fate */
  settle(): Readonly<Record<Fate, number>> {
    const hasTooMany = new Set<number>();
    for (let row = 0; row < this.rows; row++) {
      const fate = this.#fate.at(row);
      if (fate === FATE.unreadable || fate === FATE.differing) continue;
      const key = this.#key.at(row);
      if (this.#isMet.at(key) === 0) this.#fate.set(row, FATE.unmatched);
      else if (fate === FATE.matched && this.#item.at(row) === NO_NUMBER) {
        this.#fate.set(row, FATE.twice);
        if (this.#differ.at(key) === 1) hasTooMany.add(key);
      }
    }
    const counts = FATES.map(() => 0);
    for (let row = 0; row < this.rows; row++) {
      const fate = this.#fate.at(row);
      const contradicts = (fate === FATE.matched || fate === FATE.twice) && hasTooMany.has(this.#key.at(row));
      if (contradicts) this.#fate.set(row, FATE.contradicting);
      const settled = this.#fate.at(row);
      counts[settled] = (counts[settled] ?? 0) + 1;
    }
    return Object.fromEntries(FATES.map((fate, at) => [fate, counts[at] ?? 0])) as Record<Fate, number>;
  }

  fateOf(row: number): Fate {
    return FATES[this.#fate.at(row)] ?? "unreadable";
  }

  /** The index of the item whose result a row is; null when it is none's. */
  itemOf(row: number): number | null {
    return this.#fate.at(row) === FATE.matched ? this.#item.at(row) : null;
  }

  /** What a record needs to know of the item whose result a row is. @param id of the row */
  identityOf(row: number, id: string | null): Pick<Item, "id" | "idIsJson" | "hash"> {
    const hash = this.#hashes.subarray(row * HASH_BYTES, (row + 1) * HASH_BYTES).toHex();
    return { id: id ?? this.#ids.get(row) ?? null, idIsJson: this.#jsonIds.has(row), hash };
  }
}

/** Equal for equal content, whatever the order of fields. In a table, an empty cell is no field. */
function contentText(fields: readonly JoinedField[], isTable: boolean): string {
  const pairs = fields.flatMap(({ name, json }) => {
    const text = isTable ? fieldText(json) : compactValue(json);
    return isTable && text === "" ? [] : [[name, text] as const];
  });
  return JSON.stringify(pairs.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

const digest = new Uint8Array(32);

function keyOfContent(text: string): Key {
  Bun.SHA256.hash(`content\0${text}`, digest);
  return contentKey(digest, 1, 1);
}

function hash32(text: string): number {
  Bun.SHA256.hash(text, digest);
  return new DataView(digest.buffer).getUint32(0);
}
