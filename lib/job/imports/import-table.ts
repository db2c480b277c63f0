// Which row of the imported files is the result of which item. All rows are added first; then every item of the input meets its row: by the id, or by the content,
// never by the position. Flat: about 70 bytes a row.
import type { Item } from "../../core/item.ts";
import { KeyNumbers } from "../../core/key-numbers.ts";
import { NO_NUMBER, NumberList } from "../../core/number-list.ts";
import { contentKey, type Key, idKey, KEY_WORDS, readHashWords } from "../../core/record-key.ts";
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

/** What is known of a key: an item has it; it has more rows than items; and these rows have different outputs. */
const KEY = { isMet: 1, hasTooMany: 2, contradicts: 3 } as const;

/** By which fields a row's content is compared with an item's. */
type Shape = { readonly names: ReadonlySet<string> | null; readonly isTable: boolean } & Pick<
  ImportedRow,
  "keys"
>;

export class ImportTable {
  readonly #idField: string | null;
  readonly #keys = new KeyNumbers();
  /** Of each key: its first row without an item yet, its last one, and what is known of it (KEY). */
  readonly #first = new NumberList(NO_NUMBER);
  readonly #last = new NumberList(NO_NUMBER);
  readonly #facts = new NumberList(0);
  /** Of each row: what becomes of it, its key, the next row of that key, hashes of its output and of its content, its shape, and its unit: index and hash of the item, and which answer. */
  readonly #fate = new NumberList(FATE.matched);
  readonly #key = new NumberList(NO_NUMBER);
  readonly #next = new NumberList(NO_NUMBER);
  readonly #output = new NumberList(0);
  readonly #content = new NumberList(0);
  readonly #shape = new NumberList(NO_NUMBER);
  readonly #item = new NumberList(NO_NUMBER);
  readonly #hash = new NumberList(0);
  readonly #repeat = new NumberList(1);
  readonly #shapes: Shape[] = [];
  readonly #shapeNumbers = new Map<string, number>();
  /** Shapes of rows that are known by their content. */
  readonly #ofContent = new Set<Shape>();
  /** Ids of items whose rows have none. */
  readonly #ids = new Map<number, string>();
  /** Rows whose item has an id that is no string. */
  readonly #jsonIds = new NumberList(0);

  /** @param idField the field that `--id` names; null without */
  constructor(idField: string | null) {
    this.#idField = idField;
  }

  get rows(): number {
    return this.#fate.length;
  }

  /** Adds the next row. */
  add(row: ImportedRow | null, isTable: boolean): void {
    const number = this.rows;
    const key = row === null ? null : this.#keyOf(row, isTable);
    if (row === null || key === null) {
      this.#fate.push(FATE.unreadable);
      return;
    }
    const known = this.#keys.add(key);
    this.#key.set(number, known);
    this.#fate.push(row.outputJson === null ? FATE.failed : FATE.matched);
    if (row.outputJson === null) return;
    this.#repeat.set(number, row.repeat);
    this.#output.set(number, hash32(row.outputJson));
    if (row.id !== null && row.item.length > 0) {
      this.#shape.set(number, this.#shapeOf(row, isTable, true));
      this.#content.set(number, hash32(contentText(row.item, isTable)));
    }
    const last = this.#last.at(known);
    if (last === NO_NUMBER) this.#first.set(known, number);
    else this.#next.set(last, number);
    this.#last.set(known, number);
  }

  #keyOf(row: ImportedRow, isTable: boolean): Key | null {
    if (row.id !== null) return idKey(row.id, row.repeat);
    if (row.item.length === 0) return null;
    const shape = this.#shapes[this.#shapeOf(row, isTable, false)];
    if (shape !== undefined) this.#ofContent.add(shape);
    return keyOfContent(contentText(row.item, isTable), row.repeat);
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

  /** The next item of the input: takes its rows. @param repeats answers that are wanted of it */
  meet(item: Item, repeats: number): void {
    if (item.defect !== undefined) return;
    for (let repeat = 1; repeat <= repeats; repeat++) this.#meet(item, repeat);
  }

