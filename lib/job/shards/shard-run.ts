// What is different where a run is of one shard: its checkpoint lies in a folder of its own, its job must be that of the other shards, and it has a part of the budget
// and of the pace. It writes no output: when all its items are done, its checkpoint stays in place, for `ckpt merge`.
import * as path from "node:path";
import {
  hasShards,
  openCheckpoint,
  readShardsFile,
  shardFolders,
  SHARDS,
  shardsFile,
} from "../../checkpoint/checkpoint.ts";
import { finishPendingMove, lockedByAnother, newIdentity } from "../../checkpoint/locked-checkpoint.ts";
import { CkptError } from "../../core/errors.ts";
import type { FileSystem } from "../../io/fs.ts";
import type { Input } from "../../input/input.ts";
import { fingerprintDifference } from "../../shards/fingerprint-difference.ts";
import type { ShardNumber, ShardsDifference } from "../../core/shard.ts";
import type { ShardsFacts, ShardsFile } from "../../core/shards-facts.ts";
import type { RunEnd, RunEntry, Status } from "../../core/status.ts";
import type { Budget } from "../../run/budget.ts";
import { SHARD_RULE } from "../../shards/shard-rule.ts";
import { differencesFrom, idFieldText, type JobOfShards } from "../../shards/shard-set.ts";
import { selectionText } from "../../ui/render-selection.ts";
import { safePath } from "../../ui/escape.ts";
import type { Catalogue } from "../../ui/messages/en.ts";
import { ownerOf } from "../lock-owner.ts";
import { inputFacts } from "../input/recorded-input.ts";
import { isSameItems } from "../input/input-reading.ts";
import type { Work } from "../plan/join-records.ts";
import { shownProcessor } from "../make-processor.ts";
import type { RunSettings } from "../run-settings.ts";
import type { JobState, RunSetup } from "../run-setup.ts";
import { isSameSelection } from "../plan/selection.ts";
import type { ShardRun } from "./shard-place.ts";

/** A folder is one of shards of one number, or has a checkpoint of its own. Looked at before a folder is made in it. @throws checkpoint.inShards, checkpoint.otherShards */
export function refuseMixedFolder({ settings, context }: Pick<RunSetup, "settings" | "context">): void {
  const { fs } = context.host;
  const { shard, dir } = settings;
  if (shard === null) {
    const count = hasShards(fs, dir) ? (readShardsFile(fs, dir)?.count ?? null) : null;
    if (count !== null) throw new CkptError("checkpoint.inShards", { dir, count });
    return;
  }
  if (openCheckpoint(fs, shard.dir).exists())
    throw new CkptError("checkpoint.inShards", { dir: shard.dir, count: null });
  const found = readShardsFile(fs, shard.dir);
  const count = countDifference(found?.count ?? shard.count, shard);
  if (count !== null) throw refusedIn(shard, [count]);
}

/** How long a shard waits for a command that moves all shards. */
const MOVING_MS = 10_000;
const LOOK_MS = 100;

/**
 * Makes sure that nothing moves all shards away while this one runs: `clear` and `restore` hold the lock of their folder, and refuse when a shard holds its own. Called with
 * that lock held, before anything of the shard is read. A move that was interrupted is finished first.
 * @throws checkpoint.locked
 */
export async function waitForMove({
  settings,
  context,
}: Pick<RunSetup, "settings" | "context">): Promise<void> {
  const { fs, clock } = context.host;
  const { shard } = settings;
  if (shard === null) return;
  const whole = openCheckpoint(fs, shard.dir);
  for (const endMs = clock.monotonic() + MOVING_MS; ; await clock.sleep(LOOK_MS)) {
    await finishPendingMove(whole, ownerOf(context.host), clock);
    const refusal = lockedByAnother(whole);
    if (refusal === null && !whole.isMoving()) return;
    if (clock.monotonic() > endMs) throw refusal ?? lockedBySomebody(shard.dir);
  }
}

