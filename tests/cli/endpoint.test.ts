// `ckpt run --model` as people use it: the compiled executable against a mock endpoint on loopback.
import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, newFolder, type Ran, read, start, writeLines } from "../helpers/ckpt.ts";
import { type MockEndpoint, mockEndpoint, type MockOptions, type Reply } from "../helpers/mock-endpoint.ts";
import { until } from "../helpers/until.ts";

setDefaultTimeout(60_000);

const KEY = "sk-secret-0123456789abcdef";
/** Nobody listens there. */
const NOBODY = "http://127.0.0.1:9/v1";
const questions = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => JSON.stringify({ id: `q${i}`, question: `What is ${i}?` }));

let mock: MockEndpoint | null = null;
afterEach(async () => {
  await mock?.stop();
  mock = null;
});

async function serve(options: MockOptions = {}): Promise<MockEndpoint> {
  mock = await mockEndpoint(options);
  return mock;
}

const words = (url: string, more: readonly string[] = []): string[] => {
  const given = `run q.jsonl --id id --model mock --prompt {question} --base-url ${url} --retry-delay 1ms`;
  return [...given.split(" "), ...more];
};

function folderWith(lines: readonly string[]): string {
  const folder = newFolder();
  writeLines(folder, "q.jsonl", lines);
  return folder;
}

async function ask(folder: string, url: string, more: readonly string[] = []): Promise<Ran> {
  return ckpt(folder, words(url, more), { OPENAI_API_KEY: KEY });
}

type Line = { readonly index: number; readonly status: string; readonly output: unknown };
const results = (folder: string): Line[] =>
  read(folder, "q.results.jsonl")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
const info = async (folder: string): Promise<Record<string, unknown>> =>
  JSON.parse((await ckpt(folder, ["info", "--json"])).out) as Record<string, unknown>;
const records = (folder: string): Record<string, unknown>[] => {
  const file = path.join(folder, "checkpoints/checkpoint_results.jsonl");
  return fs
    .readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
};

