// `--messages` and `--body`: requests of any shape, as people use them: the compiled executable against a mock endpoint.
import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, newFolder, read, type Ran, writeLines } from "../helpers/ckpt.ts";
import { type MockEndpoint, mockEndpoint } from "../helpers/mock-endpoint.ts";

setDefaultTimeout(60_000);

/** Nobody listens there. */
const NOBODY = "http://127.0.0.1:9/v1";

let mock: MockEndpoint | null = null;
afterEach(async () => {
  await mock?.stop();
  mock = null;
});

async function serve(): Promise<MockEndpoint> {
  mock = await mockEndpoint();
  return mock;
}

function folderWith(items: readonly (object | string)[], name = "q.jsonl"): string {
  const folder = newFolder();
  const lines = items.map((item) => (typeof item === "string" ? item : JSON.stringify(item)));
  writeLines(folder, name, lines);
  return folder;
}

const ask = (folder: string, url: string, more: readonly string[]): Promise<Ran> =>
  ckpt(folder, ["run", "q.jsonl", "--base-url", url, "-j", "1", "--retry-delay", "1ms", ...more]);
const results = (folder: string): { readonly [name: string]: unknown }[] =>
  read(folder, "q.results.jsonl")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { readonly [name: string]: unknown });
/** The first request of a dry run, as it would be sent. */
async function shownBody(folder: string, more: readonly string[]): Promise<unknown> {
  const ran = await ask(folder, NOBODY, [...more, "--dry-run", "--json"]);
  if (ran.code !== 0) throw new Error(ran.err + ran.out);
  const { first } = JSON.parse(ran.out) as { readonly first: readonly (readonly string[])[] };
  return JSON.parse((first[0] ?? []).slice(1).join(""));
}

const HISTORY = [
  { role: "system", content: "Be brief." },
  { role: "user", content: "Why?" },
];

