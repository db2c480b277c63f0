// What a method of proof gives back, and the table that shows it.

/** quick: in `bun run test`; full: in `bun run test:crash` and `bun run test:full`. */
export type Size = "quick" | "full";

export type Figures = {
  readonly method: string;
  /** What was tried and found, by a short name. */
  readonly figures: Readonly<Record<string, number | string>>;
  /** Broken promises; empty when all hold. */
  readonly faults: readonly string[];
  /** What was left out for want of a tool or a right, each with the reason; with CI=true that is a failure. Default: nothing. */
  readonly skipped?: readonly string[];
};

export type Method = (size: Size) => Promise<Figures>;

export const TABLE_HEAD = "| method | figures |\n|---|---|";

export function tableRow({ method, figures }: Figures): string {
  const cells = Object.entries(figures).map(([figure, value]) => `${figure} ${value}`);
  return `| ${method} | ${cells.join(", ")} |`;
}
