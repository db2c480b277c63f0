// The official client of OpenAI-compatible endpoints, with its own retries, waits and log off: one call is one request. Loaded only when an
// endpoint is used.
import OpenAI from "openai";
import type { EndpointFailure } from "../core/endpoint-rules.ts";
import { type Redactor, redactorOf } from "../core/secrets.ts";
import { httpFetch, readText } from "../io/http.ts";

export type ClientSettings = {
  readonly baseUrl: string;
  /** Null: no Authorization header is sent. */
  readonly key: string | null;
  /** What stands in no answer and no error that leaves here. */
  readonly secrets: readonly string[];
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
  /** Takes the secrets out; what `send` gives has none. */
  readonly redactor: Redactor;
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

/**
 * Requests here differ in body and signal alone, and the text of an answer is all that is wanted of it: what the client makes anew for each one (URL,
 * headers, timers, chained signals, details for a log that is off) is half of its work.
 */
class ChatOpenAI extends OpenAI {
  readonly #maxOutputBytes: number;
  readonly #redactor: Redactor;
  #first: Promise<Built> | null = null;
  readonly #texts = new WeakMap<Response, string | null>();

  constructor(options: ConstructorParameters<typeof OpenAI>[0], maxOutputBytes: number, redactor: Redactor) {
    super(options);
    this.#maxOutputBytes = maxOutputBytes;
    this.#redactor = redactor;
  }

  override async buildRequest(options: Options): Promise<Built> {
    this.#first ??= this.#build(options);
    const { req, url, timeout } = await this.#first;
    const own: Built["req"] = { ...req, body: JSON.stringify(options.body) };
    if (options.signal) own.signal = options.signal;
    return { url, timeout, req: own };
  }

  async #build(options: Options): Promise<Built> {
    const { req, ...others } = await super.buildRequest(options);
    const { signal: _signal, ...common } = req;
    return { ...others, req: common };
  }

  /** The signal of the request alone ends it, and the text is read here: its size is bounded, and what is not JSON told apart from a cut connection. */
  override async fetchWithTimeout(url: string | URL | Request, init?: RequestInit): Promise<Response> {
    const response = await httpFetch(url, init);
    const text = await readText(response, response.ok ? this.#maxOutputBytes : ERROR_BYTES_MAX);
    const clean = text === null ? null : this.#redactor.json(text);
    if (!response.ok) return errorInForm(response, clean ?? "");
    const withoutHeaders = new Response(null, { status: response.status });
    this.#texts.set(withoutHeaders, clean);
    return withoutHeaders;
  }

  /** The text of an answer of status 2xx; null when it was too large. */
  textOf(response: Response): string | null {
    return this.#texts.get(response) ?? null;
  }
}

export function chatClient(settings: ClientSettings): ChatClient {
  const secrets = redactorOf(settings.secrets);
  const client = new ChatOpenAI(
    {
      baseURL: settings.baseUrl,
      apiKey: settings.key ?? "none",
      adminAPIKey: null,
      organization: settings.organization,
      project: settings.project,
      maxRetries: 0,
      timeout: TIMEOUT_MS_MAX,
      logLevel: "off",
      ...(settings.key === null ? { defaultHeaders: { Authorization: null } } : {}),
    },
    settings.maxOutputBytes,
    secrets,
  );
  return {
    redactor: secrets,
    send: async (body, signal) => {
      try {
        const text = client.textOf(await client.post("/chat/completions", { body, signal }).asResponse());
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

/** An error whose body is not `{"error":…}` (vLLM, proxies; Google: in an array), put into that form, which the client reads. */
function errorInForm(response: Response, text: string): Response {
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
