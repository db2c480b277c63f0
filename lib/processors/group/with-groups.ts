// Several items in one request (`--items-per-request`): a wrapper that collects items into groups, and gives each item of a group its own outcome. It stands outside of
// retries and pace, which see a group as one item: a request is counted, held back and retried as a whole. A group that has failed for good is split in
// halves, down to single items, because the cause may lie in one of them.
import type { Item } from "../../core/item.ts";
import { RETRIES_MAX, type Retry, type Usage } from "../../core/record.ts";
import type { Clock } from "../../io/clock.ts";
import { ABORTED, withSpent } from "../outcomes.ts";
import type { EndpointPace, Pace, PaceOutage } from "../pace/pace.ts";
import type { GateChange, GateReason } from "../pace/gate.ts";
import type { OwnLimit } from "../pace/lanes.ts";
import { retryEntry } from "../pace/retry-entry.ts";
import type { AttemptContext, Outcome, Processor } from "../processor.ts";
import { divideUsage } from "./divide-usage.ts";
import { type Candidate, candidateOf, GroupFiller, type GroupLimits } from "./group-filler.ts";
import { groupOf } from "./item-group.ts";

export type GroupOptions = GroupLimits & { readonly clock: Clock };

/** A group that is not full is sent when no further item has come for this long, and a request may start. */
const LINGER_MS = 20;
/** Items that are started and have no outcome yet are kept in memory: no more than these, however many requests may be in flight. */
const STARTED_MAX = 65_536;
/** Single items of a group that are tried after a refusal that may be about the key, before it counts for all. */
const DOUBTS_MAX = 3;

type Ok = Outcome & { readonly status: "ok" };
type Failed = Outcome & { readonly status: "failed" };
type Outside = Outcome & { readonly status: "outside" };

type Member = Candidate & {
  readonly item: Item;
  readonly context: AttemptContext;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
};

/** Attempts at a group before it was split; its usage is divided. */
type Before = { readonly attempts: number; readonly retries: readonly Retry[] };
const NOTHING_BEFORE: Before = { attempts: 0, retries: [] };

/** @param processor with `groupKey`, wrapped in retries and pace */
export function withGroups(
  processor: Processor,
  pace: Pace,
  options: GroupOptions,
): { readonly processor: Processor; readonly pace: Pace } {
  const groups = new Groups(processor, pace, options);
  return {
    pace: groups,
    processor: {
      ...processor,
      process: (item, context) => groups.process(item, context),
      groupFiller: () => new GroupFiller(options),
    },
  };
}

class Groups implements Pace {
  readonly #processor: Processor;
  readonly #pace: Pace;
  readonly #options: GroupOptions;
  readonly #filler: GroupFiller<Member>;
  readonly #watched = new WeakSet<AbortSignal>();
  #cancelTimer: (() => void) | null = null;
  /** No item has come for a while: what waits is sent as soon as a request may start. */
  #isIdle = false;

  constructor(processor: Processor, pace: Pace, options: GroupOptions) {
    this.#processor = processor;
    this.#pace = pace;
    this.#options = options;
    this.#filler = new GroupFiller(options);
  }

