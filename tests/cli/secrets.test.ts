// Secrets in what an endpoint sends: they reach no file and no screen, however they are written there, and nothing else of an answer changes.
// Words that stand where a key is asked for alter no answer.
import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, newFolder, type Ran, read, writeLines } from "../helpers/ckpt.ts";
import { type MockEndpoint, mockEndpoint, type Reply } from "../helpers/mock-endpoint.ts";

setDefaultTimeout(60_000);

let mock: MockEndpoint | null = null;
afterEach(async () => {
  await mock?.stop();
  mock = null;
});

const KEY = "QUJDREVGR0g/SUpLTE1OT1A/UVJTVFVWV1g=";
/** A part of it that no escape changes. */
const PART = "SUpLTE1OT1A";

const escapes: readonly (readonly [name: string, write: (text: string) => string])[] = [
  ["as it is", (text) => text],
  ["with \\/", (text) => text.replaceAll("/", "\\/")],
  ["with \\u002f", (text) => text.replaceAll("/", "\\u002f")],
];

const completion = (message: object, more: object = {}): string =>
  JSON.stringify({
    choices: [{ index: 0, message: { role: "assistant", ...message }, finish_reason: "stop" }],
    usage: { prompt_tokens: 1, completion_tokens: 1 },
    ...more,
  });

type Asked = { readonly folder: string; readonly ran: Ran; readonly all: string };

/** Asks once for one item, and shows everything that ckpt has written anywhere. */
async function ask(reply: Reply, more: readonly string[] = [], key = KEY): Promise<Asked> {
  mock = await mockEndpoint({ reply: () => reply });
  const folder = newFolder();
  writeLines(folder, "q.jsonl", ['{"question":"?"}']);
  const given = `run q.jsonl --model m --prompt {question} --base-url ${mock.url} --retries 1 --retry-delay 1ms`;
  const env = { OPENAI_API_KEY: key };
  const ran = await ckpt(folder, [...given.split(" "), "-o", "out.jsonl", ...more], env);
  const info = await ckpt(folder, ["info"], env);
  const exported = await ckpt(folder, ["export"], env);
  await mock.stop();
  return { folder, ran, all: [ran.out, ran.err, info.out, exported.out, contents(folder)].join("\n") };
}

function contents(folder: string): string {
  const names = fs.readdirSync(folder, { recursive: true, encoding: "utf8" });
  const files = names.filter((name) => fs.statSync(path.join(folder, name)).isFile());
  return files.map((name) => fs.readFileSync(path.join(folder, name), "latin1")).join("\n");
}

const output = ({ folder }: Asked): unknown =>
  (JSON.parse(read(folder, "out.jsonl")) as { readonly output: unknown }).output;

describe.each(escapes)("a key written %s", (_, write) => {
  test.each<[what: string, more: readonly string[], body: string, kept: unknown]>([
    ["text", [], completion({ content: `it is ${KEY}.` }), "it is [key]."],
    [
      "a text in parts",
      [],
      completion({ content: [{ text: KEY.slice(0, 20) }, { text: KEY.slice(20) }] }),
      "[key]",
    ],
    [
      "a message, also in names of fields",
      ["--answer", "message"],
      completion({ content: null, [KEY]: { headers: [KEY] } }),
      { role: "assistant", content: null, "[key]": { headers: ["[key]"] } },
    ],
    ["JSON in the text", ["--parse", "json"], completion({ content: `{"a":["${KEY}"]}` }), { a: ["[key]"] }],
  ])("is taken out of %s", async (_what, more, body, kept) => {
    const asked = await ask({ kind: "raw", body: write(body) }, ["--progress", "plain", ...more]);
    expect(asked.ran.code).toBe(0);
    expect(output(asked)).toEqual(kept);
    expect(asked.all.includes(PART)).toBe(false);
  });

  test("is taken out of a whole answer, in which all else keeps its digits", async () => {
    const body = completion({ content: `it is ${KEY}.` }, { id: 1, echo: KEY }).replace(
      '"id":1',
      '"id":12345678901234567890,"cost":1.10',
    );
    const asked = await ask({ kind: "raw", body: write(body) }, ["--answer", "full"]);
    expect(asked.all.includes(PART)).toBe(false);
    expect(read(asked.folder, "out.jsonl")).toContain('"id":12345678901234567890,"cost":1.10,"echo":"[key]"');
  });

  test.each<[what: string, reply: Reply]>([
    [
      "an error",
      { kind: "status", status: 400, error: write(JSON.stringify({ error: { message: `no ${KEY}` } })) },
    ],
    [
      "an error without a message",
      { kind: "status", status: 400, error: write(JSON.stringify({ auth: KEY })) },
    ],
    [
      "an error that is tried again",
      { kind: "status", status: 500, error: write(`{"error":{"message":"no ${KEY}"}}`) },
    ],
    [
      "an error that pauses",
      { kind: "status", status: 401, error: write(`{"error":{"message":"no ${KEY}"}}`) },
    ],
    ["a page", { kind: "status", status: 502, error: `<html><p title="a">${write(KEY)}</p></html>` }],
    [
      "a page in the place of an answer",
      { kind: "raw", body: `<html><p title="a">${write(KEY)}</p></html>` },
    ],
    [
      "an error in an answer",
      { kind: "raw", body: write(`{"error":{"code":"${KEY}","message":"no ${KEY}"}}`) },
    ],
    [
      "an error in a stream",
      { kind: "raw", body: `data: ${write(`{"error":{"message":"no ${KEY}"}}`)}\n\n` },
    ],
    [
      "an error just where it is cut",
      { kind: "status", status: 400, error: write(`{"error":{"message":"${"x".repeat(1970)} ${KEY}"}}`) },
    ],
  ])("is taken out of %s", async (_what, reply) => {
    const { ran, all } = await ask(reply, ["--progress", "json", "--json", "--failed", "keep"]);
    expect([3, 4]).toContain(ran.code);
    expect(all.includes(PART)).toBe(false);
    expect(all.includes(KEY.slice(0, 10))).toBe(false);
  });
});

