// The state of the page: what is shown, what is known of it, and whether the page is connected.
import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Filter, Overview, PageData, SourceEntry } from "../page-contract.ts";
import { listingOf } from "../listing.ts";
import { language } from "./preferences.ts";
import { formatRoute, parseRoute, type Route } from "./route.ts";
import { AskError, RETRY_MS } from "./ask-error.ts";

/** `refused`: the token is missing or wrong. */
export type Connection = "connecting" | "connected" | "lost" | "refused";

export class Store {
  readonly data: PageData;
  readonly route: Signal<Route> = signal(parseRoute(location.hash));
  readonly sources: Signal<readonly SourceEntry[]> = signal([]);
  readonly overview: Signal<Overview | null> = signal(null);
  readonly connection: Signal<Connection> = signal("connecting");
  /** What the server says is wrong; empty when it says nothing. */
  readonly fault: Signal<string> = signal("");
  /** When the last overview arrived, in milliseconds since the epoch. */
  readonly heardAtMs: Signal<number> = signal(0);
  readonly isHelpOpen: Signal<boolean> = signal(false);
  /** The source that was shown last without having been chosen. */
  #first: string | null = null;
  /** The source that is shown; null until it is known. */
  readonly source: ReadonlySignal<string | null>;

  constructor(data: PageData) {
    this.data = data;
    this.source = computed(() => {
      const { source } = this.route.value;
      const all = this.sources.value;
      const chosen = all.find(({ id }) => id === source);
      // Where the checkpoint was shown it stays, also when it is cleared: the next run will be there.
      const kept = all.find(({ id, kind }) => id === this.#first && kind === "checkpoint");
      if (chosen === undefined) this.#first = (kept ?? all[0])?.id ?? null;
      return chosen?.id ?? this.#first;
    });
  }

  start(): void {
    addEventListener("hashchange", () => {
      this.route.value = parseRoute(location.hash);
    });
    void this.#loadSources();
    effect(() => {
      const source = this.source.value;
      // The server words its faults in the language that was asked for: in another language, it is asked again.
      void language.value;
      if (source === null) return;
      const abort = new AbortController();
      void this.#follow(source, abort.signal);
      return () => abort.abort();
    });
  }

  /** Goes elsewhere in the page, with an entry in the browser's history, so that its back button works. */
  go(change: Partial<Route>): void {
    this.#move(change, "pushState");
  }

  /** As go(), without an entry in the history: for what changes with each key. */
  adjust(change: Partial<Route>): void {
    this.#move(change, "replaceState");
  }

  /** Shows the results that match a filter, and closes the item that was open. */
  filter(filter: Filter): void {
    this.adjust({ view: "results", filter, item: null });
  }

  /** The address of a place in the page. */
  link(change: Partial<Route>): string {
    return formatRoute({ ...this.route.value, ...change });
  }

  #move(change: Partial<Route>, how: "pushState" | "replaceState"): void {
    const next = { ...this.route.peek(), ...change };
    const hash = formatRoute(next);
    if (hash === formatRoute(this.route.peek())) return;
    history[how](null, "", hash);
    this.route.value = next;
  }

  async #loadSources(): Promise<void> {
    try {
      this.sources.value = await this.data.sources();
    } catch (error) {
      this.#failed(error);
      if (this.connection.peek() !== "refused") setTimeout(() => void this.#loadSources(), RETRY_MS);
    }
  }

  /** Asks for the list of sources again when an overview shows that it has changed. */
  #followSources({ listing, source: { id, name } }: Overview): void {
    const known = this.sources.peek().find((entry) => entry.id === id);
    const isSame = listing === listingOf(this.sources.peek()) && known?.name === name;
    if (!isSame) void this.#loadSources();
  }

  async #follow(source: string, until: AbortSignal): Promise<void> {
    if (this.overview.peek()?.source.id !== source) this.overview.value = null;
    const heard = (overview: Overview): void => {
      if (until.aborted) return;
      this.#followSources(overview);
      batch(() => {
        this.overview.value = overview;
        this.connection.value = "connected";
        this.fault.value = "";
        this.heardAtMs.value = Date.now();
      });
    };
    try {
      heard(await this.data.overview(source, until));
    } catch (error) {
      if (!until.aborted) this.#failed(error);
    }
    if (!until.aborted && this.connection.peek() !== "refused")
      this.data.watch(source, heard, (code, message) => this.#lost(code, message), until);
  }

  #failed(error: unknown): void {
    if (error instanceof AskError) this.#lost(error.code, error.message);
    else throw error;
  }

  #lost(code: string, message: string): void {
    batch(() => {
      this.connection.value = code === "token" ? "refused" : "lost";
      this.fault.value = message;
    });
    // The source is not there any more, but there may be others.
    if (code === "no-source") void this.#loadSources();
  }
}
