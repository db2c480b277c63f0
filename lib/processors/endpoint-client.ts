// The official client of OpenAI-compatible endpoints, with its own retries, waits and log off: one call is one request. Loaded only when an
// endpoint is used.
import OpenAI from "openai";
import type { EndpointFailure } from "../core/endpoint-rules.ts";
import { httpFetch, readText } from "../io/http.ts";

export type ClientSettings = {
  readonly baseUrl: string;
  /** Null: no Authorization header is sent. */
  readonly key: string | null;
  readonly organization: string | null;
  readonly project: string | null;
  readonly maxOutputBytes: number;
};

export type RequestBody = { readonly [name: string]: unknown };

/** A failed request: what was seen, and the headers where there was an answer. */
export type RequestFailure = {
  readonly failure: EndpointFailure;
  readonly header: (name: string) => string | null;
};

/** The text of a complete answer of status 2xx, or what went wrong. */
export type Response2xx = { readonly text: string } | RequestFailure;

export type ChatClient = {
  /** Sends one request. Rejects only when `signal` was aborted, with whatever the abort led to. */
  send(body: RequestBody, signal: AbortSignal): Promise<Response2xx>;
};

/** The client sets a timer for this long; the caller's signal ends a request earlier. */
const TIMEOUT_MS_MAX = 2_147_483_647;
/** Codes of the system, and of Bun, for a port or a host that is not there. */
const NOBODY = new Set(["ECONNREFUSED", "ConnectionRefused", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH"]);
/** An error's text is read up to this size. */
const ERROR_BYTES_MAX = 64 * 1024;

type Options = Parameters<OpenAI["buildRequest"]>[0];
type Built = Awaited<ReturnType<OpenAI["buildRequest"]>>;

/** All requests here differ in their body alone: what stands around it is built once (a quarter of the client's work on a request). */
class ChatOpenAI extends OpenAI {
  #first: Promise<Built> | null = null;

  override async buildRequest(options: Options): Promise<Built> {
    this.#first ??= super.buildRequest(options);
    const { req, ...others } = await this.#first;
    const { signal: _signal, ...common } = req;
    const signal = options.signal ? { signal: options.signal } : {};
    return { ...others, req: { ...common, ...signal, body: JSON.stringify(options.body) } };
  }
}

export function chatClient(settings: ClientSettings): ChatClient {
  const client = new ChatOpenAI({
    baseURL: settings.baseUrl,
    apiKey: settings.key ?? "none",
    adminAPIKey: null,
    organization: settings.organization,
    project: settings.project,
    maxRetries: 0,
    timeout: TIMEOUT_MS_MAX,
    logLevel: "off",
    fetch: fetchWithErrors,
    ...(settings.key === null ? { defaultHeaders: { Authorization: null } } : {}),
  });
  return {
    send: async (body, signal) => {
      try {
        // The text is read here, not by the client: its size is bounded, and what is not JSON is told apart from a cut connection.
        const response = await client.post("/chat/completions", { body, signal }).asResponse();
        const text = await readText(response, settings.maxOutputBytes);
        return text === null
          ? failureOf(
              "too-large",
              `the answer is larger than ${settings.maxOutputBytes} bytes (--max-output)`,
            )
          : { text };
      } catch (error) {
        if (signal.aborted) throw error;
        return explain(error);
      }
    },
  };
}

/** Hands on what fetch gives; an error whose body is not `{"error":…}` (vLLM, proxies; Google: in an array) is put into that form, which the client reads. */
async function fetchWithErrors(url: string | URL | Request, init?: RequestInit): Promise<Response> {
  const response = await httpFetch(url, init);
  if (response.ok) return response;
  const text = (await readText(response, ERROR_BYTES_MAX)) ?? "";
  const whole = parsed(text);
  const value: unknown = Array.isArray(whole) ? whole[0] : whole;
  const inForm = typeof value === "object" && value !== null && "error" in value;
  const error = typeof value === "object" && value !== null ? value : { message: text.trim() };
  const headers = new Headers(response.headers);
  headers.delete("content-encoding");
  headers.delete("content-length");
  return new Response(JSON.stringify(inForm ? value : { error }), { status: response.status, headers });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // a proxy's page, an empty body
  }
}

function failureOf(seen: EndpointFailure["seen"], message: string): RequestFailure {
  return { failure: { seen, status: null, codes: [], message }, header: () => null };
}

function explain(error: unknown): RequestFailure {
  if (error instanceof OpenAI.APIError && typeof error.status === "number") {
    const { status, headers } = error;
    const failure = { ...errorFacts(error.error), seen: "error", status } as const;
    return { failure, header: (name) => headers?.get(name) ?? null };
  }
  const cause = error instanceof OpenAI.APIConnectionError ? (error.cause ?? error) : error;
  const code = typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "";
  const text = cause instanceof Error ? cause.message : String(cause);
  return failureOf(NOBODY.has(code) ? "unreachable" : "network", code === "" ? text : `${text} (${code})`);
}

/** Message and codes of an error object of an endpoint, whatever of them it has. */
export function errorFacts(error: unknown): Pick<EndpointFailure, "codes" | "message"> {
  if (typeof error === "string") return { codes: [], message: error };
  if (typeof error !== "object" || error === null) return { codes: [], message: "no further words" };
  const { code, type, message, innererror } = error as { readonly [name: string]: unknown };
  const inner = typeof innererror === "object" && innererror !== null && "code" in innererror;
  const codes = [code, type, inner ? innererror.code : null]
    .filter((word) => typeof word === "string")
    .map((word) => word.toLowerCase());
  return { codes, message: typeof message === "string" ? message : JSON.stringify(error) };
}
