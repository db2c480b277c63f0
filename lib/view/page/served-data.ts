// Asks the server of `ckpt view`. The token goes into a header: never into an address, never into a cookie.
import type { Filter, ItemView, Overview, PageData, PageFault, Rows, SourceEntry } from "../page-contract.ts";
import { eventsOf } from "./event-stream.ts";

/** After so long without a byte (the server sends one every 5 s), the connection is given up. */
const SILENCE_MS = 15_000;
const AGAIN_MS = 2000;

/** The server has refused, or cannot be reached (`code` is then `lost`). */
export class AskError extends Error {
  readonly code: string;
  readonly field: keyof Filter | null;
  constructor(code: string, message: string, field: keyof Filter | null = null) {
    super(message);
    this.code = code;
    this.field = field;
  }
}

export class ServedData implements PageData {
  readonly saved = null;
  readonly #token: string;
  readonly #language: () => string;

  /** @param language of the words that the server sends */
  constructor(token: string, language: () => string) {
    this.#token = token;
    this.#language = language;
  }

  sources(signal?: AbortSignal): Promise<readonly SourceEntry[]> {
    return this.#json("sources", {}, signal);
  }

  overview(source: string, signal?: AbortSignal): Promise<Overview> {
    return this.#json("overview", { source }, signal);
  }

  rows(source: string, filter: Filter, from: number, count: number, signal?: AbortSignal): Promise<Rows> {
    return this.#json("rows", { source, ...filter, from: String(from), count: String(count) }, signal);
  }

  item(source: string, ref: string, signal?: AbortSignal): Promise<ItemView> {
    return this.#json("item", { source, ref }, signal);
  }

  watch(
    source: string,
    on: (overview: Overview) => void,
    lost: (code: string, message: string) => void,
    signal: AbortSignal,
  ): void {
    void this.#watch(source, on, lost, signal);
  }

  async #watch(
    source: string,
    on: (overview: Overview) => void,
    lost: (code: string, message: string) => void,
    signal: AbortSignal,
  ): Promise<void> {
    while (!signal.aborted) {
      let fault = new AskError("lost", "");
      try {
        const silence = new AbortController();
        const response = await this.#ask("events", { source }, AbortSignal.any([signal, silence.signal]));
        for await (const { name, data } of eventsOf(response, SILENCE_MS, silence))
          if (name === "overview") on(JSON.parse(data) as Overview);
          else if (name === "fault") tell(lost, (JSON.parse(data) as PageFault).error);
      } catch (error) {
        if (error instanceof AskError) fault = error;
      }
      if (signal.aborted) return;
      tell(lost, fault);
      // A token that is refused is not taken by asking again.
      if (fault.code === "token") return;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }

  async #json<T>(what: string, query: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<T> {
    const response = await this.#ask(what, query, signal);
    return (await response.json()) as T;
  }

  /** @throws AskError; AbortError by the signal */
  async #ask(what: string, query: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<Response> {
    const words = new URLSearchParams({ lang: this.#language(), ...query });
    let response: Response;
    try {
      response = await fetch(`/api/${what}?${words.toString()}`, {
        headers: { authorization: `Bearer ${this.#token}` },
        credentials: "omit",
        cache: "no-store",
        ...(signal === undefined ? null : { signal }),
      });
    } catch (error) {
      if (signal?.aborted === true) throw error;
      throw new AskError("lost", "");
    }
    if (response.ok) return response;
    throw await faultOf(response);
  }
}

function tell(
  lost: (code: string, message: string) => void,
  { code, message }: Pick<AskError, "code" | "message">,
): void {
  lost(code, message);
}

async function faultOf(response: Response): Promise<AskError> {
  try {
    const { error } = (await response.json()) as PageFault;
    return new AskError(error.code, error.message, error.field ?? null);
  } catch {
    return new AskError("failed", `HTTP ${response.status}`); // not the words of the server
  }
}
