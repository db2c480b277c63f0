// What becomes of each trouble that an endpoint can make, as people see it: the compiled executable against a mock endpoint on loopback. The rows
// of the table one by one are in tests/processors/endpoint/endpoint-outcomes.test.ts.
import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { ckpt, newFolder, type Ran, read, writeLines } from "../helpers/ckpt.ts";
import { type MockEndpoint, mockEndpoint, type MockOptions, type Reply } from "../helpers/mock-endpoint.ts";

setDefaultTimeout(60_000);

let mock: MockEndpoint | null = null;
afterEach(async () => {
  await mock?.stop();
  mock = null;
});

async function serve(options: MockOptions): Promise<MockEndpoint> {
  mock = await mockEndpoint(options);
  return mock;
}

function folderWith(questions: readonly string[]): string {
  const folder = newFolder();
  writeLines(
    folder,
    "q.jsonl",
    questions.map((question) => JSON.stringify({ question })),
  );
  return folder;
}

function ask(folder: string, url: string, more: readonly string[] = []): Promise<Ran> {
  const given = `run q.jsonl --model mock --prompt {question} --base-url ${url} --retry-delay 1ms`;
  return ckpt(folder, [...given.split(" "), ...more], { OPENAI_API_KEY: "sk-0123456789" });
}

const info = async (folder: string): Promise<Record<string, unknown>> =>
  JSON.parse((await ckpt(folder, ["info", "--json"])).out) as Record<string, unknown>;

type Kept = {
  readonly index: number;
  readonly status: string;
  readonly error?: { readonly kind: string };
  readonly retries?: readonly { readonly kind: string }[];
};
const records = (folder: string): Kept[] =>
  read(folder, "checkpoints/checkpoint_results.jsonl")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Kept)
    .toSorted((a, b) => a.index - b.index);

const status = (code: number, error?: object | string, headers?: Record<string, string>): Reply => ({
  kind: "status",
  status: code,
  ...(error === undefined ? {} : { error }),
  ...(headers === undefined ? {} : { headers }),
});
const raw = (body: string, headers: Record<string, string> = {}): Reply => ({ kind: "raw", body, headers });
const sse = (error: object): Reply => ({
  kind: "raw",
  type: "text/event-stream",
  body: `event: error\ndata: ${JSON.stringify({ error })}\n\n`,
});

/** Trouble at the first time of asking, and the kind it has in the record; the second time brings an answer. */
const PASSING: readonly (readonly [kind: string, reply: Reply])[] = [
  ...[408, 409, 425, 499, 500, 502, 503, 524, 529].map((code) => [`http_${code}`, status(code)] as const),
  ["http_503", status(503, "<html>overloaded</html>")],
  ["http_429", status(429, { code: "rate_limit_exceeded" }, { "retry-after-ms": "5" })],
  ["http_429", sse({ code: "rate_limit_exceeded", message: "slow down" })],
  ["http_429", raw('{"base_resp":{"status_code":1002,"status_msg":"rate limit"},"choices":null}')],
  ["answer_error", sse({ message: "overloaded" })],
  ["answer_error", { kind: "answer", finish: "network_error" }],
  ["http_502", raw('{"choices":[{"error":{"code":502,"message":"gone"},"message":{"content":"a"}}]}')],
  ["http_500", raw('{"code":500,"msg":"404 NOT_FOUND","success":false}')],
  ["http_500", sse({ code: 500, message: "upstream" })],
  ["network", { kind: "cut" }],
  ["network", { kind: "half" }],
  ["network", { kind: "half", framed: "chunked" }],
  ["timeout", { kind: "hang" }],
  ["bad_answer", raw("<html>")],
  ["bad_answer", raw('{"choices":[{"message":')],
  ["bad_answer", raw('{"choices":[]}')],
  ["bad_answer", raw("")],
];

/** Trouble for good. */
const LASTING: readonly (readonly [kind: string, reply: Reply])[] = [
  ...[400, 404, 405, 413, 422].map((code) => [`http_${code}`, status(code)] as const),
  ["content_filter", status(400, { code: "content_filter" })],
  ["content_filter", status(403, { code: 403, message: "flagged", metadata: { reasons: ["violence"] } })],
  ["http_403", status(403, "<html><title>403 Forbidden</title></html>")],
  ["too_long", status(429, { code: "rate_limit_exceeded", message: "Request too large for m" })],
  ["bad_answer", raw('data: {"choices":[{"delta":{"content":"a"}}]}\n\ndata: [DONE]\n\n')],
  ["output_too_large", { kind: "answer", content: "x".repeat(5000) }],
];