describe("--messages", () => {
  test("sends the item's own array", async () => {
    const { url, asked } = await serve();
    const folder = folderWith([{ messages: HISTORY }, { messages: [{ role: "user", content: "And?" }] }]);
    expect((await ask(folder, url, ["--model", "m", "--messages", "{messages}"])).code).toBe(0);
    expect(asked.map(({ body }) => body)).toEqual([
      { model: "m", messages: HISTORY },
      { model: "m", messages: [{ role: "user", content: "And?" }] },
    ]);
    expect(results(folder).map(({ output }) => output)).toEqual(["answer to Why?", "answer to And?"]);
  });

  test("is a template: a lone placeholder is a value with every digit, any other string is text; from a file, too", async () => {
    const folder = folderWith(['{"q":"why","n":9007199254740993,"parts":[{"type":"text","text":"x"}]}']);
    const template = [
      { role: "system", content: "Be {q}" },
      { role: "user", content: "{parts}", "{q}": "{n}" },
    ];
    fs.writeFileSync(path.join(folder, "m.json"), `\uFEFF${JSON.stringify(template, null, 2)}\n`);
    for (const given of [JSON.stringify(template), "@m.json"]) {
      const ran = await ask(folder, NOBODY, ["--model", "m", "--messages", given, "--dry-run"]);
      expect(ran.out).toContain('"{q}": 9007199254740993');
      expect(await shownBody(folder, ["--model", "m", "--messages", given])).toMatchObject({
        messages: [
          { role: "system", content: "Be why" },
          { role: "user", content: [{ type: "text", text: "x" }] },
        ],
      });
    }
  });

  test("takes the messages of an array among its own, and parts among the parts of a content", async () => {
    const folder = folderWith([
      { q: "Now?", history: HISTORY, parts: [{ type: "text", text: "x" }], none: [], rows: [[1, 2], [3]] },
    ]);
    const asked = [
      { role: "system", content: "S" },
      "{history}",
      "{none}",
      ["{history}", ["{none}"]],
      { role: "user", content: ["{parts}", { type: "text", text: "{q}" }] },
    ];
    const content = [
      { type: "text", text: "x" },
      { type: "text", text: "Now?" },
    ];
    const sent = [{ role: "system", content: "S" }, ...HISTORY, ...HISTORY, { role: "user", content }];
    const model = ["--model", "m"];
    expect(await shownBody(folder, [...model, "--messages", JSON.stringify(asked)])).toEqual({
      model: "m",
      messages: sent,
    });
    expect(await shownBody(folder, ["--body", JSON.stringify({ model: "m", messages: asked })])).toEqual({
      model: "m",
      messages: sent,
    });
    const toResponses = ["--api", "responses", "--body", JSON.stringify({ model: "m", input: asked })];
    expect(await shownBody(folder, toResponses)).toEqual({ model: "m", input: sent });
    const capped = ["--api", "messages", "--param", "max_tokens=9"];
    expect(await shownBody(folder, [...model, ...capped, "--messages", JSON.stringify(asked)])).toMatchObject(
      {
        system: "S\n\nBe brief.\n\nBe brief.",
        messages: sent.filter(({ role }) => role === "user"),
      },
    );
    // Elsewhere an array of arrays is what it says: inputs given as tokens, a matrix.
    const tokens = ["--api", "embeddings", "--body", '{"model":"m","input":["{rows.0}","{rows.1}"]}'];
    expect(await shownBody(folder, tokens)).toEqual({ model: "m", input: [[1, 2], [3]] });
  });

  test("of other APIs stands where they have it", async () => {
    const folder = folderWith([{ messages: HISTORY }]);
    const more = ["--model", "m", "--messages", "{messages}"];
    expect(await shownBody(folder, [...more, "--api", "responses"])).toEqual({ model: "m", input: HISTORY });
    expect(await shownBody(folder, [...more, "--api", "messages", "--param", "max_tokens=9"])).toEqual({
      model: "m",
      system: "Be brief.",
      messages: [HISTORY[1]],
      max_tokens: 9,
    });
    expect(await ask(folder, NOBODY, [...more, "--api", "embeddings"])).toMatchObject({
      code: 2,
      err: expect.stringContaining("--messages"),
    });
  });

  test("that is no array fails its item before any request, kind input", async () => {
    const { url, asked } = await serve();
    const folder = folderWith([{ m: HISTORY }, { m: "hello" }, { m: { a: 1 } }, { m: null }]);
    expect((await ask(folder, url, ["--model", "m", "--messages", "{m}"])).code).toBe(3);
    expect(asked).toHaveLength(1);
    expect(
      results(folder)
        .slice(1)
        .map(({ error }) => error),
    ).toEqual(
      ['"hello"', '{"a":1}', "null"].map((found) => ({
        kind: "input",
        message: `--messages is ${found}, not an array`,
      })),
    );
  });

  test("in a table is JSON as text", async () => {
    const folder = newFolder();
    fs.writeFileSync(path.join(folder, "q.csv"), `m\n"${JSON.stringify(HISTORY).replaceAll('"', '""')}"\n`);
    const ran = await ckpt(folder, [
      "run",
      "q.csv",
      "--model",
      "m",
      "--base-url",
      NOBODY,
      "--messages",
      "{m}",
      "--dry-run",
    ]);
    expect(ran.out).toContain('"content": "Be brief."');
  });

  test("lacks a field: nothing is begun, as with --prompt", async () => {
    const folder = folderWith([{ messages: HISTORY }, { other: 1 }]);
    const ran = await ask(folder, NOBODY, ["--model", "m", "--messages", "{messages}"]);
    expect(ran).toMatchObject({ code: 2, err: expect.stringContaining("messages") });
  });

  test.each([
    ["en", "Put the system message into --messages"],
    ["zh", "请把系统消息写进 --messages"],
  ])(
    "holds the system message itself: --system is refused, and the way is named (%s)",
    async (lang, words) => {
      const folder = folderWith([{ messages: HISTORY }]);
      const ran = await ask(folder, NOBODY, [
        "--model",
        "m",
        "--messages",
        "{messages}",
        "--system",
        "S",
        "--lang",
        lang,
      ]);
      expect(ran).toMatchObject({ code: 2, err: expect.stringContaining(words) });
    },
  );

  test.each([
    ["[1,", "--messages"],
    ["plain text", "--messages"],
  ])("%j is neither JSON nor one placeholder", async (given, words) => {
    const folder = folderWith([{ messages: HISTORY }]);
    for (const lang of ["en", "zh"]) {
      const ran = await ask(folder, NOBODY, ["--model", "m", "--messages", given, "--lang", lang]);
      expect(ran).toMatchObject({ code: 2, err: expect.stringContaining(words) });
    }
  });
});

describe("JSON of the wrong kind", () => {
  test("a field that is no object fails its item, a number too; nothing is sent", async () => {
    const { url, asked } = await serve();
    const folder = folderWith([
      { body: 7 },
      { body: 12345678901234567890n.toString() },
      { body: [] },
      '{"body":true}',
    ]);
    expect((await ask(folder, url, ["--body", "{body}"])).code).toBe(3);
    expect(asked).toHaveLength(0);
    expect(results(folder).map(({ error }) => (error as { kind: string }).kind)).toEqual(
      Array.from({ length: 4 }, () => "input"),
    );
  });

  test.each([
    ["--messages", '{"role":"user","content":"{q}"}'],
    ["--messages", '"{q}, please"'],
    ["--body", '[{"model":"m"}]'],
    ["--body", "7"],
  ])("%s %s is refused before anything is attempted", async (option, given) => {
    const folder = folderWith([{ q: "Why?" }]);
    for (const lang of ["en", "zh"]) {
      const ran = await ask(folder, NOBODY, ["--model", "m", option, given, "--lang", lang]);
      expect(ran.code).toBe(2);
      expect(ran.err).toContain(given);
      expect(ran.err).toContain("{FIELD}");
    }
    expect(fs.existsSync(path.join(folder, "checkpoints"))).toBe(false);
  });
});

