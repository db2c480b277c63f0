// Roughly estimates the tokens of a text: good enough to spread requests over a limit. Reported numbers correct the estimate.

/** Characters per token in Latin text; other scripts take about one token per character. */
const LATIN_PER_TOKEN = 4;
/** Overhead of a message (OpenAI cookbook, "How to count tokens with tiktoken"). */
const PER_MESSAGE = 4;

/** Tokens of a message's text, at least 1. */
export function estimateTokens(text: string): number {
  let other = 0;
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x24f) other++;
  return PER_MESSAGE + other + Math.ceil((text.length - other) / LATIN_PER_TOKEN);
}

/** Learns the ratio of reported to estimated tokens over the last few dozen answers. */
export class TokenCorrection {
  #ratio = 1;
  #seen = 0;

  /** @param estimated tokens as estimated, without correction @param actual input and output tokens as reported */
  learn(estimated: number, actual: number): void {
    if (estimated <= 0 || actual <= 0) return;
    this.#seen++;
    this.#ratio += (actual / estimated - this.#ratio) / Math.min(this.#seen, 32);
  }

  /** The corrected estimate. */
  apply(estimated: number): number {
    return estimated * this.#ratio;
  }
}