test("trouble that passes is retried, trouble that lasts has failed: each with its kind in the record", async () => {
  const troubles = [...PASSING, ...LASTING];
  const { url, asked } = await serve({
    reply: ({ prompt, time }) => {
      const at = /^trouble (\d+)$/.exec(prompt)?.[1];
      const [, trouble] = troubles[Number(at)] ?? [];
      return trouble === undefined || time > 1 ? { kind: "answer" } : trouble;
    },
  });
  // An answer comes between any two, so that no row of them looks like an outage.
  const folder = folderWith(troubles.flatMap((_, at) => [`trouble ${at}`, `no trouble ${at}`]));
  const ran = await ask(folder, url, ["-j", "1", "--timeout", "2s", "--max-output", "4K", "--retries", "1"]);
  expect(ran.code).toBe(3);
  const kept = records(folder).filter(({ index }) => index % 2 === 0);
  expect(kept.map(({ status: state, error, retries }) => [state, error?.kind ?? retries?.[0]?.kind])).toEqual(
    [...PASSING.map(([kind]) => ["ok", kind]), ...LASTING.map(([kind]) => ["failed", kind])],
  );
  // A second request for what passes, and none for what lasts.
  expect(asked.length).toBe(2 * troubles.length + PASSING.length);
});

test.each<[kind: string, name: string, reply: Reply, advice: string]>([
  ["key_refused", "401", status(401), "OPENAI_API_KEY"],
  ["key_refused", "403 about the key", status(403, { message: "Invalid API key" }), "OPENAI_API_KEY"],
  ["proxy_refused", "407", status(407), "HTTPS_PROXY"],
  ["network_login", "511", status(511), "Log in to the network"],
  ["key_refused", "400 about the key", status(400, { message: "API key expired" }), "OPENAI_API_KEY"],
  ["key_refused", "401 in an event stream", sse({ code: 401, message: "no" }), "OPENAI_API_KEY"],
  ["quota", "402", status(402), "Top up"],
  ["quota", "429 with insufficient_quota", status(429, { code: "insufficient_quota" }), "Top up"],
  [
    "quota",
    "429 in Chinese",
    status(429, { code: "1113", message: "余额不足或无可用资源包,请充值。" }),
    "Top up",
  ],
  ["quota", "400 about credit", status(400, { message: "Your credit balance is too low" }), "Top up"],
  ["quota", "401 about credit", status(401, { message: "No credits left" }), "Top up"],
  ["quota", "a 200 that is none", raw('{"base_resp":{"status_code":1008,"status_msg":"no"}}'), "Top up"],
  ["model_not_found", "404 with model_not_found", status(404, { code: "model_not_found" }), "--model"],
  ["rate_limit", "429 for an hour", status(429, {}, { "retry-after": "3600" }), "--max-outage"],
  ["endpoint_down", "503 for an hour", status(503, {}, { "retry-after": "3600" }), "--max-outage"],
])(
  "%s (%s) pauses: exit 4, what was done is kept, reason and way on are printed, the same command continues",
  async (kind, _name, reply, advice) => {
    let isMended = false;
    const { url, asked } = await serve({
      reply: ({ number }) => (isMended || number <= 20 ? { kind: "answer" } : reply),
    });
    const folder = folderWith(Array.from({ length: 60 }, (_, i) => `question ${i}`));
    const ran = await ask(folder, url, ["-j", "2"]);
    expect(ran.code).toBe(4);
    expect(ran.err).toContain(kind);
    expect(ran.err).toContain(advice);
    expect(ran.err).toContain("To resume: ");
    expect(asked.length).toBeLessThanOrEqual(22);
    expect(await info(folder)).toMatchObject({ completed: 20, failed: 0, pending: 40 });
    isMended = true;
    expect((await ask(folder, url, ["-j", "2"])).code).toBe(0);
    expect([...(mock?.paid.values() ?? [])].every((count) => count === 1)).toBe(true);
  },
);

