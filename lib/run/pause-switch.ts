// Whether a run is paused: no attempt begins then, neither the first one of an item nor a retry.

export class PauseSwitch {
  #paused: PromiseWithResolvers<void> | null = null;

  /** @param stopping aborted when no attempt will begin any more: nobody waits for that any longer */
  constructor(stopping: AbortSignal) {
    stopping.addEventListener("abort", () => this.set(false));
  }

  get isOn(): boolean {
    return this.#paused !== null;
  }

  set(isOn: boolean): void {
    if (isOn) {
      this.#paused ??= Promise.withResolvers();
      return;
    }
    this.#paused?.resolve();
    this.#paused = null;
  }

  /** Resolves when attempts may begin again, or the run is stopping. */
  async untilOff(): Promise<void> {
    await this.#paused?.promise;
  }
}
