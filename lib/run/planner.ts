// Joins the records of a log with the units of work, in one of two ways: by index, if the input is byte for byte the one with which all records were
// made and no item repeats the content of another; else by identity (the id, or content and occurrence). An occurrence is the number of an item among
// those with equal content, from 1. A unit is one of the answers wanted for an item.
import { CkptError } from "../core/errors.ts";
import { type FileLine, placesOf } from "../core/file-line.ts";
import { LatestRecords } from "../core/latest-records.ts";
import { OccurrenceTable } from "../core/occurrences.ts";
import { Plan } from "../core/plan.ts";
import type { ItemError } from "../core/record.ts";
import { contentKey, type HashWords, idKey, type Key, recordedKey, word } from "../core/record-key.ts";
import type { RecordEntry } from "../core/record-table.ts";
import type { Rerun, RerunMark } from "../core/rerun.ts";
import type { Input, ScanFields, ScannedItem, ScanResult } from "../input/input.ts";
import { AnswerSet } from "./answer-set.ts";

/** A record as the planner needs it. */
export type PlannedRecord = {
  readonly id: string | null;
  /** Valid during the call. */
  readonly hash: HashWords;
  readonly occurrence: number;
  /** Which of the answers wanted for the item, from 1. */
  readonly repeat: number;
  readonly offset: number;
  /** Null for a success. */
  readonly error: ItemError | null;
  readonly rerun?: RerunMark;
};

/** `succeeded`: number of successful records in the log, whether or not their items are still in the input. */
export type JoinedPlan = { readonly plan: Plan; readonly succeeded: number };

export type ScannedPlan = JoinedPlan & { readonly scan: ScanResult };

/** Joins records with units by index, while they are read. Only valid if the input has never changed and no content repeats. */
export class IndexJoin {
  readonly plan: Plan;
  succeeded: number = 0;
  /** Answers that are not wanted, or not any more. */
  readonly #unwanted = new AnswerSet();

  /** @param plan of all items, or of those that are chosen, still without results */
  constructor(plan: Plan) {
    this.plan = plan;
  }

  /** @param index of the item in the whole input @param error of a failed record; null for a success */
  add(
    index: number,
    repeat: number,
    offset: number,
    error: ItemError | null,
    rerun: RerunMark = "none",
  ): void {
    if (error === null) this.succeeded++;
    const unit = this.plan.unitOf(index, repeat);
    if (unit !== null) this.plan.recorded(unit, error, offset, rerun);
    else if (this.#unwanted.add(index, repeat)) {
      if (this.plan.unitOf(index, 1) === null) this.plan.notChosen();
      else this.plan.notWanted();
    }
  }
}

/** Which items of the input belong to the plan. It is asked once for each item, in order. */
export type ItemFilter = {
  /** Whether it looks at the items themselves, which must be parsed for it. */
  readonly needsItems: boolean;
  /**
   * Whether it may accept an item with this key, whatever its occurrence. Of other items nothing is kept or counted.
   * @param key valid during the call
   */
  concerns(key: Key): boolean;
  /**
   * @param index in the whole input @param key of its first answer, valid during the call
   * @param item null where items need not be parsed
   */
  accepts(index: number, key: Key, item: ScannedItem | null): boolean;
};

/** The wanted units of work. */
export type WantedUnits = {
  /** Number of answers wanted per item, at least 1. */
  readonly repeats: number;
  /** Which items belong to the plan; null: all. */
  readonly chosen: ItemFilter | null;
  /** What is run again; null, or left out: nothing. */
  readonly rerun?: Rerun | null;
};

/** The usual case. */
const ONE_OF_EACH: WantedUnits = { repeats: 1, chosen: null };
const NO_FIELDS: ScanFields = { paths: [], inEveryItem: false };

/** Joins records with units by identity: first collects all records of a log, then scans the whole input. */
export class IdentityJoin {
  #records: LatestRecords;
  /** How often each id has been seen; without ids, each content (see #countContent). */
  #seen: OccurrenceTable = new OccurrenceTable();
  readonly #input: Input;
  readonly #wanted: WantedUnits;
  #succeeded = 0;
  /** The highest number of an answer that is on record. */
  #repeatMax = 1;

  /** @param records estimated number of records in the log */
  constructor(input: Input, records: number, wanted: WantedUnits = ONE_OF_EACH) {
    this.#input = input;
    this.#records = new LatestRecords(records);
    this.#wanted = wanted;
  }

  /** Adds the next record, in log order. */
  add(record: PlannedRecord): void {
    const withIds = this.#input.spec.idField !== null;
    const { error, hash, repeat, rerun = "none" } = record;
    if (error === null) this.#succeeded++;
    this.#repeatMax = Math.max(this.#repeatMax, repeat);
    const key =
      withIds && record.id !== null ? idKey(record.id, repeat) : recordedKey(hash, record.occurrence, repeat);
    this.#records.add(key, [hash[0] ?? 0, hash[1] ?? 0], record.offset, error, rerun);
  }

