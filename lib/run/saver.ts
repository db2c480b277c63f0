// Decides when results are written and committed. They are written in the turn in which they arrive. They are committed when a batch is full; full
// batches are combined while commits would take more than a tenth of the time, but for at most a second. A result is committed after 5 s at the
// latest.
import { CkptError } from "../core/errors.ts";
import type { Clock } from "../io/clock.ts";

/** The part of a session that the saver uses. */
export type SaveTarget = {
  readonly uncommitted: number;
  readonly poisoned: boolean;
  write(): void;
  commit(): Promise<void>;
};

export type SaverEvents = {
  /** A commit is durable. */
  saved(): void;
  /** Writing is blocked (true), or possible again (false). */
  held(held: boolean): void;
  /** Saving has failed permanently. */
  failed(error: unknown): void;
};

/** Commits may take a tenth of the time: after a commit of `d` ms the next waits for 9 `d`. */
const REST_FACTOR = 9;
const FULL_WAIT_MS_MAX = 1000;
const AGE_MS_MAX = 5000;
const DISK_RETRY_MS = 1000;
/** How long to wait for space on a full disk. */
const HOLD_MS_MAX = 30_000;

export class Saver {
  readonly #target: SaveTarget;
  readonly #clock: Clock;
  readonly #batchSize: number;
  readonly #events: SaverEvents;
  #oldestAtMs: number | null = null;
  #fullAtMs: number | null = null;
  #lastEndMs = Number.NEGATIVE_INFINITY;
  #lastTookMs = 0;
  #committing: Promise<void> | null = null;
  #cancelTimer: (() => void) | null = null;
  #heldSinceMs: number | null = null;
  #failed = false;
  /** Those who wait for the next commit to begin and to end. */
  #waiting: (() => void)[] = [];

  constructor(target: SaveTarget, clock: Clock, batchSize: number, events: SaverEvents) {
    this.#target = target;
    this.#clock = clock;
    this.#batchSize = batchSize;
    this.#events = events;
  }

  get isHeld(): boolean {
    return this.#heldSinceMs !== null;
  }

  /** Called in each turn with new results: at its end, and earlier in a long turn. */
  turn(): void {
    if (this.#failed || this.isHeld) return;
    try {
      this.#target.write();
    } catch (error) {
      this.#trouble(error);
      return;
    }
    this.#note();
    this.#schedule();
  }

  /** Commits as soon as no other commit is in progress. Resolves when that is durable, or no commit will start any more. */
  saveNow(): Promise<void> {
    if (this.#failed) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (!this.isHeld) this.#schedule();
    });
  }

  #note(): void {
    const nowMs = this.#clock.monotonic();
    const waiting = this.#target.uncommitted;
    this.#oldestAtMs = waiting === 0 ? null : (this.#oldestAtMs ?? nowMs);
    this.#fullAtMs = waiting < this.#batchSize ? null : (this.#fullAtMs ?? nowMs);
  }

  #schedule(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    const dueMs = this.#dueMs();
    if (dueMs === null || this.#committing !== null || this.#failed) return;
    const waitMs = dueMs - this.#clock.monotonic();
    if (waitMs <= 0) this.#start();
    else this.#cancelTimer = this.#clock.after(waitMs, () => this.#start());
  }

  #dueMs(): number | null {
    if (this.#waiting.length > 0) return Number.NEGATIVE_INFINITY;
    if (this.#oldestAtMs === null) return null;
    const rested = this.#lastEndMs + this.#lastTookMs * REST_FACTOR;
    const byAge = this.#oldestAtMs + AGE_MS_MAX;
    if (this.#fullAtMs === null) return byAge;
    return Math.min(byAge, Math.max(this.#fullAtMs, Math.min(rested, this.#fullAtMs + FULL_WAIT_MS_MAX)));
  }

  #start(): void {
    if (this.#committing !== null || this.#failed) return;
    const startMs = this.#clock.monotonic();
    this.#oldestAtMs = null;
    this.#fullAtMs = null;
    const waiting = this.#waiting.splice(0);
    this.#committing = this.#target
      .commit()
      .then(
        () => {
          for (const resolve of waiting) resolve();
          this.#done(startMs);
        },
        (error: unknown) => {
          this.#waiting.push(...waiting);
          this.#trouble(error);
        },
      )
      .finally(() => {
        this.#committing = null;
        if (this.isHeld || this.#failed) return;
        this.#note();
        this.#schedule();
      });
  }

  #done(startMs: number): void {
    this.#lastEndMs = this.#clock.monotonic();
    this.#lastTookMs = this.#lastEndMs - startMs;
    if (this.#heldSinceMs !== null) {
      this.#heldSinceMs = null;
      this.#events.held(false);
    }
    this.#events.saved();
  }

  /** Waits for space on a full disk. Any other error, or too long a wait, ends the run. */
  #trouble(error: unknown): void {
    if (this.#failed) return;
    const nowMs = this.#clock.monotonic();
    if (!mayPass(error, this.#target) || nowMs - (this.#heldSinceMs ?? nowMs) >= HOLD_MS_MAX) {
      this.#failed = true;
      this.#events.failed(error);
      return;
    }
    if (this.#heldSinceMs === null) {
      this.#heldSinceMs = nowMs;
      this.#events.held(true);
    }
    this.#cancelTimer?.();
    this.#cancelTimer = this.#clock.after(DISK_RETRY_MS, () => this.#start());
  }

  /** Waits until no commit is in progress and none will start. */
  async drain(): Promise<void> {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.#failed = true;
    await this.#committing;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

/** Whether saving may go through later. */
function mayPass(error: unknown, { poisoned }: Pick<SaveTarget, "poisoned">): boolean {
  if (!(error instanceof CkptError) || poisoned) return false;
  return error.code === "checkpoint.diskFull" || error.code === "checkpoint.writeFailed";
}

/** Saves outside the run loop: on a full disk it waits for space as long as a saver does. @param held called before the first wait */
export async function saveWithPatience(
  target: Pick<SaveTarget, "poisoned">,
  clock: Clock,
  save: () => Promise<void> | void,
  held: (maxMs: number) => void,
): Promise<void> {
  let heldSinceMs: number | null = null;
  for (;;) {
    try {
      await save();
      return;
    } catch (error) {
      const nowMs = clock.monotonic();
      if (!mayPass(error, target) || nowMs - (heldSinceMs ?? nowMs) >= HOLD_MS_MAX) throw error;
      if (heldSinceMs === null) held(HOLD_MS_MAX);
      heldSinceMs ??= nowMs;
      await clock.sleep(DISK_RETRY_MS);
    }
  }
}
