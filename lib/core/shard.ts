// A shard: a part of a job's items, chosen by their keys. Types that several rooms share.

/** Which of how many shards, `index` from 1. */
export type ShardNumber = { readonly index: number; readonly count: number };

/** Exact arithmetic (shard-rule.ts) needs count × 2^32 below 2^53. */
export const SHARDS_MAX = 1_000_000;

/** A variable of the environment that was read. */
export type ReadVariable = { readonly name: string; readonly value: string };

/** Why `--shard` cannot be told, or is refused. `scheduler`: a name of `auto:NAME`. */
export type ShardProblem =
  /** Not from 1 to count. */
  | { readonly kind: "range"; readonly index: number; readonly count: number }
  | { readonly kind: "too-many"; readonly count: number; readonly max: number }
  /** No variable of a scheduler is there. */
  | { readonly kind: "none" }
  /** `auto:NAME` names one whose variable is not there. */
  | { readonly kind: "absent"; readonly scheduler: string; readonly variable: string }
  /** Several say different things. */
  | { readonly kind: "several"; readonly schedulers: readonly string[] }
  /** The scheduler does not say how many tasks there are. */
  | { readonly kind: "no-count"; readonly scheduler: string; readonly variable: string }
  /** The tasks may be a part of an array. */
  | { readonly kind: "part"; readonly scheduler: string; readonly read: readonly ReadVariable[] }
  /** The only task of one. */
  | { readonly kind: "one"; readonly scheduler: string; readonly read: readonly ReadVariable[] }
  /** Several tasks were asked for, but the scheduler has not started them (`sbatch -n 2` without srun). */
  | { readonly kind: "no-step"; readonly read: readonly ReadVariable[] }
  /** The variables are those of another job, from which this one was submitted. */
  | { readonly kind: "inherited"; readonly read: readonly ReadVariable[] }
  /** `auto/N` takes `count` ids from `first` on, and these are others. */
  | {
      readonly kind: "ids";
      readonly read: readonly ReadVariable[];
      readonly first: number;
      readonly count: number;
    }
  /** `auto/N`, and CKPT_SHARD has another N. */
  | { readonly kind: "counts-differ"; readonly value: string; readonly count: number }
  | { readonly kind: "bad-variable"; readonly read: ReadVariable };

/** In what the job of a shard differs from that of the other shards in its folder; texts as they are shown. */
export type ShardsDifference = {
  readonly what: "count" | "rule" | "input" | "id" | "fingerprint" | "repeat" | "selection";
  readonly before: string;
  readonly now: string;
  /** Of a fingerprint: the parts that have changed. */
  readonly parts?: readonly string[] | undefined;
};
