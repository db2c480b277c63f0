// `--items-per-request`: several items in one request for embeddings, each with a record of its own.
import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { embeddingsBody, vectorOf } from "../helpers/api-answers.ts";
import { ckpt, newFolder, type Ran, read, start, writeLines } from "../helpers/ckpt.ts";
import {
  type Asked,
  type MockEndpoint,
  mockEndpoint,
  type MockOptions,
  type Reply,
} from "../helpers/mock-endpoint.ts";
import { until } from "../helpers/until.ts";

setDefaultTimeout(60_000);

let mock: MockEndpoint | null = null;
afterEach(async () => {
  await mock?.stop();
  mock = null;
});

async function serve(options: MockOptions = {}): Promise<MockEndpoint> {
  mock = await mockEndpoint(options);
  return mock;
}

const textOf = (i: number): string => `text ${i}${"x".repeat(i)}`;

function folderOf(count: number): string {
  const folder = newFolder();
  writeLines(
    folder,
    "q.jsonl",
    Array.from({ length: count }, (_, i) => JSON.stringify({ id: `q${i}`, text: textOf(i) })),
  );
  return folder;
}

const words = (url: string, more: readonly string[]): string[] => [
  ..."run q.jsonl --id id --model e --prompt {text} --api embeddings --retry-delay 1ms --base-url".split(" "),
  url,
  ...more,
];
const embed = (folder: string, url: string, ...more: readonly string[]): Promise<Ran> =>
  ckpt(folder, words(url, more), { OPENAI_API_KEY: "sk-0123456789abcdef0123" });

/** The texts of each request. */
const requestsOf = (server: MockEndpoint): string[][] => server.asked.map(inputsOf);
const inputsOf = ({ body }: Asked): string[] => [body["input"] as string | string[]].flat();

type Line = {
  readonly id: string;
  readonly status: string;
  readonly output?: unknown;
  readonly error?: { readonly kind: string; readonly message: string };
};
const results = (folder: string): Line[] =>
  read(folder, "q.results.jsonl")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);

type Logged = {
  readonly id: string;
  readonly status: string;
  readonly attempts: number;
  readonly retries?: readonly { readonly kind: string; readonly message: string }[];
  readonly usage?: { readonly input_tokens: number; readonly output_tokens: number };
};
/** Records of the checkpoint, or of the session that has completed last. */
function records(folder: string): Logged[] {
  const live = path.join(folder, "checkpoints/checkpoint_results.jsonl");
  const receipt = path.join(folder, "checkpoints/last_run.json");
  const file = fs.existsSync(live)
    ? live
    : path.join(
        folder,
        "checkpoints/backups",
        (JSON.parse(fs.readFileSync(receipt, "utf8")) as { backup: string }).backup,
        "checkpoint_results.jsonl",
      );
  return fs
    .readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Logged);
}
const inputTokens = (folder: string): number =>
  records(folder).reduce((sum, { usage }) => sum + (usage?.input_tokens ?? 0), 0);

/** Refuses requests with a text that fits. */
const refusing = (pattern: RegExp, status: number, error: object): MockOptions => ({
  reply: (asked): Reply =>
    inputsOf(asked).some((text) => pattern.test(text))
      ? { kind: "status", status, error }
      : { kind: "answer" },
});

