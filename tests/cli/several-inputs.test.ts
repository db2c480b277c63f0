// An input of several files: which they are, in which order their items come, and what a run with some of them edited, renamed or new does again.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { zstdCompressSync } from "node:zlib";
import { ckpt, newFolder, type Ran, read } from "../helpers/ckpt.ts";

setDefaultTimeout(60_000);

const FILES = {
  "a.jsonl": '{"q":"a1"}\n{"q":"a2"}\n',
  "b.csv": "q,n\nb1,1\n\nb2,2\n",
  "data/1.jsonl": '{"q":"d1"}\n',
  "data/deep/er/2.jsonl": '{"q":"d2"}\n',
  "data/10.jsonl": '{"q":"d10"}\n',
};

function folderWith(files: { readonly [name: string]: string | Uint8Array } = FILES): string {
  const folder = newFolder();
  for (const [name, content] of Object.entries(files)) put(folder, name, content);
  return folder;
}

function put(folder: string, name: string, content: string | Uint8Array): void {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
}

/** Runs a command that notes each item it is called for. */
const run = (folder: string, words: readonly string[], shell = "echo {q}"): Promise<Ran> =>
  ckpt(folder, ["run", ...words, "-j", "1", "--shell", `echo x >> calls.log; ${shell}`]);

const calls = (folder: string): number =>
  fs.existsSync(path.join(folder, "calls.log")) ? read(folder, "calls.log").length / 2 : 0;

const outputs = (folder: string, name = "inputs.results.jsonl"): unknown[] =>
  read(folder, name)
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { readonly output: unknown }).output);

