// `--parse json`, `--validate` and `--match`: what is found in an answer, what a wrong one becomes, and what people see of it. The compiled executable.
import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, newFolder, type Ran, read, writeLines } from "../helpers/ckpt.ts";
import { type MockEndpoint, mockEndpoint, type MockOptions } from "../helpers/mock-endpoint.ts";

setDefaultTimeout(60_000);

const SCHEMA = {
  type: "object",
  properties: { items: { type: "array", items: { $ref: "#/$defs/item" } } },
  required: ["items"],
  $defs: { item: { type: "object", properties: { price: { type: "number" } }, required: ["price"] } },
};
const KEY = "sk-check-0123456789abcdef";

let mock: MockEndpoint | null = null;
afterEach(async () => {
  await mock?.stop();
  mock = null;
});

async function serve(reply: NonNullable<MockOptions["reply"]>): Promise<MockEndpoint> {
  mock = await mockEndpoint({ reply });
  return mock;
}

function folderWith(names: readonly string[], schema: object | string = SCHEMA): string {
  const folder = newFolder();
  writeLines(
    folder,
    "q.jsonl",
    names.map((q) => JSON.stringify({ q })),
  );
  writeLines(folder, "schema.json", [typeof schema === "string" ? schema : JSON.stringify(schema)]);
  return folder;
}

function ask(folder: string, url: string, more: readonly string[] = []): Promise<Ran> {
  const given = `run q.jsonl --id q --model m --prompt {q} --base-url ${url} --retry-delay 1ms -j 1 -o out.jsonl`;
  return ckpt(folder, [...given.split(" "), ...more], { OPENAI_API_KEY: KEY });
}

type Kept = {
  readonly id: string;
  readonly attempts: number;
  readonly output?: unknown;
  readonly error?: { readonly kind: string; readonly message: string; readonly text?: string };
  readonly retries?: readonly { readonly kind: string }[];
};

const recordLines = (folder: string): string[] =>
  read(folder, "checkpoints/checkpoint_results.jsonl").trim().split("\n");
const records = (folder: string): Kept[] => recordLines(folder).map((line) => JSON.parse(line) as Kept);
const outputs = (folder: string): unknown[] =>
  read(folder, "out.jsonl")
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { output: unknown }).output);

describe("--parse json", () => {
  const WRAPPED: Readonly<Record<string, string>> = {
    bare: '{"n":12345678901234567890}',
    thought: 'Is it {"n":1}?</think>\n{"n":12345678901234567890}',
    fenced: '```json\n{"n":12345678901234567890}\n```',
  };

  test("finds the value behind reasoning and in a fence, with every digit", async () => {
    const { url } = await serve(({ prompt }) => ({ kind: "answer", content: WRAPPED[prompt] ?? "" }));
    const folder = folderWith(Object.keys(WRAPPED));
    expect((await ask(folder, url, ["--parse", "json"])).code).toBe(0);
    const lines = read(folder, "out.jsonl").trim().split("\n");
    expect(lines.map((line) => /"output":\{"n":12345678901234567890\}/.test(line))).toEqual([
      true,
      true,
      true,
    ]);
  });

  test("does not take JSON from unclosed reasoning or from prose; the text is kept in the error", async () => {
    const unclosed = '<think>Perhaps {"n":1}';
    const { url, asked } = await serve(() => ({ kind: "answer", content: unclosed }));
    const folder = folderWith(["a"]);
    expect((await ask(folder, url, ["--parse", "json"])).code).toBe(3);
    expect(records(folder)[0]?.error).toMatchObject({ kind: "bad_output", text: unclosed });
    expect(asked.length).toBe(3);
  });

  test.each(["message", "full"])("holds for the text in what --answer %s keeps", async (answer) => {
    const CONTENT: Readonly<Record<string, string>> = { ...WRAPPED, prose: "Sure! Here: {}" };
    const call = { name: "f", arguments: "{}" };
    const { url, asked } = await serve(({ prompt }) =>
      prompt === "calls"
        ? {
            kind: "answer",
            content: "",
            extra: { tool_calls: [{ id: "1", type: "function", function: call }] },
          }
        : { kind: "answer", content: CONTENT[prompt] ?? "" },
    );
    const folder = folderWith(["fenced", "calls", "prose"]);
    expect((await ask(folder, url, ["--parse", "json", "--answer", answer])).code).toBe(3);
    const [fenced, calls, prose] = records(folder);
    expect(JSON.stringify(fenced?.output)).toContain("```json");
    expect(JSON.stringify(calls?.output)).toContain("tool_calls");
    expect(prose?.error).toMatchObject({ kind: "bad_output", text: CONTENT["prose"] });
    expect(asked.length).toBe(5);
  });

  test("a command's output is read by the same rule", async () => {
    const folder = folderWith(["a"]);
    const script = "printf 'thinking</think>\\n```json\\n{\"n\":1.10}\\n```\\n'";
    const ran = await ckpt(folder, [
      "run",
      "q.jsonl",
      "-o",
      "out.jsonl",
      "--parse",
      "json",
      "--shell",
      script,
    ]);
    expect(ran.code).toBe(0);
    expect(read(folder, "out.jsonl")).toContain('"output":{"n":1.10}');
  });
});

