// The official client of OpenAI-compatible endpoints, with its own retries, waits and log off: one call is one request. Loaded only when an
// endpoint is used.
import OpenAI from "openai";
import { unwrap } from "./answer-wrapping.ts";
import { chatUrl } from "./base-url.ts";
import { errorOf } from "./endpoint-error.ts";
import { type EndpointFailure, failureOf } from "./endpoint-rules.ts";
import { causeText } from "../../core/errors.ts";
import { oneLine } from "../../core/one-line.ts";
import { askedWaitMs } from "../pace/rate-headers.ts";
import { otherText, pageText } from "./page-text.ts";
import { type Redactor, redactorOf } from "./secrets.ts";
import { invalidUtf8 } from "../../core/utf8.ts";
import type { Clock } from "../../io/clock.ts";
import { withoutVariables } from "../../io/environment.ts";
import { ACCEPT_ENCODING, HttpClient, readBody } from "../../io/http.ts";
import { HttpTrouble } from "../../io/http-trouble.ts";
import type { Environment } from "../../io/proxy.ts";

export type ClientSettings = {
  readonly baseUrl: string;
  /** Sent with each request, besides what the client sends; of the same name, these count. Names in small letters. */
  readonly sent: Readonly<Record<string, string>>;
  /** What stands in no answer and no error that leaves here. */
  readonly secrets: readonly string[];
  readonly maxOutputBytes: number;
  readonly clock: Clock;
  /** Where proxies are named. */
  readonly env: Environment;
};

export type RequestBody = { readonly [name: string]: unknown };

/** A complete answer of status 2xx. */
export type Answer = {
  readonly text: string;
  /** How long its headers ask to be left alone, should it be an error: milliseconds, or null. */
  readonly waitMs: () => number | null;
};

export type ChatClient = {
  /** Takes the secrets out; what `send` gives has none. */
  readonly redactor: Redactor;
  /** Sends one request: an answer, or what went wrong. Rejects only when `signal` was aborted, with whatever the abort led to. */
  send(body: RequestBody, signal: AbortSignal): Promise<Answer | { readonly failure: EndpointFailure }>;
};

/** The client sets a timer for this long; the caller's signal ends a request earlier. */
const TIMEOUT_MS_MAX = 2_147_483_647;
/** An error's text is read up to this size. */
const ERROR_BYTES_MAX = 64 * 1024;
/** And what is shown of it, where it is no JSON. */
const PAGE_LENGTH_MAX = 1000;

type Options = Parameters<OpenAI["buildRequest"]>[0];
type Built = Awaited<ReturnType<OpenAI["buildRequest"]>>;

/** What came, whatever its status. `body` is null when it was too large. */
type Received = { readonly response: Response; readonly body: Uint8Array | null };

/** It is given only what is UTF-8. */
const DECODER = new TextDecoder();

/**
 * Requests here differ in body and signal alone, and the text of an answer is all that is wanted of it: what the client makes anew for each one (URL,
 * headers, timers, chained signals, details for a log that is off) is half of its work.
 */
class ChatOpenAI extends OpenAI {
  readonly #url: string;
  readonly #sent: Readonly<Record<string, string>>;
  readonly #maxOutputBytes: number;
  readonly #http: HttpClient;
  #first: Promise<Built> | null = null;
  readonly #received = new WeakMap<Response, Received>();

  constructor(settings: ClientSettings) {
    super({
      baseURL: settings.baseUrl,
      apiKey: "none",
      adminAPIKey: null,
      organization: null,
      project: null,
      maxRetries: 0,
      timeout: TIMEOUT_MS_MAX,
      logLevel: "off",
      defaultHeaders: { ...ACCEPT_ENCODING, authorization: null },
    });
    this.#url = chatUrl(settings.baseUrl);
    this.#sent = settings.sent;
    this.#maxOutputBytes = settings.maxOutputBytes;
    this.#http = new HttpClient({ env: settings.env, isSecret: settings.secrets.length > 0 });
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
    const headers = new Headers(req.headers);
    for (const [name, value] of Object.entries(this.#sent)) headers.set(name, value);
    return { ...others, url: this.#url, req: { ...common, headers } };
  }

  /**
   * The signal of the request alone ends it, and the text is read here: its size is bounded, what is not JSON told apart from a cut connection, and
   * an error kept as it came. The client is told of a success.
   */
  override async fetchWithTimeout(url: string | URL | Request, init?: RequestInit): Promise<Response> {
    const response = await this.#http.fetch(url instanceof Request ? url.url : url, init ?? {});
    const body = await readBody(response, response.ok ? this.#maxOutputBytes : ERROR_BYTES_MAX);
    const stand = new Response(null, { status: 200 });
    this.#received.set(stand, { response, body });
    return stand;
  }

  /** What came for the response that the client was given. */
  received(stand: Response): Received {
    const received = this.#received.get(stand);
    if (received === undefined) throw new Error("a response of another request");
    return received;
  }
}

export function chatClient(settings: ClientSettings): ChatClient {
  const redactor = redactorOf(settings.secrets);
  // It reads variables by itself, headers among them (OPENAI_CUSTOM_HEADERS): all that is sent is in the settings.
  const client = withoutVariables("OPENAI_", () => new ChatOpenAI(settings));
  return {
    redactor,
    send: async (body, signal) => {
      try {
        const stand = await client.post("/chat/completions", { body, signal }).asResponse();
        return read(client.received(stand), settings, redactor);
      } catch (error) {
        if (signal.aborted) throw error;
        return { failure: connectionFailure(error) };
      }
    },
  };
}

function read(
  { response, body }: Received,
  settings: ClientSettings,
  redactor: Redactor,
): Answer | { readonly failure: EndpointFailure } {
  const { ok, status, headers } = response;
  // A date to wait for is one by the other side's clock, where it tells that.
  const nowMs = (): number => Date.parse(headers.get("date") ?? "") || settings.clock.now();
  const waitMs = (): number | null => askedWaitMs((name) => headers.get(name), nowMs(), status === 429);
  const type = headers.get("content-type");
  if (!ok) {
    const error = statusError(redactor.json(pageText(body ?? new Uint8Array(), type)), nowMs());
    return { failure: { ...error, seen: "error", status, waitMs: waitMs() ?? error.waitMs } };
  }
  if (body === null) {
    const message = `the answer is larger than ${settings.maxOutputBytes} bytes (--max-output)`;
    return { failure: failureOf("too-large", message) };
  }
  const invalid = invalidUtf8(body);
  if (invalid !== null) {
    const page = otherText(body, type);
    // JSON is UTF-8 (RFC 8259, 8.1); what else came is a page, whose words are kept.
    if (page !== null && unwrap(page).kind === "other") return { text: redactor.json(page), waitMs };
    return { failure: failureOf("not-utf8", `the answer is not UTF-8: ${invalid}`) };
  }
  return { text: redactor.json(DECODER.decode(body)), waitMs };
}

/** The error of an answer that is one by its status: JSON in some form, a proxy's page, or nothing. */
function statusError(text: string, nowMs: number): ReturnType<typeof errorOf> {
  const body = unwrap(text);
  return errorOf(
    body.kind === "json" ? body.value : oneLine(text, PAGE_LENGTH_MAX) || "no further words",
    nowMs,
  );
}

function connectionFailure(error: unknown): EndpointFailure {
  const cause = error instanceof OpenAI.APIConnectionError ? (error.cause ?? error) : error;
  if (!(cause instanceof HttpTrouble)) return failureOf("network", causeText(cause));
  return { ...failureOf(cause.kind, cause.message), status: cause.status };
}
