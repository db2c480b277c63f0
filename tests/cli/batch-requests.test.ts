// A batch file of OpenAI, sent to an endpoint: `ckpt run requests.jsonl --base-url URL`, and no other option.
import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { readBatchOutput } from "../helpers/batch-files.ts";
import { ckpt, ENV, EXECUTABLE, newFolder, read, type Ran, writeLines } from "../helpers/ckpt.ts";
import {
  type Asked,
  type MockEndpoint,
  mockEndpoint,
  type MockOptions,
  type Reply,
} from "../helpers/mock-endpoint.ts";
import { until } from "../helpers/until.ts";
import { seededRandom } from "../helpers/seed.ts";

setDefaultTimeout(120_000);

const KEY = "sk-secret-0123456789abcdef";

let mock: MockEndpoint | null = null;
afterEach(async () => {
  await mock?.stop();
  mock = null;
});

async function serve(options: MockOptions = {}): Promise<MockEndpoint> {
  mock = await mockEndpoint(options);
  return mock;
}

const requestOf = (id: string, changes: object = {}): string =>
  JSON.stringify({
    custom_id: id,
    method: "POST",
    url: "/v1/chat/completions",
    body: { model: "m", messages: [{ role: "user", content: id }] },
    ...changes,
  });
const ids = (count: number): string[] => Array.from({ length: count }, (_, n) => `r${n}`);

function folderWith(lines: readonly string[]): string {
  const folder = newFolder();
  writeLines(folder, "requests.jsonl", lines);
  return folder;
}

const send = (folder: string, url: string, more: readonly string[] = []): Promise<Ran> =>
  ckpt(folder, ["run", "requests.jsonl", "--base-url", url, "--retry-delay", "1ms", ...more], {
    OPENAI_API_KEY: KEY,
  });
const OUTPUT = "requests.results.batch.jsonl";
const linesIn = (folder: string, name = OUTPUT): ReturnType<typeof readBatchOutput> =>
  readBatchOutput(read(folder, name));

