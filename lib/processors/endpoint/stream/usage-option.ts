// `stream_options: {"include_usage": true}`: without it, most servers report no usage of a streamed answer, and some servers refuse a request with it.
import type { EndpointFailure } from "../endpoint-rules.ts";
import type { RequestBody } from "../api/api.ts";

/** The parameters of a streamed answer whose usage comes only on demand. */
export const STREAM_WITH_USAGE = { stream: true, stream_options: { include_usage: true } } as const;

const REFUSALS: ReadonlySet<number | null> = new Set([400, 422]);
const NAMES_IT = /stream_options|include_usage/;

export class UsageOption {
  #state: "untried" | "accepted" | "refused" = "untried";

  /**
   * Sends a request, and once more without the option if that may be why it was refused.
   * @param onRefused called once, when the option is known to be refused and is not sent any more
   */
  async send<T extends object>(
    body: RequestBody,
    send: (body: RequestBody) => Promise<T | { readonly failure: EndpointFailure }>,
    onRefused: () => void,
  ): Promise<T | { readonly failure: EndpointFailure }> {
    if (!("stream_options" in body)) return send(body);
    const { stream_options: _, ...without } = body;
    if (this.#isRefused) return send(without);
    const answer = await send(body);
    if (!("failure" in answer)) this.#state = "accepted";
    if (!("failure" in answer) || !this.#mayBeRefused(answer.failure)) return answer;
    const second = await send(without);
    if ("failure" in second) return answer;
    if (!this.#isRefused) onRefused();
    this.#state = "refused";
    return second;
  }

  /** Asked again after a wait: another request may have found it out. */
  get #isRefused(): boolean {
    return this.#state === "refused";
  }

  /** Words differ: some servers do not say what they do not know. While no request with the option has succeeded, it may be that. */
  #mayBeRefused({ status, message }: EndpointFailure): boolean {
    return REFUSALS.has(status) && (this.#state !== "accepted" || NAMES_IT.test(message));
  }
}
