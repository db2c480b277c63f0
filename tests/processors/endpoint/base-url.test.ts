import { expect, test } from "bun:test";
import { chat } from "../../../lib/processors/endpoint/api/chat.ts";
import { isAzure, parseBaseUrl, requestUrl } from "../../../lib/processors/endpoint/base-url.ts";

test.each<[given: string, url: string, request: string, removed: string | null]>([
  ["https://h/v1", "https://h/v1", "https://h/v1/chat/completions", null],
  [" https://h/v1/\t\n", "https://h/v1", "https://h/v1/chat/completions", null],
  ["\ufeffhttp://h:8000", "http://h:8000", "http://h:8000/chat/completions", null],
  ["http://h/v1\u200b", "http://h/v1", "http://h/v1/chat/completions", null],
  ["http://h//", "http://h", "http://h/chat/completions", null],
  ["https://h/v1/chat/completions", "https://h/v1", "https://h/v1/chat/completions", "/chat/completions"],
  ["https://h/v1//chat/completions/", "https://h/v1", "https://h/v1/chat/completions", "/chat/completions"],
  ["https://h/chat", "https://h/chat", "https://h/chat/chat/completions", null],
  ["https://h/v1?", "https://h/v1", "https://h/v1/chat/completions", null],
  [
    "https://h/v1/?a=1&a=%2F+b",
    "https://h/v1?a=1&a=%2F+b",
    "https://h/v1/chat/completions?a=1&a=%2F+b",
    null,
  ],
  [
    "https://r.openai.azure.com/openai/deployments/gpt/chat/completions?api-version=2024-10-21",
    "https://r.openai.azure.com/openai/deployments/gpt?api-version=2024-10-21",
    "https://r.openai.azure.com/openai/deployments/gpt/chat/completions?api-version=2024-10-21",
    "/chat/completions",
  ],
  ["http://[::1]:8000/v1", "http://[::1]:8000/v1", "http://[::1]:8000/v1/chat/completions", null],
  ['"https://h/v1"', "https://h/v1", "https://h/v1/chat/completions", null],
  ["'https://h/v1/' ", "https://h/v1", "https://h/v1/chat/completions", null],
  ["https://h/V1/Chat/Completions", "https://h/V1", "https://h/V1/chat/completions", "/chat/completions"],
  ["https://h/v1/completions", "https://h/v1", "https://h/v1/chat/completions", "/completions"],
  ["https://h/v1/responses/?a=1", "https://h/v1?a=1", "https://h/v1/chat/completions?a=1", "/responses"],
  ["https://h/v1/models", "https://h/v1", "https://h/v1/chat/completions", "/models"],
])("the base URL %j is %s, and requests go to %s", (given, url, request, removed) => {
  expect(parseBaseUrl(given, chat.path)).toEqual({ url, removed });
  expect(requestUrl(url, chat.path)).toBe(request);
});

test.each([
  ["", "unreadable"],
  ["h/v1", "unreadable"],
  ["localhost:8000/v1", "unreadable"],
  ["ftp://h/v1", "unreadable"],
  ["http:/h", "unreadable"],
  ["https://h/v1#", "unreadable"],
  ["https://h/v1#part", "unreadable"],
  ["https://h/v1 /chat", "unreadable"],
  ["https://h/v\n1", "unreadable"],
  ["https://user:pass@h/v1", "password"],
  ["https://user@h/v1", "password"],
])("%j is no base URL: %s", (given, fault) => {
  expect(parseBaseUrl(given, chat.path)).toEqual({ fault } as ReturnType<typeof parseBaseUrl>);
});

test.each([
  "key",
  "api_key",
  "access_token",
  "subscription-key",
  "sig",
  "X-Amz-Signature",
  "client_secret",
  "code",
  "pwd",
])("a parameter %s is a secret", (name) => {
  expect(parseBaseUrl(`https://h/v1?a=1&${name}=x`, chat.path)).toEqual({ fault: "secret", name });
});

test("a version of the API in the query is Azure's", () => {
  expect(isAzure("https://h/openai/deployments/gpt?api-version=2024-10-21")).toBe(true);
  expect(isAzure("https://h/v1?version=1")).toBe(false);
});
