// The examples of a status: for each group of failures an item that fails now, with the message of its record. Records are read only for groups whose
// example has a new result since the last commit.
import type { FailureExample } from "../../core/error-tally.ts";
import { itemLabel } from "../../core/item.ts";
import type { Plan } from "../../core/plan.ts";
import { ERROR_GROUPS_MAX } from "../../core/status.ts";
import { type FileSystem, O } from "../../io/fs.ts";
import { readLineAt } from "../log/log-reader.ts";
import { recordError } from "../record/parse-record.ts";

/** Of a group whose record cannot be read. */
const NO_EXAMPLE: FailureExample = { item: "", message: "" };

/**
 * The failure whose record begins at an offset of the log, in bytes.
 * @param index present number of its item, where that may be another one than in the record
 * @throws what reading throws
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

/** Examples that are remembered: those of the groups shown last, and some of before. */
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

  /** An item of a group; its record must be in the file. */
  of(group: number): FailureExample {
    const before = this.#known.get(group);
    if (before !== undefined && this.#stillFails(before)) return before.example;
    // Items are tried again in the order of the input: what fails now is found behind the last example.
    const unit = this.#plan.failureIn(group, before?.unit ?? 0);
    const offset = unit === null ? null : this.#plan.offset(unit);
    if (unit === null || offset === null) return NO_EXAMPLE;
    try {
      const example = failureAt(this.#fs, this.#log, offset, this.#plan.indexOf(unit));
      if (this.#known.size >= KNOWN_MAX) this.#known.clear();
      this.#known.set(group, { unit, offset, example });
      return example;
    } catch {
      // An example is for people: no commit is to fail for it, and the next one tries again.
      return NO_EXAMPLE;
    }
  }

  #stillFails({ unit, offset }: Known): boolean {
    return this.#plan.hasFailed(unit) && this.#plan.offset(unit) === offset;
  }
}