test("the reason of a pause and the way on are in Chinese with --lang zh", async () => {
  const { url } = await serve({ reply: () => status(401, { message: "no such key" }) });
  const ran = await ask(folderWith(["q"]), url, ["--lang", "zh"]);
  expect(ran.code).toBe(4);
  expect(ran.err).toContain("已停止：外部原因：密钥被拒绝（key_refused），条目 #1：HTTP 401：no such key");
  expect(ran.err).toContain("请检查 OPENAI_API_KEY");
  expect(ran.err).toContain("继续处理：");
});

test("a wrong password of the proxy, and no money, are told in Chinese with --lang zh", async () => {
  let reply = status(407);
  const { url } = await serve({ reply: () => reply });
  const proxy = await ask(folderWith(["q"]), url, ["--lang", "zh"]);
  expect(proxy.err).toContain("请检查代理的用户名和密码（HTTPS_PROXY、HTTP_PROXY）");
  reply = status(429, { message: "账户已欠费" });
  const money = await ask(folderWith(["q"]), url, ["--lang", "zh"]);
  expect(money.err).toContain("额度用尽（quota），条目 #1：HTTP 429：账户已欠费");
  expect(money.err).toContain("请充值或换用其他密钥");
});

describe("a 403", () => {
  const forbidden = status(403, "<html><title>403 Forbidden</title></html>");
  const QUESTIONS = ["one", "two", "bad", "three"];

  test("without any success is about the key: the run pauses", async () => {
    const { url, asked } = await serve({ reply: () => forbidden });
    const folder = folderWith(QUESTIONS);
    const ran = await ask(folder, url, ["-j", "2"]);
    expect([ran.code, asked.length]).toEqual([4, 3]);
    expect(ran.err).toContain("key_refused, at item #1");
    expect(await info(folder)).toMatchObject({ pending: 4, failed: 0 });
  });

  test.each([1, 2])(
    "to the first %d of the items, one at a time, is about those: the next is asked first",
    async (bad) => {
      const { url } = await serve({
        reply: ({ prompt }) => (prompt.startsWith("bad") ? forbidden : { kind: "answer" }),
      });
      const folder = folderWith([...["bad 1", "bad 2"].slice(0, bad), "one", "two"]);
      expect((await ask(folder, url, ["-j", "1"])).code).toBe(3);
      expect(await info(folder)).toMatchObject({ completed: 2, failed: bad, pending: 0 });
      expect(records(folder)[0]).toMatchObject({ error: { kind: "http_403" } });
    },
  );

  test("to the only item, or to all that --limit leaves, is about the key", async () => {
    const { url } = await serve({ reply: () => forbidden });
    for (const limit of [[], ["--limit", "1"], ["--limit", "2"]]) {
      const folder = folderWith(limit.length === 0 ? ["one"] : QUESTIONS);
      const ran = await ask(folder, url, ["-j", "1", ...limit]);
      expect(ran.code).toBe(4);
      expect(ran.err).toContain("key_refused, at item #1");
      expect(await info(folder)).toMatchObject({ completed: 0, failed: 0 });
    }
  });

  test("that comes before the first answer waits for it, and is about its item then", async () => {
    const { url } = await serve({
      reply: ({ prompt }) =>
        prompt === "bad" ? { ...forbidden, delayMs: 0 } : { kind: "answer", delayMs: 100 },
    });
    const folder = folderWith(QUESTIONS);
    expect((await ask(folder, url, ["-j", "4"])).code).toBe(3);
    expect(await info(folder)).toMatchObject({ completed: 3, failed: 1 });
  });

  test("in a later run of a session that has answers is about its item, though it comes first", async () => {
    const { url, asked } = await serve({
      reply: ({ prompt }) => (prompt === "bad" ? forbidden : { kind: "answer" }),
    });
    const folder = folderWith(QUESTIONS);
    expect((await ask(folder, url, ["-j", "1", "--limit", "2"])).code).toBe(4);
    expect((await ask(folder, url, ["-j", "1"])).code).toBe(3);
    // Only what failed is asked again, and is no reason to stop.
    expect((await ask(folder, url, ["-j", "1"])).code).toBe(3);
    expect(asked.map(({ prompt }) => prompt)).toEqual([...QUESTIONS, "bad"]);
    expect(records(folder).at(-2)).toMatchObject({ status: "failed", error: { kind: "http_403" } });
  });

  test("ten times in a row is about the key again", async () => {
    const { url, asked } = await serve({
      reply: ({ number }) => (number <= 5 ? { kind: "answer" } : forbidden),
    });
    const folder = folderWith(Array.from({ length: 60 }, (_, i) => `question ${i}`));
    const ran = await ask(folder, url, ["-j", "1"]);
    expect([ran.code, asked.length]).toEqual([4, 16]);
    expect(ran.err).toContain("key_refused");
  });
});

