// One request to an endpoint per attempt. No text that leaves this file contains a secret.
import { requestUrl } from "./base-url.ts";
import { wellFormedJson } from "../../core/json-line.ts";
import { compactJson } from "../../core/json-text.ts";
import { cutText } from "../../core/cut-text.ts";
import {
  type EndpointFailure,
  type FailedAnswer,
  isLoading,
  type Mark,
  type RuleAction,
  ruleOf,
} from "./endpoint-rules.ts";
import type { PresentPart } from "../../core/fingerprint.ts";
import { KEPT_TEXT_MAX } from "../../core/record.ts";
import type { Redactor } from "./secrets.ts";
import { estimateTokens } from "./token-estimate.ts";
import { AttemptEnds } from "../attempt-ends.ts";
import type { Api } from "./api/api.ts";
import { chat } from "./api/chat.ts";
import { type AnswerFailure, answerText, type AnswerOptions, readAnswer } from "./endpoint-answer.ts";
import { type Answer, type ClientSettings, type EndpointClient, endpointClient } from "./endpoint-client.ts";
import { RenewedKey } from "./key/renewed-key.ts";
import { KeyStatus } from "./key-status.ts";
import { answerBound, type GivenParam, type Request, type RequestMaker } from "./request/request.ts";
import { sharedRequests, shareKey } from "./request/shared-requests.ts";
import { streamedRequests } from "./stream/streamed-requests.ts";
import { IdleLimit } from "./stream/idle-limit.ts";
import { kindPart, parsePart, shortened } from "../fingerprint-parts.ts";
import { ABORTED, failed, fellSilent, missingFields, outside, timedOut } from "../outcomes.ts";
import type { AttemptContext, Outcome, Processor, Trouble } from "../processor.ts";

/** A header given by an option: with its value, or with the variable that holds it as a secret. */
export type GivenHeader = { readonly name: string } & (
  | { readonly value: string }
  | { readonly variable: string }
);

export type EndpointSettings = ClientSettings &
  AnswerOptions & {
    /** What makes the request of an item. */
    readonly requests: RequestMaker;
    /** The API chosen by `--api`. A request may use another. */
    readonly api: Api;
    readonly model: string | null;
    /** What results depend on instead of the base URL: those of all endpoints, or a name that stands for them. */
    readonly basis?: { readonly name: string; readonly value: string };
    readonly headers: readonly GivenHeader[];
    readonly params: readonly GivenParam[];
    readonly timeoutMs: number | null;
    /** Of a stream: how long no byte may come. Null: no limit. */
    readonly idleTimeoutMs: number | null;
  };

const KEY_REFUSED = "key_refused";

/** Maximum length of an error message. */
const MESSAGE_LENGTH_MAX = 2000;

export function endpointProcessor(settings: EndpointSettings): Processor {
  const requests = sharedRequests(streamedRequests(settings.requests, settings.stream));
  const client = endpointClient(settings);
  const key = settings.key === null ? null : new RenewedKey(settings.key, (sent) => client.use(sent));
  const endpoint: Endpoint = { settings, client, key, keyStatus: new KeyStatus() };
  return {
    kind: "endpoint",
    open: (nonce) => key?.open(nonce) ?? Promise.resolve(),
    process: async (item, context) => {
      const request = requests.requestOf(item);
      if ("missing" in request) return missingFields(request.missing);
      if ("wrong" in request) return failed("input", request.wrong, false);
      const whole = request.pictures?.whole(request.body) ?? request;
      if ("wrong" in whole) return failed("input", whole.wrong, false);
      return withoutSecrets(
        await askWithKey(endpoint, { ...request, body: whole.body }, context),
        client.redactor,
      );
    },
    close: () => key?.close() ?? Promise.resolve(),
    redact: (text) => client.redactor.text(text),
    preview: (item) => {
      const request = requests.requestOf(item);
      if ("missing" in request) return [`lacks ${request.missing.join(", ")}`];
      if ("wrong" in request) return [request.wrong];
      const url = requestUrl(settings.baseUrl, request.api.path);
      const body = request.pictures?.shown(request.body) ?? request.body;
      const lines = JSON.stringify(body, shortData, 2).split("\n");
      return [`POST ${url}`, ...settings.headers.map(shownHeader), ...lines];
    },
    fieldPaths: requests.fieldPaths,
    everyField: true,
    usesIndex: requests.usesIndex,
    estimate: (item) => {
      const request = requests.requestOf(item);
      if (!("body" in request)) return { inputTokens: 0, outputTokens: 0 };
      return { inputTokens: inputTokens(request), outputTokens: outputTokens(request) };
    },
    groupKey: (item) => shareKey(item, requests),
    fingerprintParts: () => Promise.resolve(partsOf(settings)),
  };
}

