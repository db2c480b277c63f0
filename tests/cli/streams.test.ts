// `--stream`: what users see of streamed answers. The compiled executable against a mock endpoint on loopback; every quirk of a stream is in tests/contract/streams.test.ts.
import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, newFolder, type Ran, read, start, writeLines } from "../helpers/ckpt.ts";
import { type MockEndpoint, mockEndpoint, type MockOptions, type Reply } from "../helpers/mock-endpoint.ts";
import { chatEvents, sseText } from "../../examples/mock-streams.ts";
import { until } from "../helpers/until.ts";

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

function folderWith(items: number): string {
  const folder = newFolder();
  const lines = Array.from({ length: items }, (_, i) =>
    JSON.stringify({ q: `q${String(i).padStart(3, "0")}` }),
  );
  writeLines(folder, "q.jsonl", lines);
  return folder;
}

const KEY = { OPENAI_API_KEY: "sk-0123456789" };

const words = (url: string, more: readonly string[]): string[] => [
  ...`run q.jsonl --id q --model m --prompt {q} --base-url ${url} --retry-delay 1ms -o out.jsonl`.split(" "),
  ...more,
];

const ask = (folder: string, url: string, more: readonly string[], env: object = {}): Promise<Ran> =>
  ckpt(folder, words(url, more), { ...KEY, ...env });

type Kept = {
  readonly id: string;
  readonly output?: unknown;
  readonly ttft_ms?: number;
  readonly usage?: object;
  readonly error?: { readonly kind: string; readonly message: string };
  readonly retries?: readonly { readonly kind: string; readonly message: string }[];
};

/** Records of a checkpoint that stands where it was, or of the session that was completed last. */
function records(folder: string): Kept[] {
  const backups = path.join(folder, "checkpoints/backups");
  const completed = fs.existsSync(backups) ? fs.readdirSync(backups).toSorted() : [];
  const where = completed.length === 0 ? "checkpoints" : `checkpoints/backups/${completed.at(-1)}`;
  return read(folder, `${where}/checkpoint_results.jsonl`)
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Kept)
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

const answerTo = (prompt: string): object => ({
  object: "chat.completion",
  choices: [
    { index: 0, message: { role: "assistant", content: `answer to ${prompt}` }, finish_reason: "stop" },
  ],
});

/** The events of an answer, each by itself. */
const pieces = (prompt: string): string[] =>
  chatEvents({ ...answerTo(prompt) }).map((event) => sseText([event]));

test("a streamed run gives the output of one without, byte for byte; its records have the time to the first token", async () => {
  const { url, asked } = await serve({});
  const [plain, streamed] = [folderWith(20), folderWith(20)];
  for (const kept of ["text", "message", "full"]) {
    // Ids and times of the mock's answers are the numbers of its requests: only `full` shows them.
    expect((await ask(plain, url, ["--answer", kept, "--dir", `d-${kept}`, "--force"])).code).toBe(0);
    expect(
      (await ask(streamed, url, ["--answer", kept, "--dir", `d-${kept}`, "--force", "--stream"])).code,
    ).toBe(0);
    const same = (text: string): string => text.replaceAll(/chatcmpl-\d+/g, "chatcmpl");
    expect(same(read(streamed, "out.jsonl"))).toBe(same(read(plain, "out.jsonl")));
  }
  expect(asked.filter(({ body }) => body["stream"] === true).length).toBe(60);
  expect(
    asked.every(({ body }) => (body["stream"] === true) === (body["stream_options"] !== undefined)),
  ).toBe(true);
  const [folder] = [folderWith(3)];
  await ask(folder, url, ["--stream"]);
  for (const { ttft_ms: ttftMs, usage } of records(folder)) {
    expect(ttftMs).toBeGreaterThanOrEqual(0);
    expect(usage).toEqual({ input_tokens: 1, output_tokens: 4 });
  }
  const without = folderWith(3);
  await ask(without, url, []);
  for (const record of records(without)) expect(record).not.toHaveProperty("ttft_ms");
});

test("--stream is no part of the fingerprint: a run is resumed with it or without", async () => {
  const { url, asked } = await serve({});
  const folder = folderWith(6);
  expect((await ask(folder, url, ["--limit", "2"])).code).toBe(4);
  expect((await ask(folder, url, ["--limit", "2", "--stream"])).code).toBe(4);
  expect((await ask(folder, url, [])).code).toBe(0);
  expect(asked.map(({ body }) => body["stream"] === true)).toEqual([false, false, true, true, false, false]);
});

