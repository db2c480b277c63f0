// The interface of all processors. tests/contract/processors.test.ts runs one suite over all of them.
import type { PresentPart } from "../core/fingerprint.ts";
import type { Item } from "../core/item.ts";
import type { AnsweringModel } from "../core/model-versions.ts";
import type { Candidate, GroupFiller } from "./group/group-filler.ts";
import type { ItemError, Retry, Usage } from "../core/record.ts";

export type AttemptContext = {
  /** Number of this attempt, from 1. */
  readonly attempt: number;
  /** Id of the session, as `20230530_143025`. */
  readonly session: string;
  /** Nonce of the session (32 hex digits). Children have it in their environment, so that leftover processes can be found. */
  readonly nonce: string;
  /**
   * Aborted when the run no longer waits: reason "stop" (SIGTERM, then SIGKILL) or "kill" (SIGKILL at once). The processor then answers `aborted`.
   */
  readonly signal: AbortSignal;
  /** Aborted as soon as no new attempt may start. An attempt that only waits (for a retry, a rate limit) then ends as `aborted`. */
  readonly stopping: AbortSignal;
  /** Aborted when ckpt itself is told to stop by a signal. An attempt that ends by a signal then, or shortly before, has not failed. */
  readonly told: AbortSignal;
  /** Which of the wanted answers this attempt is for, from 1; absent when one is wanted. */
  readonly repeat?: number;
  /** True when the session had a success before this run: the request and the key are known to work. */
  readonly succeededBefore?: boolean;
  /** Whether no other item of the run remains to be started. */
  readonly isLast?: () => boolean;
  /** Resolves when another attempt may begin: it waits while the run is paused, and not once `stopping` is aborted. */
  readonly untilResumed?: () => Promise<void>;
  /** Takes a remark about the other side, which people are told once. */
  readonly remark?: (remark: Remark) => void;
};

/** `stream-usage-refused`: the endpoint refuses to report the usage of streams, and is asked without. */
export type Remark = "stream-usage-refused";

/** What a failure says about the other side as a whole. The pace wrapper uses it. */
export type Trouble =
  /** It rejects requests for now; `waitMs`: the requested wait, null without one. */
  | { readonly kind: "limited"; readonly waitMs: number | null }
  /** No answer, or a broken one; `waitMs` as above. */
  | {
      readonly kind: "strained";
      readonly waitMs?: number | null;
      /** An answer came that is of no use: it may be about the item alone. */
      readonly isAnswer?: boolean;
    }
  /** It serves nobody; `isUnknown`: the host does not exist, which is retried only a few times. */
  | { readonly kind: "down"; readonly waitMs?: number | null; readonly isUnknown?: boolean };

/** When an attempt started (milliseconds since the epoch), and its duration. */
export type AttemptTimes = { readonly startedAtMs: number; readonly durationMs: number };

type Tries = {
  /** Number of attempts if more than one (set by the wrappers). */
  readonly attempts?: number;
  readonly retries?: readonly Retry[];
  /** The last attempt, if more than one was made. */
  readonly last?: AttemptTimes;
  readonly usage?: Usage;
  /** The id under which the endpoint knows the request of the last attempt. */
  readonly requestId?: string;
  /** What the last answer says of the model that made it. */
  readonly answeredBy?: AnsweringModel;
  /** Which of several endpoints it came from. */
  readonly endpoint?: string;
};

/** The outcome of one attempt; after the retry wrapper, of all attempts of one item. */
export type Outcome =
  /** `outputJson` is the JSON text of the output. */
  | (Tries & {
      readonly status: "ok";
      readonly outputJson: string;
      /** Of a group of items: the output of each, in the place of `outputJson`. */
      readonly parts?: readonly string[];
      readonly marks?: readonly string[];
      /** Milliseconds to the first piece of an answer that came in pieces. */
      readonly ttftMs?: number;
      /** The end of standard error, if it is kept and there is any. */
      readonly stderr?: string;
      /** The text that the output was found in, if it is another one. Not recorded, except with a failed check. */
      readonly text?: string;
      /** The text of an answer of which more is kept: what checks look at. Not recorded, except with a failed check. */
      readonly answerText?: string;
    })
  /** The item failed; `retryable`: a retry may help. */
  | (Tries & {
      readonly status: "failed";
      readonly error: ItemError;
      readonly retryable: boolean;
      readonly trouble?: Trouble;
    })
  /** The cause lies outside the item (command not found, key refused, endpoint down): the run stops, the item stays pending. */
  | {
      readonly status: "outside";
      readonly error: ItemError;
      /** What attempts at the item have spent: it stays pending, so that no record tells of them. */
      readonly usage?: Usage;
      /** Present when other items may show that the item is the cause after all: returns the current outcome, to be called again after other items are done. */
      readonly reconsider?: () => Outcome;
    }
  /** The attempt followed the signal; nothing is recorded, the item stays pending. */
  | { readonly status: "aborted"; readonly usage?: Usage };

/**
 * Contract:
 * - `open` is called once, before anything else. It throws a CkptError when nothing could ever be processed. `nonce` is that of the session; all
 *   child processes get it in their environment.
 * - `process` never throws for anything that an item, a command or an endpoint can cause: that is an Outcome. It is called for many items at once, up
 *   to the run's concurrency. It applies its own timeout, and resolves within a few seconds after a signal is aborted. It may return the outcome
 *   directly, without a promise.
 * - When `process` has resolved, nothing that it started for that item is still running.
 * - `close` ends everything that remains. After it, no child process of this processor is alive. It may be called twice.
 */
export type Processor = {
  readonly kind: ProcessorKind;
  open(nonce: string): Promise<void>;
  process(item: Item, context: AttemptContext): Promise<Outcome> | Outcome;
  close(): Promise<void>;
  /** Prepares for another number of attempts at once, while attempts go on; without it, any number is fine. */
  resize?(atOnce: number): void;
  /** The call for an item, for display (`--dry-run`, the start of a run); one string per line, not escaped. */
  preview(item: Item): readonly string[];
  /** Paths of the fields that the templates name, outermost name first. Each must occur in at least one item. */
  readonly fieldPaths: readonly (readonly string[])[];
  /** True: every item must have those fields, or the run does not start. */
  readonly everyField?: boolean;
  /** True when the processor receives the item's number (`{#}`): the index is then part of the item's hash. */
  readonly usesIndex: boolean;
  /** Estimated tokens of an item; `outputTokens` is the limit of the answer, null without one. */
  estimate?(item: Item): { readonly inputTokens: number; readonly outputTokens: number | null };
  /** Removes its secrets from a text that is recorded or shown; without it, it knows none. */
  redact?(text: string): string;
  /** Items with the same key may be handed over together, as a group (group/item-group.ts); null: this one only alone. */
  groupKey?(item: Item): string | null;
  /** Present when items are handed over in groups: says which go together. */
  groupFiller?(): GroupFiller<Candidate & { readonly item: Item }>;
  /** What the results depend on. */
  fingerprintParts(): Promise<readonly PresentPart[]>;
};

export type ProcessorKind = "command" | "shell" | "module" | "worker" | "endpoint";
