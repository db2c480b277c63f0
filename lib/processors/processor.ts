// The one interface behind which every processor stands. tests/contract/processors.test.ts runs one suite over all of them.
import type { PresentPart } from "../core/fingerprint.ts";
import type { Item } from "../core/item.ts";
import type { ItemError, Retry, Usage } from "../core/record.ts";

export type AttemptContext = {
  /** Number of this attempt, from 1. */
  readonly attempt: number;
  /** Id of the session, as `20230530_143025`. */
  readonly session: string;
  /** Nonce of the session (32 hex digits); children carry it in their environment, so that survivors can be found. */
  readonly nonce: string;
  /**
   * Aborted when the run gives up waiting: reason "stop" (end what runs: SIGTERM, then SIGKILL) or "kill" (SIGKILL at once).
   * A processor answers with `aborted` then.
   */
  readonly signal: AbortSignal;
  /** Aborted as soon as nothing new is to be begun: an attempt that only waits (for a retry, a rate limit) ends as `aborted` then. */
  readonly stopping: AbortSignal;
  /** Aborted when ckpt itself is told to stop, by a signal: what ends by a signal then, or shortly before, has not failed. */
  readonly told: AbortSignal;
  /** Which of several answers wanted for the item is asked for, from 1; absent where one is wanted. */
  readonly repeat?: number;
  /** True when the session held a success before this run: what is asked of the other side, and as whom, has worked. */
  readonly succeededBefore?: boolean;
  /** Whether no other item of the run is left to be begun. */
  readonly isLast?: () => boolean;
};

/** What a failure tells about the other side as a whole; the pace wrapper heeds it. */
export type Trouble =
  /** It refuses for now; `waitMs`: how long it asks to be left alone, null when it does not say. */
  | { readonly kind: "limited"; readonly waitMs: number | null }
  /** No answer, or a broken one; `waitMs` as above, where it may say. */
  | { readonly kind: "strained"; readonly waitMs?: number | null }
  /** Nobody is served there; `isUnknown`: there is no such host, which only a few more tries are made about. */
  | { readonly kind: "down"; readonly waitMs?: number | null; readonly isUnknown?: boolean };

/** When an attempt began (milliseconds since the epoch), and how long it took. */
export type AttemptTimes = { readonly startedAtMs: number; readonly durationMs: number };

type Tries = {
  /** Attempts made, when more than one (the wrappers that make them fill it in). */
  readonly attempts?: number;
  readonly retries?: readonly Retry[];
  /** The last attempt, when more than one was made. */
  readonly last?: AttemptTimes;
  readonly usage?: Usage;
};

/** What became of one attempt (or, behind the retry wrapper, of all attempts of one item). */
export type Outcome =
  /** `outputJson` is the JSON text of the output. */
  | (Tries & { readonly status: "ok"; readonly outputJson: string; readonly marks?: readonly string[] })
  /** The item failed; `retryable`: another attempt may help. */
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
      /** Where others may tell that it lies with the item all the same: what it is by now, asked again once something has come of another. */
      readonly reconsider?: () => Outcome;
    }
  /** The signal was heeded; nothing is recorded, the item stays pending. */
  | { readonly status: "aborted"; readonly usage?: Usage };

/**
 * Contract:
 * - `open` is called once, before anything else; it throws a CkptError when nothing could ever be processed. `nonce` is the one of the session:
 *   it stands in the environment of all that the processor starts.
 * - `process` never throws for what an item, a command or an endpoint can cause: that is an Outcome. It is called for many items at once,
 *   up to the run's concurrency. It keeps its own timeout, and resolves within a few seconds of an aborted signal.
 *   It may answer at once (no promise) when it has the answer.
 * - When `process` has resolved, nothing that it started for that item still runs.
 * - `close` ends everything that is left; after it, no child process of this processor is alive. It may be called twice.
 */
export type Processor = {
  readonly kind: ProcessorKind;
  open(nonce: string): Promise<void>;
  process(item: Item, context: AttemptContext): Promise<Outcome> | Outcome;
  close(): Promise<void>;
  /** What would be called for an item, for people (`--dry-run`, the start of a run); one string a line, not yet escaped. */
  preview(item: Item): readonly string[];
  /** Field paths that the templates name, from the outside in; each must occur in at least one item. */
  readonly fieldPaths: readonly (readonly string[])[];
  /** True: every item must have those fields, or nothing is begun. */
  readonly everyField?: boolean;
  /** True when the item's number is part of what it is given (`{#}`): its index is then part of its hash. */
  readonly usesIndex: boolean;
  /** Tokens that an item will take, roughly; `outputTokens` is the bound of the answer, null without one. */
  estimate?(item: Item): { readonly inputTokens: number; readonly outputTokens: number | null };
  /** What the results depend on. */
  fingerprintParts(): Promise<readonly PresentPart[]>;
};

export type ProcessorKind = "command" | "shell" | "module" | "worker" | "endpoint";
