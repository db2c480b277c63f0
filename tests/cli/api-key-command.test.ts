// `--api-key-command`: a key that a command makes, at the start and again after a 401. The compiled executable against a mock endpoint.
import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, newFolder, type Ran, read, start, writeLines } from "../helpers/ckpt.ts";
import { type Asked, type MockEndpoint, mockEndpoint, type Reply } from "../helpers/mock-endpoint.ts";
import { until } from "../helpers/until.ts";

setDefaultTimeout(60_000);

let mock: MockEndpoint | null = null;
afterEach(async () => {
  await mock?.stop();
  mock = null;
});

const keyOf = (number: number): string => `sk-made-0123456789abcdef-${number}`;
/** Each call makes another key: `calls` counts them. */
const SCRIPT = [
  "echo x >> calls",
  "n=$(wc -l < calls); n=$((n))",
  'echo "key number $n is made" >&2',
  'echo "  sk-made-0123456789abcdef-$n  "',
  'echo "second line"',
];
const UNAUTHORIZED: Reply = {
  kind: "status",
  status: 401,
  error: { message: "Incorrect API key provided", code: "invalid_api_key" },
};

/** @param good numbers of the keys that are accepted, at the time of a request */
async function serve(good: (asked: Asked) => readonly number[]): Promise<string> {
  mock = await mockEndpoint({
    reply: (asked) => {
      const isGood = good(asked).some((number) => asked.headers.authorization === `Bearer ${keyOf(number)}`);
      return isGood ? { kind: "answer", content: `you sent ${asked.headers.authorization}` } : UNAUTHORIZED;
    },
  });
  return mock.url;
}

function folderWith(count: number, script: readonly string[] = SCRIPT): string {
  const folder = newFolder();
  writeLines(folder, "key.sh", script);
  writeLines(
    folder,
    "q.jsonl",
    Array.from({ length: count }, (_, at) => JSON.stringify({ q: `q${at}` })),
  );
  return folder;
}

const words = (url: string): string[] =>
  `run q.jsonl --id q --model m --prompt {q} --base-url ${url} -o out.jsonl --api-key-command`.split(" ");

function ask(folder: string, url: string, more: readonly string[] = [], command = "sh key.sh"): Promise<Ran> {
  return ckpt(folder, [...words(url), command, ...more], { OPENAI_API_KEY: "sk-other-0123456789" });
}

const calls = (folder: string): number => read(folder, "calls").split("\n").length - 1;

/** All that ckpt has written and said. */
function everything(folder: string, ran: Ran): string {
  const files = fs.readdirSync(folder, { recursive: true, encoding: "utf8" });
  const texts = files
    .filter((file) => !["key.sh", "calls"].includes(file))
    .map((file) => path.join(folder, file))
    .filter((file) => fs.statSync(file).isFile())
    .map((file) => fs.readFileSync(file, "latin1"));
  return [...texts, ran.out, ran.err].join("\n");
}

test("its first line is the key, and nothing that ckpt writes has it", async () => {
  const url = await serve(() => [1]);
  const folder = folderWith(3);
  const ran = await ask(folder, url);
  expect([ran.code, calls(folder)]).toEqual([0, 1]);
  expect(read(folder, "out.jsonl")).toContain("you sent Bearer [key]");
  expect(everything(folder, ran)).not.toContain("sk-made");
});

test("after a 401 it makes the key once more, for all attempts in flight", async () => {
  const url = await serve(({ number }) => (number <= 4 ? [1] : [2]));
  const folder = folderWith(60);
  const ran = await ask(folder, url, ["-j", "16"]);
  expect([ran.code, calls(folder)]).toEqual([0, 2]);
  expect(read(folder, "out.jsonl").match(/"status":"ok"/g)).toHaveLength(60);
  expect(everything(folder, ran)).not.toContain("sk-made");
});

test("a key that has worked may expire again and again", async () => {
  const url = await serve(({ number }) => [Math.ceil(number / 10)]);
  const folder = folderWith(30);
  expect((await ask(folder, url, ["-j", "1"])).code).toBe(0);
  expect(calls(folder)).toBeGreaterThanOrEqual(3);
});

test("a fresh key that is refused pauses the run; it goes on with the next one", async () => {
  let isGood = false;
  const url = await serve(() => (isGood ? [1, 2, 3] : []));
  const folder = folderWith(20);
  const ran = await ask(folder, url, ["-j", "8"]);
  expect([ran.code, calls(folder)]).toEqual([4, 2]);
  expect(ran.err).toContain("Incorrect API key provided");
  isGood = true;
  expect((await ask(folder, url)).code).toBe(0);
  expect(calls(folder)).toBe(3);
});

