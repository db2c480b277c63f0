// Gives each reason of failures a code of two bytes. A reason is the kind and the message, without what differs from item to item. The number of reasons is bounded: when
// there are too many, further ones are told apart by their kind alone.
import type { ItemError } from "../../core/record.ts";
import { groupOf } from "../row-filter.ts";

/** With more reasons than this, only kinds are told apart. */
const GROUPS_MAX = 2048;
/** With more than this, not even kinds. */
const CODES_MAX = 4096;
/** How many messages are kept with their code, so that it need not be found again. */
const KNOWN_MAX = 512;

export type FailureReason = { readonly kind: string; readonly group: string };

export class FailureGroups {
  readonly #byGroup = new Map<string, number>();
  readonly #reasons: FailureReason[] = [];
  #known = new Map<string, number>();

  /** The code of an error's reason, from 0. */
  codeOf(error: Pick<ItemError, "kind" | "message">): number {
    const text = `${error.kind}\n${error.message}`;
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const code = this.#codeOfGroup(error.kind, groupOf(error));
    if (this.#known.size >= KNOWN_MAX) this.#known = new Map();
    this.#known.set(text, code);
    return code;
  }

  #codeOfGroup(kind: string, group: string): number {
    const known = this.#byGroup.get(group);
    if (known !== undefined) return known;
    if (this.#reasons.length >= CODES_MAX) return 0;
    if (this.#reasons.length < GROUPS_MAX || group === kind) return this.#addReason(kind, group);
    return this.#codeOfGroup(kind, kind);
  }

  #addReason(kind: string, group: string): number {
    this.#reasons.push({ kind, group });
    this.#byGroup.set(group, this.#reasons.length - 1);
    return this.#reasons.length - 1;
  }

  reason(code: number): FailureReason {
    return this.#reasons[code] ?? { kind: "", group: "" };
  }

  get count(): number {
    return this.#reasons.length;
  }
}
