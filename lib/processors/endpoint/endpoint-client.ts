// The official OpenAI client, used with documented options only: its own retries, waits and log are off, so one call is one request, and it uses our
// `fetch`. Loaded only when an endpoint is used.
import { TIMER_MS_MAX } from "../../core/durations.ts";
import OpenAI, { type ClientOptions } from "openai";
import { unwrap } from "./answer-wrapping.ts";
import type { Api } from "./api/api.ts";
import { requestUrl } from "./base-url.ts";
import { errorOf } from "./endpoint-error.ts";
import { type EndpointFailure, type FailedAnswer, failureOf } from "./endpoint-rules.ts";
import { cutText } from "../../core/cut-text.ts";
import { causeText } from "../../core/errors.ts";
import { oneLine } from "../../core/one-line.ts";
import { askedWaitMs } from "../pace/rate-headers.ts";
import type { KeySettings, SentWithKey } from "./key/renewed-key.ts";
import { otherText, pageText } from "./page-text.ts";
import type { Request } from "./request/request.ts";
import { type Redactor, redactorOf } from "./secrets.ts";
import type { IdleLimit } from "./stream/idle-limit.ts";
import { readStream } from "./stream/read-stream.ts";
import { UsageOption } from "./stream/usage-option.ts";
import { invalidUtf8 } from "../../core/utf8.ts";
import { VERSION } from "../../core/version.ts";
import type { Clock } from "../../io/clock.ts";
import { withoutVariables } from "../../io/environment.ts";
import { ACCEPT_ENCODING, HttpClient, readBody, readHead } from "../../io/http.ts";
import { HttpTrouble } from "../../io/http-trouble.ts";
import type { Environment } from "../../io/proxy.ts";

export type ClientSettings = {
  readonly baseUrl: string;
  /** Headers of each request, in addition to those of the client, which they override. Names in lower case. */
  readonly sent: Readonly<Record<string, string>>;
  /** Secrets that are removed from all answers and errors. */
  readonly secrets: readonly string[];
  /** The key that a command makes; null: none does. */
  readonly key: KeySettings | null;
  /** Further secrets to remove, which no endpoint receives. */
  readonly hidden?: readonly string[];
  readonly maxOutputBytes: number;
  readonly clock: Clock;
  /** The environment that names proxies. */
  readonly env: Environment;
  /** Answers are asked for as streams. */
  readonly stream: boolean;
};

/** A complete answer of status 2xx. */
export type Answer = Pick<FailedAnswer, "requestId"> & {
  readonly text: string;
  /** The wait that its headers request, in case it is an error: milliseconds, or null. */
  readonly waitMs: () => number | null;
  /** When the first piece of a streamed answer came, on the clock's `monotonic`; null without any. */
  readonly firstTokenAtMs: number | null;
};

/** What limits one request. */
export type RequestLimits = {
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Learns of each byte of a streamed answer. */
  readonly idle: IdleLimit | null;
  /** Called once for a client, when the endpoint has refused to report the usage of streams. */
  readonly onUsageRefused: () => void;
};

export type EndpointClient = {
  /** Removes secrets, those of earlier keys too; results of `send` have none. */
  readonly redactor: Redactor;
  /** Sends this from now on. */
  use(sent: SentWithKey): void;
  /** Sends one request and returns an answer or a failure. Rejects only when its signal was aborted. */
  send(request: Request, limits: RequestLimits): Promise<Answer | FailedAnswer>;
};

/** Maximum size of an error body that is read. */
const ERROR_BYTES_MAX = 64 * 1024;
/** Maximum length of its text that is shown when it is not JSON. */
const PAGE_LENGTH_MAX = 1000;

/** It only gets valid UTF-8. */
const DECODER = new TextDecoder();

/** A response of any status. `body` is null when it was too large. */
type Received = {
  readonly response: Response;
  readonly body: Uint8Array | null;
};

/**
 * An answer with an error status. It leaves the client as the cause of a connection error, because the client would read the text of an error
 * response without a limit, and keep only JSON.
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

/** A client for the requests of one API. */
function openAiClient({ baseUrl, sent }: ClientSettings, api: Api, http: HttpClient): OpenAI {
  const url = requestUrl(baseUrl, api.path); // the client would rewrite a query
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
      headers ??= withSent(init?.headers, { ...api.headers, ...sent }); // requests differ only in their body
      const response = await http.fetch(url, { ...init, headers });
      if (response.ok) return response;
      throw new ErrorAnswer(response, await headOrNothing(response, init?.signal));
    },
  };
  // The client reads variables by itself, also for headers (OPENAI_CUSTOM_HEADERS). Only the settings must decide what is sent.
  return withoutVariables("OPENAI_", () => new OpenAI(options));
}

/** The first bytes of an error body. If reading fails, the status still counts. */
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

/** The settings override the client's headers, also the content type. */
function withSent(made: RequestInit["headers"], sent: ClientSettings["sent"]): Headers {
  const headers = new Headers(made);
  for (const [name, value] of Object.entries(sent)) headers.set(name, value);
  return headers;
}

