// The data of a served page: asks the server of `ckpt view`. The token goes into a header, never into an address or a cookie.
import type { Filter, ItemView, Overview, PageData, PageFault, Rows, SourceEntry } from "../page-contract.ts";
import { AskError, RETRY_MS } from "./ask-error.ts";
import { readEvents } from "./read-events.ts";

/** A connection is given up after so long without a byte. The server sends one every 5 s at least. */
const SILENCE_MS = 15_000;

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
        for await (const { name, data } of readEvents(response, SILENCE_MS, silence)) {
          if (name === "overview") on(JSON.parse(data) as Overview);
          else if (name === "fault") {
            const { error } = JSON.parse(data) as PageFault;
            lost(error.code, error.message);
          }
        }
      } catch (error) {
        if (error instanceof AskError) fault = error;
      }
      if (signal.aborted) return;
      lost(fault.code, fault.message);
      // Asking again does not make the server accept a token.
      if (fault.code === "token") return;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
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

async function faultOf(response: Response): Promise<AskError> {
  try {
    const { error } = (await response.json()) as PageFault;
    return new AskError(error.code, error.message, error.field ?? null);
  } catch {
    return new AskError("failed", `HTTP ${response.status}`); // not an answer of ckpt
  }
}
