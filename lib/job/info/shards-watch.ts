// `info --watch` on a folder of shards: the sum and a line a shard. Shards that run on this machine are asked on their live channels; of all others their status files say
// how far they are saved.
import { type Checkpoint, openCheckpoint } from "../../checkpoint/checkpoint.ts";
import type { Context } from "../../cli/context.ts";
import { openShards } from "../../shards/shard-set.ts";
import { formatNumber, formatPercent, formatRate } from "../../ui/format.ts";
import { renderShards, type ShardState, type ShardsView, type ShownShard } from "../../ui/render-shards.ts";
import { statusIfRunning } from "../../view/channel/client.ts";
import type { LiveStatus } from "../../view/channel/contract.ts";
import type { WatchParts } from "../../view/watch/watch.ts";
import { restingScreen } from "../live/resting-screen.ts";
import { proofOf } from "../shards/merge-shards.ts";
import { viewOfShards } from "./shards-info.ts";

/** What matters most comes first: a screen may have no room for all shards. */
const ORDER: readonly ShardState[] = ["held", "interrupted", "stopped", "failed", "complete"];

export class ShardsWatch {
  readonly #checkpoint: Checkpoint;
  readonly #context: Context;
  /** How many shards processes had when they were last asked. */
  #held = 0;
  /** What the shards that answered say, by their folders. */
  #live: ReadonlyMap<string, LiveStatus> = new Map();
  readonly resting: WatchParts["resting"];

  constructor(checkpoint: Checkpoint, context: Context) {
    this.#checkpoint = checkpoint;
    this.#context = context;
    this.resting = restingScreen(
      checkpoint,
      context,
      (_settled, columns) => this.#overview(columns),
      () => this.#heading(),
    );
  }

  /** Asks all shards that run here. @returns null: there is no single run to show */
  async askRuns(signal: AbortSignal): Promise<null> {
    const { fs } = this.#checkpoint;
    const held = this.#checkpoint.heldShards();
    this.#held = held.length;
    const answers = await Promise.all(
      held.map(async ({ folder }) => {
        const status = await statusIfRunning(openCheckpoint(fs, folder), signal);
        return status === null ? [] : [[folder, status] as const];
      }),
    );
    this.#live = new Map(answers.flat());
    return null;
  }

  /** @throws what openShards() throws */
  #overview(columns: number | null): string {
    const { fs, paths } = this.#checkpoint;
    const { catalogue } = this.#context;
    const view = this.#withLive(viewOfShards(fs, proofOf(openShards(fs, paths.dir))));
    if (columns !== null) return `${this.#heading()}\n\n${renderShards(view, catalogue)}`.trimEnd();
    const { completed, total, failed } = view;
    const counts = `${formatNumber(completed)}/${formatNumber(total)} ${formatPercent(completed, total)}`;
    return `${counts} | ${catalogue.progress.failed(failed)} | ${this.#heading()}`;
  }

  #withLive(view: ShardsView): ShardsView {
    const shards = view.shards
      .map((shard) => withLive(shard, this.#live.get(shard.folder)))
      .toSorted((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
    const sum = (of: (shard: ShownShard) => number): number =>
      shards.reduce((all, shard) => all + of(shard), 0);
    return {
      ...view,
      completed: sum(({ completed }) => completed),
      failed: sum(({ failed }) => failed),
      shards,
    };
  }

  /** How many run here, and how fast. */
  #heading(): string {
    const { catalogue } = this.#context;
    const { watch, sharding } = catalogue;
    const all = [...this.#live.values()];
    if (all.length === 0) return this.#held === 0 ? watch.resting : sharding.silent(this.#held);
    return sharding.runHere(
      all.length,
      formatRate(all.reduce((sum, { rate_per_s: rate }) => sum + (rate ?? 0), 0)),
    );
  }
}

function withLive(shard: ShownShard, live: LiveStatus | undefined): ShownShard {
  if (live === undefined) return shard;
  const { total, completed, failed } = live;
  return { ...shard, state: "held", total, completed, failed, pending: total - completed - failed };
}
