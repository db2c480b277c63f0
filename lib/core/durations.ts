// Units of time as people and endpoints write them, and how long a timer can run.

export const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** The longest that a timer of the runtime can run, 24 days; beyond, it goes off at once. */
export const TIMER_MS_MAX: number = 2 ** 31 - 1;
