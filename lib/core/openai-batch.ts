// The lines of OpenAI's batch files, which vLLM and others use, too: a request, or the result of one. The only place that knows their grammar.
//
//   {"custom_id":"r1","method":"POST","url":"/v1/chat/completions","body":{…}}
//   {"id":"batch_req_…","custom_id":"r1","response":{"status_code":200,"request_id":"…","body":{…}},"error":null}
//   {"id":"batch_req_…","custom_id":"r1","response":null,"error":{"code":"batch_expired","message":"…"}}
import type { JsonValue } from "./item.ts";
import { jsonExcerpt } from "./json-excerpt.ts";
import { unquoted } from "./json-text.ts";
import { objectFields } from "./object-fields.ts";

/** The field by which requests and results are known. */
export const BATCH_ID = "custom_id";

/** What can be asked for, below the version in a URL. */
const PATHS = [
  "chat/completions",
  "responses",
  "embeddings",
  "completions",
  "messages",
  "moderations",
  "images/generations",
  "score",
  "rerank",
  "classify",
  "pooling",
] as const;

const URL_FORM = new RegExp(String.raw`^(?:/v\d+)?(/(?:${PATHS.join("|")}))$`);
const METHOD = "POST";

export type BatchForm = "request" | "result";

/** Which kind of line a value is; null for none. */
export function batchForm(value: JsonValue | undefined): BatchForm | null {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, BATCH_ID)) return null;
  const has = (name: string): boolean => Object.hasOwn(value, name);
  if (has("response") || has("error")) return "result";
  return has("url") && has("body") ? "request" : null;
}

/** The path of a request below the base URL, which has the version already: `/chat/completions` of `/v1/chat/completions`. Null for an unknown URL. */
export function batchPath(url: JsonValue | undefined): string | null {
  return typeof url === "string" ? (URL_FORM.exec(url)?.[1] ?? null) : null;
}

/** What is wrong with a request; null when it can be sent. */
export function requestDefect(value: JsonValue): string | null {
  const { [BATCH_ID]: id, method = METHOD, url, body } = value as { readonly [name: string]: JsonValue };
  if (typeof id !== "string") return `${BATCH_ID} is ${jsonExcerpt(id)}, not a string`;
  if (method !== METHOD) return `method is ${jsonExcerpt(method)}, not "${METHOD}"`;
  if (batchPath(url) === null)
    return `url is ${jsonExcerpt(url)}, not one of ${PATHS.map((path) => `/v1/${path}`).join(", ")}`;
  if (typeof body !== "object" || body === null || Array.isArray(body))
    return `body is ${jsonExcerpt(body)}, not an object`;
  return null;
}

/** A result of a batch. All values are JSON texts, as they are written; null where there is none. */
export type BatchResult = {
  readonly status: string | null;
  readonly requestId: string | null;
  /** The body of the response, whatever its status. */
  readonly body: string | null;
  /** What stands in the place of a response. */
  readonly error: string | null;
  /** Whether the body is an answer. */
  readonly isOk: boolean;
};

/** @param fields JSON texts of the fields of a line */
export function batchResult(fields: ReadonlyMap<string, string>): BatchResult {
  const error = filled(fields.get("error"));
  const response = objectOf(fields.get("response"));
  // vLLM's documentation also shows the answer itself in the place of the response.
  const isBare = response.has("choices") && !response.has("body");
  const status = isBare ? "200" : filled(response.get("status_code"));
  const body = isBare ? (fields.get("response") ?? null) : filled(response.get("body"));
  const isOk = error === null && body !== null && /^2\d\d$/.test(status ?? "");
  return { status, requestId: filled(response.get("request_id")), body, error, isOk };
}

function filled(json: string | undefined): string | null {
  return json === undefined || json === "null" ? null : json;
}

function objectOf(json: string | undefined): ReadonlyMap<string, string> {
  return json?.startsWith("{") === true ? objectFields(json) : new Map<string, string>();
}

/** Code and message of a failed result: of what stands in the place of the response, or of its body. */
export function batchError({ error, body }: BatchResult): {
  readonly code: string | null;
  readonly message: string | null;
} {
  const outer = objectOf(error ?? body ?? undefined);
  const inner = outer.has("message") ? outer : objectOf(outer.get("error"));
  const text = (name: string): string | null => {
    const json = filled(inner.get(name));
    return json === null ? null : unquoted(json);
  };
  return { code: text("code") ?? text("type"), message: text("message") ?? error ?? body };
}

/** What became of a request. */
export type BatchOutcome =
  /** `body`: JSON text of an object. */
  | {
      readonly answered: true;
      readonly status: number;
      readonly requestId: string;
      readonly body: string;
    }
  | { readonly answered: false; readonly code: string; readonly message: string };

/** The line of a result, without its end. @param id of the line itself */
export function batchLine(id: string, customId: string, outcome: BatchOutcome): string {
  const head = `{"id":${JSON.stringify(id)},"${BATCH_ID}":${JSON.stringify(customId)}`;
  if (!outcome.answered) {
    const { code, message } = outcome;
    return `${head},"response":null,"error":${JSON.stringify({ code, message })}}`;
  }
  const { status, requestId, body } = outcome;
  const response = `{"status_code":${status},"request_id":${JSON.stringify(requestId)},"body":${body}}`;
  return `${head},"response":${response},"error":null}`;
}
