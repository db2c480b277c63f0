// The examples in a status: for each group of failures, a currently failed item with its message. Records are read only for groups whose example got
// a new result since the last commit.
import type { FailureExample } from "../../core/error-tally.ts";
import { itemLabel } from "../../core/item.ts";
import type { Plan } from "../../core/plan.ts";
import { ERROR_GROUPS_MAX } from "../../core/status.ts";
import { type FileSystem, O } from "../../io/fs.ts";
import { readLineAt } from "../log/log-reader.ts";
import { recordError } from "../record/parse-record.ts";

/** The example of a group whose record cannot be read. */
const NO_EXAMPLE: FailureExample = { item: "", message: "" };

/**
 * The failure in the record at an offset of the log, in bytes.
 * @param index current index of its item, if it may differ from the record
 * @throws read errors
 */
export function failureAt(fs: FileSystem, log: string, offset: number, index?: number): FailureExample {
  const fd = fs.openSync(log, O.O_RDONLY | O.O_NOFOLLOW);
  try {
    const line = readLineAt(fs, fd, offset);
    if (line === null) throw new Error(`no record at offset ${offset}`);
    const { error, id, index: then } = recordError(line);
    return { item: itemLabel(id, index ?? then), message: error.message };
  } finally {
    fs.closeSync(fd);
  }
}

/** Maximum number of cached examples. */
const KNOWN_MAX = 4 * ERROR_GROUPS_MAX;

type Known = { readonly unit: number; readonly offset: number; readonly example: FailureExample };

export class FailureExamples {
  readonly #fs: FileSystem;
  readonly #log: string;
  readonly #plan: Plan;
  /** By group. */
  readonly #known = new Map<number, Known>();

  constructor(fs: FileSystem, log: string, plan: Plan) {
    this.#fs = fs;
    this.#log = log;
    this.#plan = plan;
  }

  /** An item of a group; its record must be written already. */
  of(group: number): FailureExample {
    const before = this.#known.get(group);
    if (before !== undefined && this.#stillFails(before)) return before.example;
    // Items are retried in input order: a currently failed item is likely after the last example.
    const unit = this.#plan.failureIn(group, before?.unit ?? 0);
    const offset = unit === null ? null : this.#plan.offset(unit);
    if (unit === null || offset === null) return NO_EXAMPLE;
    try {
      const example = failureAt(this.#fs, this.#log, offset, this.#plan.indexOf(unit));
      if (this.#known.size >= KNOWN_MAX) this.#known.clear();
      this.#known.set(group, { unit, offset, example });
      return example;
    } catch {
      // An example is only informative: a commit must not fail because of it, and the next one tries again.
      return NO_EXAMPLE;
    }
  }

  #stillFails({ unit, offset }: Known): boolean {
    return this.#plan.hasFailed(unit) && this.#plan.offset(unit) === offset;
  }
}
