// `--image`: pictures of items, through the executable against a mock endpoint.
import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, newFolder, read, type Ran, writeLines } from "../helpers/ckpt.ts";
import { type MockEndpoint, mockEndpoint } from "../helpers/mock-endpoint.ts";

setDefaultTimeout(60_000);

const NOBODY = "http://127.0.0.1:9/v1";
const PNG = Buffer.from("89504e470d0a1a0a0000000d49484452", "hex");
const JPEG = Buffer.from("ffd8ffe000104a46494600010100", "hex");
const urlOf = (type: string, bytes: Buffer): string => `data:${type};base64,${bytes.toString("base64")}`;

let mock: MockEndpoint | null = null;
afterEach(async () => {
  await mock?.stop();
  mock = null;
});

async function serve(): Promise<MockEndpoint> {
  mock = await mockEndpoint();
  return mock;
}

/** A folder `data` with an input and pictures, beside the present folder. */
function folderWith(items: readonly object[], pictures: Readonly<Record<string, Buffer>> = {}): string {
  const folder = newFolder();
  fs.mkdirSync(path.join(folder, "data/pics"), { recursive: true });
  writeLines(
    folder,
    "data/q.jsonl",
    items.map((item) => JSON.stringify(item)),
  );
  for (const [name, bytes] of Object.entries(pictures))
    fs.writeFileSync(path.join(folder, "data", name), bytes);
  return folder;
}

const ask = (folder: string, url: string, more: readonly string[] = []): Promise<Ran> =>
  ckpt(folder, [
    ..."run data/q.jsonl --model m --image image -j 1 --retry-delay 1ms -o out.jsonl --base-url".split(" "),
    url,
    ...(more.includes("--messages") || more.includes("--body") ? [] : ["--prompt", "{q}"]),
    ...more,
  ]);
const errors = (folder: string): unknown[] =>
  read(folder, "out.jsonl")
    .trim()
    .split("\n")
    .map(
      (line) =>
        (JSON.parse(line) as { readonly error?: { readonly message: string } }).error?.message ?? null,
    );
const contentOf = (server: MockEndpoint, at = 0): unknown =>
  (server.asked[at]?.body as { messages: { content: unknown }[] } | undefined)?.messages.at(-1)?.content;

describe("a picture", () => {
  test("in a file beside the input is sent with its type by its bytes; one at a URL is passed on; a list of them too", async () => {
    const server = await serve();
    const folder = folderWith(
      [
        { q: "a", image: "pics/one.bin" },
        { q: "b", image: "https://host/x.png" },
        { q: "c", image: ["pics/two.png", "https://host/y"] },
        { q: "d", image: [] },
      ],
      { "pics/one.bin": PNG, "pics/two.png": JPEG },
    );
    expect(await ask(folder, server.url)).toMatchObject({ code: 0 });
    const part = (url: string): object => ({ type: "image_url", image_url: { url } });
    expect(contentOf(server)).toEqual([{ type: "text", text: "a" }, part(urlOf("image/png", PNG))]);
    expect(contentOf(server, 1)).toEqual([{ type: "text", text: "b" }, part("https://host/x.png")]);
    expect(contentOf(server, 2)).toEqual([
      { type: "text", text: "c" },
      part(urlOf("image/jpeg", JPEG)),
      part("https://host/y"),
    ]);
    expect(contentOf(server, 3)).toBe("d");
  });

  test.each([
    [
      "responses",
      ["--api", "responses"],
      (url: string) => ({ type: "input_image", image_url: url }),
      "input",
    ],
    [
      "messages",
      ["--api", "messages", "--param", "max_tokens=9"],
      () => ({
        type: "image",
        source: { type: "base64", media_type: "image/png", data: PNG.toString("base64") },
      }),
      "messages",
    ],
  ] as const)("has the form of the API: %s", async (_, more, part, name) => {
    const server = await serve();
    const folder = folderWith([{ q: "a", image: "p.png" }], { "p.png": PNG });
    expect(await ask(folder, server.url, more)).toMatchObject({ code: 0 });
    const [message] = (server.asked[0]?.body[name] ?? []) as { role: string; content: unknown[] }[];
    expect(message).toMatchObject({ role: "user" });
    expect(message?.content[1]).toEqual(part(urlOf("image/png", PNG)));
  });

  test("goes to the last message of the user, among its own parts", async () => {
    const server = await serve();
    const messages = [
      { role: "user", content: "first" },
      { role: "assistant", content: "ok" },
      { role: "user", content: [{ type: "text", text: "last" }] },
      { role: "assistant", content: "well" },
    ];
    const folder = folderWith([{ messages, image: "p.png" }], { "p.png": PNG });
    expect(await ask(folder, server.url, ["--messages", "{messages}"])).toMatchObject({ code: 0 });
    const sent = server.asked[0]?.body["messages"] as { content: unknown }[];
    expect(sent.map(({ content }) => content)).toEqual([
      "first",
      "ok",
      [
        { type: "text", text: "last" },
        { type: "image_url", image_url: { url: urlOf("image/png", PNG) } },
      ],
      "well",
    ]);
  });

  test("is shown by --dry-run without its bytes", async () => {
    const folder = folderWith([{ q: "a", image: "p.png" }], { "p.png": PNG });
    const ran = await ask(folder, NOBODY, ["--dry-run"]);
    expect(ran.out).toContain("data:image/png;base64,… (16 bytes)");
    const inline = {
      q: "a",
      messages: [{ role: "user", content: [{ image: `data:image/png;base64,${"A".repeat(5000)}` }] }],
      image: [],
    };
    const shown = await ask(folderWith([inline]), NOBODY, ["--messages", "{messages}", "--dry-run"]);
    expect(shown.out).toContain("(5022 characters)");
    expect(shown.out).not.toContain("A".repeat(200));
  });

  test("that is missing, too large or no picture fails its item before any request, kind input, in both languages", async () => {
    const server = await serve();
    const items = ["gone.png", "big.png", "text.png", ""].map((image, n) => ({ q: `q${n}`, image }));
    const folder = folderWith([...items, { q: "q4", image: null }, { q: "q5", image: "p.png" }], {
      "big.png": Buffer.concat([PNG, Buffer.alloc(2000)]),
      "text.png": Buffer.from("hello"),
      "p.png": PNG,
    });
    expect((await ask(folder, server.url, ["--max-image", "1K"])).code).toBe(3);
    expect(server.asked).toHaveLength(1);
    expect(errors(folder)).toEqual([
      "line 1: gone.png: no such file",
      "line 2: big.png has 2016 bytes, more than 1024 (--max-image)",
      "line 3: text.png is not a picture of a known format",
      'line 4: image is "", not a path or a URL',
      "line 5: image is null, not a path or a URL",
      null,
    ]);
    const shown = await ckpt(folder, ["show", "#2", "--lang", "zh"]);
    expect(shown.out).toContain("超过 1024");
  });
});

