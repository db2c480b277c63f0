// What a session may spend: when that warns, holds attempts back, and stops the run.
import type { OwnRunEntry, UsageTotals } from "../core/status.ts";
import type { StopReason } from "./progress.ts";

/** The budget of the whole session; null: no limit. */
export type Budget = { readonly cost: number | null; readonly tokens: number | null };

type Spending = {
  readonly budget: "cost" | "tokens";
  readonly spent: number;
  readonly allowed: number;
};

/** The share of a budget at which a warning is shown. */
const WARN_PART = 0.8;

function spendings({ cost, tokens }: Budget, usage: UsageTotals): Spending[] {
  return [
    ...(cost === null ? [] : [{ budget: "cost", spent: usage.cost, allowed: cost } as const]),
    ...(tokens === null
      ? []
      : [{ budget: "tokens", spent: usage.input_tokens + usage.output_tokens, allowed: tokens } as const]),
  ];
}

/** The reason to stop when a budget is used up, or null. @param usage of the session, all its runs */
export function budgetStop(budget: Budget, usage: UsageTotals): StopReason | null {
  const over = spendings(budget, usage).find(({ spent, allowed }) => spent >= allowed);
  return over === undefined ? null : { kind: "budget", ...over };
}

/** Budgets of which at least 80 % are used. */
export function budgetWarnings(budget: Budget, usage: UsageTotals): Spending[] {
  return spendings(budget, usage).filter(({ spent, allowed }) => spent >= WARN_PART * allowed);
}

/**
 * Whether the next attempt has to wait because those in flight will probably use up the budget. One attempt may always run while any budget is left.
 * @param run usage and number of results of this run, to estimate the cost of an attempt
 */
export function budgetHolds(
  budget: Budget,
  usage: UsageTotals,
  run: { readonly usage: UsageTotals; readonly attempted: number },
  inFlight: number,
): boolean {
  if (inFlight === 0 || run.attempted === 0 || (budget.cost === null && budget.tokens === null)) return false;
  const before = spendings(budget, run.usage);
  return spendings(budget, usage).some(({ spent, allowed }, at) => {
    const each = (before[at]?.spent ?? 0) / run.attempted;
    return spent + each * (inFlight + 1) > allowed;
  });
}

/** What the budget is compared with: the usage of the session, and what this run has spent on how many results. */
export type Spender = {
  readonly usage: UsageTotals;
  readonly run: Pick<OwnRunEntry, "usage" | "attempted">;
};

/** Holds a budget against a session while it goes on. */
export class BudgetWatch {
  #budget: Budget;
  readonly #spender: Spender;
  readonly #warn: (budget: "cost" | "tokens", spent: number, allowed: number) => void;
  readonly #warned = new Set<string>();

  /** @param warn called once for each budget of which 80 % are used */
  constructor(
    budget: Budget,
    spender: Spender,
    warn: (budget: "cost" | "tokens", spent: number, allowed: number) => void,
  ) {
    this.#budget = budget;
    this.#spender = spender;
    this.#warn = warn;
  }

  /** Another budget holds from now on, and warns anew. */
  change(budget: Budget): void {
    this.#budget = budget;
    this.#warned.clear();
  }

  /** The present budget. */
  get budget(): Budget {
    return this.#budget;
  }

  /** The reason to stop, or null; warns where that is due. Called when something has been spent. */
  noted(): StopReason | null {
    const { usage } = this.#spender;
    if (this.#budget.cost === null && this.#budget.tokens === null) return null;
    for (const { budget, spent, allowed } of budgetWarnings(this.#budget, usage)) {
      if (this.#warned.has(budget)) continue;
      this.#warned.add(budget);
      this.#warn(budget, spent, allowed);
    }
    return budgetStop(this.#budget, usage);
  }

  /** Whether another attempt has to wait for what those in flight spend. */
  holds(inFlight: number): boolean {
    const { usage, run } = this.#spender;
    return budgetHolds(this.#budget, usage, run, inFlight);
  }
}
