// What an endpoint's error means: one table, the same as in docs/endpoint.md (a test compares them). The first row that fits decides.

/**
 * wait: asked again when the endpoint allows it, without using up a retry; retry: asked again while retries last; fail: the item has failed;
 * pause: the cause lies outside the items, nothing more is sent.
 */
export type RuleAction = "wait" | "retry" | "fail" | "pause";

/** What was seen: a status with the error's own words, or what became of the connection or the answer. */
export type EndpointFailure = {
  readonly seen: "error" | "timeout" | "unreachable" | "network" | "not-chat" | "too-large" | "not-json";
  /** HTTP status, or the one that an error inside an answer names; null without one. */
  readonly status: number | null;
  /** Code and type of the error, in lower case; empty without any. */
  readonly codes: readonly string[];
  readonly message: string;
};

export type EndpointRule = {
  /** The row's first column, as docs/endpoint.md has it. */
  readonly shown: string;
  /** The kind of the item's error; `http_STATUS` stands for the status itself. */
  readonly kind: string;
  readonly action: RuleAction;
  readonly fits: (failure: EndpointFailure) => boolean;
};

const QUOTA =
  /^(?:insufficient_quota|exceeded_current_quota_error|insufficient_balance|quota_exceeded|arrearage|billing_.*)$/;
const KEY = /^(?:invalid_api_key|api_key_invalid)$/;
const KEY_MESSAGE = /\bAPI key\b.*\b(?:not valid|invalid|expired)\b/is;
const MODEL = /^(?:model_not_found|unknown_model|invalid_model|deployment_?notfound)$/;
const FILTER = /^(?:content_filter|content_policy_violation|responsibleaipolicyviolation)$/;
const MODEL_MESSAGE = /\bmodel\b.*\b(?:not found|not exist|unknown|not supported)\b/is;

const coded =
  (pattern: RegExp) =>
  ({ codes }: EndpointFailure): boolean =>
    codes.some((code) => pattern.test(code));

const unknownModel = (failure: EndpointFailure): boolean =>
  coded(MODEL)(failure) || (failure.status === 404 && MODEL_MESSAGE.test(failure.message));

const badKey = (failure: EndpointFailure): boolean =>
  failure.status === 401 ||
  failure.status === 403 ||
  coded(KEY)(failure) ||
  (failure.status === 400 && KEY_MESSAGE.test(failure.message));

const saw =
  (seen: EndpointFailure["seen"]) =>
  (failure: EndpointFailure): boolean =>
    failure.seen === seen;

const status =
  (matches: (status: number) => boolean) =>
  (failure: EndpointFailure): boolean =>
    failure.status !== null && matches(failure.status);

const row = (shown: string, kind: string, action: RuleAction, fits: EndpointRule["fits"]): EndpointRule => ({
  shown,
  kind,
  action,
  fits,
});

/** The table, without the rows for answers that are complete but marked (`markRules`). */
export const ENDPOINT_RULES: readonly EndpointRule[] = [
  row(
    "status 402, or an error code about quota or billing (`insufficient_quota`)",
    "quota",
    "pause",
    (failure) => failure.status === 402 || coded(QUOTA)(failure),
  ),
  row("status 401 or 403, or a 400 that says the key is not valid", "key_refused", "pause", badKey),
  row("an error code or a 404 that says the model is unknown", "model_not_found", "pause", unknownModel),
  row("an error code about a content filter", "content_filter", "fail", coded(FILTER)),
  row(
    "status 429",
    "http_429",
    "wait",
    status((code) => code === 429),
  ),
  row(
    "status 408, 409, 425 or 5xx",
    "http_STATUS",
    "retry",
    status((code) => code === 408 || code === 409 || code === 425 || code >= 500),
  ),
  row(
    "any other status (400, 404, 413, 422, …)",
    "http_STATUS",
    "fail",
    status(() => true),
  ),
  row("no answer within `--timeout`", "timeout", "retry", saw("timeout")),
  row("nobody listens: connection refused, no such host", "unreachable", "retry", saw("unreachable")),
  row("connection cut, half an answer", "network", "retry", saw("network")),
  row("an error inside an answer of status 200 without a known code", "answer_error", "retry", saw("error")),
  row("an answer that is not a chat completion", "bad_answer", "retry", saw("not-chat")),
  row("an answer larger than `--max-output`", "output_too_large", "fail", saw("too-large")),
  row("an answer that is not JSON, with `--parse json`", "bad_output", "retry", saw("not-json")),
];

/** A remark on an answer that is kept all the same, unless `--fail-on` names it. */
export const MARKS = ["length", "content_filter", "empty"] as const;
export type Mark = (typeof MARKS)[number];

/** The rows for marked answers, when `--fail-on` names the mark. */
export const MARK_RULES: readonly (Pick<EndpointRule, "shown" | "action"> & { readonly kind: Mark })[] = [
  { shown: "an empty answer, with `--fail-on empty`", kind: "empty", action: "retry" },
  { shown: "a cut-off answer, with `--fail-on length`", kind: "length", action: "fail" },
  { shown: "a filtered answer, with `--fail-on content_filter`", kind: "content_filter", action: "fail" },
];

/** The row that decides about a failure, and the kind it gives the error. */
export function ruleOf(failure: EndpointFailure): { readonly action: RuleAction; readonly kind: string } {
  const rule = ENDPOINT_RULES.find(({ fits }) => fits(failure));
  if (rule === undefined) throw new Error(`no rule for ${JSON.stringify(failure)}`);
  return { action: rule.action, kind: rule.kind.replace("STATUS", String(failure.status)) };
}
