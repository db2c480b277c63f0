// Items in a random order (`--shuffle`), which is the same whenever the input is: it depends on nothing but their positions. The input can only be read from front to
// back, so it is read in passes, each of which takes the items that come next and puts them in order. Memory has one pass at a time.
import type { Item } from "../core/item.ts";
import type { Input, Want } from "../input/input.ts";

const RANKS = 2 ** 32;
/** At most so many items a pass, or items of about so many bytes. */
const PASS_ITEMS = 1 << 14;
const PASS_BYTES = 16 << 20;
/** How much a compressed input may grow. */
const COMPRESSION = 8;

/** The place of an item in the order: 32 random bits, different for each index (the finalizer of MurmurHash3). */
export function rankOf(index: number): number {
  let bits = (index + 0x9e3779b9) | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/**
 * The items for which `want` holds, in a random order.
 * @param count about how many these are @param itemBytes about how large one is
 */
export async function* shuffledItems(
  input: Input,
  want: Want,
  count: number,
  itemBytes: number,
): AsyncGenerator<readonly Item[], void> {
  const perPass = Math.max(1, Math.min(PASS_ITEMS, Math.floor(PASS_BYTES / Math.max(1, itemBytes))));
  const passes = Math.max(1, Math.ceil(count / perPass));
  for (let pass = 0; pass < passes; pass++) {
    const isNow = (index: number): boolean => Math.floor((rankOf(index) * passes) / RANKS) === pass;
    const items: Item[] = [];
    for await (const piece of input.read((index) => isNow(index) && want(index)))
      for (const item of piece) items.push(item);
    yield items.toSorted((a, b) => rankOf(a.index) - rankOf(b.index));
  }
}

/** About how large an item is in memory. @param items in the whole input */
export function bytesOfItem(input: Input, items: number): number {
  const factor = input.spec.compression === "none" ? 1 : COMPRESSION;
  return (input.sizeBytes() * factor) / Math.max(1, items);
}
