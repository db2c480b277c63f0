// Finds the record of an item by its identity: 128 bits made of content and occurrence, or of the id. About 40 bytes per record, no objects. It
// exists only while the records are joined to a changed input.
import { type Key, KEY_WORDS } from "./record-key.ts";
import { RERUN_MARKS, type RerunMark } from "./rerun.ts";

const LOAD_MAX = 0.7;
const MIN_ENTRIES = 512;
/** Upper bound for memory that is reserved in advance (150 MB): the expected count may be wrong. */
const EXPECTED_MAX = 1 << 22;
const NONE = 0xffffffff;

export type RecordEntry = {
  /** Byte offset of the record in the log. */
  readonly offset: number;
  readonly failed: boolean;
  /** Failed, and never retried. */
  readonly rejected: boolean;
  readonly errorGroup: number;
  /** `none` if left out. */
  readonly rerun?: RerunMark;
  /** First 64 bits of the content's hash, as two words, to detect that the content of an id has changed. */
  readonly content: readonly [number, number];
};

export class RecordTable {
  #slots: Uint32Array;
  #words: Uint32Array;
  #content: Uint32Array;
  #offsets: Float64Array;
  /** Bit 0: failed; bit 1: taken by an item; bit 2: rejected; bits 3 and 4: position in RERUN_MARKS. */
  #flags: Uint8Array;
  /** Error groups (error-tally.ts); null while no record has failed. */
  #groups: Uint16Array | null = null;
  #size = 0;
  /** Entries before this one are in the slots. */
  #linked = 0;
  #anyFailed = false;
  #taken = 0;
  /** The entry after the one found last. Records in input order are looked up in that order, so this is tried first. */
  #next = 0;

  /** @param expected estimated number of records; there may be more */
  constructor(expected: number = 0) {
    const entries = Math.min(Math.max(expected, MIN_ENTRIES), EXPECTED_MAX);
    this.#slots = new Uint32Array(2 ** Math.ceil(Math.log2((entries + 1) / LOAD_MAX))).fill(NONE);
    this.#words = new Uint32Array(entries * KEY_WORDS);
    this.#content = new Uint32Array(entries * 2);
    this.#offsets = new Float64Array(entries);
    this.#flags = new Uint8Array(entries);
  }

  get size(): number {
    this.#link();
    return this.#size;
  }

  /** Records that are not matched with an item. */
  get untaken(): number {
    return this.size - this.#taken;
  }

