// Files as items (`--format files`): their fields, their text on demand, and which of them are run again when they were edited or renamed.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, newFolder, type Ran, read } from "../helpers/ckpt.ts";
import { mockEndpoint } from "../helpers/mock-endpoint.ts";

setDefaultTimeout(120_000);

function folderWith(files: { readonly [name: string]: string | Uint8Array }): string {
  const folder = newFolder();
  for (const [name, content] of Object.entries(files)) put(folder, name, content);
  return folder;
}

function put(folder: string, name: string, content: string | Uint8Array): void {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
}

const run = (folder: string, words: readonly string[], shell: string): Promise<Ran> =>
  ckpt(folder, [
    "run",
    ...words,
    "--format",
    "files",
    "-j",
    "1",
    "-o",
    "out.jsonl",
    "--shell",
    `echo x >> calls.log; ${shell}`,
  ]);

const calls = (folder: string): number => read(folder, "calls.log").length / 2;

type Row = {
  readonly id: string;
  readonly status: string;
  readonly output: string;
  readonly error?: { readonly kind: string; readonly message: string };
};
const rows = (folder: string): Row[] =>
  read(folder, "out.jsonl")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Row);
const outputs = (folder: string): string[] => rows(folder).map(({ output }) => output);

const sha256 = (text: string): string => Bun.SHA256.hash(text, "hex");

describe("a file", () => {
  test("has the fields path, name, stem, dir, ext, size and sha256; its id is its path", async () => {
    const folder = folderWith({ "docs/a.b.md": "one", "docs/deep/README": "", "top.txt": "three" });
    const ran = await run(
      folder,
      ["docs/**/*", "top.txt"],
      "printf '%s|' {path} {name} {stem} {dir} {ext} {size} {sha256} {_file} {_line} {id}",
    );
    expect({ code: ran.code, err: ran.err }).toMatchObject({ code: 0 });
    expect(outputs(folder)).toEqual([
      `docs/a.b.md|a.b.md|a.b|docs|md|3|${sha256("one")}|docs/a.b.md|1|docs/a.b.md|`,
      `docs/deep/README|README|README|docs/deep||0|${sha256("")}|docs/deep/README|1|docs/deep/README|`,
      `top.txt|top.txt|top|.|txt|5|${sha256("three")}|top.txt|1|top.txt|`,
    ]);
    expect(rows(folder).map(({ id }) => id)).toEqual(["docs/a.b.md", "docs/deep/README", "top.txt"]);
  });

  test("may be of any kind: what is packed or no text is an item like any other", async () => {
    const folder = folderWith({
      "a.bz2": Uint8Array.of(0, 255, 0),
      "b.jsonl.gz": "not packed",
      "c.pkl": "x",
    });
    expect((await run(folder, ["*"], "wc -c < {path}")).code).toBe(0);
    expect(outputs(folder).map(Number)).toEqual([3, 10, 1]);
  });

  test("gives its text where that is named, without a byte-order mark, in the given encoding", async () => {
    const folder = folderWith({ "a.txt": "\uFEFF你好\n", "b.txt": "it's\n\n" });
    expect((await run(folder, ["*.txt"], "printf %s {text}")).code).toBe(0);
    expect(outputs(folder)).toEqual(["你好", "it's\n"]);
    const latin = folderWith({ "a.txt": Uint8Array.of(0xe9) });
    expect((await run(latin, ["*.txt", "--encoding", "latin1"], "printf %s {text}")).code).toBe(0);
    expect(outputs(latin)).toEqual(["é"]);
  });

  test("whose text cannot be read fails, says why, and is retried when it has changed", async () => {
    const folder = folderWith({
      "a.txt": "good",
      "b.bin": Uint8Array.of(0x61, 0xff),
      "c.txt": Buffer.alloc((16 << 20) + 1, "x"),
    });
    expect((await run(folder, ["[abc].*"], "printf %s {text} | head -c 5")).code).toBe(3);
    expect(rows(folder).map(({ id, status, error }) => [id, status, error?.kind, error?.message])).toEqual([
      ["a.txt", "ok", undefined, undefined],
      ["b.bin", "failed", "input", "the file is not text in utf-8: byte 0xff at offset 1"],
      ["c.txt", "failed", "input", "the file is too long to be a text: 16777217 bytes, at most 16777216"],
    ]);
    const zh = await ckpt(folder, ["info", "--lang", "zh"]);
    expect(zh.out).toContain("文件不是 utf-8 编码的文本：");
    put(folder, "b.bin", "ab");
    put(folder, "c.txt", "c");
    expect((await run(folder, ["[abc].*"], "printf %s {text} | head -c 5")).code).toBe(0);
    expect(outputs(folder)).toEqual(["good", "ab", "c"]);
    // The two that had no text were never handed to the command.
    expect(calls(folder)).toBe(3);
  });

  test("is not read as text where nobody asks for that", async () => {
    const folder = folderWith({ "b.bin": Uint8Array.of(0x61, 0xff) });
    expect((await run(folder, ["b.bin"], "echo {name}")).code).toBe(0);
    expect((await ckpt(folder, ["export", "--include-input"])).out).not.toContain('"text"');
  });
});

