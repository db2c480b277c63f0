// What an endpoint's error means: docs/endpoint.md, the code's table and what happens are one and the same.
import { describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ENDPOINT_RULES, MARK_RULES, type Mark } from "../../../lib/processors/endpoint/endpoint-rules.ts";
import type { Trouble } from "../../../lib/processors/processor.ts";
import { contextWith, jsonItem } from "../../helpers/attempts.ts";
import { endpointAt } from "../../helpers/endpoint.ts";
import { mockEndpoint, type Reply } from "../../helpers/mock-endpoint.ts";

const ROWS = [...ENDPOINT_RULES, ...MARK_RULES].map(({ shown, kind, action }) => ({ shown, kind, action }));

test("the table in docs/endpoint.md is the table of the code", () => {
  const doc = fs.readFileSync(path.join(import.meta.dir, "../../../docs/endpoint.md"), "utf8");
  const table = /<!-- table: outcomes -->\n([^]*?)\n\n/.exec(doc)?.[1] ?? "";
  const rows = table
    .split("\n")
    .slice(2)
    .map((line) => line.split(" | ").map((cell) => cell.replace(/^\| | \|$/g, "")))
    .map(([shown = "", kind = "", action = ""]) => ({ shown, kind: kind.replaceAll("`", ""), action }));
  expect(rows).toEqual(ROWS);
});

const status = (code: number, error?: object | string, headers?: Record<string, string>): Reply => ({
  kind: "status",
  status: code,
  ...(error === undefined ? {} : { error }),
  ...(headers === undefined ? {} : { headers }),
});
const raw = (body: string, type = "application/json"): Reply => ({ kind: "raw", body, type });
const event = (error: object): Reply =>
  raw(`event: error\ndata: ${JSON.stringify({ error })}\n\n`, "text/event-stream");
const LIMITED: Trouble = { kind: "limited", waitMs: null };

type Case = {
  /** The row, by its first words. */
  readonly row: string;
  readonly name: string;
  readonly reply: Reply;
  readonly kind: string;
  readonly trouble?: Trouble["kind"];
  /** An answer came in an earlier run of the session. */
  readonly succeededBefore?: true;
  readonly failOn?: readonly Mark[];
  readonly parse?: "json";
  readonly stream?: true;
  /** Number of requests, where it is not 1. */
  readonly asks?: number;
};

