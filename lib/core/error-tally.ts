// Counts failed items by reason: kind and message, what differs from item to item evened out (error-pattern.ts). Bounded, whatever the messages
// are; the counts always add up to the failed items. Whoever counts an item keeps the number of its group, so that its failure can be taken back (plan.ts).
import { cutText } from "./cut-text.ts";
import { errorPattern } from "./error-pattern.ts";
import type { ItemError } from "./record.ts";
import { ERROR_GROUPS_MAX, type ErrorGroup, OTHERS, TEXT_MAX } from "./status.ts";

type Group = { readonly id: number; readonly kind: string; count: number };

/** An item that is failed now, with its current message. */
export type FailureExample = Pick<ErrorGroup, "item" | "message">;

/** Maximum number of separate groups. Beyond it, the smallest groups are merged into "others" permanently; if such a reason occurs again, it gets a new group. */
const GROUPS_MAX = 256;
const GROUPS_KEPT = GROUPS_MAX / 2;
/** Highest group number; 0 is "others". A number is never reused, because items may still refer to it. */
const ID_MAX = 0xffff;

export class ErrorTally {
  readonly #byKey = new Map<string, Group>();
  readonly #byId = new Map<number, Group>();
  #others = 0;
  #lastId = 0;

  /** Counts a failure. Returns the number of its group, 0 to 65535. */
  add(error: ItemError): number {
    const kind = shortText(error.kind);
    const key = `${kind}\n${errorPattern(error.message)}`;
    const group = this.#byKey.get(key) ?? this.#open(key, kind);
    if (group === null) {
      this.#others++;
      return 0;
    }
    group.count++;
    return group.id;
  }

  /** Subtracts a failure, because the item has a new result or is no longer in the input. */
  remove(groupId: number): void {
    const group = this.#byId.get(groupId);
    if (group === undefined) this.#others--;
    else group.count--;
  }

  /** All failures. */
  get count(): number {
    return [...this.#byId.values()].reduce((sum, { count }) => sum + count, this.#others);
  }

  #open(key: string, kind: string): Group | null {
    if (this.#lastId === ID_MAX) return null;
    if (this.#byKey.size === GROUPS_MAX) this.#joinSmallest();
    const group: Group = { id: ++this.#lastId, kind, count: 0 };
    this.#byKey.set(key, group);
    this.#byId.set(group.id, group);
    return group;
  }

  /** Among groups of equal size the newest stay: they may still grow. */
  #joinSmallest(): void {
    const bySize = [...this.#byKey].toReversed().toSorted(([, a], [, b]) => b.count - a.count);
    for (const [key, group] of bySize.slice(GROUPS_KEPT)) {
      this.#others += group.count;
      this.#byKey.delete(key);
      this.#byId.delete(group.id);
    }
  }

  /**
   * The largest groups first, then one entry of kind `others` for all other failures, if there are any.
   * @param exampleOf an item of a group
   */
  list(exampleOf: (groupId: number) => FailureExample): ErrorGroup[] {
    const groups = [...this.#byId.values()]
      .filter(({ count }) => count > 0)
      .toSorted((a, b) => b.count - a.count);
    const [shown, rest] = [groups.slice(0, ERROR_GROUPS_MAX), groups.slice(ERROR_GROUPS_MAX)];
    const others = rest.reduce((sum, { count }) => sum + count, this.#others);
    return [
      ...shown.map(({ id, kind, count }) => {
        const { item, message } = exampleOf(id);
        return { kind, count, item: shortText(item), message: shortText(message) };
      }),
      ...(others > 0 ? [{ kind: OTHERS, count: others, item: "", message: "" }] : []),
    ];
  }
}

/** At most TEXT_MAX long. Half of a surrogate pair becomes U+FFFD, because jq must be able to read the status file. */
export function shortText(text: string): string {
  return cutText(text, TEXT_MAX, "…").toWellFormed();
}