export function endpointClient(settings: ClientSettings): EndpointClient {
  const secrets = [...settings.secrets, ...(settings.hidden ?? [])];
  let redactor = redactorOf(secrets);
  let { sent } = settings;
  const isSecret = settings.secrets.length > 0 || settings.key !== null;
  const http = new HttpClient({ env: settings.env, isSecret });
  const clients = new Map<Api, OpenAI>();
  const clientOf = (api: Api): OpenAI => {
    const client = clients.get(api) ?? openAiClient({ ...settings, sent }, api, http);
    clients.set(api, client);
    return client;
  };
  const usageOption = new UsageOption();
  const received = async ({ api, body }: Request, { signal, idle }: RequestLimits): Promise<Sent> => {
    const { maxOutputBytes: maxBytes, clock } = settings;
    const response = await clientOf(api).post(api.path, { body, signal }).asResponse();
    const { stream } = api;
    if (!settings.stream || stream === null)
      return read({ response, body: await readBody(response, maxBytes) }, api, settings, redactor);
    idle?.touch();
    const assembler = stream.assembler();
    const streamed = await readStream(response, { api, assembler, maxBytes, idle, clock });
    const id = requestIdIn(response, redactor);
    if ("failure" in streamed) return { ...streamed, ...id };
    if ("body" in streamed) return read({ response, body: streamed.body }, api, settings, redactor);
    const { json, firstTokenAtMs } = streamed;
    return { text: redactor.json(json), waitMs: waitIn(response, settings), firstTokenAtMs, ...id };
  };
  const send = async (request: Request, limits: RequestLimits): Promise<Sent> => {
    try {
      return await received(request, limits);
    } catch (error) {
      if (limits.signal.aborted) throw error;
      const cause = error instanceof OpenAI.APIConnectionError ? (error.cause ?? error) : error;
      if (cause instanceof ErrorAnswer) return read(cause, request.api, settings, redactor);
      return { failure: connectionFailure(cause) };
    }
  };
  return {
    get redactor() {
      return redactor;
    },
    use: (next) => {
      ({ headers: sent } = next);
      secrets.push(...next.secrets);
      redactor = redactorOf(secrets);
      clients.clear();
    },
    send: ({ api, body }, limits) =>
      usageOption.send(body, (once) => send({ api, body: once }, limits), limits.onUsageRefused),
  };
}

type Sent = Answer | FailedAnswer;

/** Headers that hold the id of a request: those of OpenAI and vLLM, Anthropic, Azure. */
const REQUEST_IDS = ["x-request-id", "request-id", "apim-request-id"];
const REQUEST_ID_LENGTH_MAX = 200;

function requestIdIn({ headers }: Response, { text }: Redactor): Pick<FailedAnswer, "requestId"> {
  const id = REQUEST_IDS.map((name) => headers.get(name)).find((value) => (value ?? "") !== "") ?? null;
  return id === null ? {} : { requestId: cutText(text(id), REQUEST_ID_LENGTH_MAX) };
}

/** The server's clock, if it sends its time: a date to wait for is relative to it. */
function serverNowMs({ headers }: Response, { clock }: ClientSettings): number {
  return Date.parse(headers.get("date") ?? "") || clock.now();
}

/** The wait that the headers of a response request. */
function waitIn(response: Response, settings: ClientSettings): () => number | null {
  const { headers, status } = response;
  return () => askedWaitMs((name) => headers.get(name), serverNowMs(response, settings), status === 429);
}

function read({ response, body }: Received, api: Api, settings: ClientSettings, redactor: Redactor): Sent {
  const { ok, status, headers } = response;
  const waitMs = waitIn(response, settings);
  const firstTokenAtMs = null;
  const type = headers.get("content-type");
  const id = requestIdIn(response, redactor);
  if (!ok) {
    const page = redactor.json(pageText(body ?? new Uint8Array(), type));
    const error = statusError(page, api, serverNowMs(response, settings));
    const failure = { ...error, seen: "error", status, waitMs: waitMs() ?? error.waitMs } as const;
    return { failure, ...(page === "" ? {} : { body: page }), ...id };
  }
  if (body === null) {
    const message = `the answer is larger than ${settings.maxOutputBytes} bytes (--max-output)`;
    return { failure: failureOf("too-large", message), ...id };
  }
  const invalid = invalidUtf8(body);
  if (invalid !== null) {
    const page = otherText(body, type);
    // JSON is UTF-8 (RFC 8259, 8.1). Anything else is a page, whose text is kept.
    if (page !== null && unwrap(page, api).kind === "other")
      return { text: redactor.json(page), waitMs, firstTokenAtMs, ...id };
    return { failure: failureOf("not-utf8", `the answer is not UTF-8: ${invalid}`), ...id };
  }
  return { text: redactor.json(DECODER.decode(body)), waitMs, firstTokenAtMs, ...id };
}

/** The error of an answer with an error status: JSON in some form, a proxy's page, or nothing. */
function statusError(text: string, api: Api, nowMs: number): ReturnType<typeof errorOf> {
  const body = unwrap(text, api);
  return errorOf(
    body.kind === "json" ? body.value : oneLine(text, PAGE_LENGTH_MAX) || "no further words",
    nowMs,
  );
}

function connectionFailure(cause: unknown): EndpointFailure {
  if (!(cause instanceof HttpTrouble)) return failureOf("network", causeText(cause));
  return { ...failureOf(cause.kind, cause.message), status: cause.status };
}
