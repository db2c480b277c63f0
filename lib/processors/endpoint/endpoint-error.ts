// Finds errors of endpoints, wherever they are in an answer: under `error`, in an array (Gemini), in `base_resp` (MiniMax), `choices[0].error`
// (OpenRouter), `error_code` (Baidu), or as the whole answer (`object` or `type` `error`: vLLM, FastChat, Mistral; `success` false: Zhipu; `message`,
// `msg`, `detail`). Key names are matched in any case when there is no answer: .NET and AWS capitalise them.
import type { Api } from "./api/api.ts";
import { type Fields, fieldsOf } from "../../core/json-fields.ts";
import { bodyWaitMs } from "./body-waits.ts";
import type { JsonValue } from "../../core/item.ts";
import { statusOf } from "./words/status-words.ts";

/** The contents of an error. */
export type EndpointError = {
  /** In lower case; numbers with a prefix for their place (`base_resp.1008`), except those under `error`. */
  readonly codes: readonly string[];
  readonly message: string;
  /** HTTP status named in the body; null without one. */
  readonly status: number | null;
  /** The wait that it requests, in milliseconds; null without one. */
  readonly waitMs: number | null;
  /** Cause in the item according to OpenRouter's `metadata`: its text was flagged, or the provider refused it. */
  readonly about: "flagged" | "provider" | null;
};

type Found = { readonly error: JsonValue; readonly place: string };

/** The error in a body; null without one. @param nowMs milliseconds since the epoch, for waits given as dates */
export function errorIn(body: JsonValue, api: Api, nowMs: number): EndpointError | null {
  const found = find(body, api);
  return found === null ? null : describe(found, nowMs);
}

/** The error of a body that is known to be an error. */
export function errorOf(body: JsonValue, nowMs: number): EndpointError {
  return describe(find(body, null) ?? { error: body, place: "" }, nowMs);
}

/** The fields of an answer's first choice; empty without one. */
export function firstChoice(body: JsonValue): Fields {
  const { choices } = fieldsOf(body);
  return Array.isArray(choices) ? fieldsOf((choices as readonly JsonValue[])[0]) : {};
}

/** @param api null: the body is known to be no answer */
function find(body: JsonValue, api: Api | null): Found | null {
  if (Array.isArray(body))
    return body.length > 0 ? find((body as readonly JsonValue[])[0] ?? null, api) : null;
  const fields = fieldsOf(body);
  const { error, base_resp: base } = fields;
  const choice = firstChoice(body);
  // In `{"error": "code", "message": "…"}` the message is next to `error`.
  if (isFilled(error) && !isSuccess(fieldsOf(error)["code"]))
    return { error: typeof error === "string" ? body : error, place: "" };
  if (isCode(fieldsOf(base)["status_code"])) return { error: base ?? null, place: "base_resp." };
  const inChoice = [choice["error"], fieldsOf(choice["message"])["error"]].find(isFilled);
  if (inChoice !== undefined) return { error: inChoice, place: "" };
  if (isCode(fields["error_code"])) return { error: body, place: "error_code." };
  if (fields["object"] === "error" || fields["type"] === "error") return { error: body, place: "object." };
  if (fields["success"] === false) return { error: body, place: "" };
  if (api?.looksLikeAnswer(body) !== true) return findAlone(anyCase(fields), api);
  return isFilled(fields["error_message"]) && !api.hasAnswer(body) ? { error: body, place: "" } : null;
}

/** Where some servers put all of what they say. */
const WRAPPERS = ["response", "data", "result", "body"];
const CODE_NAMES = ["code", "errcode", "err_code", "errorcode", "retcode"];

/** The error in a body that is not an answer. */
function findAlone(fields: Fields, api: Api | null): Found | null {
  const { error, fault, err, errors, detail, ok } = fields;
  const body = fields as JsonValue;
  const found = [error, fault, err, firstOf(errors)].find(isFilled);
  if (found !== undefined) return { error: typeof found === "string" ? body : found, place: "" };
  if (ok === false) return { error: body, place: "" };
  if (Object.keys(fieldsOf(detail)).length > 0)
    return find(detail ?? null, api) ?? { error: detail ?? null, place: "" };
  const inside = WRAPPERS.map((name) => anyCase(fieldsOf(fields[name]))).find(
    (inner) => isFilled(inner["error"]) || isFilled(firstOf(inner["errors"])),
  );
  if (inside !== undefined) return find(inside as JsonValue, api);
  const isFine = wordsOf(fields) === null || CODE_NAMES.some((name) => isSuccess(fields[name]));
  return isFine ? null : { error: body, place: "" };
}

/** The fields, also under their lower-case names. */
function anyCase(fields: Fields): Fields {
  const small = Object.entries(fields).map(([name, value]) => [name.toLowerCase(), value] as const);
  return { ...Object.fromEntries(small), ...fields };
}

function firstOf(list: JsonValue | undefined): JsonValue | undefined {
  return Array.isArray(list) ? (list as readonly JsonValue[])[0] : undefined;
}