describe("of files that were edited or renamed", () => {
  const many = Object.fromEntries(
    Array.from({ length: 300 }, (_, n) => [`docs/${n % 7}/${n}.md`, `text ${n}`]),
  );

  test("of 300 through an endpoint, 20 edited: 20 are asked for again, in their places", async () => {
    const endpoint = await mockEndpoint();
    const folder = folderWith(many);
    const ask = (): Promise<Ran> =>
      ckpt(
        folder,
        [
          "run",
          "docs/**/*.md",
          "--format",
          "files",
          "--base-url",
          endpoint.url,
          "--model",
          "m",
          "--prompt",
          "Sum up: {text}",
          "-j",
          "8",
          "-o",
          "out.jsonl",
        ],
        { OPENAI_API_KEY: "k" },
      );
    const first = await ask();
    expect({ code: first.code, err: first.err }).toMatchObject({ code: 0 });
    const before = rows(folder);
    expect(before).toHaveLength(300);
    for (let n = 0; n < 20; n++) put(folder, `docs/${(n * 15) % 7}/${n * 15}.md`, `edited ${n}`);
    const second = await ask();
    expect(second.code).toBe(0);
    expect(second.err).toContain("20 changed");
    expect(second.err).toContain("This run: 20 attempted");
    expect(rows(folder).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    expect(endpoint.asked).toHaveLength(320);
    await endpoint.stop();
  });

  test("one that was renamed is new, but with --id sha256 it is not", async () => {
    for (const [words, again] of [
      [[], 3],
      [["--id", "sha256"], 2],
    ] as const) {
      const folder = folderWith({ "a.md": "one", "b.md": "two" });
      expect((await run(folder, ["*.md", ...words], "cat {path}")).code).toBe(0);
      fs.renameSync(path.join(folder, "a.md"), path.join(folder, "c.md"));
      expect((await run(folder, ["*.md", ...words], "cat {path}")).code).toBe(0);
      expect(outputs(folder)).toEqual(["two", "one"]);
      expect(calls(folder)).toBe(again);
    }
  });

  test("an interrupted run resumes with the words on record, and nothing is run twice", async () => {
    const folder = folderWith({ "a.md": "one", "b.md": "two", "c.md": "three" });
    expect((await run(folder, ["*.md", "--limit", "1"], "cat {path}")).code).toBe(4);
    const info = JSON.parse((await ckpt(folder, ["info", "--json"])).out) as { readonly input: object };
    expect(info.input).toMatchObject({ format: "files", id_field: "path", files: 3, size: 11, changes: 0 });
    expect((await ckpt(folder, ["run"])).code).toBe(0);
    expect(calls(folder)).toBe(3);
    expect((await run(folder, ["*.md"], "cat {path}")).err).toContain("Already complete");
  });

  test("one that is edited, or removed, during the run stops it", async () => {
    for (const change of ["echo other > b.md", "rm b.md"]) {
      const folder = folderWith({ "a.md": "one", "b.md": "two" });
      const ran = await run(folder, ["*.md"], `${change}; echo {name}`);
      // Both may have been read before the first was attempted.
      expect([0, 4]).toContain(ran.code);
      if (ran.code === 4) expect(ran.err).toContain("the input b.md was changed during the run");
    }
  });

  test("two of the same content are named where their content is to be their id", async () => {
    const folder = folderWith({ "a.md": "same", "d/b.md": "same" });
    const ran = await run(folder, ["**/*.md", "--id", "sha256"], "cat {path}");
    expect(ran.code).toBe(2);
    expect(ran.err).toContain("on a.md:1, d/b.md:1");
  });
});

test.each([
  ["files", ["docs/*.md", "--format", "files"], "docs/c.md", "echo {path}"],
  ["files of which each line is an item", ["docs/*.md", "--format", "txt"], "docs/c.md", "echo {_file} {}"],
  ["one file, by whose name items are known", ["docs/a.md", "--format", "txt"], null, "echo {_file} {}"],
])(
  "%s that were added are pending to export and show, from any folder",
  async (_what, words, added, script) => {
    const folder = folderWith({ "docs/a.md": "one\n", "docs/b.md": "two\n" });
    expect((await ckpt(folder, ["run", ...words, "-q", "--shell", script])).code).toBe(0);
    if (added === null) fs.appendFileSync(path.join(folder, "docs/a.md"), "more\n");
    else put(folder, added, "three\n");
    const outputOf = (line: string): unknown => (JSON.parse(line) as { readonly output?: unknown }).output;
    const done = read(folder, added === null ? "a.results.jsonl" : "inputs.results.jsonl")
      .trim()
      .split("\n")
      .map(outputOf);
    for (const cwd of [folder, path.join(folder, "docs")]) {
      const dir = ["--dir", path.join(folder, "checkpoints")];
      const exported = ["export", ...dir, "-o", "-", "--status", "ok,pending", "--include-input"];
      const lines = (await ckpt(cwd, exported)).out.trim().split("\n");
      expect(lines.map(outputOf)).toEqual([...done, undefined]);
      const shown = await ckpt(cwd, ["show", "1", ...dir, "--json"]);
      expect(JSON.parse(shown.out)).toMatchObject([{ status: "ok", changed: false }]);
    }
  },
);

test("standard input lists no files, and this is reported", async () => {
  const ran = await ckpt(newFolder(), ["run", "-", "--format", "files", "--", "cat"]);
  expect(ran.code).toBe(2);
  expect(ran.err).toContain("--format files");
});