describe("--validate", () => {
  const WRONG = '{"items":[{"price":1},{"price":"12"}]}';
  const RIGHT = '{"items":[]}';

  test("a wrong answer is asked again, and a right one then counts", async () => {
    const { url } = await serve(({ time }) => ({ kind: "answer", content: time === 1 ? WRONG : RIGHT }));
    const folder = folderWith(["a", "b"]);
    expect((await ask(folder, url, ["--validate", "schema.json"])).code).toBe(0);
    expect(outputs(folder)).toEqual([{ items: [] }, { items: [] }]);
  });

  test("at last it has failed: the kind, the path and an excerpt, and the whole text", async () => {
    const text = `Let me see.</think>\n${WRONG}`;
    const { url, asked } = await serve(() => ({ kind: "answer", content: text }));
    const folder = folderWith(["a"]);
    expect((await ask(folder, url, ["--validate", "schema.json"])).code).toBe(3);
    expect(asked.length).toBe(3);
    expect(records(folder)[0]).toMatchObject({
      attempts: 3,
      retries: [{ kind: "invalid" }, { kind: "invalid" }],
      error: {
        kind: "invalid",
        message:
          'the output does not fit the schema (--validate): $.items[1].price must be number, found "12"',
        text,
      },
    });
  });

  test("of an answer of which more is kept, its text is checked", async () => {
    const contents: Readonly<Record<string, string>> = {
      a: `<think>{}</think>\n\`\`\`json\n${RIGHT}\n\`\`\``,
      b: WRONG,
      c: "no JSON",
    };
    const { url } = await serve(({ prompt }) => ({ kind: "answer", content: contents[prompt] ?? "" }));
    for (const answer of ["full", "message"]) {
      const folder = folderWith(["a", "b", "c"]);
      const ran = await ask(folder, url, ["--validate", "schema.json", "--answer", answer, "--lang", "zh"]);
      expect(ran.code).toBe(3);
      expect(ran.err).toContain("应答的文本不是 JSON：no JSON（--parse json）");
      const [a, b, c] = records(folder);
      expect(JSON.stringify(a?.output)).toContain("<think>");
      expect(b?.error).toMatchObject({ kind: "invalid", text: WRONG });
      expect(b?.error?.message).toContain("$.items[1].price must be number");
      expect(c?.error).toMatchObject({ kind: "invalid", text: "no JSON" });
    }
  });

  test("an answer without JSON is invalid, too", async () => {
    const { url } = await serve(() => ({ kind: "answer", content: "I don't know." }));
    const folder = folderWith(["a"]);
    expect((await ask(folder, url, ["--validate", "schema.json"])).code).toBe(3);
    expect(records(folder)[0]?.error).toMatchObject({ kind: "invalid", text: "I don't know." });
  });

  test.each([
    ["length", WRONG],
    ["length", '{"items":[{"pri'],
    ["content_filter", WRONG],
  ])("an answer that ends by %s is not asked for again: %s", async (finish, content) => {
    const { url, asked } = await serve(() => ({ kind: "answer", content, finish }));
    const folder = folderWith(["a"]);
    expect((await ask(folder, url, ["--validate", "schema.json"])).code).toBe(3);
    expect(asked.length).toBe(1);
    expect(records(folder)[0]).toMatchObject({ attempts: 1, error: { kind: "invalid", text: content } });
  });

  test("ckpt show has the text, the text is bounded, and --rerun invalid runs it again", async () => {
    const long = "👩‍👩‍👧‍👦".repeat(2000);
    let isRight = false;
    const { url } = await serve(() => ({ kind: "answer", content: isRight ? RIGHT : long }));
    const folder = folderWith(["a", "b"]);
    expect((await ask(folder, url, ["--validate", "schema.json", "--retries", "0"])).code).toBe(3);
    const { error } = records(folder)[0] ?? {};
    expect(error?.text?.length).toBeLessThanOrEqual(8192);
    expect(error?.text?.isWellFormed()).toBe(true);
    const shown = await ckpt(folder, ["show", "a"]);
    expect(shown.out).toContain("👩‍👩‍👧‍👦👩‍👩‍👧‍👦");
    const json = JSON.parse((await ckpt(folder, ["show", "a", "--json"])).out) as {
      readonly result: { readonly error: Kept["error"] };
    };
    expect(JSON.stringify(json)).toContain('"kind":"invalid"');
    expect(JSON.stringify(json)).toContain('"text":"👩‍👩‍👧‍👦');
    isRight = true;
    const again = ["--validate", "schema.json", "--rerun", "invalid", "--failed", "keep"];
    expect((await ask(folder, url, again)).code).toBe(0);
    expect(outputs(folder)).toEqual([{ items: [] }, { items: [] }]);
  });

  test.each([
    ["a command", ["--shell", `printf '%s' '${WRONG}'`]],
    ["a module", ["--module", "m.ts"]],
    ["a worker", ["--worker", "--", "sh", "w.sh"]],
  ])("outputs of %s are checked, too", async (_, processor) => {
    const folder = folderWith(["a"]);
    writeLines(folder, "m.ts", [`export const process = () => (${WRONG});`]);
    writeLines(folder, "w.sh", [`while read -r line; do echo '{"index":0,"output":${WRONG}}'; done`]);
    const ran = await ckpt(folder, [
      "run",
      "q.jsonl",
      "--id",
      "q",
      "--validate",
      "schema.json",
      ...processor,
    ]);
    expect(ran.code).toBe(3);
    expect(records(folder)[0]?.error).toMatchObject({ kind: "invalid", text: WRONG });
  });

  test("the content of the schema is in the fingerprint, its path is not", async () => {
    const folder = folderWith(["a", "b"]);
    const run = (schema: string): Promise<Ran> =>
      ckpt(folder, [
        "run",
        "q.jsonl",
        "--limit",
        "1",
        "--validate",
        schema,
        "--shell",
        "echo '{\"items\":[]}'",
      ]);
    expect((await run("schema.json")).code).toBe(4);
    fs.renameSync(path.join(folder, "schema.json"), path.join(folder, "moved.json"));
    const moved = await run("moved.json");
    expect([moved.code, moved.err.includes("changed")]).toEqual([0, false]);
    const other = folderWith(["a", "b"]);
    const runOther = (): Promise<Ran> =>
      ckpt(other, [
        "run",
        "q.jsonl",
        "--limit",
        "1",
        "--validate",
        "schema.json",
        "--shell",
        "echo '{\"items\":[]}'",
      ]);
    expect((await runOther()).code).toBe(4);
    fs.appendFileSync(path.join(other, "schema.json"), "\n");
    const changed = await runOther();
    expect(changed.code).toBe(12);
    expect(changed.err).toContain("validate");
  });

  test.each([
    ["no JSON", '{"type":', "schema.json"],
    ["no schema", { properties: { a: { type: "strin" } } }, "$.properties.a.type"],
    ["a bad pattern", { properties: { a: { pattern: "(" } } }, "$.properties.a.pattern"],
    ["a remote reference", { $ref: "https://x.example/s.json" }, "https://x.example/s.json"],
    ["another draft", { $schema: "http://json-schema.org/draft-04/schema#" }, "draft-04"],
  ])("%s is refused before anything is sent, in both languages", async (_, schema, place) => {
    const { url, asked } = await serve(() => ({ kind: "answer" }));
    const folder = folderWith(["a"], schema);
    for (const lang of ["en", "zh"]) {
      const ran = await ask(folder, url, ["--validate", "schema.json", "--lang", lang]);
      expect(ran.code).toBe(2);
      expect(ran.err).toContain(place);
      expect(/\p{Script=Han}/u.test(ran.err)).toBe(lang === "zh");
    }
    expect(asked.length).toBe(0);
  });

  test("an unreadable file is refused by name", async () => {
    const ran = await ask(folderWith(["a"]), "http://127.0.0.1:1/v1", ["--validate", "none.json"]);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain("none.json");
  });

  test("--parse text contradicts it", async () => {
    const ran = await ask(folderWith(["a"]), "http://127.0.0.1:1/v1", [
      "--validate",
      "schema.json",
      "--parse",
      "text",
    ]);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain("--parse text");
  });

  test("--dry-run names the checks; misspelt keywords are named once, and the run goes on", async () => {
    const folder = folderWith(["a"], { requried: ["items"] });
    const given = ["run", "q.jsonl", "--validate", "schema.json", "--match", "^x", "--shell", "echo 1"];
    const dry = await ckpt(folder, [...given, "--dry-run"]);
    expect(dry.out).toContain("Each output is checked: schema.json (2020-12), --match ^x");
    expect(dry.err).toContain("requried");
    const json = JSON.parse((await ckpt(folder, [...given, "--dry-run", "--json"])).out) as object;
    expect(json).toMatchObject({
      checks: { validate: { path: "schema.json", dialect: "2020-12", ignored: ["requried"] }, match: "^x" },
    });
  });

  test("a secret that an answer echoes is not in the text that is kept", async () => {
    const { url } = await serve(() => ({ kind: "answer", content: `no JSON, but ${KEY}` }));
    const folder = folderWith(["a"]);
    expect((await ask(folder, url, ["--validate", "schema.json"])).code).toBe(3);
    expect(records(folder)[0]?.error?.text).toBe("no JSON, but [key]");
    expect(recordLines(folder).join("")).not.toContain(KEY);
  });
});

