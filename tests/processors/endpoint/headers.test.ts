import { expect, test } from "bun:test";
import { isHeaderName, isHeaderValue, namesSecret } from "../../../lib/processors/endpoint/headers.ts";

test.each(["X-Title", "http-referer", "x_a.b", "!#$%&'*+-.^_`|~09Az"])("%s is a name", (name) => {
  expect(isHeaderName(name)).toBe(true);
});

test.each(["", "X Title", "X-Title ", "X:", "标题", "X-é", "a\nb", 'a"b', "(a)"])("%j is no name", (name) => {
  expect(isHeaderName(name)).toBe(false);
});

test.each(["a", "a b\tc", "café", "~!\"'"])("%j is a value", (value) => {
  expect(isHeaderValue(value)).toBe(true);
});

test.each(["", "a\nb", "a\r", "\0", "\u007f", "\u0085", "测试", "“a”", "😀"])("%j is no value", (value) => {
  expect(isHeaderValue(value)).toBe(false);
});

test.each([
  "Authorization",
  "Proxy-Authorization",
  "Cookie",
  "Set-Cookie",
  "api-key",
  "X-API-Key",
  "Ocp-Apim-Subscription-Key",
  "X-Auth-Token",
  "Helicone-Auth",
  "X-Auth",
  "client_secret",
  "X-Password",
  "X-Amz-Signature",
])("%s holds a secret", (name) => {
  expect(namesSecret(name)).toBe(true);
});

test.each([
  "X-Title",
  "HTTP-Referer",
  "User-Agent",
  "X-Author",
  "X-Design",
  "OpenAI-Beta",
  "X-Request-Source",
])("%s holds none", (name) => {
  expect(namesSecret(name)).toBe(false);
});
