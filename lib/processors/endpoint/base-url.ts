// Normalises the base URL of an endpoint as users paste it, and makes request URLs from it.
import { namesSecret } from "./headers.ts";
import { pastedText } from "./pasted-text.ts";

export type BaseUrl = {
  /** Without a slash at the end of its path; with its query. */
  readonly url: string;
  /** The path of a request with which it ended; null: it ended with none. */
  readonly removed: string | null;
};

/** Why a text is not a base URL. `name` is the parameter that holds a secret. */
export type BaseUrlFault =
  | { readonly fault: "unreadable" }
  | { readonly fault: "password" }
  | { readonly fault: "secret"; readonly name: string };

/** What people copy from a page that shows another request. */
const OTHER_PATHS = [
  "/chat/completions",
  "/completions",
  "/responses",
  "/embeddings",
  "/messages",
  "/models",
];

/** Surrounding blanks and quotes are removed. @param requestPath of the API; removed from the end, and so are those of other APIs */
export function parseBaseUrl(given: string, requestPath: string): BaseUrl | BaseUrlFault {
  const text = pastedText(given);
  const url = URL.parse(text);
  if (url === null || !/^https?:\/\//i.test(text) || /[\s#]/.test(text)) return { fault: "unreadable" };
  if (url.username !== "" || url.password !== "") return { fault: "password" };
  // `code`: the key of an Azure function.
  const name = [...url.searchParams.keys()].find((one) => namesSecret(one) || one === "code");
  if (name !== undefined) return { fault: "secret", name };
  const [path, query] = split(text);
  const bare = withoutSlashes(path);
  const removed = [requestPath, ...OTHER_PATHS].find((path_) => bare.toLowerCase().endsWith(path_)) ?? null;
  const base = removed === null ? bare : withoutSlashes(bare.slice(0, -removed.length));
  return { url: base + query, removed };
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
