// Whether an endpoint is down: nobody listens, or a row of broken answers without a success between. While it is, one attempt at a time tries,
// at growing intervals, until it answers or the time for it is up.

/** Broken answers in a row that make an outage. */
const BROKEN_ROW = 10;
const PROBE_FIRST_MS = 1000;
const PROBE_MAX_MS = 30_000;

export class Outage {
  readonly #maxMs: number;
  #row = 0;
  #rowSinceMs = 0;
  #down = false;
  #probes = 0;
  #probeAtMs = 0;

  /** @param maxMs how long an outage is waited for, from its first failure */
  constructor(maxMs: number) {
    this.#maxMs = maxMs;
  }

  get isDown(): boolean {
    return this.#down;
  }

  /** Probes that have failed or are under way; 0 while it is not down. */
  get probes(): number {
    return this.#down ? this.#probes : 0;
  }

  /** When the next probe may begin. */
  get probeAtMs(): number {
    return this.#probeAtMs;
  }

  /** When its first failure came. */
  get sinceMs(): number {
    return this.#rowSinceMs;
  }

  /** When it has lasted too long. */
  get endsAtMs(): number {
    return this.#rowSinceMs + this.#maxMs;
  }

  /** Any answer that is not broken. */
  answered(): void {
    this.#row = 0;
    this.#down = false;
  }

  /**
   * A broken answer, or none.
   * @param refused nobody listens there
   * @param wasProbe the attempt was a probe of this outage
   * @param askedMs how long it asks to be left alone; null when it does not say
   */
  failed(refused: boolean, wasProbe: boolean, askedMs: number | null, nowMs: number): void {
    if (this.#row === 0) this.#rowSinceMs = nowMs;
    this.#row++;
    const begins = !this.#down && (refused || this.#row >= BROKEN_ROW);
    if (begins) this.#probes = 0;
    if (!begins && !wasProbe) return;
    this.#down = true;
    const pauseMs = Math.max(askedMs ?? 0, Math.min(PROBE_MAX_MS, PROBE_FIRST_MS * 2 ** this.#probes++));
    this.#probeAtMs = Math.min(nowMs + pauseMs, Math.max(nowMs, this.endsAtMs));
  }
}