  #meet(item: Item, repeat: number): void {
    if (item.id !== null && this.#takeById(this.#keys.find(idKey(item.id, repeat)), item)) return;
    for (const shape of this.#ofContent) {
      const key = keyOfContent(this.#contentOf(item, shape, null), repeat);
      if (this.#takeByContent(this.#keys.find(key), item)) return;
    }
  }

  /** An id is that of one item: rows with what it had in other fields before are none of it. @returns whether the key is one of a row */
  #takeById(key: number | null, item: Item): boolean {
    if (key === null) return false;
    this.#facts.set(key, KEY.isMet);
    let isTaken = false;
    for (let row = this.#first.at(key); row !== NO_NUMBER; row = this.#next.at(row)) {
      if (!this.#isOf(row, item)) this.#fate.set(row, FATE.differing);
      else if (!isTaken) {
        this.#note(row, item);
        isTaken = true;
      }
    }
    return true;
  }

  /** Of equal items, the n-th takes the n-th row. @returns whether the key is one of a row */
  #takeByContent(key: number | null, item: Item): boolean {
    if (key === null) return false;
    this.#facts.set(key, KEY.isMet);
    const row = this.#first.at(key);
    if (row === NO_NUMBER) return true;
    this.#first.set(key, this.#next.at(row));
    this.#note(row, item);
    if (item.id !== null) this.#ids.set(row, item.id);
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
    readHashWords(Buffer.from(item.hash, "latin1"), 0, hashWords);
    for (let at = 0; at < KEY_WORDS; at++) this.#hash.set(row * KEY_WORDS + at, hashWords[at] ?? 0);
    if (item.idIsJson) this.#jsonIds.set(row, 1);
  }

  /** All items have been met: settles what becomes of the rows without one. @returns how many rows have each fate */
  settle(): Readonly<Record<Fate, number>> {
    for (let row = 0; row < this.rows; row++) {
      const fate = this.#fate.at(row);
      if (fate !== FATE.matched && fate !== FATE.failed) continue;
      const key = this.#key.at(row);
      if (this.#facts.at(key) === 0) this.#fate.set(row, FATE.unmatched);
      else if (fate === FATE.matched && this.#item.at(row) === NO_NUMBER) {
        this.#fate.set(row, FATE.twice);
        this.#facts.set(key, KEY.hasTooMany);
      }
    }
    this.#findContradictions();
    const counts = FATES.map(() => 0);
    for (let row = 0; row < this.rows; row++) {
      if (this.#isOfSeveral(row) && this.#facts.at(this.#key.at(row)) === KEY.contradicts)
        this.#fate.set(row, FATE.contradicting);
      const fate = this.#fate.at(row);
      counts[fate] = (counts[fate] ?? 0) + 1;
    }
    return Object.fromEntries(FATES.map((fate, at) => [fate, counts[at] ?? 0])) as Record<Fate, number>;
  }

  /** Marks the keys with more rows than items whose rows have different outputs. */
  #findContradictions(): void {
    const reference = new NumberList(NO_NUMBER);
    for (let row = 0; row < this.rows; row++) {
      const key = this.#key.at(row);
      if (!this.#isOfSeveral(row) || this.#facts.at(key) !== KEY.hasTooMany) continue;
      const other = reference.at(key);
      if (other === NO_NUMBER) reference.set(key, row);
      else if (this.#output.at(other) !== this.#output.at(row)) this.#facts.set(key, KEY.contradicts);
    }
  }

  /** Whether a row may be one of several of the same item. */
  #isOfSeveral(row: number): boolean {
    const fate = this.#fate.at(row);
    return fate === FATE.matched || fate === FATE.twice;
  }

  fateOf(row: number): Fate {
    return FATES[this.#fate.at(row)] ?? "unreadable";
  }

  /** The unit whose result a row is: index of the item, and which answer; null when it is none's. */
  unitOf(row: number): { readonly index: number; readonly repeat: number } | null {
    const isMatched = this.#fate.at(row) === FATE.matched;
    return isMatched ? { index: this.#item.at(row), repeat: this.#repeat.at(row) } : null;
  }

  /** What a record needs to know of the item whose result a row is. @param id of the row */
  identityOf(row: number, id: string | null): Pick<Item, "id" | "idIsJson" | "hash"> {
    const bytes = Buffer.alloc(KEY_WORDS * 4);
    for (let at = 0; at < KEY_WORDS; at++) bytes.writeUInt32BE(this.#hash.at(row * KEY_WORDS + at), at * 4);
    const idIsJson = this.#jsonIds.at(row) === 1;
    return { id: id ?? this.#ids.get(row) ?? null, idIsJson, hash: bytes.toHex() };
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
const hashWords = new Uint32Array(KEY_WORDS);

function keyOfContent(text: string, repeat: number): Key {
  Bun.SHA256.hash(`content\0${text}`, digest);
  return contentKey(digest, 1, repeat);
}

function hash32(text: string): number {
  Bun.SHA256.hash(text, digest);
  return new DataView(digest.buffer).getUint32(0);
}