  /**
   * Adds a record; a later one of the same key replaces the earlier. Returns the replaced one's failure group, or null. While no record has failed
   * there is nothing to return, and the record is only appended. Linking all of them at the first lookup takes a sixth of the time.
   */
  set(key: Key, entry: RecordEntry): number | null {
    this.#anyFailed ||= entry.failed;
    if (!this.#anyFailed) {
      this.#append(key, entry);
      return null;
    }
    this.#link();
    const at = this.#slots[this.#find(key)] ?? NONE;
    if (at === NONE) {
      this.#append(key, entry);
      return null;
    }
    const replaced = ((this.#flags[at] ?? 0) & 1) === 1 ? (this.#groups?.[at] ?? 0) : null;
    this.#write(at, entry);
    return replaced;
  }

  /** The record of a key, which is then marked as taken; null when there is none, or it is taken already. */
  take(key: Key): RecordEntry | null {
    const at = this.#entryOf(key);
    if (at === NONE || ((this.#flags[at] ?? 0) & 2) !== 0) return null;
    this.#flags[at] = (this.#flags[at] ?? 0) | 2;
    this.#taken++;
    return this.#entry(at);
  }

  /** Byte offset of the record of a key, taken or not; null when there is none. */
  offsetOf(key: Key): number | null {
    const at = this.#entryOf(key);
    return at === NONE ? null : (this.#offsets[at] ?? 0);
  }

  /** Whether there is a record of a key, taken or not. */
  has(key: Key): boolean {
    return this.#entryOf(key) !== NONE;
  }

  /** Whether the record of a key is a success with that content. A failure must not replace it. */
  hasSuccess(key: Key, content: RecordEntry["content"]): boolean {
    const at = this.#entryOf(key);
    if (at === NONE || ((this.#flags[at] ?? 0) & 1) === 1) return false;
    return this.#content[at * 2] === content[0] && this.#content[at * 2 + 1] === content[1];
  }

  /** The record of a key stays, and is not run again any more. */
  keep(key: Key): void {
    const at = this.#entryOf(key);
    if (at !== NONE) this.#flags[at] = (this.#flags[at] ?? 0) & 7;
  }

  #entryOf(key: Key): number {
    this.#link();
    const isNext = this.#next < this.#size && this.#equals(this.#next, key, 0);
    const at = isNext ? this.#next : (this.#slots[this.#find(key)] ?? NONE);
    if (at !== NONE) this.#next = at + 1;
    return at;
  }

  #append(key: Key, entry: RecordEntry): void {
    if (this.#size === this.#offsets.length) this.#growEntries();
    const at = this.#size++;
    for (let i = 0; i < KEY_WORDS; i++) this.#words[at * KEY_WORDS + i] = key[i] ?? 0;
    this.#write(at, entry);
  }

  /** Makes the appended records findable. Of several records with one key, the last replaces the first. */
  #link(): void {
    const end = this.#size;
    if (end === this.#linked) return;
    while (end > this.#slots.length * LOAD_MAX) this.#growSlots();
    this.#size = this.#linked;
    for (let from = this.#linked; from < end; from++) {
      const slot = this.#slotOf(this.#words, from * KEY_WORDS);
      const known = this.#slots[slot] ?? NONE;
      const at = known === NONE ? this.#size++ : known;
      this.#slots[slot] = at;
      if (at !== from) this.#move(from, at);
    }
    this.#linked = this.#size;
  }

  #write(at: number, entry: RecordEntry): void {
    this.#offsets[at] = entry.offset;
    this.#content[at * 2] = entry.content[0];
    this.#content[at * 2 + 1] = entry.content[1];
    this.#flags[at] =
      (entry.failed ? 1 : 0) | (entry.rejected ? 4 : 0) | (RERUN_MARKS.indexOf(entry.rerun ?? "none") << 3);
    if (entry.failed) this.#groups ??= new Uint16Array(this.#offsets.length);
    if (this.#groups !== null) this.#groups[at] = entry.errorGroup;
  }

  #move(from: number, to: number): void {
    this.#words.copyWithin(to * KEY_WORDS, from * KEY_WORDS, (from + 1) * KEY_WORDS);
    this.#content.copyWithin(to * 2, from * 2, (from + 1) * 2);
    this.#offsets[to] = this.#offsets[from] ?? 0;
    this.#flags[to] = this.#flags[from] ?? 0;
    if (this.#groups !== null) this.#groups[to] = this.#groups[from] ?? 0;
  }

  #entry(at: number): RecordEntry {
    const flags = this.#flags[at] ?? 0;
    return {
      offset: this.#offsets[at] ?? 0,
      failed: (flags & 1) === 1,
      rejected: (flags & 4) !== 0,
      rerun: RERUN_MARKS[flags >>> 3] ?? "none",
      errorGroup: this.#groups?.[at] ?? 0,
      content: [this.#content[at * 2] ?? 0, this.#content[at * 2 + 1] ?? 0],
    };
  }

  /** Calls `visit` with the error group of each failed record that is not matched with an item. */
  eachUntakenFailure(visit: (errorGroup: number) => void): void {
    for (let at = 0; at < this.size; at++) {
      if (((this.#flags[at] ?? 0) & 3) === 1) visit(this.#groups?.[at] ?? 0);
    }
  }

  /** The offset of a failed record of a group; null when there is none. */
  failureIn(errorGroup: number): number | null {
    for (let at = 0; at < this.size; at++) {
      const isFailed = ((this.#flags[at] ?? 0) & 1) === 1;
      if (isFailed && this.#groups?.[at] === errorGroup) return this.#offsets[at] ?? null;
    }
    return null;
  }

  #find(key: Key): number {
    return this.#slotOf(key, 0);
  }

  /** The slot of the key at `from` in `words`, or the free slot for it. */
  #slotOf(words: Uint32Array, from: number): number {
    const mask = this.#slots.length - 1;
    let slot = ((words[from + 3] ?? 0) ^ ((words[from] ?? 0) >>> 5)) & mask;
    for (
      let at = this.#slots[slot] ?? NONE;
      at !== NONE && !this.#equals(at, words, from);
      at = this.#slots[slot] ?? NONE
    ) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #equals(at: number, key: Uint32Array, from: number): boolean {
    const words = this.#words;
    const own = at * KEY_WORDS;
    return (
      words[own] === key[from] &&
      words[own + 1] === key[from + 1] &&
      words[own + 2] === key[from + 2] &&
      words[own + 3] === key[from + 3]
    );
  }

  #growSlots(): void {
    this.#slots = new Uint32Array(this.#slots.length * 2).fill(NONE);
    for (let at = 0; at < this.#linked; at++) this.#slots[this.#slotOf(this.#words, at * KEY_WORDS)] = at;
  }

  #growEntries(): void {
    const entries = this.#offsets.length * 2;
    const grown = <T extends Uint32Array | Uint16Array | Float64Array | Uint8Array>(larger: T, old: T): T => {
      larger.set(old);
      return larger;
    };
    this.#words = grown(new Uint32Array(entries * KEY_WORDS), this.#words);
    this.#content = grown(new Uint32Array(entries * 2), this.#content);
    this.#offsets = grown(new Float64Array(entries), this.#offsets);
    this.#flags = grown(new Uint8Array(entries), this.#flags);
    if (this.#groups !== null) this.#groups = grown(new Uint16Array(entries), this.#groups);
  }
}
