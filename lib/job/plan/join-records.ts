// Joins the records of a log with the items of the input: by index if nothing has changed, else by identity. The input is hashed first, so that the
// log is read only once, while it is verified.
import type { Checkpoint } from "../../checkpoint/checkpoint.ts";
import { resultsOf } from "../../checkpoint/results.ts";
import { CkptError } from "../../core/errors.ts";
import { isSameFingerprint, type PresentFingerprint } from "../../core/fingerprint.ts";
import { itemLabel } from "../../core/item.ts";
import { repeatsOf } from "../../core/job.ts";
import { nearestOf } from "../../core/nearest.ts";
import { Plan } from "../../core/plan.ts";
import type { Rerun, RerunMark } from "../../core/rerun.ts";
import type { EntryVisitor, ResultEntry, ResultSource } from "../../core/result-source.ts";
import type { ShardNumber } from "../../core/shard.ts";
import type { Selection } from "../../core/status.ts";
import type { Input, InputBytes, ScanResult } from "../../input/input.ts";
import { collectReleased } from "../../io/garbage.ts";
import type { Processor } from "../../processors/processor.ts";
import { isReadAlike } from "../input/input-reading.ts";
import { rerunInPlace } from "./rerun-choice.ts";
import type { RunSetup } from "../run-setup.ts";
import { type ItemScope, wantedItems } from "./selection.ts";
import { IdentityJoin, IndexJoin, type JoinedPlan } from "../../run/planner.ts";
import { shardText } from "../../shards/shard-rule.ts";

/** What a run wants of its input. */
export type Wanted = {
  /** Answers of each item, at least 1. */
  readonly repeats: number;
  /** Which items; null: every one. */
  readonly selection: Selection | null;
  /** Which part of them; null: all. */
  readonly shard: ShardNumber | null;
  /** What is run again; null: nothing. */
  readonly rerun: Rerun | null;
};

/** The same for a join with other results. */
export function wantedAgain({ repeats, selection, shard }: Work, rerun: Rerun | null): Wanted {
  return { repeats, selection, shard, rerun };
}

export type Work = JoinedPlan &
  Wanted & {
    readonly bytes: InputBytes;
    /** Number of items in the whole input. */
    readonly count: number;
    /** Successes that were imported from another tool. */
    readonly imported: number;
    /** False when the input differs from that of the status, or is read in another way. */
    readonly sameInput: boolean;
  };

/** Receives the records of a log while they are read, then makes the plan. */
export type RecordJoin = {
  readonly visit: EntryVisitor;
  /** Called once, after all records. @throws input.*, template.unknownField */
  readonly finish: (processor: Processor) => Promise<Work>;
};

/**
 * The join that fits a source of results.
 * @throws input.*, checkpoint.otherShard
 */
async function recordJoinFor(
  source: ResultSource,
  fingerprint: PresentFingerprint,
  input: Input,
  wanted: Wanted,
): Promise<RecordJoin> {
  refuseOtherShard(source, wanted.shard);
  const { count } = source.job.input;
  const unchanged = mayJoinByIndex(source, fingerprint, input)
    ? await unchangedPlan(source.job, input, wanted)
    : null;
  if (unchanged === null) return identityJoin(input, source, wanted);
  const { plan, bytes } = unchanged;
  const join = new IndexJoin(plan);
  const imports = new ImportCount();
  return {
    visit: imports.counting(indexVisitor(join, wanted.rerun)),
    finish: () => {
      const { succeeded } = join;
      const joined = { plan, succeeded, imported: imports.count };
      return Promise.resolve({ ...joined, bytes, count, ...wanted, sameInput: true });
    },
  };
}

/**
 * A plan without results, for a join by index; null when the input is not the one on record. Where all items are wanted, now and before, the input is hashed and no item
 * is parsed; otherwise it is scanned, which says which items are chosen, and which of them repeat others. No memory depends on the number of results.
 * @throws input.*
 */
