// Finds what there is to go on from, and joins it to the input: by index when nothing but time has passed, else by identity.
import { eachRecord, recordError } from "../checkpoint/records.ts";
import type { RecordVisitor } from "../checkpoint/log-reader.ts";
import { CkptError } from "../core/errors.ts";
import type { Fingerprint } from "../core/fingerprint.ts";
import type { LogPosition, Status } from "../core/status.ts";
import type { Input, InputBytes } from "../input/input.ts";
import type { FileSystem } from "../io/fs.ts";
import type { Processor } from "../processors/processor.ts";
import { IndexJoin, itemLabel, type Joined, scanAndJoin } from "../run/planner.ts";

export type Work = Joined & {
  readonly bytes: InputBytes;
  /** False when the input is another one than the one of the status. */
  readonly sameInput: boolean;
};

/** Collects records by index while recovery verifies them, where that may be enough: see `joinWork`. */
export function indexJoinFor(status: Status, fingerprint: Fingerprint, input: Input): IndexJoin | null {
  const { input: facts } = status;
  const { spec } = input;
  const sameReading =
    facts.format === spec.format &&
    facts.encoding === spec.encoding &&
    facts.id_field === spec.idField &&
    facts.compression === spec.compression;
  const byIndex =
    facts.changes === 0 && facts.repeated === 0 && sameReading && status.fingerprint.id === fingerprint.id;
  return byIndex ? new IndexJoin(facts.count) : null;
}

/** The visitor that feeds an IndexJoin. */
export function visitorOf(join: IndexJoin | null): RecordVisitor {
  if (join === null) return () => undefined;
  return (frame, line, offset) => {
    const failure = (): ReturnType<Parameters<IndexJoin["add"]>[2] & object> => {
      const { error, id, index } = recordError(line);
      return { error, label: itemLabel(id, index) };
    };
    join.add(frame.index, offset, frame.failed ? failure : null);
  };
}

export type FoundLog = { readonly status: Status; readonly log: string; readonly position: LogPosition };

/**
 * Plans. Without a checkpoint (`found` null) every item is fresh.
 * @param join what `indexJoinFor` gave, fed by the recovery
 * @throws input.*, template.unknownField, template.fieldMissing
 */
export async function joinWork(
  fs: FileSystem,
  input: Input,
  processor: Processor,
  found: FoundLog | null,
  join: IndexJoin | null,
): Promise<Work> {
  if (found !== null && join !== null) {
    const bytes = await input.hash();
    if (bytes.sha256 === found.status.input.sha256)
      return { plan: join.plan, errors: join.errors, bytes, sameInput: true };
  }
  const paths = processor.fieldPaths;
  const scanned = await scanAndJoin(
    input,
    (visit) => {
      if (found !== null) eachRecord(fs, found.log, found.position, visit);
    },
    { paths, inEveryItem: processor.everyField === true },
  );
  const [missing] = scanned.scan.missingPaths;
  if (missing !== undefined) {
    throw new CkptError("template.unknownField", {
      field: missing.join("."),
      known: scanned.scan.knownFields,
    });
  }
  const { plan, errors, scan } = scanned;
  if (scan.lacking !== null) {
    const { path, id, index } = scan.lacking;
    throw new CkptError("template.fieldMissing", { field: path.join("."), item: itemLabel(id, index) });
  }
  return {
    plan,
    errors,
    bytes: scan,
    sameInput: found === null || scan.sha256 === found.status.input.sha256,
  };
}