/** A text of `data:` that is longer is shown by its beginning. */
const DATA_LENGTH_SHOWN = 80;

function shortData(_key: string, value: unknown): unknown {
  if (typeof value !== "string" || value.length <= DATA_LENGTH_SHOWN || !/^data:[^,]*,/.test(value))
    return value;
  return `${value.slice(0, DATA_LENGTH_SHOWN)}… (${value.length} characters)`;
}

function shownHeader(header: GivenHeader): string {
  return `${header.name}: ${"value" in header ? header.value : `[${header.variable}]`}`;
}

/** Estimated tokens of a request. */
function inputTokens({ api, body }: Request): number {
  return api.textsOf(body).reduce((sum, text) => sum + estimateTokens(text), 0);
}

/** The most tokens that an answer may have; null without a limit. */
function outputTokens(request: Request): number | null {
  return request.api.boundNames.length === 0 ? 0 : answerBound(request);
}

const ends = new AttemptEnds();

type Endpoint = {
  readonly settings: EndpointSettings;
  readonly client: EndpointClient;
  readonly keyStatus: KeyStatus;
  /** Null: the key is always the same. */
  readonly key: RenewedKey | null;
};

/** Asks, and once more with a new key where that was refused. */
async function askWithKey(endpoint: Endpoint, request: Request, context: AttemptContext): Promise<Outcome> {
  const { key } = endpoint;
  if (key === null) return ask(endpoint, request, context);
  for (;;) {
    const number = await key.current();
    if (context.stopping.aborted) return ABORTED;
    const outcome = await ask(endpoint, request, context);
    if (outcome.status === "ok") key.worked(number);
    if (!isKeyRefused(outcome)) return outcome;
    const renewal = await key.refused(number, context.stopping);
    if (renewal === "refused") return outcome;
    if (renewal === "stopped") return ABORTED;
    if (renewal !== "again") return outside("key_command", `--api-key-command: ${renewal.fault}`);
  }
}

/** Beyond doubt: a 403 before the first success may be about the item. */
function isKeyRefused(outcome: Outcome): boolean {
  return (
    outcome.status === "outside" && outcome.error.kind === KEY_REFUSED && outcome.reconsider === undefined
  );
}

async function ask(endpoint: Endpoint, request: Request, context: AttemptContext): Promise<Outcome> {
  if (context.signal.aborted) return ABORTED;
  const received = await send(endpoint, request, context);
  if ("status" in received) return received;
  const read = "failure" in received ? received : readIt(received, endpoint, request);
  if ("failure" in read) return outcomeOf(read, endpoint, request, context);
  endpoint.keyStatus.answered();
  const answered = withId(read, received);
  if (answered.status !== "ok" || !("ttftMs" in received) || received.ttftMs === null) return answered;
  return { ...answered, ttftMs: received.ttftMs };
}

function withId(outcome: Outcome, { requestId }: Pick<FailedAnswer, "requestId">): Outcome {
  if (requestId === undefined || (outcome.status !== "ok" && outcome.status !== "failed")) return outcome;
  return { ...outcome, requestId };
}

const STRAINED = { trouble: { kind: "strained" } } as const;

type Failed = Outcome & { readonly status: "failed" };

