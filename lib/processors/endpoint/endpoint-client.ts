// The official client of OpenAI-compatible endpoints, by its documented options: its own retries, waits and log are off, so that one call is one
// request, and it sends through a `fetch` of ours. Loaded only when an endpoint is used.
import { TIMER_MS_MAX } from "../../core/durations.ts";
import OpenAI, { type ClientOptions } from "openai";
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
import { VERSION } from "../../core/version.ts";
import type { Clock } from "../../io/clock.ts";
import { withoutVariables } from "../../io/environment.ts";
import { ACCEPT_ENCODING, HttpClient, readBody, readHead } from "../../io/http.ts";
import { HttpTrouble } from "../../io/http-trouble.ts";
import type { Environment } from "../../io/proxy.ts";

export type ClientSettings = {
  readonly baseUrl: string;
  /** Sent with each request, besides what the client sends; of the same name, these count. Names in small letters. */
  readonly sent: Readonly<Record<string, string>>;
  /** What stands in no answer and no error that leaves here. */
  readonly secrets: readonly string[];
  /** Nor do these, which no endpoint is sent. */
  readonly hidden?: readonly string[];
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

/** An error's text is read up to this size. */
const ERROR_BYTES_MAX = 64 * 1024;
/** And what is shown of it, where it is no JSON. */
const PAGE_LENGTH_MAX = 1000;

/** It is given only what is UTF-8. */
const DECODER = new TextDecoder();

/** What came, whatever its status. `body` is null when it was too large. */
type Received = { readonly response: Response; readonly body: Uint8Array | null };

/**
 * An answer that is an error by its status. It leaves the client as the cause of a failed connection: of a response that it knows to be an error, the
 * client would read a text of any size, and keep only what is JSON of it.
 */
class ErrorAnswer extends Error implements Received {
  readonly response: Response;
  readonly body: Uint8Array;

  constructor(response: Response, body: Uint8Array) {
    super("the status of the answer is that of an error");
    this.response = response;
    this.body = body;
  }
}

function openAiClient({ baseUrl, sent, secrets, env }: ClientSettings): OpenAI {
  const http = new HttpClient({ env, isSecret: secrets.length > 0 });
  const url = chatUrl(baseUrl); // the client writes a query anew
  let headers: Headers | null = null;
  const options: ClientOptions = {
    baseURL: baseUrl,
    apiKey: "none",
    adminAPIKey: null,
    organization: null,
    project: null,
    maxRetries: 0,
    // The caller's signal ends a request earlier.
    timeout: TIMER_MS_MAX,
    logLevel: "off",
    defaultHeaders: { ...ACCEPT_ENCODING, "user-agent": `ckpt/${VERSION}`, authorization: null },
    fetch: async (_, init) => {
      headers ??= withSent(init?.headers, sent); // requests differ in their body alone
      const response = await http.fetch(url, { ...init, headers });
      if (response.ok) return response;
      throw new ErrorAnswer(response, await headOrNothing(response, init?.signal));
    },
  };
  // It reads variables by itself, headers among them (OPENAI_CUSTOM_HEADERS): all that is sent is in the settings.
  return withoutVariables("OPENAI_", () => new OpenAI(options));
}

/** The first bytes of an error. Its status counts, whatever becomes of its body. */
async function headOrNothing(
  response: Response,
  signal: AbortSignal | null | undefined,
): Promise<Uint8Array> {
  try {
    return await readHead(response, ERROR_BYTES_MAX);
  } catch (error) {
    if (signal?.aborted === true) throw error;
    return new Uint8Array();
  }
}

/** What the settings say counts, whatever the client makes of the body: a content type, too. */
function withSent(made: RequestInit["headers"], sent: ClientSettings["sent"]): Headers {
  const headers = new Headers(made);
  for (const [name, value] of Object.entries(sent)) headers.set(name, value);
  return headers;
}

export function chatClient(settings: ClientSettings): ChatClient {
  const redactor = redactorOf([...settings.secrets, ...(settings.hidden ?? [])]);
  const client = openAiClient(settings);
  const received = async (body: RequestBody, signal: AbortSignal): Promise<Received> => {
    const response = await client.post("/chat/completions", { body, signal }).asResponse();
    return { response, body: await readBody(response, settings.maxOutputBytes) };
  };
  return {
    redactor,
    send: async (body, signal) => {
      try {
        return read(await received(body, signal), settings, redactor);
      } catch (error) {
        if (signal.aborted) throw error;
        const cause = error instanceof OpenAI.APIConnectionError ? (error.cause ?? error) : error;
        if (cause instanceof ErrorAnswer) return read(cause, settings, redactor);
        return { failure: connectionFailure(cause) };
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

function connectionFailure(cause: unknown): EndpointFailure {
  if (!(cause instanceof HttpTrouble)) return failureOf("network", causeText(cause));
  return { ...failureOf(cause.kind, cause.message), status: cause.status };
}
