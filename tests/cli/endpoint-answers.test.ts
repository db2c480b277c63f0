// What people find of answers that are odd: refused, without a text, cut off though they do not say so, wrapped, or wrong about what they took. The
// compiled executable against a mock endpoint on loopback.
import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { ckpt, newFolder, type Ran, read, writeLines } from "../helpers/ckpt.ts";
import { type MockEndpoint, mockEndpoint, type MockOptions, type Reply } from "../helpers/mock-endpoint.ts";

setDefaultTimeout(60_000);

const REFUSAL = "I can't help with that request.";
const TOOLS = [{ id: "t", type: "function", function: { name: "f", arguments: "{}" } }];
const ANSWER = '{"choices":[{"message":{"role":"assistant","content":"ok"},"finish_reason":"stop"}]}';

let mock: MockEndpoint | null = null;
afterEach(async () => {
  await mock?.stop();
  mock = null;
});

async function serve(reply: NonNullable<MockOptions["reply"]>): Promise<MockEndpoint> {
  mock = await mockEndpoint({ reply });
  return mock;
}

/** One item a reply, by its name. */
async function serveNamed(replies: Readonly<Record<string, Reply>>): Promise<MockEndpoint> {
  return serve(({ prompt }) => replies[prompt] ?? { kind: "cut" });
}

function folderWith(names: readonly string[]): string {
  const folder = newFolder();
  writeLines(
    folder,
    "q.jsonl",
    names.map((q) => JSON.stringify({ q })),
  );
  return folder;
}

function ask(folder: string, url: string, more: readonly string[] = []): Promise<Ran> {
  const given = `run q.jsonl --id q --model m --prompt {q} --base-url ${url} --retry-delay 1ms -j 1`;
  return ckpt(folder, [...given.split(" "), ...more], { OPENAI_API_KEY: "sk-0123456789" });
}

type Kept = {
  readonly id: string;
  readonly output?: unknown;
  readonly marks?: readonly string[];
  readonly error?: { readonly kind: string; readonly message: string };
};

/** Records of a run that was stopped by a limit, so that its checkpoint stands where it was. */
const records = (folder: string): Kept[] =>
  read(folder, "checkpoints/checkpoint_results.jsonl")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Kept);

const REFUSALS: Readonly<Record<string, Reply>> = {
  "no content": { kind: "answer", content: null, extra: { refusal: REFUSAL } },
  "an empty content": { kind: "answer", content: "", extra: { refusal: REFUSAL } },
  "a part": { kind: "answer", extra: { content: [{ type: "refusal", refusal: REFUSAL }] } },
};

test.each([[[]], [["--parse", "json"]]] as string[][][])(
  "a refusal is marked, its words are kept, and it is asked for once (%j)",
  async (more) => {
    const { url, asked } = await serveNamed(REFUSALS);
    const folder = folderWith([...Object.keys(REFUSALS), "left"]);
    expect((await ask(folder, url, ["--limit", "3", ...more])).code).toBe(4);
    expect(records(folder).map(({ output, marks }) => [output, marks])).toEqual(
      Array.from({ length: 3 }, () => [REFUSAL, ["refusal"]]),
    );
    expect(asked.length).toBe(3);
  },
);

test("--fail-on refusal makes it a failure that is not retried, and keeps its words", async () => {
  const { url, asked } = await serveNamed(REFUSALS);
  const folder = folderWith(Object.keys(REFUSALS));
  expect((await ask(folder, url, ["--fail-on", "refusal"])).code).toBe(3);
  expect(asked.length).toBe(3);
  for (const { error } of records(folder)) {
    expect(error?.kind).toBe("refusal");
    expect(error?.message).toContain(REFUSAL);
  }
});

test("tool calls alone are an empty answer when the text is what is kept", async () => {
  const calls: Reply = {
    kind: "answer",
    content: null,
    extra: { tool_calls: TOOLS },
    finish: "tool_calls",
  };
  const { url } = await serveNamed({ calls });
  const kept = folderWith(["calls", "left"]);
  expect((await ask(kept, url, ["--limit", "1"])).code).toBe(4);
  expect(records(kept)[0]).toMatchObject({ output: "", marks: ["empty"] });
  expect((await ask(folderWith(["calls"]), url, ["--fail-on", "empty"])).code).toBe(3);
  expect((await ask(folderWith(["calls"]), url, ["--fail-on", "empty", "--answer", "message"])).code).toBe(0);
});

test("a finish reason in any spelling marks the answer, one that nobody knows too", async () => {
  const finishes = ["max_tokens", "model_length", "sensitive", "moonrise"];
  const { url } = await serve(({ prompt }) => ({ kind: "answer", finish: prompt }));
  const folder = folderWith([...finishes, "left"]);
  expect((await ask(folder, url, ["--limit", "4"])).code).toBe(4);
  expect(records(folder).map(({ marks }) => marks?.[0])).toEqual([
    "length",
    "length",
    "content_filter",
    "unknown_finish",
  ]);
});

test("an answer that stops where max_tokens ends is marked length", async () => {
  const usage = { prompt_tokens: 5, completion_tokens: 16 };
  const { url } = await serve(() => ({ kind: "answer", usage }));
  const folder = folderWith(["a", "left"]);
  expect((await ask(folder, url, ["--limit", "1", "--param", "max_tokens=16"])).code).toBe(4);
  expect(records(folder)[0]).toMatchObject({ marks: ["length"] });
});

