// Counts failed items by kind, bounded, with one example each: the part of the status that says what went wrong.
import type { ItemError } from "./record.ts";
import { ERROR_GROUPS_MAX, type ErrorGroup, TEXT_MAX } from "./status.ts";

const OTHER = "other";

export class ErrorTally {
  readonly #groups: { kind: string; count: number; item: string; message: string }[] = [];

  /** Counts a failure of `item` (a label for people). Returns its group, 0 to 15: kinds beyond the bound share the last one. */
  add(error: ItemError, item: string): number {
    const kind =
      this.#groups.some((group) => group.kind === error.kind) || this.#groups.length < ERROR_GROUPS_MAX - 1
        ? error.kind
        : OTHER;
    let at = this.#groups.findIndex((group) => group.kind === kind);
    if (at < 0) {
      at = this.#groups.length;
      this.#groups.push({ kind, count: 0, item: "", message: "" });
    }
    const group = this.#groups[at];
    if (group === undefined) throw new Error("the group was just made");
    if (group.count === 0) {
      group.item = cut(item);
      group.message = cut(error.message);
    }
    group.count++;
    return at;
  }

  /** Takes a failure back, because the item has a new result. */
  remove(groupIndex: number): void {
    const group = this.#groups[groupIndex];
    if (group !== undefined) group.count--;
  }

  /** Groups with failures, the largest first. */
  list(): ErrorGroup[] {
    return this.#groups
      .filter((group) => group.count > 0)
      .map(({ kind, count, item, message }) => ({ kind, count, item, message }))
      .toSorted((a, b) => b.count - a.count);
  }
}

function cut(text: string): string {
  return text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX - 1)}…` : text;
}
