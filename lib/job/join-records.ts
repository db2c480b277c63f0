// Joins what a log holds to the items of the input: by index when nothing but time has passed, else by identity. The input's bytes are hashed first,
// so that the log is read once, by whoever verifies it.
import type { RecordVisitor } from "../checkpoint/log/log-reader.ts";
import { recordError } from "../checkpoint/record/parse-record.ts";
import { recordIdentity, recordRepeat } from "../checkpoint/record/read-record.ts";
import { CkptError } from "../core/errors.ts";
import { isSameFingerprint, type PresentFingerprint } from "../core/fingerprint.ts";
import { itemLabel } from "../core/item.ts";
import { isWhole } from "../core/job.ts";
import { nearestOf } from "../core/nearest.ts";
import { Plan } from "../core/plan.ts";
import { scopeOf, type Status } from "../core/status.ts";
import type { Input, InputBytes, ScanResult } from "../input/input.ts";
import type { Processor } from "../processors/processor.ts";
import type { CheckpointPaths } from "../checkpoint/names.ts";
import { readStatus } from "../checkpoint/status/status-file.ts";
import { isReadAlike } from "./input-reading.ts";
import type { RunSetup } from "./run-setup.ts";
import { IdentityJoin, IndexJoin, type JoinedPlan } from "../run/planner.ts";

export type Work = JoinedPlan & {
  readonly bytes: InputBytes;
  /** Items of the whole input. */
  readonly count: number;
  /** False when the input is another one than the one of the status, or is read in another way. */
  readonly sameInput: boolean;
};

/** Takes the records of a log as they are read, then plans. */
export type RecordJoin = {
  readonly visit: RecordVisitor;
  /** Called once, when all records have been visited. @throws input.*, template.unknownField */
  readonly finish: (processor: Processor) => Promise<Work>;
};

/**
 * The join that fits a checkpoint's status.
 * @param file the status file, for messages
 * @throws input.*, checkpoint.scope
 */
export async function recordJoinFor(
  status: Status,
  file: string,
  fingerprint: PresentFingerprint,
  input: Input,
): Promise<RecordJoin> {
  refuseScope(status, file);
  // An input of another size is another one: it is not hashed to find that out.
  if (!mayJoinByIndex(status, fingerprint, input) || input.sizeBytes() !== status.input.size)
    return identityJoin(input, status);
  const bytes = await input.hash();
  if (bytes.sha256 !== status.input.sha256) return identityJoin(input, status);
  const { count } = status.input;
  const join = new IndexJoin(new Plan(count));
  const { plan } = join;
  return {
    visit: indexVisitor(join),
    finish: () => Promise.resolve({ plan, succeeded: join.succeeded, bytes, count, sameInput: true }),
  };
}

/** The join that fits the checkpoint in place. @throws as recordJoinFor() */
export async function joinFor(
  { context, fingerprint }: Pick<RunSetup, "context" | "fingerprint">,
  paths: CheckpointPaths,
  input: Input,
): Promise<RecordJoin> {
  const read = readStatus(context.host.fs, paths.status);
  return read.kind === "good"
    ? recordJoinFor(read.status, paths.status, fingerprint, input)
    : identityJoin(input, null);
}

/** No run knows yet how to go on with a part of an input, with several answers an item or with a rerun: it would attempt other items than are wanted. */
function refuseScope(status: Status, file: string): void {
  if (!isWhole(status))
    throw new CkptError("checkpoint.scope", { path: file, scope: Object.keys(scopeOf(status)) });
}

/** Whether all records were made under the very input, as this run reads it, and none of its items repeats another. */
function mayJoinByIndex(status: Status, fingerprint: PresentFingerprint, input: Input): boolean {
  const { input: facts } = status;
  return (
    facts.changes === 0 &&
    facts.repeated === 0 &&
    facts.id_field === input.spec.idField &&
    isReadAlike(facts, input) &&
    isSameFingerprint(status.fingerprint, fingerprint)
  );
}

/** The visitor that feeds an IndexJoin. */
export function indexVisitor(join: IndexJoin): RecordVisitor {
  return (frame, line, offset) =>
    join.add(frame.index, recordRepeat(line, frame), offset, frame.failed ? recordError(line).error : null);
}

/** The visitor that feeds an IdentityJoin. */
export function identityVisitor(join: IdentityJoin): RecordVisitor {
  return (frame, line, offset) => {
    const { id, hash, occurrence, repeat, failed } = recordIdentity(line, frame);
    join.add({ id, hash, occurrence, repeat, offset, error: failed ? recordError(line).error : null });
  };
}

/** @param status null: no checkpoint, every item is fresh */
export function identityJoin(input: Input, status: Status | null): RecordJoin {
  const join = new IdentityJoin(input, status?.log.records ?? 0);
  return {
    visit: identityVisitor(join),
    finish: async (processor) => {
      const fields = { paths: processor.fieldPaths, inEveryItem: processor.everyField === true };
      const { plan, succeeded, scan } = await join.finish(fields);
      refuseMissing(scan);
      const sameInput =
        status === null || (scan.sha256 === status.input.sha256 && isReadAlike(status.input, input));
      return { plan, succeeded, bytes: scan, count: scan.count, sameInput };
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