test.each<[name: string, reply: Reply]>([
  ["503 with Retry-After", status(503, { message: "busy" }, { "retry-after": "0.2" })],
  ["529 with retry-after-ms", status(529, { type: "overloaded_error" }, { "retry-after-ms": "200" })],
  ["408 with Retry-After", status(408, {}, { "retry-after": "0.2" })],
  ["409 with a reset", status(409, {}, { "x-ratelimit-reset": "200ms" })],
  [
    "429 with Gemini's retryDelay",
    status(429, { status: "RESOURCE_EXHAUSTED", details: [{ retryDelay: "0.2s" }] }),
  ],
  ["503 inside a 200", raw('{"error":{"code":503,"message":"busy"}}', { "retry-after": "0.2" })],
  ["a model that is being loaded", status(503, { message: "Loading model", type: "unavailable_error" })],
])(
  "%s: no item fails while the endpoint answers nobody, though there are no retries",
  async (_name, reply) => {
    let left = 3;
    const { url } = await serve({ reply: () => (left-- > 0 ? reply : { kind: "answer" }) });
    const folder = folderWith(["one", "two"]);
    const ran = await ask(folder, url, ["--retries", "0", "--progress", "json", "-j", "2"]);
    expect({ code: ran.code, err: ran.code === 0 ? "" : ran.err }).toEqual({ code: 0, err: "" });
  },
);

test("a wait that an endpoint asks for is shown", async () => {
  const { url } = await serve({
    reply: ({ time }) => (time === 1 ? status(503, {}, { "retry-after": "2.5" }) : { kind: "answer" }),
  });
  const ran = await ask(folderWith(["one", "two"]), url, ["--progress", "json"]);
  expect(ran.code).toBe(0);
  expect(ran.err).toContain('"waiting":"cool-down"');
});

test("a few items that the endpoint always breaks on, at the head of the input, do not look like an outage for long", async () => {
  const { url } = await serve({
    reply: ({ prompt }) => (/ [0-4]$/.test(prompt) ? status(500) : { kind: "answer" }),
  });
  const folder = folderWith(Array.from({ length: 60 }, (_, i) => `question ${i}`));
  const ran = await ask(folder, url, ["--max-outage", "30s"]);
  expect({ code: ran.code, err: ran.code === 3 ? "" : ran.err }).toEqual({ code: 3, err: "" });
  expect(await info(folder)).toMatchObject({ completed: 55, failed: 5, pending: 0 });
});

test.each([
  ["first", ["bad", "one", "two"]],
  ["last", ["one", "two", "bad"]],
])(
  "an item that the endpoint always breaks on, saying when to come back, fails alone, though it is the %s and asked one at a time",
  async (_place, questions) => {
    const bad = status(503, { message: "busy" }, { "retry-after": "0.3" });
    const { url, asked } = await serve({
      reply: ({ prompt }) => (prompt === "bad" ? bad : { kind: "answer" }),
    });
    const folder = folderWith(questions);
    const ran = await ask(folder, url, ["-j", "1", "--max-outage", "1s"]);
    expect({ code: ran.code, err: ran.code === 3 ? "" : ran.err }).toEqual({ code: 3, err: "" });
    expect(await info(folder)).toMatchObject({ completed: 2, failed: 1, pending: 0 });
    expect(asked.filter(({ prompt }) => prompt === "bad").length).toBeGreaterThanOrEqual(3);
    expect(asked.length).toBeLessThan(12);
  },
);

test("--tpm keeps to a limit of tokens that the endpoint enforces", async () => {
  const limits = { tpm: 60_000, tokenBurst: 1500, says: "nothing" } as const;
  const served = await serve({ limits });
  // 100 tokens of input each, and as many of output: five a second.
  const folder = folderWith(Array.from({ length: 25 }, (_, i) => `${i} `.padEnd(400, "word ")));
  const ran = await ask(folder, served.url, ["--tpm", "60000"]);
  expect(ran.code).toBe(0);
  expect(served.tokens).toBeGreaterThan(3 * limits.tokenBurst);
  expect(served.requests.filter(({ refused }) => refused).length).toBeLessThanOrEqual(1);
});