describe("ckpt run --items-per-request", () => {
  test("items share requests; each has its vector with all digits, and what was reported is divided exactly", async () => {
    const server = await serve();
    const folder = folderOf(10);
    expect(await embed(folder, server.url, "--items-per-request", "4")).toMatchObject({ code: 0 });
    expect(requestsOf(server).map((texts) => texts.length)).toEqual([4, 4, 2]);
    expect(results(folder).map(({ output }) => output)).toEqual(
      Array.from({ length: 10 }, (_, i) => JSON.parse(vectorOf(textOf(i))) as unknown),
    );
    const reported = server.asked.reduce((sum, asked) => sum + Math.ceil(asked.prompt.length / 4), 0);
    expect(inputTokens(folder)).toBe(reported);
    expect(records(folder).every(({ usage, attempts }) => usage?.output_tokens === 0 && attempts === 1)).toBe(
      true,
    );
  });

  test("digits are those of the answer, and vectors go to their items in whatever order they come", async () => {
    const server = await serve({
      reply: (asked) => {
        const texts = inputsOf(asked);
        return { kind: "raw", body: embeddingsBody(texts, null, [...texts.keys()].toReversed()) };
      },
    });
    const folder = folderOf(3);
    expect(await embed(folder, server.url, "--items-per-request", "3")).toMatchObject({ code: 0 });
    const lines = read(folder, "q.results.jsonl").trim().split("\n");
    for (const [i, line] of lines.entries()) expect(line).toContain(`"output":${vectorOf(textOf(i))}`);
  });

  test("--tokens-per-request bounds the texts of a request", async () => {
    const server = await serve();
    const folder = newFolder();
    writeLines(
      folder,
      "q.jsonl",
      Array.from({ length: 6 }, (_, i) => JSON.stringify({ id: i, text: "y".repeat(40) })),
    );
    const more = ["--items-per-request", "100", "--tokens-per-request", "30"];
    expect(await embed(folder, server.url, ...more)).toMatchObject({ code: 0 });
    expect(requestsOf(server).map((texts) => texts.length)).toEqual([2, 2, 2]);
  });

  test("a request that is refused for one of its items is split: only that item fails", async () => {
    const server = await serve(refusing(/text 5x/, 400, { message: "input too strange" }));
    const folder = folderOf(8);
    const ran = await embed(folder, server.url, "--items-per-request", "8");
    expect(ran.code).toBe(3);
    expect(requestsOf(server).map((texts) => texts.length)).toEqual([8, 4, 4, 2, 2, 1, 1]);
    const failed = results(folder).filter(({ status }) => status === "failed");
    expect(failed).toMatchObject([
      { id: "q5", error: { kind: "http_400", message: "HTTP 400: input too strange" } },
    ]);
    const logged = records(folder);
    expect(logged.find(({ id }) => id === "q5")).toMatchObject({
      attempts: 4,
      retries: [{ kind: "http_400" }, { kind: "http_400" }, { kind: "http_400" }],
    });
    expect(logged.find(({ id }) => id === "q0")).toMatchObject({ status: "ok", attempts: 2 });
  });

  test.each([413, 422])("status %i: the same", async (status) => {
    const server = await serve(refusing(/text 1x/, status, { message: "no" }));
    const folder = folderOf(4);
    expect((await embed(folder, server.url, "--items-per-request", "4")).code).toBe(3);
    expect(results(folder).map((line) => line.status)).toEqual(["ok", "failed", "ok", "ok"]);
  });

  test("a fault of the server is retried with the whole request", async () => {
    const server = await serve({
      reply: ({ number }) => (number === 1 ? { kind: "status", status: 500 } : { kind: "answer" }),
    });
    const folder = folderOf(4);
    expect(await embed(folder, server.url, "--items-per-request", "4")).toMatchObject({ code: 0 });
    expect(requestsOf(server).map((texts) => texts.length)).toEqual([4, 4]);
    expect(records(folder).every(({ attempts }) => attempts === 2)).toBe(true);
  });

  test("an item at which the server breaks each time is found, too", async () => {
    const server = await serve(refusing(/text 2x/, 500, { message: "crashed" }));
    const folder = folderOf(4);
    expect((await embed(folder, server.url, "--items-per-request", "4", "--retries", "1")).code).toBe(3);
    expect(results(folder).map((line) => line.status)).toEqual(["ok", "ok", "failed", "ok"]);
  });

  test.each<[what: string, body: (texts: string[]) => string, words: string]>([
    ["too few vectors", (texts) => embeddingsBody(texts.slice(1), null), "it has 2 vectors for 3 items"],
    ["too many", (texts) => embeddingsBody([...texts, "more"], null), "it has 4 vectors for 3 items"],
    [
      "all with the same number",
      (texts) => embeddingsBody(texts, null).replaceAll(/"index": \d/g, '"index": 0'),
      "its vectors are not numbered from 0 to 2",
    ],
    [
      "one of them empty",
      (texts) => embeddingsBody(texts, null).replace(/"embedding": \[[^\]]*\]/, '"embedding": []'),
      "it has no data[0].embedding",
    ],
  ])("an answer whose vectors cannot be told apart is not used: %s", async (_what, body, message) => {
    const server = await serve({
      reply: (asked) => {
        const texts = inputsOf(asked);
        return { kind: "raw", body: texts.length === 1 ? embeddingsBody(texts, null) : body(texts) };
      },
    });
    const folder = folderOf(3);
    const more = ["--items-per-request", "3", "--retries", "0"];
    expect(await embed(folder, server.url, ...more)).toMatchObject({ code: 0 });
    // Split in 2 and 1; the two are asked for one by one.
    expect(requestsOf(server).map((texts) => texts.length)).toEqual([3, 2, 1, 1, 1]);
    expect(results(folder).map(({ output }) => output)).toEqual(
      [0, 1, 2].map((i) => JSON.parse(vectorOf(textOf(i))) as unknown),
    );
    const first = records(folder)[0]?.retries;
    expect(first?.[0]?.message).toContain(message);
  });

  test("vectors without numbers are in the order of the request", async () => {
    const server = await serve({
      reply: (asked) => ({
        kind: "raw",
        body: embeddingsBody(inputsOf(asked), null).replaceAll(/"index": \d, /g, ""),
      }),
    });
    const folder = folderOf(3);
    expect(await embed(folder, server.url, "--items-per-request", "3")).toMatchObject({ code: 0 });
    expect(results(folder)[2]?.output).toEqual(JSON.parse(vectorOf(textOf(2))));
  });

  test("a refused key pauses at the first request, without splitting it", async () => {
    const server = await serve({
      reply: () => ({ kind: "status", status: 401, error: { message: "bad key" } }),
    });
    const folder = folderOf(6);
    expect((await embed(folder, server.url, "--items-per-request", "6")).code).toBe(4);
    expect(server.asked).toHaveLength(1);
  });

  test("a 403 for one item of the first request fails that item; a 403 for all of them is about the key", async () => {
    const one = await serve(refusing(/text 0/, 403, { message: "not this one" }));
    const folder = folderOf(6);
    expect((await embed(folder, one.url, "--items-per-request", "6", "-j", "1")).code).toBe(3);
    expect(results(folder).map((line) => line.error?.kind)).toEqual([
      "http_403",
      ...Array.from({ length: 5 }, () => undefined),
    ]);
    await one.stop();
    const all = await serve({
      reply: () => ({ kind: "status", status: 403, error: { message: "no access" } }),
    });
    const ran = await embed(folderOf(50), all.url, "--items-per-request", "50", "-j", "1");
    expect(ran.code).toBe(4);
    expect(all.asked.length).toBeLessThanOrEqual(4);
  });

  test("pace counts requests: --rpm holds back requests, not items; -j is the number of requests", async () => {
    const server = await serve({ latencyMs: 20 });
    const folder = folderOf(40);
    const more = ["--items-per-request", "10", "-j", "2", "--rpm", "6000", "--json"];
    const ran = await embed(folder, server.url, ...more);
    expect(ran.code).toBe(0);
    expect(server.asked).toHaveLength(4);
    expect(server.mostAtOnce).toBeLessThanOrEqual(2);
  });

  test("--limit counts items, and the last request is sent at once though it is not full", async () => {
    const server = await serve();
    const folder = folderOf(10);
    expect((await embed(folder, server.url, "--items-per-request", "4", "--limit", "6")).code).toBe(4);
    expect(requestsOf(server).map((texts) => texts.length)).toEqual([4, 2]);
    // Another number of items in a request is the same job.
    expect((await embed(folder, server.url, "--items-per-request", "2")).code).toBe(0);
    expect(requestsOf(server).map((texts) => texts.length)).toEqual([4, 2, 2, 2]);
  });

  test("an item without the field fails before any request, and the others go together", async () => {
    const server = await serve();
    const folder = newFolder();
    writeLines(folder, "q.jsonl", ['{"id":"a","text":"1"}', "{broken", '{"id":"b","text":"2"}']);
    expect((await embed(folder, server.url, "--items-per-request", "5")).code).toBe(3);
    expect(requestsOf(server)).toEqual([["1", "2"]]);
  });

  test("bodies of items go together where all else of them is alike", async () => {
    const server = await serve();
    const folder = newFolder();
    const bodyOf = (i: number): object => ({
      model: "e",
      input: i === 4 ? ["x", "y"] : `t${i}`,
      dimensions: i < 3 ? 8 : 4,
    });
    writeLines(
      folder,
      "q.jsonl",
      Array.from({ length: 6 }, (_, i) => JSON.stringify({ body: bodyOf(i) })),
    );
    const given = "run q.jsonl --api embeddings --body {body} --items-per-request 5 --base-url".split(" ");
    expect(await ckpt(folder, [...given, server.url], { OPENAI_API_KEY: "none" })).toMatchObject({ code: 0 });
    const asked = server.asked.map(({ body }) => JSON.stringify([body["input"], body["dimensions"]]));
    expect(new Set(asked)).toEqual(new Set(['[["t0","t1","t2"],8]', '[["t3","t5"],4]', '[["x","y"],4]']));
    expect(asked).toHaveLength(3);
  });

  test("kill -9 in the middle of split requests: no recorded item is asked for again", async () => {
    const bad = /text (?:7|23|31)x/;
    let number = 0;
    const server = await serve({
      reply: (asked): Reply => {
        number++;
        if (inputsOf(asked).some((text) => bad.test(text))) return { kind: "status", status: 400 };
        return { kind: "answer", delayMs: 5 * (number % 4) };
      },
    });
    const folder = folderOf(40);
    const more = ["--items-per-request", "8", "-j", "2", "-b", "1"];
    const log = path.join(folder, "checkpoints/checkpoint_results.jsonl");
    /** Texts of the items with a whole record of a success. */
    const logged = (): string[] => {
      if (!fs.existsSync(log)) return [];
      const lines = fs.readFileSync(log, "utf8").split("\n").slice(0, -1);
      const ok = lines.map((line) => JSON.parse(line) as Logged).filter(({ status }) => status === "ok");
      return ok.map(({ id }) => textOf(Number(id.slice(1))));
    };
    let recorded: string[] = [];
    for (let kill = 1; kill <= 4; kill++) {
      const before = server.asked.length;
      const run = start(folder, words(server.url, more), { OPENAI_API_KEY: "sk-0123456789abcdef0123" });
      await until(() => logged().length > recorded.length || run.exitCode !== null);
      run.kill("SIGKILL");
      await run.exited;
      if (!fs.existsSync(log)) break;
      const asked = server.asked.slice(before).flatMap(inputsOf);
      expect(asked.filter((text) => recorded.includes(text))).toEqual([]);
      recorded = logged();
    }
    expect(recorded.length).toBeGreaterThan(0);
    const before = server.asked.length;
    expect((await embed(folder, server.url, ...more)).code).toBe(3);
    expect(
      server.asked
        .slice(before)
        .flatMap(inputsOf)
        .filter((text) => recorded.includes(text)),
    ).toEqual([]);
    const failed = results(folder).filter(({ status }) => status === "failed");
    expect(failed.map(({ id }) => id)).toEqual(["q7", "q23", "q31"]);
  });

  test("--dry-run shows requests with their items and counts both, in both languages", async () => {
    const folder = folderOf(10);
    const more = ["--items-per-request", "4", "--dry-run"];
    const english = await embed(folder, "http://127.0.0.1:9/v1", ...more);
    expect(english.out).toContain("q0 … q3");
    expect(english.out).toContain("… and 1 more item");
    expect(english.out).toMatch(/10 items, 3 requests, about [\d,]+ tokens of input, at most 0 of output/);
    const chinese = await embed(folder, "http://127.0.0.1:9/v1", ...more, "--lang", "zh");
    expect(chinese.out).toContain("…… 另有 1 个条目");
    const json = JSON.parse((await embed(folder, "http://127.0.0.1:9/v1", ...more, "--json")).out) as {
      readonly estimate: object;
      readonly first: readonly (readonly string[])[];
    };
    expect(json.estimate).toMatchObject({ items: 10, requests: 3 });
    const body = JSON.parse(json.first[0]?.slice(1).join("\n") ?? "") as { readonly input: unknown };
    expect(body.input).toEqual([0, 1, 2, 3].map(textOf));
  });

  test.each<[words: string[], message: RegExp]>([
    [["--api", "chat"], /--items-per-request: it needs --api embeddings/],
    [["--answer", "full"], /Cannot use --answer full and --items-per-request together/],
    [
      ["--answer", "data.0.embedding"],
      /Cannot use --answer data\.0\.embedding and --items-per-request together/,
    ],
    [
      ["--match", "x"],
      /Cannot use --(?:match and --items-per-request|items-per-request and --match) together/,
    ],
  ])("is refused with %j", async (more, message) => {
    const api = more.includes("--api") ? [] : ["--api", "embeddings"];
    const given =
      "run q.jsonl --model e --prompt {text} --base-url http://127.0.0.1:9/v1 --items-per-request 4".split(
        " ",
      );
    const ran = await ckpt(folderOf(1), [...given, ...api, ...more], {});
    expect(ran.code).toBe(2);
    expect(ran.err).toMatch(message);
  });
});
