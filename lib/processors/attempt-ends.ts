// Controllers of single attempts that all end with one signal: a listener for each attempt would cost more than the rest of it.

export class AttemptEnds {
  readonly #underway = new WeakMap<AbortSignal, Set<AbortController>>();

  /** A controller that is aborted with the signal; to be given back with `done`. */
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