describe("--match", () => {
  test("a text that does not match is asked again, then failed with the text", async () => {
    const { url, asked } = await serve(({ prompt, time }) => ({
      kind: "answer",
      content: prompt === "a" && time === 2 ? "Answer: 7" : "I cannot say",
    }));
    const folder = folderWith(["a", "b"]);
    expect((await ask(folder, url, ["--match", String.raw`^Answer: \d+$`])).code).toBe(3);
    expect(asked.length).toBe(2 + 3);
    expect(records(folder).find(({ id }) => id === "b")?.error).toMatchObject({
      kind: "invalid",
      message: String.raw`the output does not match ^Answer: \d+$ (--match): I cannot say`,
      text: "I cannot say",
    });
  });

  test("of an answer of which more is kept, its text must match", async () => {
    const { url } = await serve(({ prompt }) => ({ kind: "answer", content: prompt }));
    const folder = folderWith(["yes", "no"]);
    expect((await ask(folder, url, ["--match", "^yes$", "--answer", "full"])).code).toBe(3);
    expect(records(folder).map(({ error }) => error?.text)).toEqual([undefined, "no"]);
  });

  test("a cut-off text is not asked for again", async () => {
    const { url, asked } = await serve(() => ({ kind: "answer", content: "Answ", finish: "length" }));
    const folder = folderWith(["a"]);
    expect((await ask(folder, url, ["--match", "^Answer"])).code).toBe(3);
    expect(asked.length).toBe(1);
    expect(records(folder)[0]?.error?.message).toContain("marked length");
  });

  test("no regular expression is refused", async () => {
    const ran = await ckpt(folderWith(["a"]), ["run", "q.jsonl", "--match", "(", "--shell", "echo 1"]);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain("--match");
  });

  test("the pattern is in the fingerprint", async () => {
    const folder = folderWith(["a", "b"]);
    const run = (match: string): Promise<Ran> =>
      ckpt(folder, ["run", "q.jsonl", "--limit", "1", "--match", match, "--shell", "echo 1"]);
    expect((await run("^1$")).code).toBe(4);
    expect((await run("^1")).code).toBe(12);
  });
});
