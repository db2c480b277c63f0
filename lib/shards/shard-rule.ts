// Which shard an item belongs to: the keys are cut into intervals of equal length. Equal contents, and all answers of an item, have the same first 32 bits of their
// keys, so they are in one shard, where occurrences are counted exactly. No item added or removed moves another one.
import { type ShardNumber, type ShardProblem, SHARDS_MAX } from "../core/shard.ts";
import type { Key } from "../core/record-key.ts";

/** The name of the rule in files. */
export const SHARD_RULE = "key32-interval";

const KEYS = 2 ** 32;

/** The shard of a key, from 1. @param count of shards, at most SHARDS_MAX */
export function shardOf(key: Key, count: number): number {
  return Math.floor(((key[0] ?? 0) * count) / KEYS) + 1;
}

/** The first 32 bits of the keys of a shard: from `from` up to, and without, `to`. */
export type KeyInterval = { readonly from: number; readonly to: number };

export function intervalOf({ index, count }: ShardNumber): KeyInterval {
  return { from: Math.ceil(((index - 1) * KEYS) / count), to: Math.ceil((index * KEYS) / count) };
}

/** Whether a key is in an interval. */
export function isIn({ from, to }: KeyInterval, key: Key): boolean {
  const first = key[0] ?? 0;
  return from <= first && first < to;
}

/** What no interval has: the gaps between them, and before and behind all. */
export function gapsBetween(intervals: readonly KeyInterval[]): readonly KeyInterval[] {
  const gaps: KeyInterval[] = [];
  let covered = 0;
  for (const { from, to } of intervals.toSorted((a, b) => a.from - b.from)) {
    if (from > covered) gaps.push({ from: covered, to: from });
    covered = Math.max(covered, to);
  }
  return covered < KEYS ? [...gaps, { from: covered, to: KEYS }] : gaps;
}

/** The shards of `count` that have keys of an interval, by their index. */
export function shardsOver({ from, to }: KeyInterval, count: number): readonly number[] {
  const first = Math.floor((from * count) / KEYS) + 1;
  const last = Math.floor(((to - 1) * count) / KEYS) + 1;
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}

/** `3/16`; null where the text is none. Whether the index is from 1 to the count is not asked. */
export function parseShard(text: string): ShardNumber | null {
  const match = /^(\d{1,9})\/(\d{1,9})$/.exec(text);
  return match === null ? null : { index: Number(match[1]), count: Number(match[2]) };
}

export function isShard({ index, count }: ShardNumber): boolean {
  return index >= 1 && index <= count && count <= SHARDS_MAX;
}

/** Why a number is none of a shard. */
export function numberProblem({ index, count }: ShardNumber): ShardProblem {
  return count > SHARDS_MAX ? { kind: "too-many", count, max: SHARDS_MAX } : { kind: "range", index, count };
}

export function shardText({ index, count }: ShardNumber): string {
  return `${index}/${count}`;
}