async function unchangedPlan(
  { input: facts, selection: before }: ResultSource["job"],
  input: Input,
  wanted: ItemScope & Pick<Wanted, "repeats">,
): Promise<{ readonly plan: Plan; readonly bytes: InputBytes } | null> {
  // An input with another size differs, so it need not be read.
  if (input.sizeBytes() !== facts.size) return null;
  const { repeats, selection, shard } = wanted;
  if (selection === null && shard === null && before === undefined) {
    const bytes = await input.hash();
    const plan = new Plan(facts.count, { repeats, isPart: false });
    return bytes.sha256 === facts.sha256 ? { plan, bytes } : null;
  }
  const chosen = await wantedItems(input, wanted);
  const { plan, scan } = await new IdentityJoin(input, 0, { repeats, chosen }).finish();
  if (scan.sha256 !== facts.sha256) return null;
  chosen?.refuse(scan, plan.count);
  collectReleased(); // tables of what was seen; the log is read next
  return { plan, bytes: scan };
}

/** Chooses the kind of join for the current checkpoint. @throws as recordJoinFor() */
export async function joinFor(
  setup: Pick<RunSetup, "fingerprint" | "settings" | "context">,
  checkpoint: Checkpoint,
  input: Input,
): Promise<RecordJoin> {
  const read = checkpoint.readStatus();
  const { repeat: repeats, selection, shard } = setup.settings;
  if (read.kind !== "good") return identityJoin(input, null, { repeats, selection, shard, rerun: null });
  const wanted = { repeats, selection, shard, rerun: rerunInPlace(setup, checkpoint, read.status) };
  return recordJoinFor(resultsOf(checkpoint, read.status), setup.fingerprint, input, wanted);
}

/** The results are those of another shard, or of no shard: most items would be run again, beside results that nobody merges. */
function refuseOtherShard({ job, name }: ResultSource, wanted: ShardNumber | null): void {
  const found = job.shard === undefined ? null : shardText(job.shard);
  const asked = wanted === null ? null : shardText(wanted);
  if (found !== asked) throw new CkptError("checkpoint.otherShard", { path: name, found, wanted: asked });
}

/** Whether all records were made with this input, read in the same way, and no item repeats another. */
function mayJoinByIndex({ job }: ResultSource, fingerprint: PresentFingerprint, input: Input): boolean {
  const { input: facts } = job;
  return (
    facts.changes === 0 &&
    facts.repeated === 0 &&
    facts.id_field === input.spec.idField &&
    isReadAlike(facts, input) &&
    isSameFingerprint({ id: job.fp }, fingerprint)
  );
}

/**
 * Joins all that a source has.
 * @throws input.*, checkpoint.otherShard, template.unknownField
 */
export async function joinResults(
  source: ResultSource,
  { fingerprint, processor }: Pick<RunSetup, "fingerprint" | "processor">,
  input: Input,
  wanted: Wanted,
): Promise<Work> {
  const join = await recordJoinFor(source, fingerprint, input, wanted);
  source.eachEntry(join.visit);
  return join.finish(processor);
}

/**
 * Where the results of a source stand, in the order of the input.
 * @param input the present one, where it is needed to tell: null when all results were made under the one on record, and it repeats nothing
 * @param selection what the job is about, where there may be results of other items; null: all that there are
 * @throws checkpoint.damaged when results are missing that were saved; input.*
 */
export async function plannedResults(
  source: ResultSource,
  input: Input | null,
  selection: Selection | null,
): Promise<Plan> {
  const join = await planJoin(source, input, selection);
  const missing = source.eachEntry(join.visit);
  if (missing > 0) {
    const { entries } = source.counts;
    const range = { from: entries - missing + 1, to: entries };
    const problems = [{ kind: "records-missing", ...range }] as const;
    throw new CkptError("checkpoint.damaged", { path: source.resultsFile, problems });
  }
  return join.finish();
}

type PlanJoin = { readonly visit: EntryVisitor; readonly finish: () => Promise<Plan> };

