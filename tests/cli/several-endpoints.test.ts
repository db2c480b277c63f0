// Several endpoints of one run: they share the work, each with its own key, limits and outage.
import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, newFolder, type Ran, read, start, writeLines } from "../helpers/ckpt.ts";
import { type MockEndpoint, mockEndpoint, type MockOptions } from "../helpers/mock-endpoint.ts";
import { until } from "../helpers/until.ts";

setDefaultTimeout(60_000);

const mocks: MockEndpoint[] = [];
afterEach(async () => {
  await Promise.all(mocks.splice(0).map((mock) => mock.stop()));
});

async function serve(options: MockOptions = {}): Promise<MockEndpoint> {
  const mock = await mockEndpoint(options);
  mocks.push(mock);
  return mock;
}

/** Nobody listens there. */
const NOBODY = "http://127.0.0.1:9/v1";

function folderWith(count: number): string {
  const folder = newFolder();
  writeLines(
    folder,
    "q.txt",
    Array.from({ length: count }, (_, index) => `item ${index}`),
  );
  return folder;
}

const RUN = "run q.txt --model m --prompt {} -o out.jsonl --retry-delay 1ms".split(" ");
const at = (...urls: readonly string[]): string[] => urls.flatMap((url) => ["--base-url", url]);
const run = (folder: string, more: readonly string[], env: Record<string, string> = {}): Promise<Ran> =>
  ckpt(folder, [...RUN, ...more], env);
const outputs = (folder: string): unknown[] =>
  read(folder, "out.jsonl")
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { readonly output: unknown }).output);
const info = async (folder: string): Promise<Record<string, unknown>> =>
  JSON.parse((await ckpt(folder, ["info", "--json"])).out) as Record<string, unknown>;
const byEndpoint = (one: object, other: object): number =>
  JSON.stringify(one).localeCompare(JSON.stringify(other));
const answers = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `answer to item ${index}`);

