// Divides what a request has used among its items. The shares of tokens are whole numbers, and their sum is exactly what was reported.
import type { Usage } from "../../core/record.ts";

/** @param weights estimated tokens of the items, each at least 0 */
export function divideUsage(
  usage: Usage | undefined,
  weights: readonly number[],
): readonly (Usage | undefined)[] {
  if (usage === undefined) return weights.map(() => undefined);
  const { input_tokens: input, output_tokens: output, cost } = usage;
  const inputs = input === undefined ? null : shares(input, weights);
  const outputs = output === undefined ? null : shares(output, weights);
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight, at) => ({
    ...(inputs === null ? {} : { input_tokens: inputs[at] ?? 0 }),
    ...(outputs === null ? {} : { output_tokens: outputs[at] ?? 0 }),
    ...(cost === undefined ? {} : { cost: cost * (sum > 0 ? weight / sum : 1 / weights.length) }),
  }));
}

/** Shares of a whole number in proportion to weights: each is rounded where the sum so far is, so that nothing is lost. */
function shares(total: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((a, b) => a + b, 0);
  let weighed = 0;
  let given = 0;
  return weights.map((weight, at) => {
    weighed += sum > 0 ? weight : 1;
    const isLast = at === weights.length - 1;
    const upTo = isLast ? total : Math.floor((total * weighed) / (sum > 0 ? sum : weights.length));
    const share = upTo - given;
    given = upTo;
    return share;
  });
}