describe("a command that fails", () => {
  test.each([
    ["its status", ["echo no such vault >&2", "exit 3"], "exit status 3: no such vault", "退出状态 3"],
    ["no output", ["exit 0"], "the first line of its output is empty", "其输出的第一行为空"],
    ["a sentence", ["echo please log in"], "characters that no key has", "密钥中不会有的字符"],
  ])(
    "at the start, by %s, stops the run before anything is sent (4)",
    async (_, script, english, chinese) => {
      const url = await serve(() => [1]);
      const folder = folderWith(3, script);
      for (const [lang, said] of [
        ["en", english],
        ["zh", chinese],
      ] as const) {
        const ran = await ask(folder, url, ["--lang", lang]);
        expect(ran.code).toBe(4);
        expect(ran.err).toContain(said);
        expect(ran.err).toContain("--api-key-command");
      }
      expect(mock?.asked).toEqual([]);
    },
  );

  test("after a 401 pauses the run (4): the items stay pending, and what it says has no key", async () => {
    const url = await serve(({ number }) => (number <= 3 ? [1] : []));
    const folder = folderWith(9, [
      ...SCRIPT.slice(0, 2),
      `if [ $n = 2 ]; then echo "$KEPT_TOKEN and ${keyOf(1)} expired" >&2; exit 7; fi`,
      ...SCRIPT.slice(2),
    ]);
    const env = { KEPT_TOKEN: "tok-0123456789abcdefgh" };
    const ran = await ckpt(folder, [...words(url), "sh key.sh", "-j", "1"], env);
    expect([ran.code, calls(folder)]).toEqual([4, 2]);
    expect(ran.err).toContain("--api-key-command: exit status 7: [key] and [key] expired");
    expect(everything(folder, ran)).not.toMatch(/sk-made|tok-0123/);
    expect(read(folder, "checkpoints/checkpoint_results.jsonl").trim().split("\n")).toHaveLength(3);
  });
});

test("a key that stands in the command itself is neither recorded nor printed", async () => {
  const url = await serve(() => [1]);
  const folder = folderWith(3);
  const ran = await ask(folder, url, ["--limit", "1"], `echo ${keyOf(1)}`);
  expect(ran.code).toBe(4);
  expect(everything(folder, ran)).not.toContain("sk-made");
});

test("it is no part of the fingerprint, and --dry-run does not run it", async () => {
  const url = await serve(() => [1, 2]);
  const folder = folderWith(3);
  expect((await ask(folder, url, ["--dry-run"])).code).toBe(0);
  expect(fs.existsSync(path.join(folder, "calls"))).toBe(false);
  expect((await ask(folder, url, ["--limit", "1"])).code).toBe(4);
  const ran = await ask(folder, url, [], "sh ./key.sh");
  expect([ran.code, /changed/.test(ran.err)]).toEqual([0, false]);
});

test.each([
  ["--api-key-file", ["--api-key-file", "key.sh"]],
  ["--header-env", ["--header-env", "authorization=TOKEN"]],
])("it excludes %s by name", async (other, more) => {
  const ran = await ask(folderWith(1), "http://127.0.0.1:9/v1", more);
  expect(ran.code).toBe(2);
  expect(ran.err).toContain("--api-key-command");
  expect(ran.err).toContain(other);
});

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(fs.readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
};

/** Writes its own pid, and stays. */
const STAYS = ["echo $$ > pid.tmp", "mv pid.tmp pid", "exec sleep 600"];

describe("a signal ends it with ckpt", () => {
  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("at the start: %s", async (signal, code) => {
    const folder = folderWith(3, STAYS);
    const child = start(folder, [...words("http://127.0.0.1:9/v1"), "sh key.sh"]);
    await until(() => fs.existsSync(path.join(folder, "pid")));
    child.kill(signal);
    await child.exited;
    expect(child.signalCode ?? child.exitCode).toBe(child.signalCode === null ? code : signal);
    const pid = Number(read(folder, "pid"));
    await until(() => !isAlive(pid));
  });

  test("after a 401: SIGTERM", async () => {
    const url = await serve(() => []);
    const folder = folderWith(3, [
      ...SCRIPT.slice(0, 2),
      "if [ $n = 2 ]; then",
      ...STAYS,
      "fi",
      ...SCRIPT.slice(2),
    ]);
    const child = start(folder, [...words(url), "sh key.sh"]);
    await until(() => fs.existsSync(path.join(folder, "pid")));
    child.kill("SIGTERM");
    await child.exited;
    const pid = Number(read(folder, "pid"));
    await until(() => !isAlive(pid));
  });
});
