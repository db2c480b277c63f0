// Merges the results of all shards in a folder: proves that they are those of the whole job, each of its units once, and says where each stands.
import * as path from "node:path";
import type { Host } from "../../cli/host.ts";
import { jobOf } from "../../core/job.ts";
import { CkptError } from "../../core/errors.ts";
import { itemLabel } from "../../core/item.ts";
import { Plan } from "../../core/plan.ts";
import { unitsOf } from "../../core/shards-facts.ts";
import { idStyle } from "../../core/status.ts";
import { inputChanged } from "../../input/input-changed.ts";
import type { Input } from "../../input/input.ts";
import type { FileSystem } from "../../io/fs.ts";
import { replaceFile } from "../../io/file.ts";
import { IdentityJoin } from "../../run/planner.ts";
import { arraySpec } from "../../shards/array-spec.ts";
import { type Conflict, conflictLine, conflictsOf } from "../../shards/conflicts.ts";
import { MergedResults } from "../../shards/merged-results.ts";
import {
  type Coverage,
  countsOf,
  coverageOf,
  isOtherTotal,
  type OpenShard,
  type ShardSet,
} from "../../shards/shard-set.ts";
import { openCheckpoint } from "../../checkpoint/checkpoint.ts";
import type { ExportCase } from "../output/place-export.ts";
import { inputOfResults } from "../results/selected-results.ts";
import { wantedItems } from "../plan/selection.ts";

export type MergeProof = Coverage & {
  readonly set: ShardSet;
  /** Counts of units over all shards that have begun; `total`: of the whole job, as far as it is known. */
  readonly total: number;
  readonly completed: number;
  readonly failed: number;
};

/** What the shards say of themselves, before a log is read. @throws checkpoint.shardCounts */
export function proofOf(set: ShardSet): MergeProof {
  const { facts, shards } = set;
  const coverage = coverageOf(set);
  const found = shards.reduce((sum, { source }) => sum + source.counts.total, 0);
  if (coverage.missing.length === 0 && isOtherTotal(facts, coverage.done))
    throw new CkptError("checkpoint.shardCounts", { dir: set.dir, found, wanted: unitsOf(facts) });
  const { total, completed, failed } = countsOf(set);
  return { ...coverage, set, total, completed, failed };
}

/** The missing shards as schedulers read them: by their numbers from 1, and by the ids of their tasks. */
export function missingSpecs({ missing, set }: MergeProof): {
  readonly shards: string;
  readonly tasks: string;
} {
  const { ids_from: idsFrom } = set.facts;
  return { shards: arraySpec(missing), tasks: arraySpec(missing.map((index) => index - 1 + idsFrom)) };
}

export type Merged = {
  readonly results: MergedResults;
  readonly plan: Plan;
  /** The input, where a choice of items, or fields of them, need it. */
  readonly input: Input | null;
};

export type MergeWish = {
  readonly isByOwner: boolean;
  /** Whether rows have fields of their items. */
  readonly needsInput: boolean;
  /** Where different outputs of one item are written. */
  readonly conflictFile: string;
};

/**
 * Reads and verifies all logs.
 * @param proof of which nothing is missing
 * @throws checkpoint.damaged, checkpoint.conflicts, checkpoint.shardCounts, input.*
 */
export async function mergeShards(fs: FileSystem, proof: MergeProof, wish: MergeWish): Promise<Merged> {
  const { set, done } = proof;
  const { facts } = set;
  const input = wish.needsInput || facts.selection !== undefined ? await inputOf(fs, done) : null;
  const plan = await emptyPlan(set, input);
  const results = new MergedResults(done);
  const rivals = results.tell(plan);
  const { fresh } = plan.counts(false);
  if (fresh > 0)
    throw new CkptError("checkpoint.shardCounts", {
      dir: set.dir,
      found: plan.count - fresh,
      wanted: plan.count,
    });
  if (rivals.length > 0) {
    const reader = results.openReader(idsOf(set));
    try {
      refuseConflicts(
        fs,
        conflictsOf(rivals, { results, reader, plan, count: facts.count }, wish.isByOwner),
        wish,
        plan,
      );
    } finally {
      reader.close();
    }
  }
  return { results, plan, input };
}

/** How the ids of a merged output look. */
export function idsOf({ shards, facts }: ShardSet): ReturnType<typeof idStyle> {
  return idStyle(shards[0]?.source.job.input ?? facts.input);
}

/** The case of an output of all shards: what it may replace. */
export function shardsExport(
  host: Host,
  { dir, facts }: ShardSet,
  where: Pick<ExportCase, "file" | "force" | "command">,
): ExportCase {
  const source = { nonce: facts.session.nonce, job: jobOf({ ...facts, output: null }) };
  return { host, checkpoint: openCheckpoint(host.fs, dir), source, present: null, ...where };
}

async function emptyPlan({ facts }: ShardSet, input: Input | null): Promise<Plan> {
  const { repeat: repeats = 1, selection } = facts;
  if (selection === undefined || input === null)
    return new Plan(facts.input.count, { repeats, isPart: false });
  const chosen = await wantedItems(input, { selection, shard: null });
  const { plan, scan } = await new IdentityJoin(input, 0, { repeats, chosen }).finish();
  if (scan.sha256 !== facts.input.sha256) throw inputChanged(input.spec);
  return plan;
}

/** As the first shard has it on record: a copy of standard input lies with each. */
async function inputOf(fs: FileSystem, [first]: readonly OpenShard[]): Promise<Input> {
  if (first === undefined) throw new Error("no shard is done");
  return inputOfResults(openCheckpoint(fs, first.folder), first.source);
}

/** @throws checkpoint.conflicts */
function refuseConflicts(
  fs: FileSystem,
  conflicts: readonly Conflict[],
  { conflictFile, isByOwner }: MergeWish,
  plan: Plan,
): void {
  const [first] = conflicts;
  if (first === undefined) return;
  const lines = conflicts.map((conflict) => conflictLine(conflict, plan.repeats > 1));
  replaceFile(fs, conflictFile, Buffer.from(lines.join("")));
  throw new CkptError("checkpoint.conflicts", {
    count: conflicts.length,
    item: itemLabel(first.id, first.index),
    path: path.resolve(conflictFile),
    isByOwner,
  });
}