function lockedBySomebody(dir: string): CkptError {
  return new CkptError("checkpoint.locked", { dir, pid: null, host: null, since: null, task: null });
}

/** Joins the other shards in the folder: the first one says what the job is. @throws checkpoint.otherShards, checkpoint.damaged, checkpoint.newer */
export async function joinShards(setup: RunSetup, state: JobState): Promise<void> {
  const { settings, context } = setup;
  const { fs, clock } = context.host;
  const { shard } = settings;
  if (shard === null) return;
  const planned = { input: state.ready.input, work: state.work };
  const facts = { ...shardsFacts(setup, planned, shard), session: newIdentity(clock.now()) };
  if (readShardsFile(fs, shard.dir) === null) refuseOtherJob(fs, settings, shard, facts);
  const found = await shardsFile(fs, shard.dir, facts, clock);
  const refusal = otherShards(setup, planned, found, shard);
  if (refusal !== null) throw refusal;
}

/** Where shards.json was lost, the other shards in the folder say what their job is. @throws checkpoint.otherShards, checkpoint.damaged */
function refuseOtherJob(
  fs: FileSystem,
  { dir }: Pick<RunSettings, "dir">,
  shard: ShardRun,
  facts: JobOfShards,
): void {
  for (const { folder } of shardFolders(fs, shard.dir)) {
    const other = openCheckpoint(fs, folder).settled();
    if (folder === dir || !other.exists()) continue;
    const differences = differencesFrom(other.status(), facts);
    if (differences.length > 0)
      throw new CkptError("checkpoint.otherShards", { path: other.paths.status, use: "run", differences });
  }
}

type PlannedInput = { readonly input: Input; readonly work: Work };

/** The error with which a run would not join the shards in its folder; null when it would. Changes nothing. @throws checkpoint.newer */
export function lookAtShards(setup: RunSetup, planned: PlannedInput): CkptError | null {
  const { shard } = setup.settings;
  if (shard === null) return null;
  const found = readShardsFile(setup.context.host.fs, shard.dir);
  return found === null ? null : otherShards(setup, planned, found, shard);
}

/** The job of a shard, as it is to be that of all shards. */
export function shardsFacts(
  { settings, source, context, fingerprint }: RunSetup,
  { input, work }: PlannedInput,
  shard: ShardRun,
): Omit<ShardsFacts, "session"> {
  const counts = { count: work.count, repeated: 0, changes: 0 };
  return {
    rule: SHARD_RULE,
    count: shard.count,
    ids_from: shard.idsFrom,
    input: inputFacts(source, input, work.bytes, counts, context.host),
    processor: shownProcessor(settings),
    fingerprint: fingerprint.recorded,
    ...(work.repeats === 1 ? null : { repeat: work.repeats }),
    ...(work.selection === null ? null : { selection: work.selection }),
  };
}

function otherShards(
  { context, fingerprint }: RunSetup,
  { input, work }: PlannedInput,
  found: ShardsFile,
  shard: ShardRun,
): CkptError | null {
  const { catalogue } = context;
  const differences: ShardsDifference[] = [];
  const note = (what: ShardsDifference["what"], isSame: boolean, before: string, now: string): void => {
    if (!isSame) differences.push({ what, before, now });
  };
  note("rule", found.rule === SHARD_RULE, found.rule, SHARD_RULE);
  const count = countDifference(found.count, shard);
  if (count !== null) differences.push(count);
  const { id_field: idField } = found.input;
  note("id", idField === input.spec.idField, idFieldText(idField), idFieldText(input.spec.idField));
  const isSame = isSameItems({ ...found.input, id_field: input.spec.idField }, input, work.bytes.sha256);
  const shown = (path_: string, sha256: string): string => `${safePath(path_)} (${sha256.slice(0, 8)})`;
  const now = shown(input.spec.shownPath, work.bytes.sha256);
  note("input", isSame, shown(found.input.path, found.input.sha256), now);
  differences.push(...fingerprintDifference(found.fingerprint, fingerprint));
  note("repeat", (found.repeat ?? 1) === work.repeats, String(found.repeat ?? 1), String(work.repeats));
  const before = selectionText(found.selection ?? null, catalogue);
  const isSameChoice = isSameSelection(found.selection, work.selection);
  note("selection", isSameChoice, before, selectionText(work.selection, catalogue));
  return differences.length === 0 ? null : refusedIn(shard, differences);
}