describe("several endpoints", () => {
  test("share the work; each item is asked of one of them, and the record and info say of which", async () => {
    const [a, b] = [await serve({ latencyMs: 5 }), await serve({ latencyMs: 5 })];
    const folder = folderWith(200);
    const ran = await run(folder, [...at(a.url, b.url), "-j", "4", "--limit", "150"]);
    expect(ran.code).toBe(4);
    expect(a.asked.length + b.asked.length).toBe(150);
    expect(Math.min(a.asked.length, b.asked.length)).toBeGreaterThan(20);
    expect(Math.max(a.mostAtOnce, b.mostAtOnce)).toBe(4);
    const records = read(folder, "checkpoints/checkpoint_results.jsonl").trim().split("\n");
    const from = (url: string): number =>
      records.filter((line) => (JSON.parse(line) as { readonly endpoint: string }).endpoint === url).length;
    expect([from(a.url), from(b.url)]).toEqual([a.asked.length, b.asked.length]);
    const counted = (await info(folder))["endpoints"] as {
      readonly endpoint: string;
      readonly succeeded: number;
    }[];
    expect(new Map(counted.map(({ endpoint, succeeded }) => [endpoint, succeeded]))).toEqual(
      new Map([
        [a.url, a.asked.length],
        [b.url, b.asked.length],
      ]),
    );
    for (const [lang, word] of [
      ["en", "Endpoints"],
      ["zh", "接口"],
    ] as const) {
      const shown = (await ckpt(folder, ["info", "--lang", lang])).out;
      expect(shown).toContain(word);
      expect(shown).toContain(a.url);
    }
  });

  test("order does not matter, one more does: the fingerprint holds the sorted set", async () => {
    const [a, b, c] = [await serve(), await serve(), await serve()];
    const folder = folderWith(20);
    expect((await run(folder, [...at(a.url, b.url), "--limit", "5"])).code).toBe(4);
    expect((await run(folder, [...at(b.url, a.url), "--limit", "5"])).code).toBe(4);
    const other = await run(folder, [...at(a.url, b.url, c.url)]);
    expect(other.code).toBe(12);
    expect(c.asked.length).toBe(0);
    expect((await run(folder, ["--on-change", "keep", ...at(a.url, b.url, c.url)])).code).toBe(0);
    expect(outputs(folder)).toEqual(answers(20));
  });

  test("--endpoint-name stands for them: other servers of the same name go on", async () => {
    const [a, b] = [await serve(), await serve()];
    const folder = folderWith(20);
    const named = ["--endpoint-name", "cluster"];
    expect((await run(folder, [...at(a.url), ...named, "--limit", "5"])).code).toBe(4);
    expect((await run(folder, [...at(b.url), ...named])).code).toBe(0);
    expect([a.asked.length, b.asked.length]).toEqual([5, 15]);
  });

  test("under one name a single one is recorded, too; another name is asked about by its name", async () => {
    const [a, b] = [await serve(), await serve()];
    const folder = folderWith(20);
    const named = ["--endpoint-name", "cluster"];
    expect((await run(folder, [...at(a.url), ...named, "--limit", "5"])).code).toBe(4);
    expect((await run(folder, [...at(b.url), ...named, "--limit", "5"])).code).toBe(4);
    expect(((await info(folder))["endpoints"] as object[]).toSorted(byEndpoint)).toMatchObject(
      [a.url, b.url].toSorted().map((endpoint) => ({ endpoint, succeeded: 5 })),
    );
    for (const [lang, words] of [
      ["en", "changed: name of the endpoint"],
      ["zh", "接口名称"],
    ] as const) {
      const other = await run(folder, [...at(b.url), "--endpoint-name", "other", "--lang", lang]);
      expect(other.code).toBe(12);
      expect(other.err).toContain(words);
    }
  });

  test("the limits of a single table hold", async () => {
    const a = await serve({ latencyMs: 20 });
    const folder = folderWith(12);
    fs.writeFileSync(path.join(folder, "job.toml"), `[[endpoint]]\nurl = "${a.url}"\njobs = 2\n`);
    expect((await run(folder, ["--config", "job.toml"])).code).toBe(0);
    expect(a.mostAtOnce).toBe(2);
  });

  test("tables of a settings file have keys and limits of their own; typed words win", async () => {
    const [a, b, c] = [await serve({ latencyMs: 5 }), await serve({ latencyMs: 5 }), await serve()];
    const folder = folderWith(60);
    const file = `[[endpoint]]
url = "${a.url}"
key-env = "KEY_A"
jobs = 2

[[endpoint]]
url = "${b.url}"
jobs = 3
`;
    fs.writeFileSync(path.join(folder, "job.toml"), file);
    const env = { KEY_A: "sk-for-a-0123456789", OPENAI_API_KEY: "sk-for-all-0123456789" };
    expect((await run(folder, ["--config", "job.toml", "--limit", "50"], env)).code).toBe(4);
    expect([a.mostAtOnce, b.mostAtOnce]).toEqual([2, 3]);
    const keys = (mock: MockEndpoint): unknown[] => [
      ...new Set(mock.asked.map(({ headers }) => headers.authorization)),
    ];
    expect([keys(a), keys(b)]).toEqual([["Bearer sk-for-a-0123456789"], ["Bearer sk-for-all-0123456789"]]);
    const typed = ["--config", "job.toml", ...at(c.url), "--on-change", "keep"];
    expect((await run(folder, typed, env)).code).toBe(0);
    expect(c.asked.length).toBe(10);
  });

  test.each([
    ["url=http://127.0.0.1:9/v1,speed=4", "speed"],
    ["key-env=A", "key-env=A"],
    ["url=nowhere", "nowhere"],
    ["url=http://127.0.0.1:9/v1,jobs=0", "jobs"],
    ["url=http://127.0.0.1:9/v1,key-env=a-b", "a-b"],
  ])("--endpoint %s is refused", async (value, named) => {
    const ran = await run(folderWith(1), ["--endpoint", value]);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain(named);
  });

  test("the same one twice, both ways at once, and a variable without a key are refused", async () => {
    const folder = folderWith(1);
    expect((await run(folder, at(NOBODY, NOBODY))).code).toBe(2);
    expect((await run(folder, [...at(NOBODY), "--endpoint", "url=http://127.0.0.1:8/v1"])).code).toBe(2);
    const unset = await run(folder, ["--endpoint", `url=${NOBODY},key-env=NO_SUCH_KEY`]);
    expect(unset.code).toBe(2);
    expect(unset.err).toContain("NO_SUCH_KEY");
    expect(unset.err).toContain(NOBODY);
    fs.writeFileSync(path.join(folder, "job.toml"), `[[endpoint]]\nurl = "${NOBODY}"\nrmp = 5\n`);
    const misspelt = await run(folder, ["--config", "job.toml"]);
    expect(misspelt.code).toBe(2);
    expect(misspelt.err).toContain("url, key-env, jobs, jobs-max, rpm, tpm");
  });
});

