// The overviews of one source as they change, for all who look at it: every second while a run lives, and at once when files show that its state has changed. It looks
// only while somebody reads.
import type { Clock } from "../../io/clock.ts";
import { event, EventStreams, HEARTBEAT } from "../event-streams.ts";
import type { Overview } from "../page-data.ts";

/** How often the files are looked at. */
const LOOK_MS = 250;
const LIVE_MS = 1000;
const HEARTBEAT_MS = 5000;

export type WatchedSource = {
  /** Never rejects: what went wrong is an event of its own. */
  readonly overview: () => Promise<Overview | { readonly fault: object }>;
  /** Changes with what may have changed the state; @param isLive while a run tells its counts */
  readonly signature: (isLive: boolean) => string;
};

export class SourceEvents {
  readonly #source: WatchedSource;
  readonly #clock: Clock;
  readonly #streams = new EventStreams();
  readonly #closed = new AbortController();
  #isLooking = false;

  constructor(source: WatchedSource, clock: Clock) {
    this.#source = source;
    this.#clock = clock;
  }

  get isIdle(): boolean {
    return this.#streams.size === 0;
  }

  /** Null where too many read. */
  async open(): Promise<Response | null> {
    const response = this.#streams.open(eventOf(await this.#source.overview()).bytes);
    if (!this.#isLooking) void this.#look();
    return response;
  }

  async #look(): Promise<void> {
    this.#isLooking = true;
    const { signal } = this.#closed;
    const now = (): number => this.#clock.monotonic();
    let isLive = true;
    let signature = this.#source.signature(isLive);
    let sent = "";
    let [lookedMs, sentMs] = [now(), now()];
    while (!this.isIdle && !signal.aborted) {
      await this.#clock.sleep(LOOK_MS, signal);
      const found = this.#source.signature(isLive);
      const isDue = found !== signature || (isLive && now() - lookedMs >= LIVE_MS);
      if (isDue) {
        signature = found;
        lookedMs = now();
        const made = eventOf(await this.#source.overview());
        isLive = made.isLive;
        if (made.text !== sent) {
          sent = made.text;
          sentMs = now();
          this.#streams.send(() => made.bytes);
        }
      }
      if (now() - sentMs >= HEARTBEAT_MS) {
        sentMs = now();
        this.#streams.send(() => HEARTBEAT);
      }
    }
    this.#isLooking = false;
  }

  close(): void {
    this.#closed.abort();
    this.#streams.close();
  }
}

type Made = {
  readonly bytes: Uint8Array;
  readonly text: string;
  /** Whether it changes by itself. */ readonly isLive: boolean;
};

function eventOf(found: Overview | { readonly fault: object }): Made {
  const isFault = "fault" in found;
  const bytes = isFault ? event("fault", found.fault) : event("overview", found);
  const isLive = !isFault && (found.live || found.reading !== null);
  return { bytes, text: Buffer.from(bytes).toString("latin1"), isLive };
}