describe.each(["en", "zh"])("in %s", (lang) => {
  test("a model that answers only in streams pauses the run, which names --stream; with it, the run goes on", async () => {
    const { url, asked } = await serve({
      reply: ({ body }) =>
        body["stream"] === true
          ? { kind: "answer" }
          : {
              kind: "status",
              status: 400,
              error: {
                message:
                  "This model only support stream mode, please enable the stream parameter to access the model. ",
              },
            },
    });
    const folder = folderWith(5);
    const refused = await ask(folder, url, ["-j", "1"], { CKPT_LANG: lang });
    expect(refused.code).toBe(4);
    expect(asked.length).toBe(1);
    expect(refused.err).toContain(
      lang === "en"
        ? "Add --stream: this model answers only in streams."
        : "请加上 --stream：该模型只支持流式应答。",
    );
    expect((await ask(folder, url, ["--stream"])).code).toBe(0);
  });

  test("a model that does not answer in streams pauses the run", async () => {
    const { url } = await serve({
      reply: () => ({
        kind: "status",
        status: 400,
        error: {
          message: "Unsupported value: 'stream' does not support true with this model.",
          param: "stream",
          code: "unsupported_value",
        },
      }),
    });
    const refused = await ask(folderWith(2), url, ["--stream", "-j", "1"], { CKPT_LANG: lang });
    expect(refused.code).toBe(4);
    expect(refused.err).toContain(lang === "en" ? "Leave out --stream:" : "请去掉 --stream：");
  });

  test("a stream that was not asked for is an error that names --stream", async () => {
    const { url } = await serve({ reply: ({ prompt }) => ({ kind: "stream", pieces: pieces(prompt) }) });
    const refused = await ask(folderWith(1), url, [], { CKPT_LANG: lang });
    expect(refused.code).toBe(3);
    expect(refused.err).toContain(
      lang === "en" ? "which was not asked for (--stream)" : "个事件；--stream）",
    );
  });

  test("a server that refuses stream_options is asked without, and people are told once", async () => {
    const refusal: Reply = {
      kind: "status",
      status: 400,
      error: { message: "Unknown parameter: 'stream_options'." },
    };
    const { url, asked } = await serve({
      reply: ({ body }) => (body["stream_options"] === undefined ? { kind: "answer" } : refusal),
    });
    const ran = await ask(folderWith(10), url, ["--stream", "-j", "1"], { CKPT_LANG: lang });
    expect(ran.code).toBe(0);
    expect(asked.filter(({ body }) => body["stream_options"] !== undefined).length).toBe(1);
    expect(asked.length).toBe(11);
    expect(
      ran.err.split(
        lang === "en" ? "The endpoint refuses stream_options" : "接口不接受在流式应答中报告用量的选项",
      ).length,
    ).toBe(2);
  });

  test("a stream that falls silent is a failed attempt with words of its own", async () => {
    const { url } = await serve({
      reply: ({ prompt }) => ({ kind: "stream", pieces: pieces(prompt).slice(0, 2), ends: "open" }),
    });
    const folder = folderWith(1);
    const ran = await ask(folder, url, ["--stream", "--idle-timeout", "300ms", "--retries", "0"], {
      CKPT_LANG: lang,
    });
    expect(ran.code).toBe(3);
    expect(records(folder)[0]?.error).toMatchObject({
      kind: "timeout",
      message: "no byte for 0.3 s (--idle-timeout)",
    });
    expect(ran.err).toContain(
      lang === "en" ? "no byte for 0.3 s (--idle-timeout)" : "0.3 秒内没有收到任何字节（--idle-timeout）",
    );
  });
});

type Told = { readonly ttft?: { readonly count: number; readonly p50_ms: number; readonly p90_ms: number } };

test("info and the end of a run say how long answers took to their first token, over all runs of the session", async () => {
  const { url } = await serve({});
  const folder = folderWith(6);
  const first = await ask(folder, url, ["--stream", "--limit", "4", "--json"]);
  expect((JSON.parse(first.out) as Told).ttft).toMatchObject({ count: 4 });
  const second = await ask(folder, url, ["--stream", "--limit", "1", "--json"]);
  expect((JSON.parse(second.out) as Told).ttft).toMatchObject({ count: 1 });
  const { ttft } = JSON.parse((await ckpt(folder, ["info", "--json"])).out) as Told;
  expect(ttft).toMatchObject({ count: 5 });
  expect(ttft?.p90_ms).toBeGreaterThanOrEqual(ttft?.p50_ms ?? Number.NaN);
  const shown = (await ckpt(folder, ["info"])).out;
  expect(shown).toMatch(/^First token +half within \d+m?s, 90% within \d+m?s \(5 answers\)$/m);
  const zh = (await ckpt(folder, ["info"], { CKPT_LANG: "zh" })).out;
  expect(zh).toMatch(/^首个 token +半数在 \d+毫?秒内，90% 在 \d+毫?秒内（5 个应答）$/m);
  expect((await ask(folder, url, ["--stream"])).err).toContain("First token: half within");
});

