// Detects that an endpoint is down: nobody listens, or there are several broken answers in a row. While it is down, single attempts probe it at
// growing intervals until it answers or the maximum outage time is over.

/** Number of broken answers in a row that count as an outage. */
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

  /** @param maxMs maximum duration of an outage, from its first failure */
  constructor(maxMs: number) {
    this.#maxMs = maxMs;
  }

  get isDown(): boolean {
    return this.#down;
  }

  /** Probes that have failed or are in flight; 0 while it is not down. */
  get probes(): number {
    return this.#down ? this.#probes : 0;
  }

  /** When the next probe may start. */
  get probeAtMs(): number {
    return this.#probeAtMs;
  }

  /** Time of its first failure. */
  get sinceMs(): number {
    return this.#rowSinceMs;
  }

  /** When the maximum duration is reached. */
  get endsAtMs(): number {
    return this.#rowSinceMs + this.#maxMs;
  }

  /** An answer arrived that is not broken. */
  answered(): void {
    this.#row = 0;
    this.#down = false;
  }

  /**
   * A broken answer, or no answer.
   * @param refused nobody listens there
   * @param wasProbe the attempt was a probe of this outage
   * @param askedMs the requested wait; null without one
   */
  failed(refused: boolean, wasProbe: boolean, askedMs: number | null, nowMs: number): void {
    if (this.#row === 0) this.#rowSinceMs = nowMs;
    this.#row++;
    const begins = !this.#down && (refused || this.#row >= BROKEN_ROW);
    if (begins) this.#probes = 0;
    if (!begins && !wasProbe) return;
    this.#down = true;
    const pauseMs = Math.max(askedMs ?? 0, Math.min(PROBE_MAX_MS, PROBE_FIRST_MS * 2 ** this.#probes++));
    this.#probeAtMs = nowMs + pauseMs;
  }
}