/** Whether a value is meaningful: some servers send an empty `error` with each answer. */
function isFilled(value: JsonValue | undefined): value is JsonValue {
  if (typeof value === "string") return value.trim() !== "";
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some((one) => one !== null && one !== "" && one !== 0 && one !== false);
}

/** Whether it is an error code: 0 means success. */
function isCode(value: JsonValue | undefined): boolean {
  return (typeof value === "number" || typeof value === "string") && Number(value) !== 0;
}

function isSuccess(code: JsonValue | undefined): boolean {
  return code === 0 || code === 200 || code === "0" || code === "200";
}

function describe({ error, place }: Found, nowMs: number): EndpointError {
  if (typeof error === "string")
    return { codes: [], message: error, status: null, waitMs: bodyWaitMs({}, error, nowMs), about: null };
  const fields = anyCase(fieldsOf(error));
  const metadata = fieldsOf(fields["metadata"]);
  const codes = codesOf(fields, metadata, place);
  const message = messageOf(error, fields, metadata);
  return {
    codes,
    message,
    status: namedStatus(fields) ?? statusOf(codes),
    waitMs: bodyWaitMs(fields, message, nowMs),
    about: aboutOf(metadata),
  };
}

const WORDS = [
  "message",
  "msg",
  "status_msg",
  "error_msg",
  "error_message",
  "error_description",
  "errormessage",
  "errormsg",
  "errmsg",
  "err_msg",
  "retmsg",
  "faultstring",
  "detail",
  "error",
  "reason",
  "title", // RFC 9457, where there is no detail
];

/** The message of an error; null without one. */
function wordsOf(fields: Fields): string | null {
  for (const name of WORDS) {
    const value = fields[name];
    if (typeof value === "string" && value.trim() !== "") return value;
  }
  const { detail, errors } = fields;
  const first = firstOf(errors);
  if (first !== undefined) return typeof first === "string" ? first : wordsOf(fieldsOf(first));
  // FastAPI: a list of what was wrong with the request.
  return Array.isArray(detail) && detail.length > 0 ? JSON.stringify(detail) : null;
}

function messageOf(error: JsonValue, fields: Fields, metadata: Fields): string {
  const words = wordsOf(fields) ?? JSON.stringify(error);
  // The message of the provider behind the gateway; "Provider returned error" alone is useless.
  const { raw } = metadata;
  const behind = typeof raw === "string" ? raw : raw === undefined || raw === null ? "" : JSON.stringify(raw);
  return behind.trim() === "" ? words : `${words}: ${behind}`;
}

function codesOf(fields: Fields, metadata: Fields, place: string): string[] {
  const { code, type, status, error, reason, details, innererror, status_code: statusCode } = fields;
  const inBaidu = fields["error_code"];
  const listed = Array.isArray(details)
    ? (details as readonly JsonValue[]).flatMap(codesOfDetail)
    : [fieldsOf(details)["error_code"]]; // Anthropic
  const limit = [metadata["error_type"], metadata["limit_source"]];
  const inner = [fieldsOf(innererror)["code"], fieldsOf(fields["detail"])["errorcode"]]; // Azure, Apigee
  const named = CODE_NAMES.slice(1).map((name) => fields[name]);
  const aws = awsType(fields["__type"]);
  return [
    code,
    inBaidu,
    statusCode,
    type,
    status,
    error,
    reason,
    aws,
    ...named,
    ...inner,
    ...limit,
    ...listed,
  ].flatMap((word) => {
    if (typeof word === "number") return [`${place}${word}`];
    if (typeof word !== "string" || !/^\S+$/.test(word)) return [];
    return [/^-?\d+$/.test(word) ? `${place}${word}` : word.toLowerCase()];
  });
}

/** `com.amazon.coral.service#ExpiredTokenException` */
function awsType(type: JsonValue | undefined): string | undefined {
  return typeof type === "string" ? type.slice(type.indexOf("#") + 1) : undefined;
}

/** Google: the exceeded quotas, and the reason. */
function codesOfDetail(detail: JsonValue): (JsonValue | undefined)[] {
  const { reason, violations } = fieldsOf(detail);
  const quotas = Array.isArray(violations) ? (violations as readonly JsonValue[]) : [];
  return [reason, ...quotas.map((quota) => fieldsOf(quota)["quotaId"])];
}

const STATUS_FIELDS = ["status", "code", "http_code", "status_code", "http_status", "raw_status_code"];

function namedStatus(fields: Fields): number | null {
  const named = STATUS_FIELDS.map((name) => Number(fields[name] ?? Number.NaN));
  return named.find((number) => Number.isInteger(number) && number >= 400 && number <= 599) ?? null;
}

function aboutOf({
  reasons,
  flagged_input: flagged,
  provider_name: provider,
}: Fields): EndpointError["about"] {
  if (isFilled(reasons) || isFilled(flagged)) return "flagged";
  return isFilled(provider) ? "provider" : null;
}
