// Normalises the base URL of an endpoint as users paste it, and makes request URLs from it.
import { namesSecret } from "./headers.ts";

export type BaseUrl = {
  /** Without a slash at the end of its path; with its query. */
  readonly url: string;
  /** Whether it ended with the path of the request. */
  readonly wasWhole: boolean;
};

/** Why a text is not a base URL. `name` is the parameter that holds a secret. */
export type BaseUrlFault =
  | { readonly fault: "unreadable" }
  | { readonly fault: "password" }
  | { readonly fault: "secret"; readonly name: string };

/** White space, and invisible characters that are copied from web pages. */
const BLANKS = /^[\s\u200b-\u200d\u2060]+|[\s\u200b-\u200d\u2060]+$/g;

/** Surrounding blanks are removed. @param requestPath of the API; removed from the end */
export function parseBaseUrl(given: string, requestPath: string): BaseUrl | BaseUrlFault {
  const text = given.replace(BLANKS, "");
  const url = URL.parse(text);
  if (url === null || !/^https?:\/\//i.test(text) || /[\s#]/.test(text)) return { fault: "unreadable" };
  if (url.username !== "" || url.password !== "") return { fault: "password" };
  const name = [...url.searchParams.keys()].find(namesSecret);
  if (name !== undefined) return { fault: "secret", name };
  const [path, query] = split(text);
  const bare = withoutSlashes(path);
  const wasWhole = bare.endsWith(requestPath);
  const base = wasWhole ? withoutSlashes(bare.slice(0, -requestPath.length)) : bare;
  return { url: base + query, wasWhole };
}

/** The URL of a request: its path is appended to that of the base URL, before the query. */
export function requestUrl(baseUrl: string, requestPath: string): string {
  const [path, query] = split(baseUrl);
  return path + requestPath + query;
}

/** Whether this is Azure, recognised by the API version in the query. Azure takes a key as `api-key`, and a directory token as `Authorization`. */
export function isAzure(baseUrl: string): boolean {
  return new URL(baseUrl).searchParams.has("api-version");
}

function split(url: string): readonly [path: string, query: string] {
  const at = url.indexOf("?");
  if (at < 0) return [url, ""];
  const query = url.slice(at);
  return [url.slice(0, at), query === "?" ? "" : query];
}

function withoutSlashes(path: string): string {
  return path.replace(/\/+$/, "");
}