  /**
   * Scans the input and assigns each unit its record. Called once.
   * @param fields fields to look for in the items
   * @throws input.idDoubled, and errors of `Input.scan`
   */
  async finish(fields: ScanFields = NO_FIELDS): Promise<ScannedPlan> {
    const [records, input] = [this.#records, this.#input];
    const { repeats, chosen, rerun } = this.#wanted;
    const plan = new Plan(0, { repeats, isPart: chosen !== null }, records.errors);
    const doubled: number[] = [];
    const withItems = { ...fields, withItems: chosen?.needsItems === true };
    const scan = await input.scan((index, _line, digest, id, _file, item) => {
      let key = id === null ? contentKey(digest, 1, 1) : idKey(id, 1);
      if (chosen?.concerns(key) === false) return;
      if (id !== null && this.#seen.add(key[0] ?? 0, key[1] ?? 0) > 1) doubled.push(index);
      const counted = id === null && chosen !== null ? this.#countContent(key) : null;
      if (counted !== null) key = contentKey(digest, counted, 1);
      const isChosen = chosen === null || chosen.accepts(index, key, item);
      if (isChosen) {
        const isTyped = rerun?.hasNumber(index) === true;
        this.#place(plan, plan.add(index), digest, id, key, isTyped, counted);
      } else if (records.has(key)) plan.passedOver++;
      return isChosen;
    }, withItems);
    if (doubled.length > 0) await refuseDoubled(input, new Set(doubled));
    plan.gone += records.dropUntaken();
    // Releases tables of a million entries, which this object (or compiled code that refers to it) would otherwise keep during the run.
    this.#records = new LatestRecords();
    this.#seen = new OccurrenceTable();
    return { plan, succeeded: this.#succeeded, scan };
  }

  /**
   * Assigns records to the units of an item. An item that has an id now may have been run without one before, so its content is looked up, too.
   * @param first the first unit @param key of the first answer; valid until the next key is made @param isTyped as for join()
   * @param counted occurrence of the content, where it has been counted: in a partial plan
   */
  #place(
    plan: Plan,
    first: number,
    digest: Uint8Array,
    id: string | null,
    key: Key,
    isTyped: boolean,
    counted: number | null,
  ): void {
    const records = this.#records;
    let occurrence = counted ?? 1;
    let found: RecordEntry | null;
    if (id === null) {
      found = records.take(key);
      if (found === null && counted === null) {
        occurrence = this.#countContent(key);
        if (occurrence > 1) found = records.take(contentKey(digest, occurrence, 1));
      }
      if (occurrence > 1) plan.setOccurrence(first, occurrence);
    } else {
      found = records.take(key) ?? records.take(contentKey(digest, 1, 1));
    }
    join(plan, first, digest, found, isTyped);
    for (let repeat = 2; repeat <= this.#repeatMax; repeat++) {
      const ofId = id === null ? null : records.take(idKey(id, repeat));
      const next = ofId ?? records.take(contentKey(digest, occurrence, repeat));
      if (repeat <= plan.repeats) join(plan, first + repeat - 1, digest, next, isTyped);
      else if (next !== null) leaveOut(plan, next);
    }
  }

  /**
   * Counts an item without an id in `#seen`, and returns its occurrence. If the plan covers all items, the first item of a content is not counted when it
   * takes a record: it is added here, since `has` finds that record. In a partial plan every item is counted.
   * @param key of the content's first occurrence
   */
  #countContent(key: Key): number {
    const wasTaken = this.#wanted.chosen === null && this.#records.has(key);
    return this.#seen.add(key[0] ?? 0, key[1] ?? 0) + (wasTaken ? 1 : 0);
  }
}

/**
 * Gives a unit its record. The plan is also told whether the item still has the content that the record was made of.
 * @param isTyped whether the item is run again because its number was typed
 */
function join(
  plan: Plan,
  unit: number,
  digest: Uint8Array,
  found: RecordEntry | null,
  isTyped: boolean,
): void {
  if (found === null) return; // a unit without a record is fresh
  plan.joined(unit, found, word(digest, 0) === found.content[0] && word(digest, 4) === found.content[1]);
  if (isTyped && found.rerun === "earlier") plan.runAgain(unit);
}

/** The item is in the plan, but this answer is not. */
function leaveOut(plan: Plan, { failed, errorGroup }: RecordEntry): void {
  if (failed) plan.errors.remove(errorGroup);
  plan.notWanted();
}

/** How many duplicate ids an error names, and how many lines for each. */
const EXAMPLES_MAX = 5;
const LINES_MAX = 10;

/** Reads the input again to find the lines of duplicate ids. @param doubled indexes of items whose id an earlier item has @throws input.idDoubled */
async function refuseDoubled(input: Input, doubled: ReadonlySet<number>): Promise<void> {
  const suspects = new Set<string>();
  await input.scan((index, _line, _digest, id) => {
    if (id !== null && suspects.size < EXAMPLES_MAX && doubled.has(index)) suspects.add(id);
  });
  const linesOf = new Map<string, FileLine[]>();
  await input.scan((_index, line, _digest, id, file) => {
    if (id === null || !suspects.has(id)) return;
    const lines = linesOf.get(id) ?? [];
    if (lines.length < LINES_MAX) lines.push({ file, line });
    linesOf.set(id, lines);
  });
  const examples = [...linesOf]
    .filter(([, lines]) => lines.length > 1)
    .map(([id, lines]) => ({ id, lines: placesOf(lines, input.ofSeveral) }));
  // No duplicates: two ids only shared 64 bits of their hashes.
  if (examples.length === 0) return;
  throw new CkptError("input.idDoubled", { field: input.spec.idField ?? "", examples, count: doubled.size });
}
