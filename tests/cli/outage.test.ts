// An endpoint that is down, or is not there: what people and programs are told, while it is waited for. What becomes of the items is in
// endpoint-troubles.test.ts.
import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { ckpt, newFolder, type Ran, writeLines } from "../helpers/ckpt.ts";
import { type MockEndpoint, mockEndpoint, type MockOptions } from "../helpers/mock-endpoint.ts";

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

/** The address of a server that has ended. */
async function nobody(): Promise<string> {
  const { url } = await serve();
  await mock?.stop();
  return url;
}

function ask(url: string, more: readonly string[] = []): Promise<Ran> {
  const folder = newFolder();
  writeLines(
    folder,
    "q.jsonl",
    Array.from({ length: 30 }, (_, i) => JSON.stringify({ question: `question ${i}` })),
  );
  const given = `run q.jsonl --model mock --prompt {question} --base-url ${url} --retry-delay 1ms --retries 0`;
  return ckpt(folder, [...given.split(" "), ...more], { OPENAI_API_KEY: "sk-0123456789" });
}

type Line = {
  readonly event: string;
  readonly text?: string;
  readonly waiting: string | null;
  readonly in_flight: number;
  readonly concurrency: number;
  readonly eta_ms: number | null;
  readonly outage: {
    readonly kind: string;
    readonly message: string;
    readonly since: string;
    readonly waited_ms: number;
    readonly max_ms: number;
  } | null;
};
const linesOf = ({ err }: Ran): Line[] =>
  err
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);

describe("nobody listens, from the first request on", () => {
  test.each([
    [
      "en",
      (url: string) =>
        `No answer from ${url}/chat/completions: connection refused. Check that the server is running and that --base-url is right. Waiting up to 2.0s (--max-outage). No item is lost.\n`,
      "| endpoint down since ",
      ", waiting up to 2.0s: connection refused |",
    ],
    [
      "zh",
      (url: string) =>
        `${url}/chat/completions 无人应答：连接被拒绝。请检查服务是否已启动，--base-url 是否正确。最多等待 2.0秒（--max-outage）；条目都还在。\n`,
      "| 接口自 ",
      " 起不可用，最多等待 2.0秒：连接被拒绝 |",
    ],
  ])("is said at once, with the address and what to check (%s)", async (lang, note, since, max) => {
    const url = await nobody();
    const ran = await ask(url, ["--max-outage", "2s", "--lang", lang]);
    expect(ran.code).toBe(4);
    expect(ran.err.split(note(url))).toHaveLength(2);
    const [, before] = ran.err.split(since);
    expect(before).toContain(max);
    expect(ran.err.indexOf(note(url))).toBeLessThan(ran.err.indexOf(since));
  });

  test("also where its name cannot be resolved", async () => {
    const ran = await ask("http://no-such-host.invalid/v1", ["--max-outage", "1s"]);
    expect(ran.code).toBe(4);
    expect(ran.err).toMatch(
      /No answer from http:\/\/no-such-host\.invalid\/v1\/chat\/completions: no such host\./,
    );
  });

  test("is a note in JSON; progress has the reason, since when, and the maximum wait", async () => {
    const before = Date.now();
    const ran = await ask(await nobody(), ["--max-outage", "2s", "--progress", "json"]);
    const lines = linesOf(ran);
    expect(lines.filter(({ text }) => text?.startsWith("No answer from ") === true)).toHaveLength(1);
    const down = lines.filter(({ waiting }) => waiting === "outage");
    expect(down.length).toBeGreaterThan(0);
    for (const { outage, eta_ms: eta } of down) {
      expect(eta).toBeNull();
      expect(outage).toMatchObject({
        kind: "unreachable",
        message: "connection refused (ECONNREFUSED)",
        max_ms: 2000,
      });
      expect(Date.parse(outage?.since ?? "")).toBeGreaterThanOrEqual(before - 1);
    }
    expect(new Set(down.map(({ outage }) => outage?.since)).size).toBe(1);
  });
});

describe("an endpoint that goes down", () => {
  const overloaded: MockOptions = {
    reply: ({ number }) =>
      number <= 5
        ? { kind: "answer" }
        : { kind: "status", status: 503, error: { message: "the model is overloaded" } },
  };

  test("is not said to be nobody: its words are the reason, on plain lines and in JSON", async () => {
    const { url } = await serve(overloaded);
    const ran = await ask(url, ["-j", "2", "--max-outage", "2s"]);
    expect(ran.code).toBe(4);
    expect(ran.err).not.toContain("No answer from");
    expect(ran.err).toMatch(
      /endpoint down since \d\d:\d\d:\d\d, waiting up to 2.0s: HTTP 503: the model is overloaded/,
    );
    const lines = linesOf(await ask(url, ["-j", "2", "--max-outage", "2s", "--progress", "json"]));
    expect(lines.find(({ outage }) => (outage ?? null) !== null)?.outage).toMatchObject({
      kind: "http_503",
      message: "HTTP 503: the model is overloaded",
    });
  });

  test("-j 2 stays 2, however many probes are made", async () => {
    const { url } = await serve(overloaded);
    const ran = await ask(url, ["-j", "2", "--max-outage", "4s", "--progress", "json"]);
    const progress = linesOf(ran).filter(({ event }) => event === "progress");
    expect(progress.filter(({ waiting }) => waiting === "outage").length).toBeGreaterThan(1);
    for (const { in_flight: inFlight, concurrency } of progress) {
      expect(concurrency).toBe(2);
      expect(inFlight).toBeLessThanOrEqual(2);
    }
  });
});

test.each([404, 405])(
  "status %d names the address that was asked, however long the answer is",
  async (status) => {
    const { url } = await serve({
      reply: () => ({ kind: "status", status, error: `<html>${"x".repeat(5000)}` }),
    });
    const ran = await ask(url, ["--limit", "1", "--json"]);
    const { errors } = JSON.parse(ran.out) as { errors: readonly { kind: string; message: string }[] };
    expect(errors[0]?.kind).toBe(`http_${status}`);
    expect(errors[0]?.message).toStartWith(`HTTP ${status} from ${url}/chat/completions: `);
    expect(ran.err).toContain(`HTTP ${status} from ${url}/chat/completions: `);
  },
);

test("an unknown model's 404 names it, too, where the run stops", async () => {
  const { url } = await serve({
    reply: () => ({
      kind: "status",
      status: 404,
      error: { message: "model x not found", code: "model_not_found" },
    }),
  });
  const ran = await ask(url, ["--limit", "1"]);
  expect(ran.code).toBe(4);
  expect(ran.err).toContain(`HTTP 404 from ${url}/chat/completions: model x not found`);
});
