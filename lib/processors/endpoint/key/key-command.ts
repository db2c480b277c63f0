// `--api-key-command`: a shell text whose first line of output is the key. What it says when it fails is shown without secrets.
import { Children } from "../../../io/child.ts";
import { NONCE_VARIABLE } from "../../../io/survivors.ts";
import { inheritedOf } from "../../command/child-attempts.ts";
import { shellCommand } from "../../command/shell.ts";
import { withReason } from "../../outcomes.ts";
import { isKey, namesSecret } from "../headers.ts";
import { pastedKey } from "../pasted-text.ts";
import { redactorOf, secretsIn } from "../secrets.ts";

export type KeyResult =
  | { readonly key: string }
  /** Why there is no key, without secrets. */
  | { readonly fault: string }
  /** It was told to stop. */
  | { readonly stopped: true };

type Environment = { readonly [name: string]: string | undefined };

const TIMEOUT_MS = 60_000;
const OUTPUT_MAX_BYTES = 64 << 10;

export class KeyCommand {
  readonly #command: string;
  readonly #env: Environment;
  readonly #children = new Children();

  constructor(command: string, env: Environment) {
    this.#command = command;
    this.#env = env;
  }

  /** Runs it once. @param nonce of the session, put into its environment @param signal ends it */
  async run(nonce: string, signal: AbortSignal): Promise<KeyResult> {
    const env = { ...inheritedOf(this.#env), [NONCE_VARIABLE]: nonce };
    const limits = { timeoutMs: TIMEOUT_MS, maxOutputBytes: OUTPUT_MAX_BYTES, signal };
    const end = await this.#children.run(
      { ...shellCommand(this.#command), env, input: "", ...limits },
      nonce,
    );
    switch (end.end) {
      case "aborted":
        return { stopped: true };
      case "not_started":
        return { fault: end.message };
      case "signalled":
        return this.#fault(`ended by ${end.signal}`, end.stderr);
      case "timeout":
        return this.#fault(`no key within ${TIMEOUT_MS / 1000} s`, end.stderr);
      case "output_too_large":
        return this.#fault(`its output is larger than ${OUTPUT_MAX_BYTES} bytes`, end.stderr);
      case "exited":
        break;
    }
    const key = pastedKey(end.stdout.toString("utf8").split("\n")[0] ?? "");
    if (end.status !== 0) return this.#fault(`exit status ${end.status}`, end.stderr, key);
    if (key === "") return this.#fault("the first line of its output is empty", end.stderr);
    if (!isKey(key))
      return { fault: "the first line of its output has characters that no key has (a space, a quote)" };
    return { key };
  }

  /** Ends it. May be called twice. */
  close(): Promise<void> {
    return this.#children.close();
  }

  /** @param printed what may be a key all the same */
  #fault(how: string, stderr: string, printed = ""): KeyResult {
    const named = Object.entries(this.#env).flatMap(([name, value = ""]) => (namesSecret(name) ? value : []));
    const { text } = redactorOf([printed, ...named].flatMap(secretsIn));
    return { fault: text(withReason(how, stderr)) };
  }
}
