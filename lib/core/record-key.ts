// Lookup keys of records (docs/format.md): 128 bits made of content and occurrence, or of the id; and of the answer's number if several are wanted
// per item.

/** The unit of work that a result belongs to: the id if there is one, otherwise content and occurrence; and the number of the answer. */
export type UnitIdentity = {
  readonly id: string | null;
  /** Of the item's content. Valid until the next result is read. */
  readonly hash: HashWords;
  /** Among the items of equal content, from 1. */
  readonly occurrence: number;
  /** Which of the answers wanted for the item, from 1. */
  readonly repeat: number;
};

/** An item, whichever of its answers a result is. */
export type ItemIdentity = Omit<UnitIdentity, "repeat">;

/** The key of a unit: the same for all its records (docs/format.md). Valid until the next key is computed. */
export function unitKey({ id, hash, occurrence, repeat }: UnitIdentity): Key {
  return id === null ? recordedKey(hash, occurrence, repeat) : idKey(id, repeat);
}

/** Four 32-bit words. */
export type Key = Uint32Array;

/** The 32 hex digits of a content's hash, as a record holds them, in four words. */
export type HashWords = Uint32Array;

export const KEY_WORDS = 4;
const WORD_DIGITS = 8;
const [ZERO, NINE, A, LOWER_CASE] = [0x30, 0x39, 0x61, 0x20];

/** One shared key, valid until the next call: it is computed for millions of records. */
const key: Key = new Uint32Array(KEY_WORDS);
const idDigest = new Uint8Array(32);

/** The key of a content's hash (its first 16 bytes) and occurrence. @param repeat which of the answers wanted for the item, from 1 */
export function contentKey(hash: Uint8Array, occurrence: number, repeat: number): Key {
  for (let i = 0; i < KEY_WORDS; i++) key[i] = word(hash, i * 4);
  return counted(occurrence, repeat);
}

/** The same, from the hash in a record. */
export function recordedKey(hash: HashWords, occurrence: number, repeat: number): Key {
  for (let i = 0; i < KEY_WORDS; i++) key[i] = hash[i] ?? 0;
  return counted(occurrence, repeat);
}

/** The bits of the hash are random, so adding a small number to a word gives a distinct key. */
function counted(occurrence: number, repeat: number): Key {
  key[2] = ((key[2] ?? 0) + repeat - 1) >>> 0;
  key[3] = ((key[3] ?? 0) + occurrence - 1) >>> 0;
  return key;
}

/** The key of an id. The prefix keeps it apart from keys of contents. */
export function idKey(id: string, repeat: number): Key {
  Bun.SHA256.hash(`id\0${id}`, idDigest);
  return contentKey(idDigest, 1, repeat);
}

/** The 32 bits that stand at `at` in a digest. */
export function word(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] ?? 0) << 24) |
      ((bytes[at + 1] ?? 0) << 16) |
      ((bytes[at + 2] ?? 0) << 8) |
      (bytes[at + 3] ?? 0)) >>>
    0
  );
}

/** The words that 32 hex digits of ASCII stand for, written into `words`. */
export function readHashWords(digits: Uint8Array, at: number, words: HashWords): HashWords {
  for (let i = 0; i < KEY_WORDS; i++) {
    let value = 0;
    for (let j = at + i * WORD_DIGITS; j < at + (i + 1) * WORD_DIGITS; j++) {
      const code = digits[j] ?? ZERO;
      value = (value << 4) | (code <= NINE ? code - ZERO : (code | LOWER_CASE) - A + 10);
    }
    words[i] = value;
  }
  return words;
}