test("with --parse json a text that is no JSON leaves an excerpt in the error", async () => {
  const { url } = await serve(() => ({ kind: "answer", content: `Sure! Here you are: ${"🎉".repeat(200)}` }));
  const folder = folderWith(["a"]);
  const ran = await ask(folder, url, ["--parse", "json"]);
  expect(ran.code).toBe(3);
  expect(ran.err).toContain("Sure! Here you are: 🎉");
  expect(records(folder)[0]?.error?.message).toContain("Sure! Here you are: 🎉🎉");
  expect(read(folder, "checkpoints/checkpoint_results.jsonl")).not.toMatch(/\\ud[89ab]/i);
});

test("an answer in an odd wrapping is an answer; a stream that was not asked for is called one", async () => {
  const raw = (body: string, type = "application/json"): Reply => ({ kind: "raw", body, type });
  const { url, asked } = await serveNamed({
    comments: raw(`: OPENROUTER PROCESSING\n\n: OPENROUTER PROCESSING\n\n${ANSWER}`),
    blanks: raw(`\n\n\n${ANSWER}\n\n`),
    event: raw(`data: ${ANSWER}\n\ndata: [DONE]\n\n`, "text/event-stream"),
    mark: raw(`\uFEFF${ANSWER}`),
    stream: raw('data: {"choices":[{"delta":{"content":"o"}}]}\n\n'.repeat(2), "text/event-stream"),
  });
  const folder = folderWith(["comments", "blanks", "event", "mark", "stream"]);
  expect((await ask(folder, url)).code).toBe(3);
  const kept = records(folder);
  expect(kept.slice(0, 4).map(({ output }) => output)).toEqual(["ok", "ok", "ok", "ok"]);
  expect(kept[4]?.error?.message).toContain("a stream of 2 events, which was not asked for (--stream)");
  expect(asked.length).toBe(5);
});

test.each<[lang: string, words: string]>([
  ["en", "Please log in to the campus network"],
  ["zh", "Please log in to the campus network"],
])("the words of an answer that is none are shown (--lang %s)", async (lang, words) => {
  const page = `<html><body>${words}</body></html>`;
  const { url } = await serve(() => ({ kind: "raw", body: page, type: "text/html" }));
  const ran = await ask(folderWith(["a"]), url, ["--lang", lang]);
  expect(ran.code).toBe(3);
  expect(ran.err).toContain(words);
});

// As `iconv -t gb18030` and `-t iso-8859-1` make them.
const MAINTENANCE = Buffer.from([0xcf, 0xb5, 0xcd, 0xb3, 0xce, 0xac, 0xbb, 0xa4]); // 系统维护
const CAFE = Buffer.from([0x63, 0x61, 0x66, 0xe9]); // café

test.each<[type: string, page: Buffer, words: string]>([
  ["text/html; charset=gbk", MAINTENANCE, "系统维护"],
  ["text/html", Buffer.concat([Buffer.from('<html><meta charset="gb2312">'), MAINTENANCE]), "系统维护"],
  ["text/plain; charset=ISO-8859-1", CAFE, "café"],
])(
  "the words of a page in another encoding (%s) are shown, whatever its status",
  async (type, page, words) => {
    const { url } = await serveNamed({
      answer: { kind: "raw", body: page, type },
      refusal: { kind: "status", status: 400, error: page, headers: { "content-type": type } },
    });
    const folder = folderWith(["answer", "refusal"]);
    expect((await ask(folder, url)).code).toBe(3);
    expect(records(folder).map(({ error }) => error?.kind)).toEqual(["bad_answer", "http_400"]);
    for (const { error } of records(folder)) expect(error?.message).toEndWith(words);
  },
);

test("an error of any size, or one that cannot be read to its end, is told by its status and its first words", async () => {
  const { url } = await serveNamed({
    long: { kind: "status", status: 400, error: `Sorry, no. ${"<p>x</p>".repeat(20_000)}` },
    packed: {
      kind: "status",
      status: 422,
      error: Buffer.from("no gzip"),
      headers: { "content-encoding": "gzip" },
    },
  });
  const folder = folderWith(["long", "packed"]);
  expect((await ask(folder, url)).code).toBe(3);
  const [long, packed] = records(folder).map(({ error }) => error);
  expect(long).toMatchObject({ kind: "http_400" });
  expect(long?.message).toStartWith("HTTP 400: Sorry, no.");
  expect(packed).toMatchObject({ kind: "http_422", message: "HTTP 422: no further words" });
});

test.each(["full", "message"])(
  "an answer that is nested without end has failed (--answer %s)",
  async (kind) => {
    const deep = ANSWER.replace('"ok"', `"ok","x":${"[".repeat(100_000)}${"]".repeat(100_000)}`);
    const { url } = await serve(() => ({ kind: "raw", body: deep }));
    const folder = folderWith(["a"]);
    expect((await ask(folder, url, ["--answer", kind])).code).toBe(3);
    expect(records(folder)[0]?.error).toMatchObject({
      kind: "bad_output",
      message: "the answer is nested too deeply",
    });
  },
);

test("JSON in another encoding is refused, though it says so", async () => {
  const body = Buffer.from(ANSWER.replace("ok", "caf\u00e9"), "latin1");
  const { url } = await serve(() => ({ kind: "raw", body, type: "application/json; charset=iso-8859-1" }));
  const folder = folderWith(["a"]);
  expect((await ask(folder, url)).code).toBe(3);
  expect(records(folder)[0]?.error).toMatchObject({ kind: "bad_output" });
});

test.each([0, -1, 0.5])("usage that cannot be (%d) counts as estimated: a budget holds", async (count) => {
  const usage = { prompt_tokens: count, completion_tokens: count };
  const { url, asked } = await serve(() => ({ kind: "answer", content: "twenty letters or so", usage }));
  const folder = folderWith(Array.from({ length: 50 }, (_, i) => `question ${i}`));
  expect((await ask(folder, url, ["--max-tokens", "100"])).code).toBe(4);
  expect(asked.length).toBeLessThan(10);
});
