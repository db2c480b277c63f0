// From the status that the live channel gives to the progress that lib/ui renders.
import type { Progress } from "../../run/progress.ts";
import type { LiveStatus } from "../channel/contract.ts";

export function progressOf(status: LiveStatus): Progress {
  const { outage, endpoints, tokens_per_s: tokensPerS, cost, projected_cost: projectedCost } = status;
  return {
    total: status.total,
    completed: status.completed,
    failed: status.failed,
    left: status.left,
    done: status.done,
    inFlight: status.in_flight,
    saved: status.saved,
    elapsedMs: status.elapsed_ms,
    ratePerS: status.rate_per_s,
    etaMs: status.eta_ms,
    concurrency: status.concurrency,
    waiting: status.waiting,
    ...(outage === null
      ? null
      : {
          outage: {
            error: { kind: outage.kind, message: outage.message },
            sinceMs: Date.parse(outage.since),
            waitedMs: outage.waited_ms,
            maxMs: outage.max_ms,
          },
        }),
    ...(endpoints === undefined
      ? null
      : {
          endpoints: endpoints.map(({ base_url: name, in_flight: inFlight, concurrency, state, error }) => ({
            name,
            inFlight,
            concurrency,
            state,
            error,
          })),
        }),
    ...(tokensPerS === undefined ? null : { tokensPerS }),
    ...(cost === undefined ? null : { cost }),
    ...(projectedCost === undefined ? null : { projectedCost }),
  };
}
