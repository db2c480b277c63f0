// Abort controllers of single attempts that all follow one signal. A listener per attempt would cost more than the rest of the attempt.

export class AttemptEnds {
  readonly #underway = new WeakMap<AbortSignal, Set<AbortController>>();

  /** A controller that is aborted with the signal. Release it with `done`. */
  begin(signal: AbortSignal): AbortController {
    const controller = new AbortController();
    let all = this.#underway.get(signal);
    if (all === undefined) {
      const started = new Set<AbortController>();
      all = started;
      this.#underway.set(signal, started);
      signal.addEventListener("abort", () => started.forEach((one) => one.abort()), { once: true });
    }
    all.add(controller);
    return controller;
  }

  done(signal: AbortSignal, controller: AbortController): void {
    this.#underway.get(signal)?.delete(controller);
  }
}
