// Text that does not come from the input (files of prompts and keys, what workers and endpoints say) is decoded as strictly as inputs are: what is not UTF-8
// is refused or a failure by name and place, and nothing becomes U+FFFD on its way. A byte-order mark is no part of a text.
import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, newFolder, type Ran, read, writeLines } from "../helpers/ckpt.ts";
import { type MockEndpoint, mockEndpoint, type Reply } from "../helpers/mock-endpoint.ts";

setDefaultTimeout(60_000);

const KEY = "sk-test-0123456789";

let mock: MockEndpoint | null = null;
afterEach(async () => {
  await mock?.stop();
  mock = null;
});

async function serve(reply: Reply = { kind: "answer" }): Promise<MockEndpoint> {
  mock = await mockEndpoint({ reply: () => reply });
  return mock;
}

function ask(folder: string, url: string, more: readonly string[]): Promise<Ran> {
  writeLines(folder, "q.jsonl", ['{"question":"?"}']);
  const given = `run q.jsonl --model m --base-url ${url} --retries 1 --retry-delay 1ms --progress none -o out.jsonl`;
  return ckpt(folder, [...given.split(" "), ...more], { OPENAI_API_KEY: KEY });
}

const utf16 = (text: string, mark = true): Buffer => Buffer.from(`${mark ? "\ufeff" : ""}${text}`, "utf16le");
const big = (text: string): Buffer => Buffer.from(utf16(text)).swap16();

const FILES: readonly (readonly [what: string, bytes: Buffer, en: string, zh: string])[] = [
  ["GBK", Buffer.from([0x7b, 0x3f, 0x7d, 0xc7, 0xeb]), "invalid bytes at offset 3", "偏移 3 处的字节无效"],
  [
    "Latin-1",
    Buffer.from("caf\u00e9 {question}", "latin1"),
    "invalid bytes at offset 3",
    "偏移 3 处的字节无效",
  ],
  ["UTF-16", utf16("{question}"), "its byte-order mark (offset 0) is that of utf-16le", "utf-16le"],
  ["UTF-16, the other way round", big("{question}"), "utf-16be", "字节序标记（偏移 0）表明它是 utf-16be"],
  ["UTF-16 without a mark", utf16("{question}", false), "a zero byte at offset 1", "偏移 1 处是零字节"],
  ["binary", Buffer.from("ab\0cd"), "a zero byte at offset 2", "偏移 2 处是零字节"],
  ["cut", Buffer.from("{question} 文").subarray(0, -1), "invalid bytes at offset 11", "偏移 11 处的字节无效"],
];
const OPTIONS: readonly (readonly [option: string, args: readonly string[]])[] = [
  ["--prompt", ["--prompt", "@side.txt"]],
  ["--system", ["--prompt", "{question}", "--system", "@side.txt"]],
  ["--api-key-file", ["--prompt", "{question}", "--api-key-file", "side.txt"]],
];

describe("a file that is not UTF-8 is refused before the first request, by option, name and offset:", () => {
  test.each(
    OPTIONS.flatMap(([option, args]) =>
      FILES.map(([what, bytes, en, zh]) => [option, what, args, bytes, en, zh] as const),
    ),
  )("%s, %s", async (option, _what, args, bytes, en, zh) => {
    const { url, asked } = await serve();
    for (const [lang, said] of [
      ["en", en],
      ["zh", zh],
    ] as const) {
      const folder = newFolder();
      fs.writeFileSync(path.join(folder, "side.txt"), bytes);
      const ran = await ask(folder, url, [...args, "--lang", lang]);
      expect(ran.code).toBe(2);
      for (const part of [option, "side.txt", said, "iconv"]) expect(ran.err).toContain(part);
      expect(fs.existsSync(path.join(folder, "checkpoints"))).toBe(false);
    }
    expect(asked.length).toBe(0);
  });
});

test.each([
  ["en", "Cannot use --prompt: side.txt is empty"],
  ["zh", "无法使用 --prompt：side.txt 是空文件"],
])("a prompt without a text is refused before the first request (%s)", async (lang, said) => {
  const { url, asked } = await serve();
  for (const text of ["", "\n", "\ufeff \r\n"]) {
    const folder = newFolder();
    fs.writeFileSync(path.join(folder, "side.txt"), text);
    const ran = await ask(folder, url, ["--prompt", "@side.txt", "--lang", lang]);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain(said);
  }
  expect(asked.length).toBe(0);
});

test.each([
  [
    "en",
    "Cannot read the input q.csv as utf-8: its byte-order mark is that of utf-16le",
    "Add --encoding utf-16le",
  ],
  ["zh", "无法按 utf-8 读取输入 q.csv：其字节序标记（BOM）表明它是 utf-16le", "请加上 --encoding utf-16le"],
])(
  "an input with the byte-order mark of another encoding names the one that it has (%s)",
  async (lang, said, hint) => {
    const folder = newFolder();
    fs.writeFileSync(path.join(folder, "q.csv"), utf16("a,b\n1,2\n"));
    const ran = await ckpt(folder, ["run", "q.csv", "--lang", lang, "--", "cat"]);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain(said);
    expect(ran.err).toContain(hint);
  },
);

