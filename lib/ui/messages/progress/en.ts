// English: how far a run is.
import { formatNumber } from "../../format.ts";

export const progress = {
  rate: (perS: string): string => `${perS}/s`,
  eta: (time: string): string => `ETA ${time}`,
  failed: (count: number): string => `${formatNumber(count)} failed`,
  saved: (count: number): string => `${formatNumber(count)} saved`,
  jobs: (inFlight: number, allowed: number): string =>
    `jobs ${formatNumber(inFlight)}/${formatNumber(allowed)}`,
  /** One of several endpoints: requests in flight, and allowed. */
  endpoint: (host: string, inFlight: number, allowed: number): string =>
    `${host} ${formatNumber(inFlight)}/${formatNumber(allowed)}`,
  /** One that does not answer, and one that can serve nobody. */
  endpointDown: (host: string): string => `${host} down`,
  endpointOut: (host: string): string => `${host} left out`,
  waiting: {
    paused: "paused",
    "rate limit": "rate limit",
    "cool-down": "cool-down",
    budget: "budget",
    outage: "endpoint down",
    "disk full": "disk full",
  },
  /** The endpoint is down: since when, how long it is waited for, why. `short` is for a moving line. */
  outage: (since: string, max: string, why: string): string =>
    `endpoint down since ${since}, waiting up to ${max}: ${why}`,
  outageShort: (since: string, max: string, why: string): string =>
    `down since ${since} (max ${max}): ${why}`,
  tokens: (perS: string): string => `${perS} tok/s`,
  cost: (cost: string): string => `cost ${cost}`,
  /** Spent so far, and by all of it, projected. */
  costOf: (cost: string, projected: string): string => `cost ${cost}/~${projected}`,
  elapsed: (time: string): string => time,
};
