// Error codes that correspond to an HTTP status, for errors in an answer with status 200. Sources: Anthropic's types
// (docs.anthropic.com/en/api/errors), Google's canonical codes (cloud.google.com/apis/design/errors); else as in quota-words.ts.

const CODES: Readonly<Record<number, readonly string[]>> = {
  400: [
    "invalid_request_error",
    "badrequesterror",
    "invalid_argument",
    "failed_precondition",
    "base_resp.2013",
  ],
  401: ["unauthorized", "unauthorised"],
  403: ["permission_error", "permission_denied", "forbidden", "access_denied", "accessdenied"],
  404: ["not_found_error", "notfounderror", "not_found"],
  500: [
    "api_error",
    "server_error",
    "internal_error",
    "internal_server_error",
    "internalservererror",
    "internal",
  ],
  503: ["unavailable_error", "service_unavailable", "unavailable"],
  504: ["timeout_error", "deadline_exceeded"],
  529: ["overloaded_error"],
};

/** Numbers of MiniMax, Zhipu, FastChat and Baidu for their own temporary faults. */
const PASSING: readonly RegExp[] = [
  /^base_resp\.(?:1000|1001|1013|1024|1033)$/,
  /^(?:1120|1230|1234)$/,
  /^object\.5000[12]$/,
  /^error_code\.(?:1|2|336100)$/,
];

const STATUS_OF: ReadonlyMap<string, number> = new Map(
  Object.entries(CODES).flatMap(([status, codes]) => codes.map((code) => [code, Number(status)])),
);

/** The status of the first known code; null when none is known. */
export function statusOf(codes: readonly string[]): number | null {
  for (const code of codes) {
    const status = STATUS_OF.get(code) ?? (PASSING.some((one) => one.test(code)) ? 500 : undefined);
    if (status !== undefined) return status;
  }
  return null;
}

/** A server that is loading its model (llama.cpp: "Loading model"; Hugging Face: "Model … is currently loading"): nobody is served until it has. */
export const LOADING: RegExp = /^loading model$|\bmodel\b.{0,200}\bis (?:currently |still )?loading\b/i;
