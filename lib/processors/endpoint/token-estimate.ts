// How many tokens a text is, roughly: enough to spread requests over a limit. What an answer reports corrects the estimate.

/** Characters of a token in text of the Latin alphabet; other scripts take about a token a character. */
const LATIN_PER_TOKEN = 4;
/** What a message costs beside its text (OpenAI cookbook, "How to count tokens with tiktoken"). */
const PER_MESSAGE = 4;

/** Tokens of a message's text, at least 1. */
export function estimateTokens(text: string): number {
  let other = 0;
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x24f) other++;
  return PER_MESSAGE + other + Math.ceil((text.length - other) / LATIN_PER_TOKEN);
}

/** Learns how far estimates are from what was reported: a ratio that follows the last few dozen answers. */
export class TokenCorrection {
  #ratio = 1;
  #seen = 0;

  /** @param estimated tokens as estimated, without correction @param actual input and output tokens as reported */
  learn(estimated: number, actual: number): void {
    if (estimated <= 0 || actual <= 0) return;
    this.#seen++;
    this.#ratio += (actual / estimated - this.#ratio) / Math.min(this.#seen, 32);
  }

  /** The estimate as experience corrects it. */
  apply(estimated: number): number {
    return estimated * this.#ratio;
  }
}
