// A folder of shards for people: the sum, and a line a shard.
import type { Owner } from "../checkpoint/checkpoint.ts";
import { safePath, safeText } from "./escape.ts";
import { formatNumber, formatPercent } from "./format.ts";
import type { Catalogue } from "./messages/en.ts";
import { nameOf } from "./messages/phrases.ts";
import { alignRows, alignTable } from "./width.ts";

/** `held`: a run is in progress; `failed`: finished, some items failed. */
export type ShardState = "complete" | "failed" | "held" | "interrupted" | "stopped";

export type ShardStates = Readonly<Record<ShardState, number>>;

/** The states that some shards are in, and how many have not begun. @param count of all shards */
export function statesText(states: ShardStates, count: number, { sharding: texts }: Catalogue): string {
  const known = Object.entries(states).map(
    ([state, shards]) => [nameOf(texts.states, state), shards] as const,
  );
  const begun = known.reduce((sum, [, shards]) => sum + shards, 0);
  const all = [...known, [texts.notBegun, Math.max(0, count - begun)] as const];
  return texts.inStates(all.filter(([, shards]) => shards > 0));
}

/** One shard, as in `info --json`. */
export type ShownShard = {
  /** `3/16`. */
  readonly shard: string;
  readonly folder: string;
  readonly state: ShardState;
  readonly total: number;
  readonly completed: number;
  readonly failed: number;
  readonly pending: number;
  readonly session_id: string;
  readonly saved_at: string;
  readonly locked_by: Owner | null;
};

export type ShardsView = {
  readonly dir: string;
  readonly count: number;
  readonly done: number;
  readonly total: number;
  readonly completed: number;
  readonly failed: number;
  readonly input: string;
  readonly processor: { readonly kind: string; readonly shown: string };
  readonly shards: readonly ShownShard[];
  /** What is not done, by the numbers of shards and by the ids of tasks. */
  readonly specs: { readonly shards: string; readonly tasks: string };
};

const PROCESSOR_COLUMNS = 100;

/** Lines, each with a line end. */
export function renderShards(view: ShardsView, catalogue: Catalogue): string {
  const { sharding: texts, info } = catalogue;
  const { count, done, total, completed, failed, processor, specs } = view;
  const pending = total - completed - failed;
  const counts = { completed, failed, pending, gone: 0, repeat: undefined, isPart: false };
  const rows = alignRows([
    [texts.labels.shards, texts.doneOf(done, count)],
    [info.labels.items, `${info.counts(counts)} (${formatPercent(completed, total)})`],
    [info.labels.input, safePath(view.input)],
    [info.labels.processor, safeText(processor.shown, PROCESSOR_COLUMNS)],
    [info.labels.keptIn, safePath(view.dir)],
  ]);
  const missing = specs.shards === "" ? [] : [texts.missing(specs.shards, specs.tasks)];
  return `${[...rows, "", ...table(view, catalogue), ...missing].join("\n")}\n`;
}

function table({ shards }: ShardsView, { sharding: texts }: Catalogue): readonly string[] {
  if (shards.length === 0) return [];
  const { headers } = texts;
  const rows = [
    [headers.shard, headers.state, headers.done, headers.failed, headers.pending],
    ...shards.map(({ shard, state, completed, failed, pending }) => [
      shard,
      texts.states[state],
      formatNumber(completed),
      formatNumber(failed),
      formatNumber(pending),
    ]),
  ];
  return alignTable(rows, [0, 2, 3, 4]);
}
