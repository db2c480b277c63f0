// `--reshard-from`: a shard takes over the results that shards of another number, or one run, have of its items. Their records are copied, under new numbers and links,
// before the first attempt; nothing is run again. An item that has a result keeps it: after a kill, the next start takes over the rest.
import * as path from "node:path";
import type { Session } from "../../checkpoint/locked-checkpoint.ts";
import type { Plan } from "../../core/plan.ts";
import type { ItemError } from "../../core/record.ts";
import { NO_USAGE, type UsageTotals } from "../../core/status.ts";
import { addUsage } from "../../core/usage.ts";
import type { Input } from "../../input/input.ts";
import { IdentityJoin } from "../../run/planner.ts";
import { MergedResults } from "../../shards/merged-results.ts";
import { openEarlier, type OpenShard } from "../../shards/shard-set.ts";
import { intervalOf } from "../../shards/shard-rule.ts";
import type { Work } from "../plan/join-records.ts";
import type { RunSetup } from "../run-setup.ts";
import { wantedItems } from "../plan/selection.ts";
import { shardsFacts } from "./shard-run.ts";

/** The options that say what is taken over. */
export const RESHARD_OPTIONS: readonly string[] = ["reshard-from"];

/** The results of other shards that a shard takes over. */
export type TakenOver = {
  readonly results: MergedResults;
  /** Where in them the result of each unit stands. */
  readonly plan: Plan;
  /** The units that have none here, in the order of those results. */
  readonly units: readonly number[];
};

/**
 * What the shard of a run takes over. Changes nothing.
 * @returns null without `--reshard-from`
 * @throws checkpoint.none, checkpoint.damaged, checkpoint.otherShards, input.*
 */
export async function matchShards(setup: RunSetup, input: Input, work: Work): Promise<TakenOver | null> {
  const { settings, context } = setup;
  const { shard, reshardFrom } = settings;
  if (shard === null || reshardFrom.length === 0) return null;
  const { fs, cwd } = context.host;
  const facts = shardsFacts(setup, { input, work }, shard);
  const own = intervalOf(shard);
  // Of old shards only those that have keys of this one are read.
  const isOver = (old: OpenShard): boolean => {
    const { from, to } = intervalOf(old.shard);
    return from < own.to && own.from < to;
  };
  const old = reshardFrom.flatMap((dir) => openEarlier(fs, path.resolve(cwd, dir), facts)).filter(isOver);
  const results = new MergedResults(old);
  const chosen = await wantedItems(input, work);
  const { plan } = await new IdentityJoin(input, 0, { repeats: work.repeats, chosen }).finish();
  results.tell(plan);
  const units: number[] = [];
  for (let unit = 0; unit < plan.count; unit++)
    if (plan.offset(unit) !== null && work.plan.offset(unit) === null) units.push(unit);
  const placeOf = (unit: number): number => plan.offset(unit) ?? 0;
  return { results, plan, units: units.sort((a, b) => placeOf(a) - placeOf(b)) };
}

/** What a dry run shows: the units have their results. */
export function forecastTakeOver({ plan, units }: TakenOver, here: Plan): void {
  for (const unit of units) here.recorded(unit, plan.hasFailed(unit) ? FAILED : null, 0);
}

/** Only whether a unit has failed counts there. */
const FAILED: ItemError = { kind: "failed", message: "" };

/**
 * Copies the records, which the caller commits.
 * @returns what they have cost
 * @param save calls its argument, and waits where the disk is full
 * @throws as Session.write(), checkpoint.damaged
 */
export async function takeOver(
  { results, plan, units }: TakenOver,
  session: Session,
  save: (write: () => void) => Promise<void>,
): Promise<UsageTotals> {
  let spent = NO_USAGE;
  const reader = results.openReader("none");
  try {
    for (const unit of units) {
      const place = plan.offset(unit) ?? 0;
      const index = plan.indexOf(unit);
      const { error = null } = plan.hasFailed(unit) ? reader.resultAt(place, index).details() : {};
      const line = reader.lineAt(place, index);
      spent = addUsage(spent, session.addCopy(line, unit, error, results.shardAt(place).source.nonce));
      if (session.bufferIsFull) await save(() => session.write());
    }
  } finally {
    reader.close();
  }
  return spent;
}
