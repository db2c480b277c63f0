// Begins a session: what its status has on record from the first moment.
import type { LockedCheckpoint, Session } from "../../checkpoint/locked-checkpoint.ts";
import { scopeOf, type SessionIdentity, versionFor } from "../../core/status.ts";
import { rerunScope } from "../plan/rerun-choice.ts";
import { type Imports, willImport } from "../imports/imports.ts";
import type { JobState, RunSetup } from "../run-setup.ts";
import { inputFacts } from "../input/recorded-input.ts";
import { BATCH_SIZE_DEFAULT } from "../run-settings.ts";
import type { OutputPermit } from "../output/output-permit.ts";
import { shownProcessor } from "../make-processor.ts";
import type { TakenOver } from "../shards/reshard.ts";
import { shardScope } from "../shards/shard-run.ts";

export type SessionOptions = {
  /** Null for a shard, which writes no output. */
  readonly permit: OutputPermit | null;
  /** Results of other shards; null without `--reshard-from`. */
  readonly takenOver: TakenOver | null;
  /** Results of another tool; null without `--import`. */
  readonly imports: Imports | null;
  readonly retryFailed: boolean;
  /** When all items have been attempted, failed ones are accepted and the session is complete. */
  readonly acceptFailures: boolean;
};

/** Under the lock. The copy of a kept input gets its name; all else is first written by the begin() of the session. */
export function beginSession(
  setup: RunSetup,
  checkpoint: LockedCheckpoint,
  found: JobState,
  { permit, imports, takenOver }: SessionOptions,
  identity: SessionIdentity,
): Session {
  const { context, settings, source, fingerprint, recordedWords } = setup;
  const { host } = context;
  const { recovered, work, ready } = found;
  if (ready.incoming) ready.input.moved(checkpoint.keepInput());
  const earlier = recovered === null ? null : { ...recovered.status, ...recovered.totals };
  const sameKeys = earlier === null || earlier.input.id_field === source.idField;
  const changes = (earlier?.input.changes ?? 0) + (work.sameInput && sameKeys ? 0 : 1);
  const repeated =
    work.sameInput && earlier !== null
      ? Math.max(earlier.input.repeated, work.plan.repeated)
      : work.plan.repeated;
  const input = inputFacts(source, ready.input, work.bytes, { count: work.count, repeated, changes }, host);
  const hasIdJson = source.idField !== null && (earlier === null || earlier.input.id_json === true);
  const { repeat: _repeat, selection: _selection, shard: _shard, ...before } = scopeOf(earlier ?? {});
  const repeat = work.repeats === 1 ? null : { repeat: work.repeats };
  const selection = work.selection === null ? null : { selection: work.selection };
  const shard = shardScope(work.shard, work.count);
  const scope = { ...repeat, ...selection, ...before, ...rerunScope(work, recovered), ...shard };
  const isImporting = willImport(imports, work.plan);
  const isTakingOver = takenOver !== null && takenOver.units.length > 0;
  const words = withoutSecret(isImporting || isTakingOver ? setup.passingWords : recordedWords, setup);
  const facts = {
    v: earlier?.v ?? (isImporting ? 2 : versionFor(scope)),
    ...scope,
    session: identity,
    input: hasIdJson ? { ...input, id_json: true as const } : input,
    processor: shownProcessor(settings),
    fingerprint: fingerprint.recorded,
    ...(words.length > 0 ? { words, cwd: host.cwd } : {}),
    batch_size: settings.batchSize ?? earlier?.batch_size ?? BATCH_SIZE_DEFAULT,
    output: permit?.intended ?? null,
    earlier,
    plan: work.plan,
  };
  return checkpoint.session(facts, recovered);
}

/** The words to record: none when one of them holds a key. The command that makes a key may do so. */
function withoutSecret(words: readonly string[], { processor }: RunSetup): readonly string[] {
  return words.some((word) => processor.redact !== undefined && processor.redact(word) !== word) ? [] : words;
}
/** All that comes from elsewhere is written: with the next commit, the next run has no need of it. */
export function recordLastingWords(setup: RunSetup, session: Session): void {
  const words = withoutSecret(setup.recordedWords, setup);
  session.setWords(words.length > 0 ? words : undefined);
}