function countDifference(before: number, { count: now }: ShardNumber): ShardsDifference | null {
  return before === now ? null : { what: "count", before: String(before), now: String(now) };
}

function refusedIn({ dir }: ShardRun, differences: readonly ShardsDifference[]): CkptError {
  return new CkptError("checkpoint.otherShards", {
    path: path.join(dir, SHARDS),
    use: "run",
    differences,
  });
}

/** What the shard is of all items: what its part of a budget is made by. A choice of items is not counted over all shards: it is taken as even. */
function partOf(shard: ShardRun, { plan, count, repeats, selection }: Work): number {
  return selection === null && count > 0 ? plan.count / (count * repeats) : 1 / shard.count;
}

/** The shard's part of the job's budget; at least one token. */
export function budgetPart({ budget, shard }: Pick<RunSettings, "budget" | "shard">, work: Work): Budget {
  if (shard === null) return budget;
  const part = partOf(shard, work);
  const { cost, tokens } = budget;
  return {
    cost: cost === null ? null : cost * part,
    tokens: tokens === null ? null : Math.max(1, Math.floor(tokens * part)),
  };
}

/** What is said of the shard before its plan. */
export function shardLines(
  { settings }: Pick<RunSetup, "settings">,
  work: Work,
  { sharding: texts }: Catalogue,
): readonly string[] {
  const { shard, budget, rpm, tpm } = settings;
  if (shard === null) return [];
  const { plan, count, repeats } = work;
  const items = plan.count / repeats;
  const part = budgetPart(settings, work);
  const rates = { rpm, tpm };
  return [
    texts.shard(shard, shard.read, items, count),
    ...(budget.cost === null && budget.tokens === null ? [] : [texts.budget(part, budget)]),
    ...(rpm === null && tpm === null ? [] : [texts.pace(rates, shard.parallel)]),
  ];
}

/** The same for programs (docs/scripting.md). */
export function shardJson(
  { index, count, scheduler, read }: ShardRun,
  { plan, repeats, count: of }: Work,
): object {
  return { index, count, items: plan.count / repeats, of, scheduler, read };
}

/** How a run ends by itself with exit code 4. */
const OWN_ENDS: ReadonlySet<string> = new Set<RunEnd>([
  "limit",
  "max-failures",
  "max-time",
  "budget",
  "outside",
  "none-succeeded",
  "input-changed",
  "disk-full",
]);

/** Runs that were stopped from outside say nothing of what the next one would do. */
const isStopped = ({ ended, attempted }: RunEntry): boolean =>
  (ended === null || ended === "signal") && attempted === 0;
const endedInVain = ({ ended, attempted }: RunEntry): boolean =>
  ended !== null && OWN_ENDS.has(ended) && attempted === 0;

/** Whether the last two runs that were not stopped from outside have ended by themselves without a result: to start once more is no use. */
export function isInVain({ runs }: Pick<Status, "runs">): boolean {
  const [last, before] = runs.toReversed().filter((run) => !isStopped(run));
  return last !== undefined && before !== undefined && endedInVain(last) && endedInVain(before);
}

/** The number of a shard, for its status. */
export function shardScope(shard: ShardNumber | null, count: number): Pick<Status, "shard"> | null {
  return shard === null
    ? null
    : { shard: { rule: SHARD_RULE, index: shard.index, count: shard.count, input_count: count } };
}
