// How many results came from each endpoint, where a job has several.
import type { EndpointCount } from "./status.ts";

/** So many endpoints are counted apart. */
const ENDPOINTS_MAX = 64;

type Count = { -readonly [K in keyof EndpointCount]: EndpointCount[K] };

export class EndpointTally {
  readonly #counts: Map<string, Count>;

  /** @param earlier of the session's earlier runs */
  constructor(earlier: readonly EndpointCount[] = []) {
    this.#counts = new Map(earlier.map((count) => [count.endpoint, { ...count }]));
  }

  /** Counts a result. Those beyond the maximum are counted under an empty name. */
  add(endpoint: string, isOk: boolean): void {
    const name = this.#counts.has(endpoint) || this.#counts.size < ENDPOINTS_MAX ? endpoint : "";
    const count = this.#counts.get(name) ?? { endpoint: name, succeeded: 0, failed: 0 };
    this.#counts.set(name, count);
    if (isOk) count.succeeded++;
    else count.failed++;
  }

  /** In the order in which they first answered. */
  list(): readonly EndpointCount[] {
    return [...this.#counts.values()].map(({ endpoint, succeeded, failed }) => ({
      endpoint,
      succeeded,
      failed,
    }));
  }
}
