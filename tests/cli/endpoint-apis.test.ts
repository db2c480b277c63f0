// `--api` and `--answer` as people use them: the compiled executable against an endpoint with all APIs.
import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import * as path from "node:path";
import { vectorOf } from "../helpers/api-answers.ts";
import { ckpt, newFolder, type Ran, read, writeLines } from "../helpers/ckpt.ts";
import { type MockEndpoint, mockEndpoint, type MockOptions } from "../helpers/mock-endpoint.ts";

setDefaultTimeout(60_000);

const KEYS = { OPENAI_API_KEY: "sk-openai-0123456789abcdef", ANTHROPIC_API_KEY: "sk-ant-0123456789abcdef" };
const CAPPED = ["--param", "max_tokens=100"];

let mock: MockEndpoint | null = null;
afterEach(async () => {
  await mock?.stop();
  mock = null;
});

async function serve(options: MockOptions = {}): Promise<MockEndpoint> {
  mock = await mockEndpoint(options);
  return mock;
}

function folderOf(count: number): string {
  const folder = newFolder();
  const lines = Array.from({ length: count }, (_, i) => JSON.stringify({ question: `Why ${i}?` }));
  writeLines(folder, "q.jsonl", lines);
  return folder;
}

function ask(folder: string, url: string, more: readonly string[], env: object = {}): Promise<Ran> {
  const words = `run q.jsonl --model mock --prompt {question} --base-url ${url} --retry-delay 1ms`;
  return ckpt(folder, [...words.split(" "), ...more], { ...KEYS, ...env });
}

const outputs = (folder: string): unknown[] =>
  read(folder, "q.results.jsonl")
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { readonly output: unknown }).output);