/** A complete answer, and the time to its first piece if it came in pieces. */
type TimedAnswer = Answer & { readonly ttftMs: number | null };

/** Sends one request within its limits of time. Returns the answer or failure, or the outcome when nothing arrived. */
async function send(
  { client, settings }: Endpoint,
  request: Request,
  context: AttemptContext,
): Promise<TimedAnswer | AnswerFailure | Outcome> {
  const { timeoutMs, idleTimeoutMs, clock, stream } = settings;
  const end = ends.begin(context.signal);
  const startMs = clock.monotonic();
  let late: Outcome | null = null;
  const endLate = (outcome: Failed): void => {
    late = { ...outcome, ...STRAINED };
    end.abort();
  };
  const cancel = timeoutMs === null ? null : clock.after(timeoutMs, () => endLate(timedOut(timeoutMs)));
  const idle = stream
    ? new IdleLimit(idleTimeoutMs, clock, () => endLate(fellSilent(idleTimeoutMs ?? 0)))
    : null;
  const onUsageRefused = (): void => context.remark?.("stream-usage-refused");
  try {
    const answer = await client.send(request, { signal: end.signal, idle, onUsageRefused });
    if ("failure" in answer) return answer;
    const { firstTokenAtMs } = answer;
    return { ...answer, ttftMs: firstTokenAtMs === null ? null : firstTokenAtMs - startMs };
  } catch (error) {
    if (context.signal.aborted) return ABORTED;
    if (late !== null) return late;
    throw error;
  } finally {
    cancel?.();
    idle?.stop();
    ends.done(context.signal, end);
  }
}

/** The outcome of a complete answer. For an error inside it, the headers may say when to retry. */
function readIt(answer: Answer, { settings }: Endpoint, request: Request): Outcome | AnswerFailure {
  const { model } = request.body;
  const asked = {
    api: request.api,
    ...(request.count === undefined ? {} : { count: request.count }),
    model: typeof model === "string" ? model : "",
    tokens: () => inputTokens(request),
    cap: answerBound(request),
    nowMs: settings.clock.now(),
    isStream: settings.stream,
  };
  const read = readAnswer(answer.text, settings, asked);
  if (!("failure" in read)) return read;
  const { text: body, requestId } = answer;
  const kept = { ...read, body, ...(requestId === undefined ? {} : { requestId }) };
  if (read.failure.seen !== "error") return kept;
  return { ...kept, failure: { ...read.failure, waitMs: answer.waitMs() ?? read.failure.waitMs } };
}

/** The outcome of a failure according to the table. A failure about the key may be judged differently once other requests have succeeded. */
function outcomeOf(
  read: AnswerFailure,
  endpoint: Endpoint,
  request: Request,
  context: AttemptContext,
): Outcome {
  const { failure } = read;
  const { keyStatus } = endpoint;
  const { succeededBefore = false } = context;
  const asked = (): string => request.api.textsOf(request.body).join("\n");
  const ruleWith = (keyWorked: boolean): Rule => ruleOf({ ...failure, keyWorked, asked });
  const isAboutKey = ruleWith(true).kind !== ruleWith(false).kind;
  const keyWorked = isAboutKey && keyStatus.isGood(succeededBefore);
  if (keyWorked) keyStatus.forbidden();
  const outcome = outcomeBy(ruleWith(keyWorked), read, request, endpoint);
  if (outcome.status !== "outside" || !isAboutKey || keyStatus.hasWorked(succeededBefore)) return outcome;
  return { ...outcome, reconsider: () => outcomeOf(read, endpoint, request, context) };
}

type Rule = ReturnType<typeof ruleOf>;

