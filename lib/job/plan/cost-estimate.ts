// What a run would ask an endpoint for (`--dry-run`): tokens, cost and time, without retries. What is not known is null.
import type { Processor } from "../../processors/processor.ts";

type ItemEstimate = ReturnType<NonNullable<Processor["estimate"]>>;

/** Tokens are estimates; those of output are upper bounds, null where nothing bounds the answers. */
type Tokens = { readonly input_tokens: number; readonly output_tokens: number | null };

export type Estimate = Tokens & {
  /** Answers that are wanted; several may be asked for in one request. */
  readonly items: number;
  readonly requests: number;
  /** Of the item that takes most. */
  readonly input_tokens_max: number;
  /** Those of the first items. */
  readonly first: readonly Tokens[];
  /** Null without prices. `output` and `total` are upper bounds; null where nothing bounds the answers. */
  readonly cost: {
    readonly input: number;
    readonly output: number | null;
    readonly total: number | null;
  } | null;
  /** The shortest time that the limits allow: by `rpm`, or by `tpm` as far as the tokens are known. Null without a limit. */
  readonly time: { readonly min_ms: number; readonly by: "rpm" | "tpm" } | null;
};

/** What cost and time depend on. */
export type EstimateLimits = {
  readonly prices: { readonly input: number; readonly output: number } | null;
  readonly rpm: number | null;
  readonly tpm: number | null;
};

/** So many items are listed by themselves. */
const FIRST = 3;
const MINUTE_MS = 60_000;

export class CostEstimate {
  #items = 0;
  #requests = 0;
  #input = 0;
  #inputMax = 0;
  #output: number | null = 0;
  readonly #first: Tokens[] = [];

  /** @param answers of the item */
  add({ inputTokens, outputTokens }: ItemEstimate, answers: number): void {
    if (answers === 0) return;
    this.#items += answers;
    this.#input += inputTokens * answers;
    this.#inputMax = Math.max(this.#inputMax, inputTokens);
    this.#output =
      outputTokens === null || this.#output === null ? null : this.#output + outputTokens * answers;
    if (this.#first.length < FIRST)
      this.#first.push({ input_tokens: inputTokens, output_tokens: outputTokens });
  }

  /** Counts requests for what was added. */
  addRequests(count: number): void {
    this.#requests += count;
  }

  of({ prices, rpm, tpm }: EstimateLimits): Estimate {
    const [input, output] = [this.#input, this.#output];
    return {
      items: this.#items,
      requests: this.#requests,
      input_tokens: input,
      output_tokens: output,
      input_tokens_max: this.#inputMax,
      first: this.#first,
      cost: prices === null ? null : costOf(input, output, prices),
      time: this.#time(rpm, tpm),
    };
  }

  #time(rpm: number | null, tpm: number | null): Estimate["time"] {
    const tokens = this.#input + (this.#output ?? 0);
    const byRequests = rpm === null ? null : Math.round((this.#requests * MINUTE_MS) / rpm);
    const byTokens = tpm === null ? null : Math.round((tokens * MINUTE_MS) / tpm);
    if (byRequests === null && byTokens === null) return null;
    return (byTokens ?? 0) > (byRequests ?? -1)
      ? { min_ms: byTokens ?? 0, by: "tpm" }
      : { min_ms: byRequests ?? 0, by: "rpm" };
  }
}

function costOf(
  inputTokens: number,
  outputTokens: number | null,
  prices: NonNullable<EstimateLimits["prices"]>,
): NonNullable<Estimate["cost"]> {
  const input = (inputTokens * prices.input) / 1_000_000;
  const output = outputTokens === null ? null : (outputTokens * prices.output) / 1_000_000;
  return { input, output, total: output === null ? null : input + output };
}