describe("a batch file", () => {
  test("is sent as it is, each line to the API of its url; the output has the lines that OpenAI would write", async () => {
    const { url, asked } = await serve();
    const folder = folderWith([
      requestOf("chat", {
        body: { model: "m", messages: [{ role: "user", content: "hi" }], seed: 1.0, stream: true },
      }).replace('"seed":1', '"seed":9007199254740993'),
      requestOf("vector", { url: "/v1/embeddings", body: { model: "e", input: "text" } }),
      requestOf("response", { url: "/v1/responses", body: { model: "m", input: "hi" } }),
      requestOf("other", { url: "/v1/moderations", body: { input: "x" } }),
    ]);
    const ran = await send(folder, url, ["-j", "1"]);
    expect(ran).toMatchObject({ code: 0, err: expect.stringContaining("--answer full") });
    expect(asked.map((one) => one.path)).toEqual(
      ["chat/completions", "embeddings", "responses", "moderations"].map((name) => `/v1/${name}`),
    );
    expect(asked[0]?.body).toEqual({
      model: "m",
      messages: [{ role: "user", content: "hi" }],
      seed: 9007199254740993, // eslint-disable-line no-loss-of-precision
    });
    const lines = linesIn(folder);
    expect(lines.map((line) => [line.custom_id, line.response?.status_code])).toEqual(
      ["chat", "vector", "response", "other"].map((id) => [id, 200]),
    );
    expect(lines[0]?.response?.body).toMatchObject({ object: "chat.completion" });
    expect(lines[1]?.response?.body).toHaveProperty("data");
  });

  test("gives texts where something else is to be written", async () => {
    const { url } = await serve();
    const folder = folderWith(ids(2).map((id) => requestOf(id)));
    expect((await send(folder, url, ["-o", "answers.jsonl"])).code).toBe(0);
    expect(read(folder, "answers.jsonl")).toBe(
      ids(2)
        .map((id, index) => `{"index":${index},"id":"${id}","status":"ok","output":"answer to ${id}"}\n`)
        .join(""),
    );
    expect((await send(folder, url, ["--answer", "text", "--on-change", "keep"])).code).toBe(0);
    expect(fs.existsSync(path.join(folder, "requests.results.jsonl"))).toBe(true);
  });

  test("asked several times writes lines of ckpt, which say which answer they are; those of a batch cannot", async () => {
    const { url } = await serve();
    const folder = folderWith([requestOf("r1")]);
    expect((await send(folder, url, ["--repeat", "2"])).code).toBe(0);
    const rows = read(folder, "requests.results.jsonl").trim().split("\n");
    expect(rows.map((row) => (JSON.parse(row) as { readonly repeat: number }).repeat)).toEqual([1, 2]);
    const ran = await send(folder, url, ["--repeat", "2", "-o", "x.batch.jsonl"]);
    expect([ran.code, ran.err]).toEqual([2, expect.stringContaining("--repeat")]);
  });

  test("takes a model and parameters on top, and comes by standard input, too", async () => {
    const { url, asked } = await serve();
    const folder = newFolder();
    writeLines(folder, "format.json", ['{"type":"json_object","n":1.10}']);
    const child = Bun.spawn(
      [
        EXECUTABLE,
        "run",
        "-",
        "--base-url",
        url,
        "--model",
        "other",
        "--param",
        "temperature=0",
        "--param",
        "response_format=@format.json",
      ],
      { cwd: folder, env: ENV, stdin: Buffer.from(`${requestOf("r1")}\n`), stdout: "pipe", stderr: "pipe" },
    );
    expect(await child.exited).toBe(0);
    expect(asked[0]?.body).toMatchObject({
      model: "other",
      temperature: 0,
      response_format: { type: "json_object", n: 1.1 },
    });
    expect(linesIn(folder, "stdin.results.batch.jsonl")).toHaveLength(1);
  });

  test("is compressed, or several files", async () => {
    const { url } = await serve();
    const folder = newFolder();
    fs.writeFileSync(path.join(folder, "a.jsonl.gz"), Bun.gzipSync(Buffer.from(`${requestOf("a")}\n`)));
    writeLines(folder, "b.jsonl", [requestOf("b")]);
    const ran = await ckpt(folder, [
      "run",
      "a.jsonl.gz",
      "b.jsonl",
      "--base-url",
      url,
      "-o",
      "o.batch.jsonl",
    ]);
    expect(ran).toMatchObject({ code: 0 });
    expect(linesIn(folder, "o.batch.jsonl").map((line) => line.custom_id)).toEqual(["a", "b"]);
  });

  test("with a wrong line: that line fails by its place, before any request of it", async () => {
    const { url, asked } = await serve();
    const folder = folderWith([
      requestOf("a"),
      requestOf("b", { method: "GET" }),
      requestOf("c", { url: "/v1/files" }),
      requestOf("d", { body: [] }),
    ]);
    expect((await send(folder, url)).code).toBe(3);
    expect(asked).toHaveLength(1);
    expect(linesIn(folder).map(({ error }) => error?.code)).toEqual([undefined, "input", "input", "input"]);
    expect(linesIn(folder)[1]?.error?.message).toBe('line 2: method is "GET", not "POST"');
  });

  test("with one custom_id on two lines is refused by both places", async () => {
    const folder = folderWith([requestOf("a"), requestOf("b"), requestOf("a")]);
    expect(await send(folder, "http://127.0.0.1:9/v1")).toMatchObject({
      code: 2,
      err: expect.stringMatching(/custom_id[^]*1[^]*3/),
    });
  });

  test("is shown by --dry-run: the address of each request and its body", async () => {
    const folder = folderWith([
      requestOf("a"),
      requestOf("b", { url: "/v1/embeddings", body: { model: "e", input: "t" } }),
    ]);
    const ran = await send(folder, "http://127.0.0.1:9/v1", ["--dry-run", "--json"]);
    const { first } = JSON.parse(ran.out) as { readonly first: readonly (readonly string[])[] };
    expect(first.map(([line]) => line)).toEqual([
      "POST http://127.0.0.1:9/v1/chat/completions",
      "POST http://127.0.0.1:9/v1/embeddings",
    ]);
    expect(JSON.parse((first[1] ?? []).slice(1).join(""))).toEqual({ model: "e", input: "t" });
  });
});

describe("what is no batch file", () => {
  test.each([
    ["en", "is not a batch file of OpenAI"],
    ["zh", "不是 OpenAI 的批处理文件"],
  ])("is refused where nothing says what to ask (%s)", async (lang, words) => {
    const folder = folderWith(['{"id":"q1","question":"?"}']);
    const ran = await send(folder, "http://127.0.0.1:9/v1", ["--lang", lang]);
    expect(ran.err).toContain("--prompt");
    expect(ran).toMatchObject({ code: 2, err: expect.stringContaining(words) });
    writeLines(folder, "rows.csv", ["a,b", "1,2"]);
    const table = await ckpt(folder, ["run", "rows.csv", "--model", "m", "--lang", lang]);
    expect(table).toMatchObject({ code: 2, err: expect.stringContaining(words) });
  });

  test("has results instead: they are no requests", async () => {
    const folder = folderWith([
      '{"id":"b","custom_id":"r1","response":null,"error":{"code":"c","message":"m"}}',
    ]);
    const ran = await send(folder, "http://127.0.0.1:9/v1");
    expect(ran).toMatchObject({
      code: 2,
      err: expect.stringContaining("has results of a batch, not requests"),
    });
  });

  test("may still be asked with a prompt of one's own", async () => {
    const { url, asked } = await serve();
    const folder = folderWith([requestOf("a")]);
    const more = ["--model", "m", "--prompt", "{body.model}?", "--id", "custom_id", "-o", "o.jsonl"];
    expect((await send(folder, url, more)).code).toBe(0);
    expect(asked[0]?.prompt).toBe("m?");
  });
});