test.each([
  "lm-studio",
  "none",
  "EMPTY",
  "ollama",
  "not-needed",
  "strawberry",
  "sk-xxxxxxxxxxxxxxxxxxxxxxxx",
])("%s is sent as the key and is no secret: an answer that holds the word keeps it", async (word) => {
  const asked = await ask({ kind: "answer", content: `a ${word} b` }, [], word);
  expect(mock?.asked[0]?.headers.authorization).toBe(`Bearer ${word}`);
  expect(output(asked)).toBe(`a ${word} b`);
});

test("an answer without the key is kept to the byte, escapes and digits included", async () => {
  const message = '{"role":"assistant","content":"a\\/b \\u00e9 \\ud83d","id":12345678901234567890,"x":1.10}';
  const body = `{"choices":[{"message":${message},"finish_reason":"stop"}]}`;
  const asked = await ask({ kind: "raw", body }, ["--answer", "message"]);
  expect(read(asked.folder, "out.jsonl")).toContain(
    '"output":{"role":"assistant","content":"a/b é \\ufffd","id":12345678901234567890,"x":1.10}',
  );
});

test("the password of a proxy is taken out of what the proxy says, as it is and as it is sent", async () => {
  const password = "p4ss/w0rd-of-the-proxy";
  const sent = Buffer.from(`me:${password}`).toString("base64");
  const server = await mockEndpoint({
    reply: ({ headers }) => ({
      kind: "status",
      status: 400,
      error: `<html><body>me:${password} ${headers["proxy-authorization"]}</body></html>`,
    }),
  });
  const folder = newFolder();
  writeLines(folder, "q.jsonl", ['{"question":"?"}']);
  const words =
    "run q.jsonl --model m --prompt {question} --base-url http://endpoint.invalid/v1 -o out.jsonl";
  const proxy = `http://me:${encodeURIComponent(password)}@127.0.0.1:${server.port}`;
  const ran = await ckpt(folder, words.split(" "), { HTTP_PROXY: proxy });
  await server.stop();
  expect(ran.code).toBe(3);
  expect(ran.err).toContain("HTTP 400: me:[key] Basic [key]");
  const all = `${ran.out}${ran.err}${contents(folder)}`;
  for (const secret of [password, encodeURIComponent(password), sent]) expect(all).not.toContain(secret);
});

describe.each([
  ["en", "the key is in the"],
  ["zh", "含有密钥"],
])("the key among what is recorded is refused before anything is written, in %s", (lang, words) => {
  const inBase64 = Buffer.from(KEY).toString("base64");
  test.each([
    ["a parameter", ["--param", `user=${KEY}`]],
    ["a parameter of JSON", ["--param", `metadata={"k":"${KEY.replaceAll("/", "\\/")}"}`]],
    ["the system message, in base64", ["--system", inBase64]],
    ["a header", ["-H", `x-app: ${KEY}`]],
    ["a name", ["--endpoint-name", KEY]],
  ])("%s", async (_what, more) => {
    const { ran, all, folder } = await ask({ kind: "answer", content: "ok" }, [...more, "--lang", lang]);
    expect([ran.code, ran.err]).toEqual([2, expect.stringContaining(words)]);
    expect(all).not.toContain(PART);
    expect(all).not.toContain(inBase64);
    expect(fs.existsSync(path.join(folder, "checkpoints"))).toBe(false);
  });
});
