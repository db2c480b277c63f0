// The job of all shards in a folder, as `shards.json` has it. Grammar: docs/format.md.
import { FINGERPRINT } from "./fingerprint.ts";
import type { Of, Sealed } from "./shape.ts";
import { INPUT, PROCESSOR, SCOPE, SESSION } from "./status.ts";

const SHARDS_OWN = {
  rule: "string",
  count: "number",
  /** The id of the task of the first shard, where tasks are started again by their ids. */
  ids_from: "number",
  /** The job of all shards has an identity, like a session. */
  session: SESSION as typeof SESSION,
  input: INPUT as typeof INPUT,
  processor: PROCESSOR as typeof PROCESSOR,
  fingerprint: FINGERPRINT as typeof FINGERPRINT,
} as const;
export const SHARDS_FILE: typeof SHARDS_OWN & typeof SCOPE = { ...SHARDS_OWN, ...SCOPE };
export type ShardsFacts = Of<typeof SHARDS_FILE>;
export type ShardsFile = Sealed<"shards", typeof SHARDS_FILE>;

/** What the counts of shards are held against. */
export type CountedJob = Pick<ShardsFile, "repeat" | "selection"> & {
  readonly input: Pick<ShardsFile["input"], "count">;
};

/** The units of the whole job, where all items are chosen. */
export function unitsOf({ input, repeat = 1 }: CountedJob): number {
  return input.count * repeat;
}
