import { expect, test } from "bun:test";
import { proxyFor, shownProxy, type Environment } from "../../lib/io/proxy.ts";

const named = (url: string, env: Environment): string | null => {
  const proxy = proxyFor(new URL(url), env);
  return proxy === null ? null : shownProxy(proxy);
};

const [HTTP, HTTPS] = ["http://host.example/v1", "https://host.example/v1"];
const P = "http://proxy.example:3128";

test.each<[what: string, url: string, env: Environment, shown: string | null]>([
  ["none", HTTP, {}, null],
  ["by scheme", HTTP, { HTTP_PROXY: P, HTTPS_PROXY: "http://other:1" }, `HTTP_PROXY=${P}`],
  ["by scheme", HTTPS, { HTTP_PROXY: P, HTTPS_PROXY: "http://other:1" }, "HTTPS_PROXY=http://other:1"],
  ["not of the other scheme", HTTPS, { HTTP_PROXY: P }, null],
  ["small letters win", HTTP, { HTTP_PROXY: "http://other:1", http_proxy: P }, `http_proxy=${P}`],
  ["empty is not set", HTTP, { http_proxy: " ", HTTP_PROXY: P }, `HTTP_PROXY=${P}`],
  ["for all", HTTPS, { ALL_PROXY: P }, `ALL_PROXY=${P}`],
  ["SOCKS for all is passed over", HTTPS, { ALL_PROXY: "socks5h://127.0.0.1:1080" }, null],
  ["SOCKS by scheme is not", HTTPS, { HTTPS_PROXY: "socks5://h:1" }, "HTTPS_PROXY=socks5://h:1"],
  ["without a scheme", HTTP, { HTTP_PROXY: "proxy.example:3128" }, `HTTP_PROXY=${P}`],
  ["no address at all", HTTP, { HTTP_PROXY: "::" }, "HTTP_PROXY"],
  ["without its password", HTTP, { HTTP_PROXY: "http://u:p@proxy.example:3128" }, `HTTP_PROXY=${P}`],
])("the proxy: %s (%s)", (_what, url, env, shown) => {
  expect(named(url, env)).toBe(shown);
});

test.each<[list: string, url: string, isExcepted: boolean]>([
  ["*", HTTP, true],
  ["host.example", HTTP, true],
  ["HOST.EXAMPLE", HTTP, true],
  ["example", HTTP, true],
  [".example", HTTP, true],
  ["*.example", HTTP, true],
  ["ample", HTTP, false],
  ["a, host.example ,b", HTTP, true],
  ["host.example:80", HTTP, true],
  ["host.example:443", HTTPS, true],
  ["host.example:8000", HTTP, false],
  ["127.0.0.1", "http://127.0.0.1:8000/v1", true],
  ["127.0.0.1:8000", "http://127.0.0.1:8000/v1", true],
  ["127.0.0.1:8001", "http://127.0.0.1:8000/v1", false],
  ["127.0.0.0/8", "http://127.0.0.1:8000/v1", true],
  ["10.0.0.0/8", "http://127.0.0.1:8000/v1", false],
  [".0.0.1", "http://127.0.0.1:8000/v1", false],
  ["::1", "http://[::1]:8000/v1", true],
  ["[::1]:8000", "http://[::1]:8000/v1", true],
  ["fd00::/8", "http://[fd00::5]/v1", true],
  ["", HTTP, false],
])("NO_PROXY=%j excepts %s: %p", (list, url, isExcepted) => {
  expect(named(url, { HTTP_PROXY: P, HTTPS_PROXY: P, NO_PROXY: list }) === null).toBe(isExcepted);
});