describe("ckpt run --api", () => {
  test.each<[api: string, more: readonly string[], body: object]>([
    ["chat", [], { messages: [{ role: "user", content: "Why 1?" }] }],
    ["responses", ["--system", "S"], { instructions: "S", input: "Why 1?" }],
    ["completions", [], { prompt: "Why 1?" }],
    [
      "messages",
      ["--system", "S", ...CAPPED],
      { system: "S", messages: [{ role: "user", content: "Why 1?" }] },
    ],
  ])("%s: the text of each answer is kept", async (api, more, body) => {
    const server = await serve();
    const folder = folderOf(3);
    const ran = await ask(folder, server.url, ["--api", api, ...more]);
    expect(ran).toMatchObject({ code: 0 });
    expect(outputs(folder)).toEqual([0, 1, 2].map((i) => `answer to Why ${i}?`));
    expect(server.asked.map((asked) => asked.body)).toContainEqual(
      expect.objectContaining({ model: "mock", ...body }),
    );
    expect(ran.out + ran.err).not.toContain(KEYS.OPENAI_API_KEY);
  });

  test("embeddings: --price-in is all of the cost; what has output needs --price-out, too", async () => {
    const server = await serve();
    const folder = folderOf(2);
    const priced = ["--price-in", "1000000", "--json"];
    const ran = await ask(folder, server.url, ["--api", "embeddings", ...priced]);
    const { usage } = JSON.parse(ran.out) as { usage: { run: { cost: number; input_tokens: number } } };
    expect(usage.run.cost).toBeGreaterThan(0);
    expect(usage.run.cost).toBe(usage.run.input_tokens);
    const budget = ["--dir", "other", "-o", "o.jsonl", "--max-cost", "0.5"];
    const capped = await ask(folder, server.url, ["--api", "embeddings", ...priced, ...budget]);
    expect(capped.code).toBe(4);
    const chat = await ask(folder, server.url, ["--dir", "third", ...priced]);
    expect([chat.code, JSON.parse(chat.out)]).toMatchObject([2, { error: { code: "usage.needs" } }]);
    expect(chat.out).toContain("--price-out");
  });

  test("embeddings: the vector is kept as it was written", async () => {
    const server = await serve();
    const folder = folderOf(2);
    expect(await ask(folder, server.url, ["--api", "embeddings"])).toMatchObject({ code: 0 });
    expect(outputs(folder)).toEqual([0, 1].map((i) => JSON.parse(vectorOf(`Why ${i}?`)) as unknown));
  });

  test("messages: the key is sent as Anthropic and as other servers take it, and is taken from ANTHROPIC_API_KEY", async () => {
    const server = await serve();
    expect(await ask(folderOf(1), server.url, ["--api", "messages", ...CAPPED])).toMatchObject({ code: 0 });
    expect(server.asked[0]?.headers).toMatchObject({
      "x-api-key": KEYS.ANTHROPIC_API_KEY,
      authorization: `Bearer ${KEYS.ANTHROPIC_API_KEY}`,
      "anthropic-version": "2023-06-01",
    });
    const own = ["--api", "messages", ...CAPPED, "--header-env", "x-api-key=MINE"];
    expect(await ask(folderOf(1), server.url, own, { MINE: "sk-mine-0123456789" })).toMatchObject({
      code: 0,
    });
    expect(server.asked[1]?.headers["x-api-key"]).toBe("sk-mine-0123456789");
    expect(server.asked[1]?.headers.authorization).toBeUndefined();
  });

  test("messages: without --base-url requests go to Anthropic, so a key is needed before the first one", async () => {
    const folder = folderOf(1);
    const words = "run q.jsonl --model m --prompt {question} --api messages --param max_tokens=9".split(" ");
    const ran = await ckpt(folder, words, { OPENAI_API_KEY: KEYS.OPENAI_API_KEY });
    expect(ran.code).toBe(2);
    expect(ran.err).toContain("Set ANTHROPIC_API_KEY");
    const shown = await ckpt(folder, [...words, "--dry-run"], KEYS);
    expect(shown.out).toContain("POST https://api.anthropic.com/v1/messages");
  });

  test("a base URL that ends in the path of the API keeps working", async () => {
    const server = await serve();
    const ran = await ask(folderOf(1), `${server.url}/responses`, ["--api", "responses"]);
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.err).toContain("/responses is removed from its end");
    expect(server.asked[0]?.path).toBe("/v1/responses");
  });

  test("is part of what results depend on, and chat is what it was without", async () => {
    const server = await serve({ reply: ({ prompt }) => ({ kind: "answer", content: prompt }) });
    const folder = folderOf(2);
    const first = [...CAPPED, "--limit", "1", "-j", "1"];
    expect(await ask(folder, server.url, first)).toMatchObject({ code: 4 });
    const parts = JSON.parse(read(folder, path.join("checkpoints", "processing_status.json"))) as {
      readonly fingerprint: { readonly parts: readonly { readonly name: string }[] };
    };
    expect(parts.fingerprint.parts.map(({ name }) => name)).not.toContain("api");
    const other = await ask(folder, server.url, [...CAPPED, "--api", "messages"]);
    expect(other.code).toBe(12);
    expect(other.err).toContain("(changed: API)");
    expect(await ask(folder, server.url, [...CAPPED, "--api", "chat"])).toMatchObject({ code: 0 });
    expect(server.asked).toHaveLength(2);
  });
});

describe("ckpt run --api /PATH", () => {
  const rerank = (folder: string, url: string, ...more: readonly string[]): Promise<Ran> => {
    const body = '{"model":"r","query":"{question}","documents":["a","b"]}';
    const words = [
      "run",
      "q.jsonl",
      "--api",
      "/rerank",
      "--body",
      body,
      "--base-url",
      url,
      "--retry-delay",
      "1ms",
    ];
    return ckpt(folder, [...words, ...more], KEYS);
  };
  const scores: MockOptions = {
    reply: () => ({
      kind: "raw",
      body: '{ "results": [{"index":1,"relevance_score":0.90}], "usage": {"total_tokens":7} }',
    }),
  };

  test("the body is posted there, and the whole answer is kept as it was written", async () => {
    const server = await serve(scores);
    const folder = folderOf(2);
    expect(await rerank(folder, server.url)).toMatchObject({ code: 0 });
    expect(server.asked).toMatchObject([
      { path: "/v1/rerank", body: { documents: ["a", "b"] } },
      { path: "/v1/rerank" },
    ]);
    expect(read(folder, "q.results.jsonl")).toContain(
      '"output":{"results":[{"index":1,"relevance_score":0.90}],"usage":{"total_tokens":7}}',
    );
  });

  test("--answer keeps a field of it", async () => {
    const server = await serve(scores);
    const folder = folderOf(1);
    expect(await rerank(folder, server.url, "--answer", "results.0.relevance_score")).toMatchObject({
      code: 0,
    });
    expect(read(folder, "q.results.jsonl")).toContain('"output":0.90}');
  });

  test("an error in a 200 is a failure, and a wrong path names the URL", async () => {
    const server = await serve({
      reply: ({ number }) =>
        number === 1
          ? { kind: "raw", body: '{"object":"error","message":"no"}' }
          : { kind: "status", status: 404 },
    });
    const folder = folderOf(2);
    expect((await rerank(folder, server.url, "--retries", "0", "-j", "1")).code).toBe(3);
    const shown = read(folder, "q.results.jsonl");
    expect(shown).toContain("no");
    expect(shown).toContain(`from ${server.url}/rerank`);
  });
});