async function planJoin(
  { job, counts }: ResultSource,
  input: Input | null,
  selection: Selection | null,
): Promise<PlanJoin> {
  const repeats = repeatsOf(job);
  const byIndex = (plan: Plan): PlanJoin => {
    const join = new IndexJoin(plan);
    return { visit: indexVisitor(join, null), finish: () => Promise.resolve(plan) };
  };
  if (input === null) return byIndex(new Plan(job.input.count, { repeats, isPart: false }));
  const isSteady = job.input.changes + job.input.repeated === 0;
  const scope = { selection, shard: null };
  const unchanged =
    selection !== null && isSteady ? await unchangedPlan(job, input, { repeats, ...scope }) : null;
  if (unchanged !== null) return byIndex(unchanged.plan);
  const chosen = await wantedItems(input, scope);
  const join = new IdentityJoin(input, counts.entries, { repeats, chosen, rerun: null });
  return { visit: identityVisitor(join, null), finish: async () => (await join.finish()).plan };
}

/** Counts the successes that were imported. */
class ImportCount {
  count = 0;

  /** The visitor, which counts them, too. */
  counting(visit: EntryVisitor): EntryVisitor {
    return (entry) => {
      if (!entry.failed && entry.isImported()) this.count++;
      visit(entry);
    };
  }
}

/** A record visitor for an IndexJoin. */
function indexVisitor(join: IndexJoin, rerun: Rerun | null): EntryVisitor {
  return (entry) => {
    const mark = markOf(entry, rerun);
    const isTyped = mark === "earlier" && rerun?.hasNumber(entry.index) === true;
    join.add(entry.index, entry.repeat(), entry.place, entry.error(), isTyped ? "due" : mark);
  };
}

function markOf(entry: ResultEntry, rerun: Rerun | null): RerunMark {
  return rerun === null ? "none" : rerun.markOf(entry);
}

/** A record visitor for an IdentityJoin. */
function identityVisitor(join: IdentityJoin, rerun: Rerun | null): EntryVisitor {
  return (entry) => {
    const mark = markOf(entry, rerun);
    const { id, hash, occurrence, repeat } = entry.identity();
    join.add({ id, hash, occurrence, repeat, offset: entry.place, error: entry.error(), rerun: mark });
  };
}

/** @param source null: no checkpoint, every item is fresh @throws input.* */
export async function identityJoin(
  input: Input,
  source: ResultSource | null,
  wanted: Wanted,
): Promise<RecordJoin> {
  const { repeats, rerun } = wanted;
  const chosen = await wantedItems(input, wanted);
  const join = new IdentityJoin(input, source?.counts.entries ?? 0, { repeats, chosen, rerun });
  const imports = new ImportCount();
  return {
    visit: imports.counting(identityVisitor(join, rerun)),
    finish: async (processor) => {
      const fields = { paths: processor.fieldPaths, inEveryItem: processor.everyField === true };
      const { plan, succeeded, scan } = await join.finish(fields);
      chosen?.refuse(scan, plan.count);
      refuseMissing(scan);
      const sameInput =
        source === null || (scan.sha256 === source.job.input.sha256 && isReadAlike(source.job.input, input));
      const joined = { plan, succeeded, imported: imports.count };
      return { ...joined, bytes: scan, count: scan.count, ...wanted, sameInput };
    },
  };
}

/** @throws template.unknownField, template.fieldMissing */
function refuseMissing({ missingPaths, knownFields, lacking }: ScanResult): void {
  const [missing] = missingPaths;
  if (missing !== undefined) {
    const field = missing.join(".");
    const nearest = nearestOf(field, knownFields);
    throw new CkptError("template.unknownField", { field, known: knownFields, nearest });
  }
  if (lacking !== null) {
    const { path, id, index } = lacking;
    throw new CkptError("template.fieldMissing", { field: path.join("."), item: itemLabel(id, index) });
  }
}