const CASES: readonly Case[] = [
  { row: "status 402", name: "402", reply: status(402), kind: "quota" },
  {
    row: "status 402",
    name: "429 with insufficient_quota",
    reply: status(429, { code: "insufficient_quota" }),
    kind: "quota",
  },
  {
    row: "status 402",
    name: "403 with a billing code",
    reply: status(403, { code: "billing_not_active" }),
    kind: "quota",
  },
  {
    row: "status 402",
    name: "quota inside an event stream",
    reply: event({ type: "insufficient_quota", message: "no" }),
    kind: "quota",
  },
  ...["Arrearage", "exceeded_current_quota_error"].map((code) => ({
    row: "status 402",
    name: code,
    reply: status(code === "Arrearage" ? 400 : 429, { code }),
    kind: "quota",
  })),
  {
    row: "status 401",
    name: "400 with the code of a bad key",
    reply: status(400, { code: "invalid_api_key" }),
    kind: "key_refused",
  },
  {
    row: "status 401",
    name: "400 with words about the key",
    reply: status(400, { code: 400, status: "INVALID_ARGUMENT", message: "API key expired. Please renew." }),
    kind: "key_refused",
  },
  { row: "status 401", name: "401", reply: status(401, { code: "invalid_api_key" }), kind: "key_refused" },
  { row: "status 401", name: "403", reply: status(403), kind: "key_refused" },
  {
    row: "status 403",
    name: "403 after a success",
    reply: status(403, "<html><title>403 Forbidden</title></html>"),
    kind: "http_403",
    succeededBefore: true,
  },
  {
    row: "status 403",
    name: "403 of a provider behind a gateway",
    reply: status(403, { message: "Provider returned error", metadata: { provider_name: "Up" } }),
    kind: "http_403",
  },
  { row: "status 407", name: "407", reply: status(407), kind: "proxy_refused" },
  { row: "status 511", name: "511", reply: status(511), kind: "network_login" },
  {
    row: "status 401",
    name: "401 inside a 200",
    reply: raw('{"error":{"code":401,"message":"no"}}'),
    kind: "key_refused",
  },
  {
    row: "an error or a 404",
    name: "404 with a code",
    reply: status(404, { code: "model_not_found" }),
    kind: "model_not_found",
  },
  {
    row: "an error or a 404",
    name: "404 with words",
    reply: status(404, { message: "model 'x' not found" }),
    kind: "model_not_found",
  },
  {
    row: "an error or a 404",
    name: "404 in an array",
    reply: status(404, '[{"error":{"message":"model x is not found"}}]'),
    kind: "model_not_found",
  },
  {
    row: "an error or a 404",
    name: "404 with words outside of error",
    reply: status(404, '{"object":"error","message":"The model `x` does not exist."}'),
    kind: "model_not_found",
  },
  {
    row: "an error about forbidden content",
    name: "400",
    reply: status(400, { code: "content_filter" }),
    kind: "content_filter",
  },
  {
    row: "an error about forbidden content",
    name: "403 with the reasons of a moderation",
    reply: status(403, { code: 403, message: "flagged", metadata: { reasons: ["violence"] } }),
    kind: "content_filter",
  },
  {
    row: "an error of status 200, 429",
    name: "429 for one request that is larger than a minute's worth",
    reply: status(429, {
      code: "rate_limit_exceeded",
      message: "Request too large for m on tokens per min (TPM)",
    }),
    kind: "too_long",
  },
  {
    row: "status 429",
    name: "429",
    reply: status(429, { code: "rate_limit_exceeded" }),
    kind: "http_429",
    trouble: "limited",
  },
  {
    row: "status 429",
    name: "429 with a page",
    reply: status(429, "<html>busy</html>"),
    kind: "http_429",
    trouble: "limited",
  },
  {
    row: "status 429",
    name: "429 inside an event stream",
    reply: event({ code: "rate_limit_exceeded", message: "slow" }),
    kind: "http_429",
    trouble: "limited",
  },
  {
    row: "status 503",
    name: "503 of a server that loads its model",
    reply: status(503, { code: 503, message: "Loading model", type: "unavailable_error" }),
    kind: "http_503",
    trouble: "down",
  },
  ...[408, 409, 425, 498, 499].map((code) => ({
    row: "status 408",
    name: String(code),
    reply: status(code),
    kind: `http_${code}`,
  })),
  ...[500, 502, 503, 524, 529].map((code) => ({
    row: "status 408",
    name: String(code),
    reply: status(code, "oops"),
    kind: `http_${code}`,
    trouble: "strained" as const,
  })),
  ...[400, 404, 405, 413, 422].map((code) => ({
    row: "any other",
    name: String(code),
    reply: status(code),
    kind: `http_${code}`,
  })),
  { row: "no answer", name: "no answer", reply: { kind: "hang" }, kind: "timeout", trouble: "strained" },
  { row: "a cut connection", name: "cut", reply: { kind: "cut" }, kind: "network", trouble: "strained" },
  ...(["length", "chunked"] as const).map((framed) => ({
    row: "a cut connection",
    name: `half an answer (${framed})`,
    reply: { kind: "half", framed } as const,
    kind: "network",
    trouble: "strained" as const,
  })),
  {
    row: "an error inside",
    name: "an error in an event stream",
    reply: event({ message: "overloaded" }),
    kind: "answer_error",
  },
  {
    row: "an answer whose generation failed",
    name: "a finish reason of a failure",
    reply: { kind: "answer", finish: "network_error" },
    kind: "answer_error",
    trouble: "strained",
  },
  {
    row: "an error about a model that answers only in streams",
    name: "a model that only streams",
    reply: status(400, {
      message: "This model only support stream mode, please enable the stream parameter",
    }),
    kind: "stream_required",
  },
  {
    row: "an error about a model that does not answer in streams",
    name: "a model that does not stream",
    reply: status(400, { message: "Unsupported value: 'stream' does not support true with this model." }),
    kind: "stream_refused",
    asks: 2, // without stream_options, too
    stream: true,
  },
  {
    row: "a stream that ends",
    name: "half a stream",
    reply: raw('data: {"choices":[{"delta":{"content":"a"}}]}\n\n', "text/event-stream"),
    kind: "cut_stream",
    trouble: "strained",
    stream: true,
  },
  {
    row: "an event stream",
    name: "a stream",
    reply: raw('data: {"choices":[{"delta":{"content":"a"}}]}\n\n'.repeat(2), "text/event-stream"),
    kind: "bad_answer",
  },
  {
    row: "an answer that is none of the API",
    name: "a page",
    reply: raw("<html>", "text/html"),
    kind: "bad_answer",
  },
  {
    row: "an answer that is none of the API",
    name: "JSON of another kind",
    reply: raw('{"choices":[]}'),
    kind: "bad_answer",
  },
  { row: "an answer that is none of the API", name: "nothing", reply: raw(""), kind: "bad_answer" },
  {
    row: "an answer larger",
    name: "a large answer",
    reply: { kind: "answer", content: "x".repeat(70_000) },
    kind: "output_too_large",
  },
  {
    row: "an answer that is not UTF-8",
    name: "an answer in GBK",
    reply: { kind: "raw", body: Buffer.from([0x7b, 0x22, 0xc4, 0xe3]) },
    kind: "bad_output",
  },
  {
    row: "an answer that is not JSON",
    name: "prose for JSON",
    reply: { kind: "answer" },
    kind: "bad_output",
    parse: "json",
  },
  {
    row: "the same",
    name: "half of JSON, cut off",
    reply: { kind: "answer", content: '{"a":', finish: "length" },
    kind: "bad_output",
    parse: "json",
  },
  {
    row: "a refusal",
    name: "refused",
    reply: { kind: "answer", content: null, extra: { refusal: "I cannot" } },
    kind: "refusal",
    failOn: ["refusal"],
  },
  {
    row: "an unknown finish reason",
    name: "a finish reason that nobody knows",
    reply: { kind: "answer", finish: "moonrise" },
    kind: "unknown_finish",
    failOn: ["unknown_finish"],
  },
  {
    row: "an empty answer",
    name: "empty",
    reply: { kind: "answer", content: " " },
    kind: "empty",
    failOn: ["empty"],
  },
  {
    row: "a cut-off answer",
    name: "length",
    reply: { kind: "answer", finish: "length" },
    kind: "length",
    failOn: ["length"],
  },
  {
    row: "a filtered answer",
    name: "filtered",
    reply: { kind: "answer", finish: "content_filter" },
    kind: "content_filter",
    failOn: ["content_filter"],
  },
];

