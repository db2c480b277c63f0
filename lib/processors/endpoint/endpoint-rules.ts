// What an endpoint's error means: one table, the same as in docs/endpoint.md (a test compares them). The first matching row decides: first rows for
// the content of the error, with any status and in any place; then rows for the status alone.
import type { HttpTroubleKind } from "../../io/http-trouble.ts";
import type { EndpointError } from "./endpoint-error.ts";
import { type ErrorWords, type SaidWords, says } from "./words/error-words.ts";
import { NOT_ALLOWED, TOO_LONG } from "./words/item-words.ts";
import { KEY_REFUSED } from "./words/key-words.ts";
import { TOO_FAST } from "./words/limit-words.ts";
import { NO_MODEL, NO_MODEL_404 } from "./words/model-words.ts";
import { NO_MONEY, NO_MONEY_401, NO_MONEY_PERHAPS } from "./words/quota-words.ts";
import { STREAM_REFUSED, STREAM_REQUIRED } from "./words/stream-words.ts";
import { LOADING } from "./words/status-words.ts";

/**
 * wait: repeat when the endpoint allows it, without using up a retry; retry: repeat while retries are left; fail: the item has failed; pause: the
 * cause lies outside the items, send nothing more.
 */
export type RuleAction = "wait" | "retry" | "fail" | "pause";

/** What was seen: a status with the contents of the error, or a problem of the connection or the answer. */
export type EndpointFailure = EndpointError & {
  readonly seen:
    | HttpTroubleKind
    | "timeout"
    | "broken"
    | "cut-stream"
    | "not-answer"
    | "stream"
    | "too-large"
    | "not-utf8"
    | "not-json"
    | "not-json-marked";
};

/** Why there is no answer. */
export type FailedAnswer = {
  readonly failure: EndpointFailure;
  /** What came in the place of an answer. */
  readonly body?: string;
  /** The id under which the endpoint knows the request, if its headers say it. */
  readonly requestId?: string;
};

/** A failure, and related facts. */
export type Situation = EndpointFailure &
  SaidWords & {
    /** The key has worked, in this run or an earlier one of the session. */
    readonly keyWorked: boolean;
  };

export type EndpointRule = {
  /** The row's first column, as in docs/endpoint.md. */
  readonly shown: string;
  /** The kind of the item's error; `http_STATUS` is replaced by the status. */
  readonly kind: string;
  readonly action: RuleAction;
  readonly fits: (situation: Situation) => boolean;
};

/** A failure without a message of the endpoint. */
export function failureOf(seen: EndpointFailure["seen"], message: string): EndpointFailure {
  return { seen, status: null, codes: [], message, waitMs: null, about: null };
}

const isError = ({ seen }: Situation): boolean => seen === "error" || seen === "broken";

function isQuota(situation: Situation): boolean {
  if (!isError(situation)) return false;
  const { status, message, waitMs } = situation;
  if (says(situation, NO_MONEY)) return true;
  if (status === 402) return !says(situation, TOO_FAST);
  if (status === 401 && NO_MONEY_401.test(message)) return true;
  return says(situation, NO_MONEY_PERHAPS) && waitMs === null && !says(situation, TOO_FAST);
}

function isNotAllowed(situation: Situation): boolean {
  if (!isError(situation)) return false;
  return says(situation, NOT_ALLOWED) || (situation.status === 403 && situation.about === "flagged");
}

function isUnknownModel(situation: Situation): boolean {
  if (!isError(situation)) return false;
  return says(situation, NO_MODEL) || (situation.status === 404 && NO_MODEL_404.test(situation.message));
}

/** Errors about the way in which is asked: all requests meet them. */
const isAbout =
  (words: ErrorWords) =>
  (situation: Situation): boolean =>
    isError(situation) && says(situation, words);

function isBadKey(situation: Situation): boolean {
  if (!isError(situation)) return false;
  const { status, about, keyWorked } = situation;
  if (status === 401 || says(situation, KEY_REFUSED)) return true;
  return status === 403 && about === null && !keyWorked && !says(situation, TOO_FAST);
}

/** Too long for the model, although the status alone would mean a retry. */
function isTooLong(situation: Situation): boolean {
  const { status } = situation;
  const mayRetry = status === null || status === 429 || isPassing(status);
  return isError(situation) && mayRetry && says(situation, TOO_LONG);
}

/** Too many requests. A 413 with the code of a rate limit does not count: that single request exceeds the limit per minute (Groq). */
function isTooFast(situation: Situation): boolean {
  if (!isError(situation)) return false;
  return situation.status === 429 || (situation.status !== 413 && says(situation, TOO_FAST));
}

/** 498: no capacity (Groq); 499: the connection was closed before the answer (nginx). */
const PASSING: ReadonlySet<number> = new Set([408, 409, 425, 498, 499]);

/** Whether a status means a temporary fault. */
export function isPassing(status: number): boolean {
  return PASSING.has(status) || status >= 500;
}

/** Whether a server is still loading its model: until then it serves nobody. */
export function isLoading({ status, message }: Pick<Situation, "status" | "message">): boolean {
  return status === 503 && LOADING.test(message);
}

const saw =
  (seen: EndpointFailure["seen"]) =>
  (situation: Situation): boolean =>
    situation.seen === seen;

/** Messages of TLS servers that are addressed in plain HTTP: nginx, Go, Apache. */
const NO_TLS_MESSAGE =
  /plain HTTP request was sent to HTTPS port|HTTP request to an HTTPS server|speaking plain HTTP to an SSL-enabled server port/i;

function isWrongTls({ seen, status, message }: Situation): boolean {
  return seen === "wrong-tls" || (status === 400 && NO_TLS_MESSAGE.test(message));
}

