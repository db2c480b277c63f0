// Requests that the items are: lines of a batch file of OpenAI. `url` chooses the API of each.
import type { Item, JsonValue } from "../../../core/item.ts";
import { fieldValue } from "../../../core/json-text.ts";
import { batchPath, requestDefect, batchForm } from "../../../core/openai-batch.ts";
import type { Api } from "../api/api.ts";
import { apiAt } from "../api/apis.ts";
import { isBody } from "./json-request.ts";
import { bodyCompleter, type NoRequest, type OnTop, type Request, type RequestMaker } from "./request.ts";

const NO_REQUEST = "the line is not a request of a batch file";
const PART = "openai-batch";

export function batchRequests(onTop: OnTop): RequestMaker {
  const completed = bodyCompleter(onTop);
  const apis = new Map<string, Api>();
  const apiOf = (path: string): Api => {
    const api = apis.get(path) ?? apiAt(path);
    apis.set(path, api);
    return api;
  };
  return {
    requestOf: ({ text, value }: Item): Request | NoRequest => {
      if (value === undefined || batchForm(value) !== "request") return { wrong: NO_REQUEST };
      const wrong = requestDefect(value);
      if (wrong !== null) return { wrong };
      const { url } = value as { readonly url?: JsonValue };
      const path = batchPath(url);
      const body = fieldValue(text, value, ["body"]);
      if (path === null || !isBody(body)) return { wrong: NO_REQUEST };
      return { api: apiOf(path), body: completed(body) };
    },
    // What a line lacks is said of that line.
    fieldPaths: [],
    usesIndex: false,
    fingerprintParts: [{ name: "requests", value: PART, shown: PART }],
  };
}
