// How long a refusal asks to be left alone, in every form that is in use.
import { expect, test } from "bun:test";
import { askedWaitMs } from "../../../lib/processors/pace/rate-headers.ts";

const NOW_MS = Date.UTC(2026, 10, 24, 3, 0, 0);

test.each<[name: string, headers: Record<string, string>, waitMs: number | null]>([
  ["seconds", { "retry-after": "7" }, 7000],
  ["seconds with a fraction", { "retry-after": "0.25" }, 250],
  ["a date", { "retry-after": "Tue, 24 Nov 2026 03:00:30 GMT" }, 30_000],
  ["a date that has passed", { "retry-after": "Tue, 24 Nov 2026 02:59:00 GMT" }, 0],
  ["milliseconds, which win over seconds", { "retry-after-ms": "150", "retry-after": "1" }, 150],
  ["retry-after, which wins over resets", { "retry-after": "2", "x-ratelimit-reset-requests": "9s" }, 2000],
  ["a reset in one unit", { "x-ratelimit-reset-requests": "120ms" }, 120],
  ["a reset in several units", { "x-ratelimit-reset-tokens": "6m0.5s" }, 360_500],
  ["a reset in plain seconds", { "x-ratelimit-reset-requests": "3" }, 3000],
  [
    "a reset as seconds since the epoch",
    { "x-ratelimit-reset-requests": String(NOW_MS / 1000 + 12) },
    12_000,
  ],
  [
    "the reset of the limit that was hit",
    {
      "x-ratelimit-reset-requests": "1s",
      "x-ratelimit-remaining-requests": "0",
      "x-ratelimit-reset-tokens": "1m",
      "x-ratelimit-remaining-tokens": "500",
    },
    1000,
  ],
  [
    "the longer reset where nothing says which was hit",
    { "x-ratelimit-reset-requests": "1s", "x-ratelimit-reset-tokens": "4s" },
    4000,
  ],
  ["a plain reset, in milliseconds since the epoch", { "x-ratelimit-reset": String(NOW_MS + 1500) }, 1500],
  ["a plain reset that is a date", { "x-ratelimit-reset": "2026-11-24T03:00:09Z" }, 9000],
  ["seconds with their unit", { "retry-after": "3s" }, 3000],
  ["seconds with their unit written out", { "retry-after": "90 seconds" }, 90_000],
  ["said twice, by the endpoint and by a proxy", { "retry-after": "1, 2" }, 2000],
  ["the header of the IETF's draft", { "ratelimit-reset": "4" }, 4000],
  ["the limit of a minute, by its own name", { "x-ratelimit-reset-tokens-minute": "11.5" }, 11_500],
  ["seconds in quotes", { "retry-after": '"5"' }, 5000],
  ["seconds with a remark", { "retry-after": "5; scope=key" }, 5000],
  ["a duration of ISO 8601", { "retry-after": "PT5S" }, 5000],
  ["seconds since the epoch", { "retry-after": String(NOW_MS / 1000 + 12) }, 12_000],
  ["milliseconds since the epoch", { "retry-after": String(NOW_MS + 1500) }, 1500],
  ["a date of ISO 8601", { "retry-after": "2026-11-24T03:00:09Z" }, 9000],
  ["a huge number", { "retry-after": "86400000" }, 86_400_000_000],
  ["infinity", { "retry-after": "Infinity" }, null],
  ["an empty value", { "retry-after": "" }, null],
  ["a negative number", { "retry-after": "-1" }, null],
  ["words that are no time", { "retry-after": "soon", "x-ratelimit-reset-requests": "later" }, null],
  ["nothing", {}, null],
])("%s", (_name, headers, waitMs) => {
  expect(askedWaitMs((name) => headers[name] ?? null, NOW_MS)).toBe(waitMs);
});

test("what is no refusal tells about its limits without having hit one", () => {
  const headers = { "x-ratelimit-reset-tokens": "6m0s", "x-ratelimit-remaining-tokens": "500" };
  const header = (name: string): string | null => (headers as Record<string, string>)[name] ?? null;
  expect(askedWaitMs(header, NOW_MS, false)).toBeNull();
  expect(askedWaitMs(header, NOW_MS, true)).toBe(360_000);
});

test.each([
  ["x-ratelimit-remaining", "0"],
  ["retry-after", "6"],
])("unless %s says so", (name, value) => {
  const headers: Record<string, string> = { "x-ratelimit-reset": "6", [name]: value };
  expect(askedWaitMs((asked) => headers[asked] ?? null, NOW_MS, false)).toBe(6000);
});