describe("failures in a batch output", () => {
  const fail = (reply: (asked: Asked) => Reply): Promise<MockEndpoint> =>
    serve({ reply: (asked) => (asked.prompt === "r0" ? { kind: "answer" } : reply(asked)) });

  test("keep status, request id and body; the key is removed from it", async () => {
    const { url } = await fail(() => ({
      kind: "status",
      status: 400,
      headers: { "x-request-id": "req-7" },
      error: { message: `no ${KEY}`, type: "invalid_request_error", param: "x", code: "bad" },
    }));
    const folder = folderWith(ids(2).map((id) => requestOf(id)));
    expect((await send(folder, url)).code).toBe(3);
    expect(linesIn(folder)[1]).toMatchObject({
      response: {
        status_code: 400,
        request_id: "req-7",
        body: { error: { message: "no [key]", type: "invalid_request_error", param: "x", code: "bad" } },
      },
      error: null,
    });
    const log = read(folder, "checkpoints/checkpoint_results.jsonl");
    expect(log).not.toContain(KEY);
    expect(log).toContain(',"request_id":"req-7"');
  });

  test("have a body of their own where the server sent a page, or too much", async () => {
    const long = { message: "x".repeat(20_000), code: "long" };
    const { url } = await fail(({ prompt }) => ({
      kind: "status",
      status: 422,
      error: prompt === "r1" ? "<html><body>no</body></html>" : long,
    }));
    const folder = folderWith(ids(3).map((id) => requestOf(id)));
    expect((await send(folder, url)).code).toBe(3);
    for (const line of linesIn(folder).slice(1))
      expect(line.response).toMatchObject({
        status_code: 422,
        body: { error: { code: "http_422", param: null } },
      });
  });

  test("are null where nothing was answered", async () => {
    const { url } = await fail(() => ({ kind: "hang" }));
    const folder = folderWith(ids(2).map((id) => requestOf(id)));
    expect((await send(folder, url, ["--timeout", "300ms", "--retries", "0", "-j", "1"])).code).toBe(3);
    expect(linesIn(folder)[1]).toMatchObject({ response: null, error: { code: "timeout" } });
  });

  test("of a request id of a success are kept, too", async () => {
    const body =
      '{"object":"chat.completion","choices":[{"message":{"content":"x"},"finish_reason":"stop"}]}';
    const { url } = await serve({ reply: () => ({ kind: "raw", body, headers: { "request-id": "req-9" } }) });
    const folder = folderWith([requestOf("a")]);
    expect((await send(folder, url)).code).toBe(0);
    expect(linesIn(folder)[0]?.response?.request_id).toBe("req-9");
  });
});

/** An answer that depends on the request alone; some requests are refused. */
function alike({ prompt }: Asked): Reply {
  const number = Number(prompt.slice(1));
  const headers = { "x-request-id": `req-${number}` };
  if (number % 50 === 7)
    return { kind: "status", status: 400, headers, error: { message: "no", code: "bad" } };
  const content = `answer to ${prompt}`;
  const usage = { prompt_tokens: 3, completion_tokens: 5, total_tokens: 8 };
  const body = JSON.stringify({
    id: `chatcmpl-${number}`,
    object: "chat.completion",
    model: "m",
    choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }],
    usage,
  });
  return { kind: "raw", body, headers, delayMs: number % 5 };
}

test("1 000 lines: a run that is killed 20 times writes the same bytes as one that is left alone, and pays for no line twice", async () => {
  const server = await serve({ reply: alike });
  const lines = ids(1000).map((id) => requestOf(id));
  const [calm, killed] = [folderWith(lines), folderWith(lines)];
  const words = ["run", "requests.jsonl", "--base-url", server.url, "-j", "8", "-o", "out.batch.jsonl"];
  expect((await ckpt(calm, words)).code).toBe(3);
  const whole = read(calm, "out.batch.jsonl");
  expect(readBatchOutput(whole)).toHaveLength(1000);
  const askedCalm = server.asked.length;
  const random = seededRandom(20);
  for (let kills = 0; kills < 20; kills++) {
    const enough = server.asked.length + 10 + Math.floor(random() * 60);
    const child = Bun.spawn([EXECUTABLE, ...words, "--yes"], {
      cwd: killed,
      env: ENV,
      stdin: "ignore",
      stdout: "ignore",
      stderr: "ignore",
    });
    await until(() => child.exitCode !== null || server.asked.length >= enough);
    child.kill("SIGKILL");
    await child.exited;
    expect(child.signalCode).toBe("SIGKILL");
  }
  expect((await ckpt(killed, [...words, "--yes"])).code).toBe(3);
  expect(read(killed, "out.batch.jsonl")).toBe(whole);
  // What was in flight at a kill is asked again, and nothing else but what failed.
  expect(server.asked.length - 2 * askedCalm).toBeLessThan(20 * (8 + 20));
});