function outcomeBy(
  { action, kind }: Rule,
  read: AnswerFailure,
  { api }: Request,
  { client, settings }: Endpoint,
): Outcome {
  const { failure, usage, body = "" } = read;
  const where = failure.status === null ? "" : `HTTP ${failure.status}${askedUrl(failure, settings, api)}: `;
  const message = cutText(client.redactor.text(`${where}${failure.message}`), MESSAGE_LENGTH_MAX);
  const status = failure.status === null ? {} : { status: failure.status };
  if (action === "pause") return outside(kind, message, status);
  const trouble = troubleOf(failure, action);
  const outcome: Outcome = {
    status: "failed",
    error: {
      kind,
      message,
      ...status,
      ...(body === "" ? {} : { body: cutText(readableBody(body), KEPT_TEXT_MAX, "…") }),
    },
    retryable: action !== "fail",
    ...(trouble === null ? {} : { trouble }),
    ...(usage === undefined ? {} : { usage }),
  };
  return withId(outcome, read);
}

/** The body of an error with its characters as such: escaped, a pair could be cut apart. Half of one becomes U+FFFD. */
function readableBody(body: string): string {
  try {
    return wellFormedJson(compactJson(body));
  } catch {
    return body; // a page
  }
}

/** Wrong path or method: usually the base URL is wrong. */
const WRONG_URL: ReadonlySet<number | null> = new Set([404, 405]);

/** The URL of the request, if the URL may be the problem. */
function askedUrl({ status }: EndpointFailure, { baseUrl }: EndpointSettings, { path }: Api): string {
  return WRONG_URL.has(status) ? ` from ${requestUrl(baseUrl, path)}` : "";
}

/** An answer came that says itself that it failed, or that ends in the middle. */
const USELESS: ReadonlySet<EndpointFailure["seen"]> = new Set(["broken", "cut-stream"]);

/** What a failure shows about the endpoint as a whole. */
function troubleOf(failure: EndpointFailure, action: RuleAction): Trouble | null {
  const { seen, status, waitMs } = failure;
  if (action === "fail") return null;
  if (seen === "unresolved") return { kind: "down", isUnknown: true };
  if (seen === "unreachable" || isLoading(failure)) return { kind: "down", waitMs };
  if (action === "wait") return { kind: "limited", waitMs };
  if (USELESS.has(seen)) return { kind: "strained", waitMs, isAnswer: true };
  const isStrained = seen === "network" || (status ?? 0) >= 500;
  return isStrained || waitMs !== null ? { kind: "strained", waitMs } : null;
}

/** Removes secrets from the outcome that appear only after joining (a text in parts). */
function withoutSecrets(outcome: Outcome, { json, text }: Redactor): Outcome {
  const textOf = (kept: string | undefined): { text: string } | null =>
    kept === undefined ? null : { text: text(kept) };
  const bodyOf = (kept: string | undefined): { body: string } | null =>
    kept === undefined ? null : { body: json(kept) };
  if (outcome.status === "ok") {
    const { outputJson, answerText: within } = outcome;
    const answer = within === undefined ? null : { answerText: text(within) };
    return { ...outcome, outputJson: json(outputJson), ...textOf(outcome.text), ...answer };
  }
  if (outcome.status === "aborted") return outcome;
  const { error } = outcome;
  return {
    ...outcome,
    error: { ...error, message: text(error.message), ...textOf(error.text), ...bodyOf(error.body) },
  };
}

function partsOf(settings: EndpointSettings): PresentPart[] {
  const { requests, api, model, baseUrl, params, headers, answer, parse, failOn } = settings;
  const part = (name: string, value: string): PresentPart => ({ name, value, shown: shortened(value) });
  const words: readonly Mark[] = failOn.toSorted();
  const { basis = { name: "base_url", value: baseUrl } } = settings;
  return [
    kindPart("endpoint"),
    ...(model === null ? [] : [part("model", model)]),
    part(basis.name, basis.value),
    // Earlier versions knew one API and recorded nothing of it.
    ...(api === chat ? [] : [part("api", api.name)]),
    ...requests.fingerprintParts,
    ...params.map(([name, text]) => part(`param:${name}`, text)),
    ...headers.flatMap((header) => ("value" in header ? part(`header:${header.name}`, header.value) : [])),
    part("answer", answerText(answer ?? api.answers[0])),
    part("fail-on", words.join(",")),
    parsePart(parse),
  ];
}