  /** Number of items to keep started: enough to fill all requests that may be in flight. */
  get concurrency(): number {
    const { itemsMax } = this.#options;
    return Math.min(this.#pace.concurrency * itemsMax, Math.max(itemsMax, STARTED_MAX));
  }

  get limit(): number {
    return this.#pace.limit;
  }

  get active(): number {
    return this.#pace.active;
  }

  get reason(): GateReason | null {
    return this.#pace.reason;
  }

  get outage(): PaceOutage | null {
    return this.#pace.outage;
  }

  get endpoints(): readonly EndpointPace[] {
    return this.#pace.endpoints;
  }

  isOwn(limit: OwnLimit): boolean {
    return this.#pace.isOwn(limit);
  }

  change(change: GateChange): void {
    this.#pace.change(change);
  }

  process(item: Item, context: AttemptContext): Promise<Outcome> {
    if (context.stopping.aborted) return Promise.resolve(ABORTED);
    this.#watch(context.stopping);
    const candidate = candidateOf(item, this.#processor);
    return new Promise((resolve, reject) => {
      const member = { ...candidate, context, resolve, reject };
      for (const group of this.#filler.add(member)) this.#start(group);
      if (context.isLast?.() === true) this.#start(this.#filler.take());
      this.#linger();
    });
  }

  /** Waits for further items; afterwards, for a place for another request. */
  #linger(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.#isIdle = false;
    if (this.#filler.waiting === 0) return;
    this.#cancelTimer = this.#options.clock.after(LINGER_MS, () => {
      this.#cancelTimer = null;
      this.#isIdle = true;
      this.#sendWaiting();
    });
  }

  #sendWaiting(): void {
    if (this.#isIdle && this.#pace.active < this.#pace.limit) this.#start(this.#filler.take());
  }

  #start(members: readonly Member[]): void {
    if (members.length === 0) return;
    void this.#send(members, NOTHING_BEFORE)
      .catch((error: unknown) => members.forEach((member) => member.reject(error)))
      .finally(() => this.#sendWaiting());
  }

  /** Ends the items that wait for others when no new attempt may start. */
  #watch(stopping: AbortSignal): void {
    if (this.#watched.has(stopping)) return;
    this.#watched.add(stopping);
    const end = (): void => this.#filler.take().forEach((member) => member.resolve(ABORTED));
    stopping.addEventListener("abort", end, { once: true });
  }

  /** Sends items in one request and gives each its outcome. Resolves when all have one. */
  async #send(members: readonly Member[], before: Before): Promise<void> {
    const [first] = members;
    if (first === undefined) return;
    const context = { ...first.context, attempt: first.context.attempt + before.attempts };
    const items = members.map(({ item }) => item);
    const startedAtMs = this.#options.clock.now();
    const startMs = this.#options.clock.monotonic();
    const outcome = await this.#processor.process(items.length === 1 ? first.item : groupOf(items), context);
    const last = outcome.status === "failed" ? outcome.last : undefined;
    const times = last ?? { startedAtMs, durationMs: this.#options.clock.monotonic() - startMs };
    if (members.length === 1) first.resolve(withBefore(outcome, before));
    else if (outcome.status === "ok") settle(members, outcome, before);
    else if (outcome.status === "failed") await this.#split(members, outcome, joined(before, outcome, times));
    else if (outcome.status === "outside" && outcome.reconsider !== undefined)
      await this.#doubt(members, outcome, before);
    else giveAll(members, outcome);
  }

  /** Sends the halves of a failed group. What it has spent is divided among its items. */
  async #split(members: readonly Member[], { usage }: Failed, before: Before): Promise<void> {
    const charged = withShares(members, usage);
    const middle = Math.ceil(charged.length / 2);
    await Promise.all(
      [charged.slice(0, middle), charged.slice(middle)].map((half) => this.#send(half, before)),
    );
  }

  /**
   * A refusal that may be about the key, or about one item of the group (a 403 before the first success). Single items tell: some are tried, one after the other.
   * Once one succeeds, the others go on as a group; as long as none does, the refusal counts for all.
   */
  async #doubt(members: readonly Member[], outcome: Outside, before: Before): Promise<void> {
    const charged = withShares(members, outcome.usage);
    const spent = { ...outcome, usage: undefined };
    for (const [at, member] of charged.slice(0, DOUBTS_MAX).entries()) {
      let isInDoubt = false;
      const tell = (told: Outcome): void => {
        isInDoubt = told.status === "outside" && told.reconsider !== undefined;
        member.resolve(told);
      };
      await this.#send([{ ...member, resolve: tell }], before);
      if (!isInDoubt) return this.#send(charged.slice(at + 1), before);
    }
    const { usage: _divided, ...same } = spent;
    giveAll(charged.slice(DOUBTS_MAX), same);
  }
}

/** Members whose outcome will include their share of what the group has spent. */
function withShares(members: readonly Member[], usage: Usage | undefined): readonly Member[] {
  if (usage === undefined) return members;
  const shares = divideUsage(usage, weightsOf(members));
  return members.map((member, at) => ({
    ...member,
    resolve: (outcome) => member.resolve(withSpent(outcome, shares[at])),
  }));
}

const weightsOf = (members: readonly Member[]): readonly number[] => members.map(({ tokens }) => tokens);

/** Retries of a group as they stand in the record of an item: what they have spent is in its share. */
function ofGroup(retries: readonly Retry[]): readonly Retry[] {
  return retries.map(({ usage: _divided, ...rest }) => rest);
}

/** Gives each item its part of the answer. */
function settle(members: readonly Member[], { parts = [], usage, ...rest }: Ok, before: Before): void {
  if (parts.length !== members.length) throw new Error("each item of a group has a part of the answer");
  const shares = divideUsage(usage, weightsOf(members));
  const tries = rest.retries === undefined ? {} : { retries: ofGroup(rest.retries) };
  for (const [at, member] of members.entries()) {
    const share = shares[at];
    const outcome = {
      ...rest,
      ...tries,
      outputJson: parts[at] ?? "",
      ...(share === undefined ? {} : { usage: share }),
    };
    member.resolve(withBefore(outcome, before));
  }
}

/** Gives all items the outcome of the group, which is no result. */
function giveAll(members: readonly Member[], outcome: Outcome): void {
  const shares = divideUsage(outcome.usage, weightsOf(members));
  for (const [at, member] of members.entries()) {
    const { usage: _divided, ...rest } = outcome;
    member.resolve(withSpent(rest, shares[at]));
  }
}

/** What came before a group is split, with the failure that split it. */
function joined(before: Before, failed: Failed, last: Parameters<typeof retryEntry>[1]): Before {
  const { attempts = 1, retries = [], error } = failed;
  return {
    attempts: before.attempts + attempts,
    retries: [...before.retries, ...ofGroup(retries), retryEntry({ error }, last, 0)].slice(-RETRIES_MAX),
  };
}

/** The outcome of an item with the attempts at the groups that it was in. */
function withBefore(outcome: Outcome, before: Before): Outcome {
  if (before.attempts === 0 || (outcome.status !== "ok" && outcome.status !== "failed")) return outcome;
  const { attempts = 1, retries = [] } = outcome;
  return {
    ...outcome,
    attempts: before.attempts + attempts,
    retries: [...before.retries, ...retries].slice(-RETRIES_MAX),
  };
}