describe("what an item is known by", () => {
  test("has the bytes of its picture: an item whose picture was replaced runs again, and no other", async () => {
    const server = await serve();
    const items = ["a", "b", "c"].map((q) => ({ id: q, q, image: `${q}.png` }));
    const folder = folderWith(items, { "a.png": PNG, "b.png": PNG, "c.png": PNG });
    const more = ["--id", "id"];
    expect((await ask(folder, server.url, more)).code).toBe(0);
    expect((await ask(folder, server.url, more)).err).toContain("complete");
    expect(server.asked).toHaveLength(3);
    fs.writeFileSync(path.join(folder, "data/b.png"), JPEG);
    expect((await ask(folder, server.url, more)).code).toBe(0);
    expect(server.asked.slice(3).map(({ prompt }) => prompt)).toEqual(["b"]);
  });

  test("and one whose picture came runs, without ids too", async () => {
    const server = await serve();
    const folder = folderWith(
      [
        { q: "a", image: "a.png" },
        { q: "b", image: "b.png" },
      ],
      { "a.png": PNG },
    );
    expect((await ask(folder, server.url)).code).toBe(3);
    fs.writeFileSync(path.join(folder, "data/b.png"), PNG);
    expect((await ask(folder, server.url)).code).toBe(0);
    expect(server.asked.map(({ prompt }) => prompt)).toEqual(["a", "b"]);
    const exported = await ckpt(folder, ["export", "--include-input", "--fields", "q,status"]);
    expect(exported.out).toBe('{"q":"a","status":"ok"}\n{"q":"b","status":"ok"}\n');
  });

  test("other pictures on top are another job", async () => {
    const server = await serve();
    const folder = folderWith([{ q: "a", image: "a.png", other: "a.png" }], { "a.png": PNG });
    expect((await ask(folder, server.url, ["--limit", "1"])).code).toBe(0);
    const ran = await ask(folder, server.url, ["--image", "other", "--dry-run", "--json"]);
    expect(JSON.parse(ran.out)).toMatchObject({ plan: { pending: 1 } });
  });
});

test("pictures may be the items: a folder of them", async () => {
  const server = await serve();
  const folder = folderWith([{ q: "x" }], { "pics/1.png": PNG, "pics/2.jpg": JPEG });
  const words = "run data/pics/* --format files --model m --image path -j 1 -o out.jsonl --base-url".split(
    " ",
  );
  const ran = await ckpt(folder, [...words, server.url, "--prompt", "Describe {name}"]);
  expect(ran).toMatchObject({ code: 0 });
  expect(contentOf(server)).toEqual([
    { type: "text", text: "Describe 1.png" },
    { type: "image_url", image_url: { url: urlOf("image/png", PNG) } },
  ]);
});

test("a field that an item lacks: nothing is begun", async () => {
  const folder = folderWith([{ q: "a" }]);
  expect(await ask(folder, NOBODY)).toMatchObject({ code: 2, err: expect.stringContaining("image") });
});

test("an API without pictures refuses them", async () => {
  const folder = folderWith([{ q: "a", image: "p.png" }], { "p.png": PNG });
  expect(await ask(folder, NOBODY, ["--api", "embeddings"])).toMatchObject({
    code: 2,
    err: expect.stringContaining("--image"),
  });
});
