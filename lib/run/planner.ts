// Joins the records of a log to the items of the input. Two ways: by index, when the input is byte for byte the one all records were made
// under; else by identity (id, or content and occurrence).
import { CkptError } from "../core/errors.ts";
import { ErrorTally } from "../core/error-tally.ts";
import { OccurrenceTable } from "../core/occurrences.ts";
import { isFailure, Plan, STATE } from "../core/plan.ts";
import type { ItemError } from "../core/record.ts";
import { contentKey, type HashWords, idKey, recordedKey, word } from "../core/record-key.ts";
import { RecordTable } from "../core/record-table.ts";
import type { Input, ScanFields, ScanResult } from "../input/input.ts";

/** A record as the planner needs it. `error` is read only when asked for: it means parsing the record. */
export type PlannedRecord = {
  readonly id: string | null;
  /** Valid during the call. */
  readonly hash: HashWords;
  readonly occurrence: number;
  readonly offset: number;
  readonly error: ItemError | null;
};

/** `succeeded`: records of successes in the log, whatever became of their items. */
export type Joined = { readonly plan: Plan; readonly errors: ErrorTally; readonly succeeded: number };

export type Scanned = Joined & { readonly scan: ScanResult };

function failureState(error: ItemError): typeof STATE.failed | typeof STATE.rejected {
  return error.kind === "input" ? STATE.rejected : STATE.failed;
}

/** Joins records to items by index, as they are read. Only right when the input has never been another one and repeats nothing. */
export class IndexJoin {
  readonly plan: Plan;
  readonly errors: ErrorTally = new ErrorTally();
  succeeded: number = 0;

  constructor(count: number) {
    this.plan = new Plan(count);
  }

  /** @param error of a failed record; null for a success */
  add(index: number, offset: number, error: ItemError | null): void {
    const { plan, errors } = this;
    if (isFailure(plan.state(index))) errors.remove(plan.errorGroup(index));
    if (error === null) {
      this.succeeded++;
      plan.set(index, STATE.done, offset);
    } else {
      plan.set(index, failureState(error), offset, errors.add(error));
    }
  }
}

/** Joins records to items by identity: collects the records of a log, then scans the whole input. */
export class IdentityJoin {
  #table: RecordTable;
  #seen: OccurrenceTable = new OccurrenceTable();
  readonly #errors = new ErrorTally();
  readonly #input: Input;
  #succeeded = 0;

  /** @param records how many the log has, as far as is known */
  constructor(input: Input, records: number) {
    this.#input = input;
    this.#table = new RecordTable(records);
  }

  /** Takes the next record of the log, in its order. */
  add(record: PlannedRecord): void {
    const withIds = this.#input.spec.idField !== null;
    const { error, hash } = record;
    if (error === null) this.#succeeded++;
    const key = withIds && record.id !== null ? idKey(record.id) : recordedKey(hash, record.occurrence);
    const replaced = this.#table.set(key, {
      offset: record.offset,
      failed: error !== null,
      rejected: error?.kind === "input",
      errorGroup: error === null ? 0 : this.#errors.add(error),
      content: [hash[0] ?? 0, hash[1] ?? 0],
    });
    if (replaced !== null) this.#errors.remove(replaced);
  }

  /**
   * Scans the input and gives each item its record. Called once.
   * @param fields what is to be looked for in the items
   * @throws input.idDoubled, and what `Input.scan` throws
   */
  async finish(fields?: ScanFields): Promise<Scanned> {
    const [errors, input] = [this.#errors, this.#input];
    const plan = new Plan();
    const doubled: number[] = [];
    const scan = await input.scan((index, _line, digest, id) => {
      const found =
        id === null ? this.#withoutId(index, digest, plan) : this.#withId(index, digest, id, doubled);
      join(plan, errors, index, digest, found);
    }, fields);
    if (doubled.length > 0) await refuseDoubled(input, new Set(doubled));
    plan.gone = this.#table.untaken;
    this.#table.eachUntakenFailure((group) => errors.remove(group));
    // Tables of a million entries; who holds this object (or compiled code that has seen it) is not to hold them while the run goes on.
    this.#table = new RecordTable();
    this.#seen = new OccurrenceTable();
    return { plan, errors, succeeded: this.#succeeded, scan };
  }

  #withoutId(index: number, digest: Uint8Array, plan: Plan): Found {
    const [table, key] = [this.#table, contentKey(digest, 1)];
    const first = table.take(key);
    if (first !== null) return first;
    // One that has been taken was the first of its content: only what has no record, or comes again, stands among the occurrences.
    const occurrence = this.#seen.add(key[0] ?? 0, key[1] ?? 0) + (table.has(key) ? 1 : 0);
    if (occurrence === 1) return null;
    plan.setOccurrence(index, occurrence);
    return table.take(contentKey(digest, occurrence));
  }

  #withId(index: number, digest: Uint8Array, id: string, doubled: number[]): Found {
    const [table, key] = [this.#table, idKey(id)];
    if (this.#seen.add(key[0] ?? 0, key[1] ?? 0) > 1) doubled.push(index);
    // An item that has an id now may have been run without one.
    return table.take(key) ?? table.take(contentKey(digest, 1));
  }
}

type Found = ReturnType<RecordTable["take"]>;

function join(plan: Plan, errors: ErrorTally, index: number, digest: Uint8Array, found: Found): void {
  if (found === null) {
    plan.set(index, STATE.fresh, 0);
    return;
  }
  const same = word(digest, 0) === found.content[0] && word(digest, 4) === found.content[1];
  if (!same) {
    if (found.failed) errors.remove(found.errorGroup);
    plan.set(index, STATE.changed, 0);
  } else if (found.failed) {
    plan.set(index, found.rejected ? STATE.rejected : STATE.failed, found.offset, found.errorGroup);
  } else {
    plan.set(index, STATE.done, found.offset);
  }
}

const EXAMPLES_MAX = 5;
const LINES_MAX = 10;

/** Reads the input once more and names the lines of ids that stand there more than once. */
async function refuseDoubled(input: Input, again: ReadonlySet<number>): Promise<void> {
  const suspects = new Set<string>();
  await input.scan((index, _line, _digest, id) => {
    if (id !== null && suspects.size < EXAMPLES_MAX && again.has(index)) suspects.add(id);
  });
  const linesOf = new Map<string, number[]>();
  await input.scan((_index, line, _digest, id) => {
    if (id === null || !suspects.has(id)) return;
    const lines = linesOf.get(id) ?? [];
    if (lines.length < LINES_MAX) lines.push(line);
    linesOf.set(id, lines);
  });
  const examples = [...linesOf].filter(([, lines]) => lines.length > 1).map(([id, lines]) => ({ id, lines }));
  // None: two ids merely shared 64 bits of their hashes.
  if (examples.length === 0) return;
  throw new CkptError("input.idDoubled", { field: input.spec.idField ?? "", examples, count: again.size });
}
