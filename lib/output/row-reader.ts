// The rows of an output, made of the units of a plan: a row for each unit, or (`--repeat-as list`) one for all answers of an item.
import type { Item } from "../core/item.ts";
import type { Plan } from "../core/plan.ts";
import type { ResultReader } from "../core/result-source.ts";
import type { RowChoice } from "./row-choice.ts";
import { type ListedAnswer, listedAnswer, type ResultRow } from "./row-fields.ts";
import type { RowShape } from "./row-shape.ts";

export class RowReader {
  /** A row begins at every so many units. */
  readonly perRow: number;
  readonly #plan: Plan;
  readonly #records: ResultReader;
  readonly #choice: RowChoice;
  readonly #isList: boolean;
  readonly #withMeta: boolean;

  constructor(plan: Plan, records: ResultReader, choice: RowChoice, shape: RowShape) {
    this.#plan = plan;
    this.#records = records;
    this.#choice = choice;
    this.#isList = shape.choice.repeatAs === "list";
    this.#withMeta = shape.readsMeta;
    this.perRow = this.#isList ? plan.repeats : 1;
  }

  /** Whether the output has the row that begins at a unit: whether one of its units is chosen. */
  isWanted(first: number): boolean {
    for (let unit = first; unit < first + this.perRow; unit++) if (this.isChosen(unit)) return true;
    return false;
  }

  /** Whether the status of a unit is among those that were chosen. */
  isChosen(unit: number): boolean {
    const { statuses } = this.#choice;
    if (this.#plan.offset(unit) === null) return statuses.has("pending");
    return statuses.has(this.#plan.hasFailed(unit) ? "failed" : "ok");
  }

  /** Number of rows that the output has. */
  count(): number {
    let count = 0;
    for (let unit = 0; unit < this.#plan.count; unit += this.perRow) if (this.isWanted(unit)) count++;
    return count;
  }

  /**
   * The row that begins at a unit; valid until the next call.
   * @param item as it stands in the input; null where that is not read. A result may be of other content than that
   */
  rowAt(first: number, item: Item): ResultRow | "changed";
  rowAt(first: number, item: null): ResultRow;
  rowAt(first: number, item: Item | null): ResultRow | "changed" {
    const index = this.#plan.indexOf(first);
    const repeat = this.#plan.repeatOf(first);
    const answers: ListedAnswer[] = [];
    for (let unit = first; unit < first + this.perRow; unit++) {
      const offset = this.#plan.offset(unit);
      const result = offset === null ? null : this.#records.resultAt(offset, index);
      if (result !== null && item !== null && result.hash !== item.hash) return "changed";
      if (!this.#isList) return { index, repeat, result, item };
      answers.push(listedAnswer(result, this.#withMeta));
    }
    return { index, repeat, result: null, answers, item };
  }
}