test("a byte-order mark is not sent, whatever file it stands in", async () => {
  const { url, asked } = await serve();
  const folder = newFolder();
  fs.writeFileSync(path.join(folder, "p.txt"), "\ufeffAsk: {question} 文\r\n");
  fs.writeFileSync(path.join(folder, "s.txt"), "\ufeffBe brief.");
  fs.writeFileSync(path.join(folder, "k.txt"), `\ufeff${KEY}-k\r\n`);
  const ran = await ask(folder, url, ["--prompt", "@p.txt", "--system", "@s.txt", "--api-key-file", "k.txt"]);
  expect(ran.code).toBe(0);
  expect(asked[0]?.body["messages"]).toEqual([
    { role: "system", content: "Be brief." },
    { role: "user", content: "Ask: ? 文" },
  ]);
  expect(asked[0]?.headers.authorization).toBe(`Bearer ${KEY}-k`);
});

test("a job that an earlier ckpt began with the mark in its prompt is the same job", async () => {
  const { url } = await serve();
  const folder = newFolder();
  fs.writeFileSync(path.join(folder, "p.txt"), "\ufeffAsk: {question}\n");
  // As it was taken: mark, line end and all.
  expect((await ask(folder, url, ["--prompt", "\ufeffAsk: {question}\n"])).code).toBe(0);
  const again = await ask(folder, url, ["--prompt", "@p.txt", "--json"]);
  expect(JSON.parse(again.out)).toMatchObject({ outcome: "already_complete" });
});

type Failed = { readonly error: { readonly kind: string; readonly message: string } };
const failure = (folder: string): Failed["error"] => (JSON.parse(read(folder, "out.jsonl")) as Failed).error;

describe("an answer that is not UTF-8", () => {
  const answer = (content: Buffer): Buffer => {
    const json = JSON.stringify({
      choices: [{ message: { role: "assistant", content: "@" }, finish_reason: "stop" }],
    });
    const [before = "", behind = ""] = json.split("@");
    return Buffer.concat([Buffer.from(before), content, Buffer.from(behind)]);
  };
  test.each<[what: string, body: Buffer, where: string]>([
    ["in GBK", answer(Buffer.from([0xc4, 0xe3, 0xba, 0xc3])), "byte 0xc4 at offset 54"],
    ["half a character", answer(Buffer.from("文").subarray(0, 2)), "byte 0xe6 at offset 54"],
    ["in UTF-16", utf16(answer(Buffer.from("a")).toString()), "byte 0xff at offset 0"],
  ])(
    "(%s) has failed as a command's output has, after its retries; nothing of it is kept",
    async (_, body, where) => {
      const { url, asked } = await serve({ kind: "raw", body });
      const folder = newFolder();
      expect((await ask(folder, url, ["--prompt", "{question}"])).code).toBe(3);
      expect(failure(folder)).toEqual({ kind: "bad_output", message: `the answer is not UTF-8: ${where}` });
      expect(asked.length).toBe(2);
    },
  );

  test("is no error by its status: what an error says is kept as far as it can be read", async () => {
    const body = Buffer.concat([
      Buffer.from('{"error":{"message":"no '),
      Buffer.from([0xc4]),
      Buffer.from('"}}'),
    ]);
    const { url } = await serve({ kind: "status", status: 400, error: body });
    const folder = newFolder();
    expect((await ask(folder, url, ["--prompt", "{question}"])).code).toBe(3);
    expect(failure(folder)).toMatchObject({ kind: "http_400", message: "HTTP 400: no \ufffd" });
  });
});

describe("a worker's lines", () => {
  const run = (folder: string, shell: string): Promise<Ran> => {
    writeLines(folder, "in.txt", ["item"]);
    const args = [
      "run",
      "in.txt",
      "--progress",
      "none",
      "-o",
      "out.jsonl",
      "--worker",
      "--",
      "sh",
      "-c",
      shell,
    ];
    return ckpt(folder, args);
  };

  test("may begin with a byte-order mark", async () => {
    const folder = newFolder();
    const ran = await run(folder, `read -r line; printf '\\357\\273\\277{"index":0,"output":"a"}\\n'; cat`);
    expect(ran.code).toBe(0);
    expect(read(folder, "out.jsonl")).toContain('"output":"a"');
  });

  test("that are not UTF-8 fail the item, and say where", async () => {
    const folder = newFolder();
    expect((await run(folder, `read -r line; printf '{"index":0,"output":"\\304\\343"}\\n'; cat`)).code).toBe(
      3,
    );
    expect(failure(folder)).toMatchObject({
      kind: "bad_output",
      message: "it is not UTF-8: byte 0xc4 at offset 21",
    });
  });
});