describe("ckpt run --answer", () => {
  test.each<[api: string, answer: string, output: unknown]>([
    ["chat", "message", { role: "assistant", content: "answer to Why 0?" }],
    ["chat", "choices.0.message.content", "answer to Why 0?"],
    ["chat", "usage.total_tokens", 6],
    ["responses", "output.1.content", [{ type: "output_text", text: "answer to Why 0?", annotations: [] }]],
    ["messages", "stop_reason", "end_turn"],
    ["embeddings", "data.0.index", 0],
    ["embeddings", "vector", JSON.parse(vectorOf("Why 0?"))],
  ])("%s: %s", async (api, answer, output) => {
    const server = await serve();
    const folder = folderOf(1);
    const more = ["--api", api, "--answer", answer, ...CAPPED];
    expect(await ask(folder, server.url, more)).toMatchObject({ code: 0 });
    expect(outputs(folder)).toEqual([output]);
  });

  test("what an answer does not have is a failure of its item, in both languages", async () => {
    const server = await serve();
    const folder = folderOf(1);
    const more = ["--answer", "choices.0.score", "--retries", "0"];
    expect((await ask(folder, server.url, more)).code).toBe(3);
    const english = await ckpt(folder, ["info"]);
    expect(english.out).toContain("the answer has no choices.0.score (--answer)");
    const chinese = await ckpt(folder, ["info", "--lang", "zh"]);
    expect(chinese.out).toContain("应答中没有 choices.0.score（--answer）");
  });
});

describe("refused before the first request, by name:", () => {
  test.each<[words: string, message: RegExp]>([
    [
      "--api chats",
      /--api: its value is "chats"[^]*chat, responses, embeddings, completions, messages, \/PATH/,
    ],
    ["--api rerank", /--api: its value is "rerank"/],
    ["--api //x", /--api: its value is "\/\/x"/],
    ["--api embeddings --answer text", /--answer: its value is "text"[^]*vector, full, .*--api embeddings/],
    [
      "--api completions --answer message",
      /--answer: its value is "message"[^]*text, full, .*--api completions/,
    ],
    ["--answer vector", /--answer: its value is "vector"[^]*--api chat/],
    ["--answer mesage", /--answer: its value is "mesage"/],
    ["--answer a..b", /--answer: its value is "a\.\.b"/],
    ["--answer $.choices[0].message.content", /choices\.0\.message\.content/],
    ["--api embeddings --system S", /Cannot use --system and --api embeddings together/],
    ["--api completions --system S", /Cannot use --system and --api completions together/],
    ["--api embeddings --stream", /Cannot use --stream and --api embeddings together/],
    ["--api /rerank", /Cannot use --prompt and --api \/rerank together/],
    ["--api messages", /Cannot use --api messages: it needs --param max_tokens=N/],
    ["--api responses --param input=x", /--param: its value is "input=x"/],
    ["--api embeddings --param input=x", /--param: its value is "input=x"/],
  ])("%s", async (words, message) => {
    const server = await serve();
    const folder = folderOf(1);
    const ran = await ask(folder, server.url, words.split(" "));
    expect(ran.code).toBe(2);
    expect(ran.err).toMatch(message);
    expect(server.asked).toEqual([]);
    const chinese = await ask(folder, server.url, [...words.split(" "), "--lang", "zh"]);
    expect(chinese.code).toBe(2);
    expect(chinese.err).toMatch(/\p{Script=Han}/u);
  });
});
