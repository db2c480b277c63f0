// The key of `--api-key-command`: made when the processor is opened, and again after a 401. All attempts share it: one call of the command, for which
// all of them wait. A key that was refused although it is fresh is not made again: then the run pauses, as with any refused key.
import { CkptError } from "../../../core/errors.ts";
import type { StopSignal } from "../../../core/stop-signals.ts";
import type { KeyCommand } from "./key-command.ts";

/** What is sent with a key, and the secrets in it. */
export type SentWithKey = {
  readonly headers: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
};

export type KeySettings = {
  readonly command: KeyCommand;
  readonly sentWith: (key: string) => SentWithKey;
  /** Before the run there is nothing to save: the command is ended, and this process dies by the same signal. */
  readonly onSignal: (action: (signal: StopSignal) => void) => () => void;
  readonly dieBy: (signal: StopSignal) => void;
};

/** After a 401: send again, with the new key; or what it means instead. */
export type Renewal = "again" | "refused" | "stopped" | { readonly fault: string };

export class RenewedKey {
  readonly #settings: KeySettings;
  readonly #use: (sent: SentWithKey) => void;
  #nonce = "";
  /** Number of the key in use. */
  #number = 0;
  /** Whether a request with it has succeeded. */
  #hasWorked = false;
  #renewal: Promise<Renewal> | null = null;

  /** @param use is given each key */
  constructor(settings: KeySettings, use: (sent: SentWithKey) => void) {
    this.#settings = settings;
    this.#use = use;
  }

  /** Makes the first key. @throws CkptError `endpoint.keyCommand` */
  async open(nonce: string): Promise<void> {
    const { command, sentWith, onSignal, dieBy } = this.#settings;
    this.#nonce = nonce;
    const stop = new AbortController();
    const received: StopSignal[] = [];
    const ignore = onSignal((signal) => {
      received.push(signal);
      stop.abort("kill");
    });
    const result = await command.run(nonce, stop.signal).finally(ignore);
    const [signal] = received;
    if (signal !== undefined) dieBy(signal);
    if ("key" in result) this.#use(sentWith(result.key));
    else throw new CkptError("endpoint.keyCommand", { cause: "fault" in result ? result.fault : "stopped" });
  }

  /** Waits while the key is being made. Returns the number of the key in use. */
  async current(): Promise<number> {
    await this.#renewal;
    return this.#number;
  }

  /** A request with this key has succeeded. */
  worked(number: number): void {
    if (number === this.#number) this.#hasWorked = true;
  }

  /** A request with this key was answered with 401. @param stopping ends the command */
  refused(number: number, stopping: AbortSignal): Promise<Renewal> | Renewal {
    if (number < this.#number) return "again";
    if (this.#renewal === null && this.#number > 0 && !this.#hasWorked) return "refused";
    this.#renewal ??= this.#renew(stopping);
    return this.#renewal;
  }

  async #renew(stopping: AbortSignal): Promise<Renewal> {
    const { command, sentWith } = this.#settings;
    const result = await command.run(this.#nonce, stopping);
    // After a failure the run pauses: whoever comes later learns of it, too.
    if ("fault" in result) return result;
    if ("stopped" in result) return "stopped";
    this.#use(sentWith(result.key));
    this.#number++;
    this.#hasWorked = false;
    this.#renewal = null;
    return "again";
  }

  close(): Promise<void> {
    return this.#settings.command.close();
  }
}