test("without streams, nothing says anything of first tokens", async () => {
  const { url } = await serve({});
  const folder = folderWith(2);
  const ran = await ask(folder, url, ["--limit", "1", "--json"]);
  expect(JSON.parse(ran.out)).not.toHaveProperty("ttft");
  expect(JSON.parse((await ckpt(folder, ["info", "--json"])).out)).not.toHaveProperty("ttft");
  expect(read(folder, "checkpoints/processing_status.json")).not.toContain("ttft");
});

test("an option that the server refuses without naming it is left out, too; another fault of a request stays that fault", async () => {
  const { url, asked } = await serve({
    reply: ({ body, prompt }) =>
      prompt === "q002" || body["stream_options"] !== undefined
        ? { kind: "status", status: 422, error: { message: "bad request" } }
        : { kind: "answer" },
  });
  const folder = folderWith(4);
  expect((await ask(folder, url, ["--stream", "-j", "1"])).code).toBe(3);
  expect(records(folder).map(({ error }) => error?.kind)).toEqual([
    undefined,
    undefined,
    "http_422",
    undefined,
  ]);
  expect(asked.length).toBe(5);
});

test("a stream without a finish reason is attempted again", async () => {
  const { url } = await serve({
    reply: ({ prompt, time }) =>
      time === 1
        ? { kind: "stream", pieces: pieces(prompt).slice(0, 3) }
        : { kind: "stream", pieces: pieces(prompt) },
  });
  const folder = folderWith(3);
  expect((await ask(folder, url, ["--stream"])).code).toBe(0);
  for (const { id, output, retries } of records(folder)) {
    expect(output).toBe(`answer to ${id}`);
    expect(retries).toMatchObject([
      { kind: "cut_stream", message: "the stream ended after 3 events without a finish reason" },
    ]);
  }
});

test("an answer that goes on coming is not ended by the time of one without streaming; --timeout bounds the whole of it", async () => {
  const { url } = await serve({
    reply: ({ prompt }) => ({ kind: "stream", pieces: pieces(prompt), gapMs: 60 }),
  });
  const folder = folderWith(1);
  expect(
    (await ask(folder, url, ["--stream", "--idle-timeout", "30s", "--timeout", "200ms", "--retries", "0"]))
      .code,
  ).toBe(3);
  expect(records(folder)[0]?.error).toMatchObject({
    kind: "timeout",
    message: "no answer within 0.2 s (--timeout)",
  });
  expect((await ask(folder, url, ["--stream", "--idle-timeout", "30s"])).code).toBe(0);
});

test("--idle-timeout belongs to --stream, and --dry-run shows what asks for a stream", async () => {
  const folder = folderWith(1);
  const refused = await ask(folder, "http://127.0.0.1:9/v1", ["--idle-timeout", "5s"]);
  expect(refused.code).toBe(2);
  expect(refused.err).toContain("--stream");
  const { out } = await ask(folder, "http://127.0.0.1:9/v1", ["--stream", "--dry-run"]);
  expect(out).toContain('"stream": true');
  expect(out).toContain('"include_usage": true');
});

test("20 kill -9 in the midst of streams: every item is answered, and none whose answer was recorded is requested again", async () => {
  const items = 200;
  const kills = 20;
  let whole = 0;
  let cut = 0;
  const { url, asked } = await serve({
    // After some whole answers, streams that stop in their middle: there a run is killed.
    reply: ({ number, prompt }) => {
      const all = pieces(prompt);
      if (number <= whole) return { kind: "stream", pieces: all };
      return { kind: "stream", pieces: all.slice(0, 2 + (number % 3)), ends: "open", sent: () => cut++ };
    },
  });
  const folder = folderWith(items);
  const args = words(url, ["--stream", "-j", "4"]);
  const log = path.join(folder, "checkpoints/checkpoint_results.jsonl");
  const recorded = (): Set<string> => {
    if (!fs.existsSync(log)) return new Set();
    const lines = fs.readFileSync(log, "utf8").split("\n").slice(0, -1);
    return new Set(lines.map((line) => (JSON.parse(line) as Kept).id));
  };
  for (let kill = 0; kill < kills; kill++) {
    const known = recorded();
    const before = asked.length;
    whole = before + 3 + (kill % 5);
    cut = 0;
    const child = start(folder, args, KEY);
    await until(() => cut > 4);
    child.kill("SIGKILL");
    await child.exited;
    expect(asked.slice(before).filter(({ prompt }) => known.has(prompt))).toEqual([]);
  }
  whole = Number.POSITIVE_INFINITY;
  const known = recorded();
  expect(known.size).toBeGreaterThan(0);
  expect(known.size).toBeLessThan(items);
  const before = asked.length;
  expect((await ckpt(folder, args, KEY)).code).toBe(0);
  expect(asked.slice(before).filter(({ prompt }) => known.has(prompt))).toEqual([]);
  expect(records(folder).map(({ id, output }) => output === `answer to ${id}`)).toEqual(
    Array(items).fill(true),
  );
});