describe("--body", () => {
  const BODY = { model: "own", messages: [{ role: "user", content: "Why?" }], n: 1 };

  test("sends the item's own request; --model and --param go on top", async () => {
    const { url, asked } = await serve();
    const folder = folderWith([{ body: BODY, id: 1 }]);
    expect((await ask(folder, url, ["--body", "{body}"])).code).toBe(0);
    expect(asked[0]?.body).toEqual(BODY);
    expect(
      await shownBody(folderWith([{ body: BODY }]), [
        "--body",
        "{body}",
        "--model",
        "other",
        "--param",
        "messages=[]",
      ]),
    ).toEqual({
      ...BODY,
      model: "other",
      messages: [],
    });
  });

  test("of items that are requests is {}", async () => {
    const folder = folderWith([BODY]);
    expect(await shownBody(folder, ["--body", "{}"])).toEqual(BODY);
  });

  test("goes to any path, and its whole answer is kept", async () => {
    const { url, asked } = await serve();
    const folder = folderWith([{ q: "a", docs: ["x", "y"] }]);
    const body = '{"query":"{q}","documents":"{docs}"}';
    await ask(folder, url, ["--api", "/rerank", "--body", body]);
    expect(asked[0]).toMatchObject({ path: "/v1/rerank", body: { query: "a", documents: ["x", "y"] } });
  });

  test("that is no object fails its item, kind input", async () => {
    const folder = folderWith([{ body: [1] }, { body: "x" }]);
    expect((await ask(folder, NOBODY, ["--body", "{body}"])).code).toBe(3);
    expect(results(folder).map(({ error }) => error)).toEqual(
      ["[1]", '"x"'].map((found) => ({ kind: "input", message: `--body is ${found}, not an object` })),
    );
  });
});

test.each([
  ["--prompt", "--messages"],
  ["--prompt", "--body"],
  ["--messages", "--body"],
])("%s and %s exclude each other", async (first, second) => {
  const folder = folderWith([{ q: 1 }]);
  const ran = await ask(folder, NOBODY, ["--model", "m", first, "{q}", second, "{q}"]);
  expect(ran.err).toContain(first);
  expect(ran).toMatchObject({ code: 2, err: expect.stringContaining(second) });
});

describe("what the results depend on", () => {
  test("the template, its file's content and that of a parameter's file", async () => {
    const { url, asked } = await serve();
    const folder = folderWith([{ q: "a" }]);
    fs.writeFileSync(path.join(folder, "m.json"), '[{"role":"user","content":"{q}"}]');
    fs.writeFileSync(path.join(folder, "p.json"), '{"type":"text"}');
    const words = [
      "--model",
      "m",
      "--messages",
      "@m.json",
      "--param",
      "response_format=@p.json",
      "--on-change",
      "refuse",
    ];
    expect((await ask(folder, url, words)).code).toBe(0);
    // The same text, said directly, is the same job.
    const same = [
      "--messages",
      '[{"role":"user","content":"{q}"}]',
      "--param",
      'response_format={"type":"text"}',
    ];
    expect((await ask(folder, url, ["--model", "m", ...same, "--on-change", "refuse"])).code).toBe(0);
    expect(asked).toHaveLength(1);
    for (const [file, content] of [
      ["m.json", '[{"role":"user","content":"{q}?"}]'],
      ["p.json", '{"type":"json_object"}'],
    ] as const) {
      const before = read(folder, file);
      fs.writeFileSync(path.join(folder, file), content);
      const dry = await ask(folder, url, [...words, "--dry-run", "--json"]);
      expect(JSON.parse(dry.out)).toMatchObject({ plan: { pending: 1 } });
      fs.writeFileSync(path.join(folder, file), before);
    }
  });

  test("a file that is not there is named, and @@ is a literal @", async () => {
    const folder = folderWith([{ q: "a" }]);
    const words = ["--model", "m", "--prompt", "{q}", "--param"];
    const ran = await ask(folder, NOBODY, [...words, "user=@gone.json"]);
    expect(ran.err).toContain("@@");
    expect(ran).toMatchObject({ code: 2, err: expect.stringContaining("--param user") });
    expect(await shownBody(folder, [...words, "user=@@bob"])).toMatchObject({ user: "@bob" });
  });
});
