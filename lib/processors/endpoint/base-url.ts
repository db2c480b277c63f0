// The base URL of an endpoint: what people paste, put into one form, and the address of a request made of it.
import { namesSecret } from "./headers.ts";

export type BaseUrl = {
  /** Without a slash at the end of its path; with its query. */
  readonly url: string;
  /** `/chat/completions` stood at its end. */
  readonly wasWhole: boolean;
};

/** Why a text is no base URL. A name is that of a parameter which holds a secret. */
export type BaseUrlFault =
  | { readonly fault: "unreadable" }
  | { readonly fault: "password" }
  | { readonly fault: "secret"; readonly name: string };

const REQUEST_PATH = "/chat/completions";

/** White space, and what is copied from pages without being seen. */
const BLANKS = /^[\s\u200b-\u200d\u2060]+|[\s\u200b-\u200d\u2060]+$/g;

/** Blanks round it are no part of it. */
export function parseBaseUrl(given: string): BaseUrl | BaseUrlFault {
  const text = given.replace(BLANKS, "");
  const url = URL.parse(text);
  if (url === null || !/^https?:\/\//i.test(text) || /[\s#]/.test(text)) return { fault: "unreadable" };
  if (url.username !== "" || url.password !== "") return { fault: "password" };
  const name = [...url.searchParams.keys()].find(namesSecret);
  if (name !== undefined) return { fault: "secret", name };
  const [path, query] = split(text);
  const bare = withoutSlashes(path);
  const wasWhole = bare.endsWith(REQUEST_PATH);
  const base = wasWhole ? withoutSlashes(bare.slice(0, -REQUEST_PATH.length)) : bare;
  return { url: base + query, wasWhole };
}

/** Where a request goes: its path behind that of the base URL, the query at the end. */
export function chatUrl(baseUrl: string): string {
  const [path, query] = split(baseUrl);
  return path + REQUEST_PATH + query;
}

/** Azure's APIs are asked for by a version in the query; they take a key as `api-key`, and a token of its directory as `Authorization`. */
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