describe("files and patterns", () => {
  test("come in the order of the words, those of a pattern sorted, each once, under one index", async () => {
    const folder = folderWith();
    const ran = await run(
      folder,
      ["data/10.jsonl", "a.jsonl", "b.csv", "data/**/*.jsonl", "./a.jsonl"],
      "echo {#} {_file}:{_line} {q}",
    );
    expect({ code: ran.code, err: ran.err }).toMatchObject({ code: 0 });
    expect(outputs(folder)).toEqual([
      "1 data/10.jsonl:1 d10",
      "2 a.jsonl:1 a1",
      "3 a.jsonl:2 a2",
      "4 b.csv:2 b1",
      "5 b.csv:4 b2",
      "6 data/1.jsonl:1 d1",
      "7 data/deep/er/2.jsonl:1 d2",
    ]);
  });

  test("may be written with braces, from above, and absolute; links to files count, hidden ones and linked folders do not", async () => {
    const folder = folderWith({ ...FILES, "data/.hidden.jsonl": '{"q":"no"}\n' });
    fs.symlinkSync("..", path.join(folder, "data/loop"));
    fs.symlinkSync("../b.csv", path.join(folder, "data/link.csv"));
    const inside = path.join(folder, "data");
    await ckpt(inside, [
      "run",
      "../{data/**/1,data/deep/*/2}.jsonl",
      `${folder}/a.*`,
      "*.csv",
      "**/*.jsonl",
      "--shell",
      "echo {_file} {q}",
    ]);
    expect(outputs(inside)).toEqual([
      "../data/1.jsonl d1",
      "../data/deep/er/2.jsonl d2",
      `${folder}/a.jsonl a1`,
      `${folder}/a.jsonl a2`,
      "link.csv b1",
      "link.csv b2",
      "10.jsonl d10",
    ]);
  });

  test("a word that is a path is that path, whatever characters it has", async () => {
    const folder = folderWith({ "we[ir]d*.jsonl": '{"q":"odd"}\n', "weird.jsonl": '{"q":"no"}\n' });
    expect((await run(folder, ["we[ir]d*.jsonl"])).code).toBe(0);
    expect(outputs(folder, "we[ir]d*.results.jsonl")).toEqual(["odd"]);
  });

  test("never match the job's own output and checkpoint", async () => {
    const folder = folderWith({ "a.jsonl": '{"q":"a1"}\n' });
    expect((await run(folder, ["**/*.jsonl"])).code).toBe(0);
    put(folder, "b.jsonl", '{"q":"b1"}\n');
    expect((await run(folder, ["**/*.jsonl"])).code).toBe(0);
    expect(outputs(folder)).toEqual(["a1", "b1"]);
    expect(calls(folder)).toBe(2);
  });

  test("each table is read as its own header shows, each file decompressed by its name", async () => {
    const folder = folderWith({
      "a.csv": "q;n\na,1;2\n",
      "b.csv": "q,n\nb1,2\n",
      "c.jsonl.zst": zstdCompressSync('{"q":"c1"}\n'),
      "d.json": '[{"q":"d1"}]',
      "e.tsv": "q\tn\ne1\t2\n",
    });
    const ran = await run(folder, ["*.*"]);
    expect(ran.err).toContain("a.csv is read with semicolons as the delimiter");
    expect(outputs(folder)).toEqual(["a,1", "b1", "c1", "d1", "e1"]);
  });

  test("--format says what all of them are", async () => {
    const folder = folderWith({ "a.log": "one\n", "b.log": "two\n" });
    const refused = await run(folder, ["*.log"], "cat");
    expect(refused).toMatchObject({ code: 2 });
    expect(refused.err).toContain("Cannot tell the format of the input a.log");
    expect((await run(folder, ["*.log", "--format", "txt"], "cat")).code).toBe(0);
    expect(outputs(folder)).toEqual(["one", "two"]);
    const exported = (await ckpt(folder, ["export", "--include-input"])).out;
    expect(exported).toContain('"item":"two"');
  });

  test("a file whose name is not UTF-8 is refused, not left out", async () => {
    const folder = folderWith();
    fs.writeFileSync(
      Buffer.concat([Buffer.from(`${folder}/bad`), Buffer.of(0xff), Buffer.from(".csv")]),
      "q\nx\n",
    );
    const ran = await run(folder, ["*.csv"]);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain("Cannot read the input bad\uFFFD.csv: its name is not UTF-8");
  });

  test.each([
    [["none/*.jsonl"], "en", "Cannot open the input: no file matches none/*.jsonl"],
    [["a.jsonl", "x{1,2}.csv"], "zh", "无法打开输入：没有文件与 x{1,2}.csv 匹配"],
    [["a.jsonl", "nope.csv"], "en", "Cannot open the input: nope.csv does not exist"],
    [
      ["a.jsonl", "data"],
      "en",
      "Cannot open the input: data is a folder\n      Name a file in it, or all by a pattern in quotes: 'data/**/*.jsonl'.",
    ],
    [
      ["a.jsonl", "-"],
      "en",
      "Cannot read standard input together with other inputs: it can be read only once",
    ],
    [["a.jsonl", "/dev/null"], "zh", "无法将输入 /dev/null 与其他输入一起读取：它只能读一次"],
    [["a.jsonl", ""], "en", "no input was named"],
  ])("%j: what is wrong is said (%s)", async (words, language, text) => {
    const ran = await ckpt(folderWith(), ["run", ...words, "--lang", language, "--", "cat"]);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain(text);
  });
});