describe("an endpoint's failure", () => {
  test.each(CASES.map((one) => [one.name, one.row, one] as const))("%s (%s …)", async (_name, row, one) => {
    const rule = ROWS.find(({ shown }) => shown.startsWith(row));
    const mock = await mockEndpoint({ reply: () => one.reply });
    const timeoutMs = one.reply.kind === "hang" ? 50 : 20_000;
    const processor = endpointAt(mock.url, {
      timeoutMs,
      failOn: one.failOn ?? [],
      parse: one.parse ?? "text",
      stream: one.stream ?? false,
    });
    const { succeededBefore = false } = one;
    const outcome = await processor.process(
      jsonItem(0, { question: "why?" }),
      contextWith({ succeededBefore }),
    );
    await mock.stop();
    // On a busy machine its time may be up before the request has arrived.
    if (one.reply.kind !== "hang") expect(mock.asked.length).toBe(one.asks ?? 1);
    if (rule?.action === "pause") {
      expect(outcome).toMatchObject({ status: "outside", error: { kind: one.kind } });
      return;
    }
    expect(outcome).toMatchObject({
      status: "failed",
      error: { kind: one.kind },
      retryable: rule?.action !== "fail",
    });
    const trouble = outcome.status === "failed" ? outcome.trouble?.kind : null;
    expect(trouble).toBe(one.trouble);
    expect(rule?.action === "wait").toBe(one.trouble === LIMITED.kind || one.trouble === "down");
  });

  test("a date to come back at is one by the endpoint's own clock", async () => {
    const headers = {
      date: "Tue, 24 Nov 2020 03:00:00 GMT",
      "retry-after": "Tue, 24 Nov 2020 03:00:30 GMT",
    };
    const mock = await mockEndpoint({ reply: () => status(503, {}, headers) });
    const outcome = await endpointAt(mock.url).process(jsonItem(0, { question: "why?" }), contextWith());
    await mock.stop();
    expect(outcome).toMatchObject({ status: "failed", trouble: { kind: "strained", waitMs: 30_000 } });
  });

  test("nobody listening is a failure of kind unreachable, and says that the endpoint is down", async () => {
    const mock = await mockEndpoint();
    await mock.stop();
    const outcome = await endpointAt(mock.url).process(jsonItem(0, { question: "why?" }), contextWith());
    expect(outcome).toMatchObject({
      status: "failed",
      retryable: true,
      error: { kind: "unreachable" },
      trouble: { kind: "down" },
    });
  });

  test("has a case for every row of the table, but for what is on the way to an endpoint (tests/cli/lasting-troubles.test.ts)", () => {
    const covered = new Set(CASES.map(({ row }) => ROWS.find(({ shown }) => shown.startsWith(row))?.shown));
    const left = ROWS.map(({ shown }) => shown).filter((shown) => !covered.has(shown));
    expect(left).toEqual([
      "a certificate of an unknown authority",
      "a certificate that has expired or belongs to another host",
      "`https://` to a server without TLS, or `http://` to a server with TLS",
      "a redirect that turns the request into a GET, sends the key to another host, or loops",
      "a proxy that cannot be reached or used",
      "a server that does not speak HTTP",
      "a host name that does not exist",
      "nobody listens, or there is no route",
    ]);
  });
});
