// What a method of proof gives back.

/** quick: in `bun run test`; full: in `bun run test:crash`. */
export type Size = "quick" | "full";

export type Figures = {
  readonly method: string;
  /** What was tried and found, by a short name. */
  readonly figures: Readonly<Record<string, number | string>>;
  /** Broken promises; empty when all hold. */
  readonly faults: readonly string[];
};