describe("resuming", () => {
  test("runs no item again, by the same words and by none; the input stands on record", async () => {
    const folder = folderWith();
    const words = ["a.jsonl", "b.csv", "data/*.jsonl"];
    expect((await run(folder, [...words, "--limit", "3"])).code).toBe(4);
    const info = JSON.parse((await ckpt(folder, ["info", "--json"])).out) as { readonly input: object };
    expect(info.input).toMatchObject({
      path: `${folder}/a.jsonl ${folder}/b.csv '${folder}/data/*.jsonl'`,
      format: "mixed",
      files: 4,
      words: words.map((word) => path.join(folder, word)),
      mtime: null,
      sha256: sumOf(folder, ["a.jsonl", "b.csv", "data/1.jsonl", "data/10.jsonl"]),
      changes: 0,
    });
    expect((await ckpt(folder, ["info"])).out).toMatch(/4 files, mixed, \d+ B; same size\n/);
    expect((await run(folder, [...words, "--limit", "1"])).code).toBe(4);
    const bare = await ckpt(folder, ["run"]);
    expect(bare.code).toBe(0);
    expect(bare.err).toContain("run a.jsonl b.csv 'data/*.jsonl' ");
    expect(calls(folder)).toBe(6);
    expect((await run(folder, words)).err).toContain("Already complete");
    expect(outputs(folder)).toEqual(["a1", "a2", "b1", "b2", "d1", "d10"]);
  });

  test("with files edited, removed, new and renamed, just what is new in them is run", async () => {
    const folder = folderWith();
    expect((await run(folder, ["**/*.{jsonl,csv}"])).code).toBe(0);
    expect(calls(folder)).toBe(7);
    fs.rmSync(path.join(folder, "data/1.jsonl"));
    fs.renameSync(path.join(folder, "a.jsonl"), path.join(folder, "z.jsonl"));
    fs.appendFileSync(path.join(folder, "b.csv"), "b3,3\n");
    put(folder, "new.jsonl", '{"q":"n1"}\n');
    expect((await run(folder, ["**/*.{jsonl,csv}"])).code).toBe(0);
    expect(calls(folder)).toBe(9);
    expect(outputs(folder)).toEqual(["b1", "b2", "b3", "d10", "d2", "n1", "a1", "a2"]);
    const lines = (await ckpt(folder, ["export", "--include-input"])).out.trim().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as { readonly q: string }).q)).toEqual(
      outputs(folder) as string[],
    );
  });

  test("where the command is given the file's name, a renamed file is run again", async () => {
    const folder = folderWith({ "a.jsonl": '{"q":"a1"}\n', "b.jsonl": '{"q":"b1"}\n' });
    expect((await run(folder, ["*.jsonl"], "echo {_file}")).code).toBe(0);
    fs.renameSync(path.join(folder, "b.jsonl"), path.join(folder, "c.jsonl"));
    expect((await run(folder, ["*.jsonl"], "echo {_file}")).code).toBe(0);
    expect(outputs(folder)).toEqual(["a.jsonl", "c.jsonl"]);
    expect(calls(folder)).toBe(3);
    expect((await run(folder, ["a.jsonl", "-o", "one.jsonl"], "echo {_file}")).code).toBe(0);
    fs.renameSync(path.join(folder, "a.jsonl"), path.join(folder, "d.jsonl"));
    expect((await run(folder, ["d.jsonl", "-o", "two.jsonl"], "echo {_file}")).code).toBe(0);
    expect(outputs(folder, "two.jsonl")).toEqual(["d.jsonl"]);
  });

  test("a file that is edited during the run stops it; the next run takes it as it is then", async () => {
    const folder = folderWith({ "a.jsonl": '{"q":"a1"}\n', "b.jsonl": '{"q":"b1"}\n' });
    const ran = await run(folder, ["a.jsonl", "b.jsonl"], 'echo \'{"q":"other"}\' > b.jsonl; echo {q}');
    expect(ran.code).toBe(4);
    expect(ran.err).toContain("the input b.jsonl was changed during the run");
    expect(
      (await run(folder, ["a.jsonl", "b.jsonl"], 'echo \'{"q":"other"}\' > b.jsonl; echo {q}')).code,
    ).toBe(0);
    expect(outputs(folder)).toEqual(["a1", "other"]);
  });

  test("an output is none of the input's files", async () => {
    const folder = folderWith();
    const ran = await run(folder, ["a.jsonl", "data/*.jsonl", "-o", "data/../a.jsonl", "--force"]);
    expect(ran.code).toBe(2);
    expect(read(folder, "a.jsonl")).toBe(FILES["a.jsonl"]);
    // What a pattern would match as well is left out of the input, but never replaced unasked.
    expect((await run(folder, ["a.jsonl", "data/*.jsonl", "-o", "data/1.jsonl"])).code).toBe(12);
    expect(read(folder, "data/1.jsonl")).toBe(FILES["data/1.jsonl"]);
  });
});