const status =
  (matches: (status: number) => boolean) =>
  (situation: Situation): boolean =>
    situation.status !== null && matches(situation.status);

const row = (shown: string, kind: string, action: RuleAction, fits: EndpointRule["fits"]): EndpointRule => ({
  shown,
  kind,
  action,
  fits,
});

/** The table, without the rows for complete but marked answers (`MARK_RULES`). */
export const ENDPOINT_RULES: readonly EndpointRule[] = [
  row("status 402, or an error about missing money or a used-up quota (below)", "quota", "pause", isQuota),
  row(
    "an error about forbidden content: a content filter, a 403 with `metadata.reasons`",
    "content_filter",
    "fail",
    isNotAllowed,
  ),
  row("an error or a 404 about an unknown model", "model_not_found", "pause", isUnknownModel),
  row(
    "an error about a model that answers only in streams, without `--stream`",
    "stream_required",
    "pause",
    isAbout(STREAM_REQUIRED),
  ),
  row(
    "an error about a model that does not answer in streams, with `--stream`",
    "stream_refused",
    "pause",
    isAbout(STREAM_REFUSED),
  ),
  row(
    "status 401, or an error about an invalid key; a 403 before the first success with the key",
    "key_refused",
    "pause",
    isBadKey,
  ),
  row(
    "status 407: the proxy asks for a password",
    "proxy_refused",
    "pause",
    status((code) => code === 407),
  ),
  // RFC 6585, 6: what answers is no server of the endpoint.
  row(
    "status 511: the network asks for a login",
    "network_login",
    "pause",
    status((code) => code === 511),
  ),
  row("a certificate of an unknown authority", "tls", "pause", saw("untrusted")),
  row(
    "a certificate that has expired or belongs to another host",
    "tls_certificate",
    "pause",
    saw("bad-certificate"),
  ),
  row(
    "`https://` to a server without TLS, or `http://` to a server with TLS",
    "tls_protocol",
    "pause",
    isWrongTls,
  ),
  row(
    "a redirect that turns the request into a GET, sends the key to another host, or loops",
    "redirect",
    "pause",
    saw("redirect"),
  ),
  row("a proxy that cannot be reached or used", "proxy", "pause", saw("proxy")),
  row("a server that does not speak HTTP", "not_http", "pause", saw("not-http")),
  row(
    "an error of status 200, 429 or 5xx about a request that is too long for the model",
    "too_long",
    "fail",
    isTooLong,
  ),
  row("status 429, or an error about too many requests (below)", "http_429", "wait", isTooFast),
  row("status 503 while the model is loading", "http_503", "wait", isLoading),
  row("status 408, 409, 425, 498, 499 or 5xx", "http_STATUS", "retry", status(isPassing)),
  row(
    "status 403 after a success with the key, or about the provider behind a gateway (`metadata.provider_name`)",
    "http_403",
    "fail",
    status((code) => code === 403),
  ),
  row(
    "any other status (400, 404, 413, 422, …)",
    "http_STATUS",
    "fail",
    status(() => true),
  ),
  row(
    "no answer within `--timeout`, or no byte of a stream within `--idle-timeout`",
    "timeout",
    "retry",
    saw("timeout"),
  ),
  row("a host name that does not exist", "host_not_found", "retry", saw("unresolved")),
  row("nobody listens, or there is no route", "unreachable", "retry", saw("unreachable")),
  row("a cut connection, or an incomplete answer", "network", "retry", saw("network")),
  row("a stream that ends without a finish reason", "cut_stream", "retry", saw("cut-stream")),
  row(
    "an answer whose generation failed: a finish reason such as `error` or `abort` (above)",
    "answer_error",
    "retry",
    saw("broken"),
  ),
  row("an error inside an answer of status 200 without a known code", "answer_error", "retry", saw("error")),
  row(
    "an answer that is none of the API, for example an HTML page",
    "bad_answer",
    "retry",
    saw("not-answer"),
  ),
  row("an event stream without `--stream`", "bad_answer", "fail", saw("stream")),
  row("an answer larger than `--max-output`", "output_too_large", "fail", saw("too-large")),
  row("an answer that is not UTF-8", "bad_output", "retry", saw("not-utf8")),
  row("an answer that is not JSON, with `--parse json`", "bad_output", "retry", saw("not-json")),
  row("the same, if it was cut off or filtered", "bad_output", "fail", saw("not-json-marked")),
];

/** Marks of an answer. The answer is kept unless `--fail-on` names its mark. */
export const MARKS = ["length", "content_filter", "refusal", "empty", "unknown_finish"] as const;
export type Mark = (typeof MARKS)[number];

/** The rows for marked answers if `--fail-on` names the mark. Of several, the first decides. */
export const MARK_RULES: readonly (Pick<EndpointRule, "shown" | "action"> & { readonly kind: Mark })[] = [
  { shown: "a cut-off answer, with `--fail-on length`", kind: "length", action: "fail" },
  { shown: "a filtered answer, with `--fail-on content_filter`", kind: "content_filter", action: "fail" },
  { shown: "a refusal, with `--fail-on refusal`", kind: "refusal", action: "fail" },
  { shown: "an empty answer, with `--fail-on empty`", kind: "empty", action: "retry" },
  {
    shown: "an unknown finish reason, with `--fail-on unknown_finish`",
    kind: "unknown_finish",
    action: "retry",
  },
];

/** The matching row for a failure, and the resulting kind of error. */
export function ruleOf(situation: Situation): { readonly action: RuleAction; readonly kind: string } {
  const rule = ENDPOINT_RULES.find(({ fits }) => fits(situation));
  if (rule === undefined) throw new Error(`no rule for ${JSON.stringify(situation)}`);
  return { action: rule.action, kind: rule.kind.replace("STATUS", String(situation.status)) };
}