describe("ckpt run --model", () => {
  test("asks for each item once and writes the answers in input order, whatever order they come in", async () => {
    const { url, paid, asked } = await serve({
      reply: ({ number }) => ({ kind: "answer", delayMs: (number * 7) % 50 }),
    });
    const folder = folderWith(questions(40));
    expect((await ask(folder, url)).code).toBe(0);
    expect(results(folder).map(({ output }) => output)).toEqual(
      Array.from({ length: 40 }, (_, i) => `answer to What is ${i}?`),
    );
    expect([...paid.values()].every((count) => count === 1)).toBe(true);
    expect(asked[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
  });

  test("sends system message, parameters and 64-bit ids as they were written", async () => {
    const { url, asked } = await serve();
    const folder = newFolder();
    writeLines(folder, "q.jsonl", ['{"id":9007199254740993,"a":{"b":"ü {x}"}}']);
    fs.writeFileSync(path.join(folder, "system.txt"), "Be {#} {{kind}}");
    const more = [
      "--prompt",
      "{id} {a.b}",
      "--system",
      "@system.txt",
      "--param",
      "temperature=0",
      "--param",
      "user=me",
    ];
    const args = ["run", "q.jsonl", "--model", "m", "--base-url", url, ...more];
    expect((await ckpt(folder, [...args, "--param", "seed=12345678901234567890"], {})).code).toBe(0);
    expect(asked[0]?.body).toMatchObject({ model: "m", temperature: 0, user: "me" });
    expect(asked[0]?.body["messages"]).toEqual([
      { role: "system", content: "Be 1 {kind}" },
      { role: "user", content: "9007199254740993 ü {x}" },
    ]);
    expect(asked[0]?.headers.authorization).toBeUndefined();
  });

  test("a field that one item lacks is an error before the first request, and names both", async () => {
    const { url, asked } = await serve();
    const folder = folderWith([...questions(5), '{"id":"odd"}', ...questions(0)]);
    const ran = await ask(folder, url);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain("{question}: item odd has no such field");
    expect(asked).toEqual([]);
  });

  test.each<[string, readonly string[], Record<string, string>, string]>([
    ["a parameter twice", ["--param", "seed=1", "--param", "seed=2"], {}, "--param seed"],
    ["a parameter that ckpt sets", ["--param", "stream=true"], {}, "--param"],
    ["a key of two lines", [], { OPENAI_API_KEY: "sk-0123\nsk-4567" }, "OPENAI_API_KEY"],
    ["a key in typographic quotes", [], { OPENAI_API_KEY: "“sk-0123”" }, "OPENAI_API_KEY"],
    ["a key file that is not there", ["--api-key-file", "nowhere"], {}, "nowhere"],
    ["a prompt file that is not there", ["--system", "@nowhere"], {}, "nowhere"],
    ["a mark that does not exist", ["--fail-on", "cut"], {}, "length, content_filter"],
  ])("%s is refused before anything is sent", async (_name, more, env, named) => {
    const { url, asked } = await serve();
    const ran = await ckpt(folderWith(questions(2)), words(url, more), env);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain(named);
    expect(ran.err).not.toContain("sk-0");
    expect(asked).toEqual([]);
  });

  test("--dry-run shows the first three requests, estimates, and sends nothing", async () => {
    const { url, asked } = await serve();
    const folder = folderWith(questions(50));
    const ran = await ask(folder, url, ["--dry-run", "--param", "max_tokens=10"]);
    expect(ran.code).toBe(0);
    expect(ran.out.match(/POST http/g)?.length).toBe(3);
    expect(ran.out).toContain('"content": "What is 2?"');
    expect(ran.out).toMatch(
      /Estimate: 50 items, 50 requests, about \d+ tokens of input, at most 500 of output/,
    );
    expect(asked).toEqual([]);
    expect(fs.existsSync(path.join(folder, "checkpoints"))).toBe(false);
  });

  test.each<[string, readonly string[], unknown]>([
    ["text", [], "answer to What is 0?"],
    ["message", ["--answer", "message"], { role: "assistant", content: "answer to What is 0?", n: 1 }],
    ["full", ["--answer", "full"], expect.objectContaining({ object: "chat.completion" })],
  ])("--answer %s keeps that", async (_name, more, output) => {
    const { url } = await serve({ reply: () => ({ kind: "answer", extra: { n: 1 } }) });
    const folder = folderWith(questions(1));
    expect((await ask(folder, url, more)).code).toBe(0);
    expect(results(folder)[0]?.output).toEqual(output);
  });

  test("an answer that was cut off or is empty is kept and marked; --fail-on makes it a failure", async () => {
    const reply = ({ prompt }: { prompt: string }): Reply =>
      prompt.includes("0") ? { kind: "answer", finish: "length" } : { kind: "answer", content: "" };
    const { url } = await serve({ reply });
    const kept = folderWith(questions(3));
    // A limit keeps the checkpoint, whose records are to be looked at.
    expect((await ask(kept, url, ["-j", "1", "--limit", "2"])).code).toBe(4);
    expect(records(kept).map(({ status, marks }) => [status, marks])).toEqual([
      ["ok", ["length"]],
      ["ok", ["empty"]],
    ]);
    const failing = folderWith(questions(2));
    expect((await ask(failing, url, ["--fail-on", "length,empty"])).code).toBe(3);
    expect(
      records(failing)
        .map(({ error }) => (error as { kind: string }).kind)
        .toSorted(),
    ).toEqual(["empty", "length"]);
  });

  test("a key that is refused pauses the run: exit 4, all pending, and the same command continues", async () => {
    let good = false;
    const { url, asked } = await serve({
      reply: () =>
        good
          ? { kind: "answer" }
          : { kind: "status", status: 401, error: { message: `Incorrect API key: ${KEY}` } },
    });
    const folder = folderWith(questions(100));
    const ran = await ask(folder, url, ["-j", "2"]);
    expect(ran.code).toBe(4);
    expect(ran.err).toContain("key_refused");
    expect(ran.err).toContain("To resume: ");
    expect(asked.length).toBeLessThanOrEqual(3);
    expect(await info(folder)).toMatchObject({ pending: 100, failed: 0 });
    good = true;
    expect((await ask(folder, url, ["-j", "2"])).code).toBe(0);
  });

  test.each(["seconds", "ms", "date", "reset", "nothing"] as const)(
    "a limit that says when to come back in %s is kept to, without a failure or a retry",
    async (says) => {
      const { url, requests } = await serve({ limits: { rpm: 1200, burst: 5, says } });
      const folder = folderWith(questions(30));
      const ran = await ask(folder, url, ["--retries", "0"]);
      expect(ran.code).toBe(0);
      expect(requests.some(({ refused }) => refused)).toBe(true);
      expect(results(folder).every(({ status }) => status === "ok")).toBe(true);
    },
  );

  test("an endpoint that is not there yet makes ckpt wait; its items use up no retries", async () => {
    const first = await mockEndpoint();
    const { port, url } = first;
    await first.stop();
    const folder = folderWith(questions(10));
    const child = start(folder, words(url, ["--retries", "0", "--progress", "json"]), {
      OPENAI_API_KEY: KEY,
    });
    const reader = child.stderr.getReader();
    let seen = "";
    while (!seen.includes('"waiting":"outage"')) {
      const { value, done } = await reader.read();
      if (done) break;
      seen += Buffer.from(value).toString();
    }
    await serve({ port });
    while (!(await reader.read()).done);
    await child.exited;
    expect(child.exitCode).toBe(0);
    expect(seen).toContain('"waiting":"outage"');
  });

  test("--max-outage ends the wait: exit 4, all pending", async () => {
    const folder = folderWith(questions(10));
    const ran = await ask(folder, NOBODY, ["--max-outage", "300ms"]);
    expect(ran.code).toBe(4);
    expect(ran.err).toContain("endpoint_down");
    expect(await info(folder)).toMatchObject({ pending: 10, failed: 0 });
  });

  test("a signal ends attempts that only wait at once", async () => {
    const { url, asked } = await serve({
      reply: () => ({ kind: "status", status: 429, headers: { "retry-after": "300" } }),
    });
    const folder = folderWith(questions(50));
    const child = start(folder, words(url, ["--grace", "1h"]), { OPENAI_API_KEY: KEY });
    await until(() => asked.length >= 4);
    child.kill("SIGTERM");
    await Promise.all([child.exited, child.stderr.text(), child.stdout.text()]);
    expect(child.signalCode).toBe("SIGTERM");
    expect(await info(folder)).toMatchObject({ pending: 50, failed: 0 });
  });
});

describe("the fingerprint of an endpoint", () => {
  test.each<[string, readonly string[]]>([
    ["model", ["--model", "other"]],
    ["prompt", ["--prompt", "Say {question}"]],
    ["system prompt", ["--system", "be brief"]],
    ["parameter max_tokens", ["--param", "max_tokens=9"]],
    ["kind of answer", ["--answer", "message"]],
    ["marks that fail", ["--fail-on", "length"]],
  ])("says that it is the %s that changed", async (part, change) => {
    const { url } = await serve();
    const folder = folderWith(questions(4));
    const base = { "--model": "mock", "--prompt": "{question}" };
    const args = (more: readonly string[]): string[] => {
      const left = Object.entries(base)
        .filter(([name]) => !more.includes(name))
        .flat();
      return ["run", "q.jsonl", "--base-url", url, ...left, ...more];
    };
    expect((await ckpt(folder, args(["--limit", "2"]))).code).toBe(4);
    const ran = await ckpt(folder, args(change));
    expect(ran.code).toBe(12);
    expect(ran.err).toContain(`(changed: ${part})`);
  });
});

describe("budgets", () => {
  // Each answer takes 4 tokens of input and 6 of output: with these prices, 16.
  const usage = { prompt_tokens: 4, completion_tokens: 6 };
  const PRICES = ["--price-in", "1000000", "--price-out", "2000000"];
  const spend = (): Promise<MockEndpoint> => serve({ reply: () => ({ kind: "answer", usage }) });

  test.each<[string, readonly string[], readonly string[]]>([
    ["--max-tokens", ["--max-tokens", "100"], ["--max-tokens", "1000"]],
    ["--max-cost", ["--max-cost", "160", ...PRICES], ["--max-cost", "1600", ...PRICES]],
  ])(
    "%s holds over the session: a warning at 80 %%, a stop at 100 %%, and on after it is raised",
    async (_name, low, high) => {
      const { url, asked } = await spend();
      const folder = folderWith(questions(30));
      // Two runs share the budget.
      expect((await ask(folder, url, [...low, "-j", "1", "--limit", "5"])).code).toBe(4);
      const second = await ask(folder, url, [...low, "-j", "1"]);
      expect(second.code).toBe(4);
      expect(second.err).toContain("80 % of the budget is used");
      expect(second.err).toContain("the budget is used up");
      expect(asked.length).toBe(10);
      expect((await ask(folder, url, low)).code).toBe(4);
      expect(asked.length).toBe(10);
      expect((await ask(folder, url, high)).code).toBe(0);
      expect(asked.length).toBe(30);
    },
  );

  test("an answer that does not say what it took counts as estimated: a budget holds all the same", async () => {
    const message = { role: "assistant", content: "twenty letters or so" };
    const body = JSON.stringify({ choices: [{ message, finish_reason: "stop" }] });
    const { url, asked } = await serve({ reply: () => ({ kind: "raw", body }) });
    const ran = await ask(folderWith(questions(50)), url, ["--max-tokens", "100", "-j", "1"]);
    expect(ran.code).toBe(4);
    expect(ran.err).toContain("the budget is used up");
    expect(asked.length).toBeLessThan(10);
  });

  test("at the end of a budget what is in flight is awaited, however short --grace is: it is paid for", async () => {
    const { url, asked } = await serve({
      reply: ({ number }) => ({ kind: "answer", usage, delayMs: number === 1 ? 20 : 400 }),
    });
    const folder = folderWith(questions(20));
    // The first answer alone uses up the budget; the others are in flight then.
    const ran = await ask(folder, url, ["--max-tokens", "10", "-j", "4", "--grace", "50ms"]);
    expect(ran.code).toBe(4);
    expect(asked.length).toBe(4);
    expect(await info(folder)).toMatchObject({ completed: 4, pending: 16 });
  });

  test("many at once do not run far past a budget", async () => {
    const { url, asked } = await serve({ latencyMs: 20, reply: () => ({ kind: "answer", usage }) });
    const folder = folderWith(questions(200));
    expect((await ask(folder, url, ["--max-tokens", "500", "-j", "16"])).code).toBe(4);
    expect(asked.length).toBeLessThanOrEqual(51);
    expect(asked.length).toBeGreaterThanOrEqual(50);
  });

  test("info shows tokens and cost of the session and of the last run", async () => {
    const { url } = await spend();
    const folder = folderWith(questions(30));
    await ask(folder, url, [...PRICES, "--limit", "5"]);
    await ask(folder, url, [...PRICES, "--limit", "3"]);
    const shown = (await ckpt(folder, ["info"])).out;
    expect(shown).toContain("80 tokens, cost 128.00");
    expect(shown).toContain("last run: 30 tokens, cost 48.00");
    expect(await info(folder)).toMatchObject({ usage: { input_tokens: 32, output_tokens: 48, cost: 128 } });
    expect((await ask(folder, url, PRICES)).code).toBe(0);
    const after = (await ckpt(folder, ["info"])).out;
    expect(after).toContain("300 tokens, cost 480.00");
    expect(after).toContain("last run: 220 tokens, cost 352.00");
    expect(await info(folder)).toMatchObject({
      last_run: { usage: { run: { cost: 352 }, session: { cost: 480 } } },
    });
  });

  test("what refusals have taken counts for the item, and for the session where the item stays pending", async () => {
    const error = { message: "Rate limit exceeded", code: "rate_limit_exceeded" };
    const refusal = (headers: Record<string, string>): Reply => ({
      kind: "raw",
      body: JSON.stringify({ error, usage }),
      headers,
    });
    const passing = await serve({
      reply: ({ number }) =>
        number <= 2 ? refusal({ "retry-after-ms": "1" }) : { kind: "answer", content: "x", usage },
    });
    const folder = folderWith(questions(1));
    expect((await ask(folder, passing.url, [...PRICES, "-o", "out.jsonl"])).code).toBe(0);
    expect(await info(folder)).toMatchObject({
      last_run: { usage: { session: { input_tokens: 12, output_tokens: 18, cost: 48 } } },
    });
    await passing.stop();
    const lasting = await serve({ reply: () => refusal({ "retry-after": "600" }) });
    const paused = folderWith(questions(1));
    expect((await ask(paused, lasting.url, [...PRICES, "--max-outage", "5m"])).code).toBe(4);
    expect(await info(paused)).toMatchObject({
      pending: 1,
      usage: { input_tokens: 4, output_tokens: 6, cost: 16 },
    });
  });

  test("--max-failures counts attempts of this run only", async () => {
    let fails = false;
    const { url } = await serve({
      reply: () => (fails ? { kind: "status", status: 400 } : { kind: "answer" }),
    });
    const folder = folderWith(questions(200));
    expect((await ask(folder, url, ["--limit", "100"])).code).toBe(4);
    fails = true;
    const ran = await ask(folder, url, ["--max-failures", "50%", "-j", "1"]);
    expect(ran.code).toBe(4);
    expect(await info(folder)).toMatchObject({ completed: 100, failed: 20 });
  });
});

describe("the key", () => {
  /** Everything below a folder, as one text. */
  function contents(folder: string): string {
    return fs
      .readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => fs.readFileSync(path.join(entry.parentPath, entry.name), "latin1"))
      .join("\n");
  }

  test.each<[string, (folder: string) => { args: string[]; env: Record<string, string> }]>([
    ["OPENAI_API_KEY", () => ({ args: [], env: { OPENAI_API_KEY: KEY } })],
    [
      "--api-key-file",
      (folder) => {
        const file = path.join(newFolder(), "key");
        fs.writeFileSync(file, `${KEY}\n`);
        return { args: ["--api-key-file", path.relative(folder, file)], env: {} };
      },
    ],
  ])("from %s appears in no file and on no screen", async (_name, given) => {
    const echo = { message: `bad key ${KEY} (Bearer ${KEY})` };
    const replies: readonly Reply[] = [
      { kind: "answer", content: `your key is ${KEY}` },
      { kind: "status", status: 400, error: echo },
      { kind: "status", status: 500, error: `<p>${KEY}</p>` },
      { kind: "raw", body: `data: ${JSON.stringify({ error: echo })}\n\n` },
      { kind: "raw", body: `oops ${KEY}` },
      { kind: "answer" },
    ];
    const { url, asked } = await serve({
      reply: ({ number }) =>
        number > 30 ? { kind: "status", status: 401, error: echo } : (replies[number % 6] ?? { kind: "cut" }),
    });
    const folder = folderWith(questions(60));
    const { args, env } = given(folder);
    let screens = "";
    const loud = { ...env, OPENAI_LOG: "debug", DEBUG: "*" };
    for (const more of [
      ["--dry-run"],
      ["--progress", "json", "--json"],
      ["--progress", "plain", "--answer", "full", "--on-change", "keep"],
    ]) {
      const ran = await ckpt(folder, words(url, [...args, ...more]), loud);
      screens += ran.out + ran.err;
    }
    for (const command of [["info"], ["info", "--json"], ["export", "-o", "e.csv"], ["export"]]) {
      const ran = await ckpt(folder, command, loud);
      screens += ran.out + ran.err;
    }
    expect(asked.some(({ headers }) => headers.authorization === `Bearer ${KEY}`)).toBe(true);
    expect(screens).toContain("key_refused");
    expect(contents(folder)).toContain("[key]");
    expect(screens.includes(KEY)).toBe(false);
    expect(contents(folder).includes(KEY)).toBe(false);
  });
});

test("30 kill -9: every item is answered, and none whose answer was recorded is requested again", async () => {
  const items = 400;
  let answered = 0;
  const { url, asked, paid } = await serve({
    latencyMs: 15,
    reply: ({ number }) => (number > answered ? { kind: "hang" } : { kind: "answer" }),
  });
  const folder = folderWith(questions(items));
  const args = words(url, ["-j", "8"]);
  const log = path.join(folder, "checkpoints/checkpoint_results.jsonl");
  const recorded = (): Set<string> => {
    if (!fs.existsSync(log)) return new Set();
    const lines = fs.readFileSync(log, "utf8").split("\n").slice(0, -1);
    return new Set(lines.map((line) => `What is ${(JSON.parse(line) as { index: number }).index}?`));
  };
  let kills = 0;
  while (kills < 30) {
    const known = recorded();
    const before = asked.length;
    // Killed in the middle of its work: after a few answers, a different number each time; there is none to the others.
    answered = before + 8 + (kills % 5);
    const child = start(folder, args, { OPENAI_API_KEY: KEY });
    await until(() => asked.length > answered);
    child.kill("SIGKILL");
    await child.exited;
    expect(asked.slice(before).filter(({ prompt }) => known.has(prompt))).toEqual([]);
    kills++;
  }
  answered = Number.POSITIVE_INFINITY;
  const known = recorded();
  expect(known.size).toBeLessThan(items);
  const before = asked.length;
  expect((await ckpt(folder, args, { OPENAI_API_KEY: KEY })).code).toBe(0);
  expect(asked.slice(before).filter(({ prompt }) => known.has(prompt))).toEqual([]);
  expect(results(folder).map(({ output }) => output)).toEqual(
    Array.from({ length: items }, (_, i) => `answer to What is ${i}?`),
  );
  // A paid answer beyond one an item was in flight at a kill, or had come in the very turn of the event loop that the kill cut off.
  const extra = [...paid.values()].reduce((sum, count) => sum + count, 0) - items;
  expect(extra).toBeLessThanOrEqual(30 * 2 * 8);
});
