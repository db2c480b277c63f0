// Whether the key is known to be good, which makes a 403 an error about one item. Where nothing is known yet, a 403 waits for what else is in flight:
// the first answers of a run come in any order. A key may be locked in the middle of a run, too: a row of 403 without an answer between says so.

/** 403 in a row after which they are about the key again. */
const ROW = 10;

export class KeyStanding {
  #worked = false;
  #row = 0;
  #inFlight = 0;
  /** Requests in flight whose 403 waits for the others. */
  readonly #doubtful = new Set<(isGood: boolean) => void>();

  /** A request is sent. */
  begin(): void {
    this.#inFlight++;
  }

  /** It has come to an end. @param answered an answer came */
  end(answered: boolean): void {
    this.#inFlight--;
    if (answered) {
      this.#worked = true;
      this.#row = 0;
    }
    if (answered || this.#inFlight === this.#doubtful.size) this.#decide(answered);
  }

  /** A 403 was put down to the item. */
  forbidden(): void {
    this.#row++;
  }

  /**
   * Whether the key is good, asked for a request that was answered with a 403 and has not come to its end. False when `stopping` is aborted before it is
   * known.
   * @param before an answer came in an earlier run of the session
   */
  async isGood(before: boolean, stopping: AbortSignal): Promise<boolean> {
    if (this.#worked || before) return this.#row < ROW;
    const decided = Promise.withResolvers<boolean>();
    const giveUp = (): void => decided.resolve(false);
    stopping.addEventListener("abort", giveUp, { once: true });
    this.#doubtful.add(decided.resolve);
    if (this.#inFlight === this.#doubtful.size || stopping.aborted) this.#decide(false);
    const isGood = await decided.promise;
    stopping.removeEventListener("abort", giveUp);
    this.#doubtful.delete(decided.resolve);
    return isGood;
  }

  #decide(isGood: boolean): void {
    for (const decide of this.#doubtful) decide(isGood);
    this.#doubtful.clear();
  }
}