describe("one of several endpoints", () => {
  test("that is down gives its work to the others; progress says so", async () => {
    const b = await serve({ latencyMs: 20 });
    const folder = folderWith(100);
    const ran = await run(folder, [...at(NOBODY, b.url), "-j", "4", "--progress", "json"]);
    expect([ran.code, b.asked.length]).toEqual([0, 100]);
    expect(outputs(folder)).toEqual(answers(100));
    const events = ran.err
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const down = events.findLast(({ event }) => event === "progress")?.["endpoints"];
    expect(down).toMatchObject([
      { base_url: NOBODY, state: "down", error: { kind: "unreachable" } },
      { base_url: b.url, state: "up", error: null },
    ]);
  });

  test("that dies in the middle does, too, and its attempts are made again", async () => {
    const [a, b] = [await serve({ latencyMs: 20 }), await serve({ latencyMs: 20 })];
    const folder = folderWith(300);
    const child = start(folder, [...RUN, ...at(a.url, b.url), "-j", "4"]);
    await until(() => a.asked.length > 20);
    await a.stop();
    expect(await child.exited).toBe(0);
    expect(outputs(folder)).toEqual(answers(300));
  });

  test("whose key is refused is left out, which is said once in either language", async () => {
    for (const lang of ["en", "zh"]) {
      const a = await serve({
        reply: () => ({ kind: "status", status: 401, error: { message: "no such key" } }),
      });
      const b = await serve({ latencyMs: 5 });
      const folder = folderWith(100);
      const ran = await run(folder, [...at(a.url, b.url), "-j", "4", "--lang", lang]);
      expect([ran.code, ran.err.split(lang === "en" ? "is left out" : "不再使用，它的工作").length]).toEqual([
        0, 2,
      ]);
      expect(outputs(folder)).toEqual(answers(100));
    }
  });

  test("is refused as all are when all refuse: the run pauses", async () => {
    const refuse: MockOptions = {
      reply: () => ({ kind: "status", status: 401, error: { message: "no such key" } }),
    };
    const [a, b] = [await serve(refuse), await serve(refuse)];
    const folder = folderWith(10);
    const ran = await run(folder, at(a.url, b.url));
    expect(ran.code).toBe(4);
    expect(await info(folder)).toMatchObject({ pending: 10, failed: 0 });
  });
});

test("kill -9 of a run with several endpoints: nothing that is recorded is asked again", async () => {
  const [a, b] = [await serve({ latencyMs: 10 }), await serve({ latencyMs: 10 })];
  const folder = folderWith(200);
  const words = [...RUN, ...at(a.url, b.url), "-j", "3"];
  const child = start(folder, words);
  await until(() => a.asked.length + b.asked.length > 60);
  child.kill("SIGKILL");
  await child.exited;
  const asked = a.asked.length + b.asked.length;
  expect((await ckpt(folder, words)).code).toBe(0);
  expect(outputs(folder)).toEqual(answers(200));
  // Those in flight are asked again.
  expect(a.asked.length + b.asked.length).toBeLessThanOrEqual(200 + 6);
  expect(asked).toBeLessThan(200);
});

test("after a kill -9 totals include what was saved and not committed yet", async () => {
  const [a, b] = [await serve({ latencyMs: 10 }), await serve({ latencyMs: 10 })];
  const folder = folderWith(200);
  const words = [...RUN, ...at(a.url, b.url), "--stream", "-j", "3", "-b", "1000"];
  const child = start(folder, words);
  const log = path.join(folder, "checkpoints/checkpoint_results.jsonl");
  await until(() => a.asked.length + b.asked.length > 60 && fs.statSync(log).size > 10_000);
  child.kill("SIGKILL");
  await child.exited;
  expect((await ckpt(folder, [...words, "--limit", "50"])).code).toBe(4);
  const records = read(folder, "checkpoints/checkpoint_results.jsonl").trim().split("\n");
  type Usage = { readonly input_tokens: number; readonly output_tokens: number };
  const used = records.map((line) => (JSON.parse(line) as { readonly usage: Usage }).usage);
  type Counts = Readonly<Record<"endpoints" | "versions" | "runs", readonly Record<string, number>[]>>;
  const shown = (await info(folder)) as Counts & { readonly usage: Usage };
  const sum = (counts: readonly Record<string, number>[], key: string): number =>
    counts.reduce((total, count) => total + (count[key] ?? 0), 0);
  const count = records.length;
  expect(count).toBeGreaterThan(50 + 20);
  expect(shown.usage).toMatchObject({
    input_tokens: sum(used, "input_tokens"),
    output_tokens: sum(used, "output_tokens"),
  });
  expect(sum(shown.endpoints, "succeeded")).toBe(count);
  expect(sum(shown.versions, "count")).toBe(count);
  expect(sum(shown.runs, "attempted")).toBe(count);
  expect(shown).toMatchObject({ ttft: { count } });
});

test("--dry-run shows every address", async () => {
  const ran = await run(folderWith(1), [...at(NOBODY, "http://127.0.0.1:8/v1"), "--dry-run"]);
  expect(ran.out + ran.err).toContain("POST http://127.0.0.1:9/v1/chat/completions");
  expect(ran.out + ran.err).toContain("POST http://127.0.0.1:8/v1/chat/completions");
});