test("a dry run names the files, in words and in JSON", async () => {
  const folder = folderWith();
  const words = ["run", "b.csv", "data/**/*.jsonl", "--dry-run"];
  const en = await ckpt(folder, [...words, "--", "cat"]);
  expect(en.out).toStartWith("Input: 4 files: b.csv, data/1.jsonl, data/10.jsonl, data/deep/er/2.jsonl\n");
  const zh = await ckpt(folder, [...words, "--lang", "zh", "--", "cat"]);
  expect(zh.out).toStartWith("输入：4 个文件：b.csv、data/1.jsonl、data/10.jsonl、data/deep/er/2.jsonl\n");
  const json = JSON.parse((await ckpt(folder, [...words, "--json", "--", "cat"])).out) as {
    readonly files: unknown;
  };
  expect(json.files).toEqual(["b.csv", "data/1.jsonl", "data/10.jsonl", "data/deep/er/2.jsonl"]);
});

describe("ids", () => {
  test("_file and _line may be ids", async () => {
    const folder = folderWith({ "a.txt": "one\n", "b.txt": "two\n" });
    expect((await run(folder, ["*.txt", "--id", "_file"], "cat")).code).toBe(0);
    expect(read(folder, "inputs.results.jsonl")).toContain('"id":"a.txt","status":"ok","output":"one"');
    put(folder, "a.txt", "uno\n");
    expect((await run(folder, ["*.txt", "--id", "_file"], "cat")).code).toBe(0);
    expect(outputs(folder)).toEqual(["uno", "two"]);
    expect(calls(folder)).toBe(3);
    expect((await run(folder, ["a.txt", "--id", "_line", "-o", "l.jsonl"], "cat")).code).toBe(0);
    expect(read(folder, "l.jsonl")).toContain('"id":1,');
  });

  test("one that stands twice, or is missing, is named with its file", async () => {
    const folder = folderWith({
      "a.jsonl": '{"id":"x"}\n{"id":"y"}\n',
      "b.jsonl": '{"id":"z"}\n{"id":"x"}\n',
      "c.jsonl": "{}\n",
    });
    const doubled = await run(folder, ["a.jsonl", "b.jsonl", "--id", "id"]);
    expect(doubled.err).toContain('1 id occurs more than once: "x" on a.jsonl:1, b.jsonl:2\n');
    const zh = await run(folder, ["a.jsonl", "b.jsonl", "--id", "id", "--lang", "zh"]);
    expect(zh.err).toContain("有 1 个 id 重复：“x”在 a.jsonl:1、b.jsonl:2");
    const missing = await run(folder, ["a.jsonl", "c.jsonl", "--id", "id"]);
    expect(missing.err).toContain("1 item has no text or number there: c.jsonl:1\n");
  });

  test("a piece that is no item fails with the name of its file", async () => {
    const folder = folderWith({ "a.jsonl": '{"q":"a"}\n', "b.jsonl": '{"q":"b"}\nnot json\n' });
    expect((await run(folder, ["a.jsonl", "b.jsonl"])).code).toBe(3);
    expect(read(folder, "inputs.results.jsonl")).toContain("b.jsonl, line 2 is not JSON");
  });
});

/** SHA-256 of what sha256sum prints. */
function sumOf(folder: string, names: readonly string[]): string {
  const lines = names.map(
    (name) => `${Bun.SHA256.hash(fs.readFileSync(path.join(folder, name)), "hex")}  ${name}\n`,
  );
  return Bun.SHA256.hash(lines.join(""), "hex");
}
