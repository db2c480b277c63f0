// What becomes of each trouble that an endpoint can make, as people see it: the compiled executable against a mock endpoint on loopback. The rows
// of the table one by one are in tests/processors/endpoint-outcomes.test.ts.
import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
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
const raw = (body: string): Reply => ({ kind: "raw", body });
const sse = (error: object): Reply => ({
  kind: "raw",
  type: "text/event-stream",
  body: `event: error\ndata: ${JSON.stringify({ error })}\n\n`,
});

/** Trouble at the first time of asking, and the kind it has in the record; the second time brings an answer. */
const PASSING: readonly (readonly [kind: string, reply: Reply])[] = [
  ...[408, 409, 425, 500, 502, 503, 529].map((code) => [`http_${code}`, status(code)] as const),
  ["http_503", status(503, "<html>overloaded</html>")],
  ["http_429", status(429, { code: "rate_limit_exceeded" }, { "retry-after-ms": "5" })],
  ["http_429", sse({ code: "rate_limit_exceeded", message: "slow down" })],
  ["answer_error", sse({ message: "overloaded" })],
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
  ["output_too_large", { kind: "answer", content: "x".repeat(5000) }],
];

test("trouble that passes is tried again, trouble that lasts has failed: each with its kind in the record", async () => {
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
  ["key_refused", "403", status(403), "OPENAI_API_KEY"],
  ["key_refused", "400 about the key", status(400, { message: "API key expired" }), "OPENAI_API_KEY"],
  ["key_refused", "401 in an event stream", sse({ code: 401, message: "no" }), "OPENAI_API_KEY"],
  ["quota", "402", status(402), "Top up"],
  ["quota", "429 with insufficient_quota", status(429, { code: "insufficient_quota" }), "Top up"],
  ["model_not_found", "404 with model_not_found", status(404, { code: "model_not_found" }), "--model"],
  ["rate_limit", "429 for an hour", status(429, {}, { "retry-after": "3600" }), "--max-outage"],
])(
  "%s (%s) pauses: exit 4, what was done is kept, reason and way on are printed, the same command goes on",
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
    expect(ran.err).toContain("To go on: ");
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
  expect(ran.err).toContain("已停止：原因不在条目本身（key_refused，条目 #1）：HTTP 401: no such key");
  expect(ran.err).toContain("请检查 OPENAI_API_KEY");
  expect(ran.err).toContain("继续处理：");
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
