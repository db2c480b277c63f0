// Sends the overviews of one source to all who watch it: every second while a run lives, and soon after its files show that the state has changed. Nothing is looked at while
// nobody reads.
import type { Clock } from "../../io/clock.ts";
import { event, EventStreams, HEARTBEAT } from "../event-streams.ts";
import type { Overview } from "../page-contract.ts";

/** How often the files are looked at. */
const LOOK_MS = 250;
/** How often the overview of a live run is made. */
const LIVE_MS = 1000;
const HEARTBEAT_MS = 5000;

export type WatchedSource = {
  /** Never rejects: what went wrong is sent as an event, too. */
  readonly overview: () => Promise<Overview | { readonly fault: object }>;
  /** A text that changes whenever anything may have changed. @param isLive whether a run says how many results there are */
  readonly signature: (isLive: boolean) => string;
};

export class SourceEvents {
  readonly #source: WatchedSource;
  readonly #clock: Clock;
  readonly #streams = new EventStreams();
  readonly #closed = new AbortController();
  #isWatching = false;

  constructor(source: WatchedSource, clock: Clock) {
    this.#source = source;
    this.#clock = clock;
  }

  /** Whether nobody reads. */
  get isIdle(): boolean {
    return this.#streams.size === 0;
  }

  /** A stream of events; null when there are too many readers. */
  async open(): Promise<Response | null> {
    const response = this.#streams.open(eventOf(await this.#source.overview()).bytes);
    if (!this.#isWatching) void this.#watch();
    return response;
  }

  async #watch(): Promise<void> {
    this.#isWatching = true;
    const { signal } = this.#closed;
    const now = (): number => this.#clock.monotonic();
    let isLive = true;
    let signature = this.#source.signature(isLive);
    let sent = "";
    let [lookedMs, sentMs] = [now(), now()];
    while (!this.isIdle && !signal.aborted) {
      await this.#clock.sleep(LOOK_MS, signal);
      const newSignature = this.#source.signature(isLive);
      const isDue = newSignature !== signature || (isLive && now() - lookedMs >= LIVE_MS);
      if (isDue) {
        signature = newSignature;
        lookedMs = now();
        const next = eventOf(await this.#source.overview());
        isLive = next.isLive;
        if (next.text !== sent) {
          sent = next.text;
          sentMs = now();
          this.#streams.send(() => next.bytes);
        }
      }
      if (now() - sentMs >= HEARTBEAT_MS) {
        sentMs = now();
        this.#streams.send(() => HEARTBEAT);
      }
    }
    this.#isWatching = false;
  }

  close(): void {
    this.#closed.abort();
    this.#streams.close();
  }
}

type SourceEvent = {
  readonly bytes: Uint8Array;
  /** Equal for equal events. */
  readonly text: string;
  /** Whether the next overview may differ although no file changes its state: a run is live, or the log is still being read. */
  readonly isLive: boolean;
};

function eventOf(overview: Overview | { readonly fault: object }): SourceEvent {
  const isFault = "fault" in overview;
  const bytes = isFault ? event("fault", overview.fault) : event("overview", overview);
  const isLive = !isFault && (overview.live || overview.reading !== null);
  return { bytes, text: Buffer.from(bytes).toString("latin1"), isLive };
}
