// What separates the cells of a table, as people see it: found, named, kept on record, and remarked on.
import { describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, newFolder, type Ran, read } from "../helpers/ckpt.ts";

const SEMICOLONS = "name;city\nAda;Rome, Italy\nBob;Oslo\n";
/** The same, fit to be read with commas: a column of the name `name;city`. */
const ONE_COLUMN = "name;city\nAda;Rome\nBob;Oslo\n";

function folderWith(text: string, name = "in.csv"): string {
  const folder = newFolder();
  fs.writeFileSync(path.join(folder, name), text);
  return folder;
}

const run = (folder: string, ...options: readonly string[]): Promise<Ran> =>
  ckpt(folder, ["run", "in.csv", "-o", "out.jsonl", "--progress", "plain", ...options, "--", "cat"]);

/** The items as the command was given them. */
const items = (folder: string, output = "out.jsonl"): unknown[] =>
  read(folder, output)
    .trim()
    .split("\n")
    .map((line) => JSON.parse((JSON.parse(line) as { readonly output: string }).output) as unknown);

const onRecord = async (folder: string): Promise<unknown> =>
  (JSON.parse((await ckpt(folder, ["info", "--json"])).out) as { readonly input: object }).input;

describe("without --delimiter", () => {
  test("a CSV file is read as its header shows, and this is reported and kept on record", async () => {
    const folder = folderWith(SEMICOLONS);
    const ran = await run(folder, "--limit", "1");
    expect(ran.code).toBe(4);
    expect(ran.err).toContain(
      "in.csv is read with semicolons as the delimiter, which its header shows. If this is wrong, add --delimiter comma.\n",
    );
    expect(await onRecord(folder)).toMatchObject({ delimiter: ";" });
    const exported = (await ckpt(folder, ["export", "--include-input"])).out;
    expect(JSON.parse(exported.split("\n")[0] ?? "")).toMatchObject({ name: "Ada", city: "Rome, Italy" });
    const more = await run(folder);
    expect(more.code).toBe(0);
    expect(more.err).not.toContain("as the delimiter");
    expect(items(folder)).toEqual([
      { name: "Ada", city: "Rome, Italy" },
      { name: "Bob", city: "Oslo" },
    ]);
    const again = await run(folder);
    expect({ code: again.code, err: again.err }).toMatchObject({ code: 0 });
    expect(again.err).toContain("Already complete");
  });

  test("it is reported in Chinese", async () => {
    const ran = await run(folderWith(SEMICOLONS), "--lang", "zh");
    expect(ran.err).toContain(
      "in.csv 的单元格以分号分隔（由表头得知）。若不对，请加上 --delimiter comma。\n",
    );
  });

  test("one with commas, or with one column, has nothing on record", async () => {
    for (const text of ["a,b;c\n1,2\n", "question\nwhat; why\n"]) {
      const folder = folderWith(text);
      const ran = await run(folder, "--limit", "1", "--retries", "0");
      expect(ran.err).not.toContain("as the delimiter");
      expect((await ckpt(folder, ["list", "--json"])).code).toBe(0);
      const receipt = JSON.parse(read(folder, "checkpoints/last_run.json")) as { readonly input: object };
      expect(receipt.input).not.toHaveProperty("delimiter");
    }
  });

  test("a line sep= names the delimiter and is no row", async () => {
    for (const [text, delimiter] of [
      ["sep=;\na;b\n1;2,5\n", ";"],
      ['"sep=|"\r\na|b\r\n1|2,5\r\n', "|"],
    ] as const) {
      const folder = folderWith(text);
      expect((await run(folder)).code).toBe(0);
      expect(items(folder)).toEqual([{ a: "1", b: "2,5" }]);
      const receipt = JSON.parse(read(folder, "checkpoints/last_run.json")) as { readonly input: object };
      expect(receipt.input).toMatchObject({ delimiter });
    }
    const commas = folderWith("sep=,\na,b\n1,2\n");
    expect((await run(commas)).code).toBe(0);
    expect(items(commas)).toEqual([{ a: "1", b: "2" }]);
  });

  test("a checkpoint with nothing on record continues with commas, and the header is remarked on", async () => {
    const folder = folderWith(ONE_COLUMN);
    expect((await run(folder, "--delimiter", "comma", "--limit", "1")).code).toBe(4);
    expect(await onRecord(folder)).not.toHaveProperty("delimiter");
    const ran = await run(folder);
    expect(ran.code).toBe(0);
    expect(ran.err).toContain(
      "in.csv is read with commas as the delimiter, but its header has semicolons. If these are the delimiter, add --delimiter auto.\n",
    );
    expect(ran.err).toContain("1 done");
    expect(items(folder)[1]).toEqual({ "name;city": "Bob;Oslo" });
  });

  test("a completed session of an input that has grown since continues with what it has on record", async () => {
    const folder = folderWith(ONE_COLUMN);
    expect((await run(folder, "--delimiter", ",")).code).toBe(0);
    fs.appendFileSync(path.join(folder, "in.csv"), "Cid;Bern\n");
    const ran = await run(folder);
    expect(ran.err).toContain("1 new");
    expect(items(folder)[2]).toEqual({ "name;city": "Cid;Bern" });
  });

  test("a completed session is known again by how it was read, with its backup and without", async () => {
    const folder = folderWith(ONE_COLUMN);
    const other = ["run", "in.csv", "-o", "other.jsonl", "--delimiter", ";", "--", "echo", "{city}"];
    expect((await run(folder, "--delimiter", ",")).code).toBe(0);
    expect((await run(folder)).err).toContain("Already complete");
    expect((await ckpt(folder, other)).code).toBe(0);
    expect((await run(folder)).err).toContain("Already complete");
    expect((await ckpt(folder, ["run", "in.csv", "-o", "other.jsonl", "--", "echo", "{city}"])).code).toBe(0);
    fs.rmSync(path.join(folder, "checkpoints/backups"), { recursive: true });
    expect(
      (await ckpt(folder, ["run", "in.csv", "-o", "other.jsonl", "--", "echo", "{city}"])).err,
    ).toContain("Already complete");
  });

  test("another job on the same file reads the header again", async () => {
    const folder = folderWith(ONE_COLUMN);
    expect((await run(folder, "--delimiter", ",")).code).toBe(0);
    const other = await ckpt(folder, ["run", "in.csv", "-o", "other.jsonl", "--", "echo", "{city}"]);
    expect(other.code).toBe(0);
  });

  test("--no-resume reads the header again", async () => {
    const folder = folderWith(ONE_COLUMN);
    await run(folder, "--delimiter", ",", "--limit", "1");
    expect((await run(folder, "--no-resume")).code).toBe(0);
    expect(items(folder)[1]).toEqual({ name: "Bob", city: "Oslo" });
  });

  test("a .tsv file is read with tabs, and a header without any is remarked on", async () => {
    const folder = folderWith(SEMICOLONS, "in.tsv");
    const ran = await ckpt(folder, ["run", "in.tsv", "-o", "out.jsonl", "--progress", "plain", "--", "cat"]);
    expect(ran.err).toContain("in.tsv is read with tabs as the delimiter, but its header has semicolons.");
    expect(items(folder)[1]).toEqual({ "name;city": "Bob;Oslo" });
    const auto = ["run", "in.tsv", "-o", "auto.jsonl", "--dir", "auto", "--delimiter", "auto", "--", "cat"];
    expect((await ckpt(folder, auto)).code).toBe(0);
    expect(items(folder, "auto.jsonl")[1]).toEqual({ name: "Bob", city: "Oslo" });
  });

  test("standard input is read as its header shows, too, and a resume as it was", async () => {
    const folder = folderWith(SEMICOLONS);
    const command = (more: string): readonly string[] => [
      "-c",
      `cat in.csv | "$CKPT" run - --format csv -o out.jsonl -q ${more} -- cat`,
    ];
    const env = { ...process.env, CKPT: path.resolve("dist/ckpt") };
    expect(Bun.spawnSync(["sh", ...command("--limit 1")], { cwd: folder, env }).exitCode).toBe(4);
    expect(Bun.spawnSync(["sh", ...command("")], { cwd: folder, env }).exitCode).toBe(0);
    expect(items(folder)).toEqual([
      { name: "Ada", city: "Rome, Italy" },
      { name: "Bob", city: "Oslo" },
    ]);
  });
});

describe("--delimiter", () => {
  test.each<[word: string, text: string]>([
    ["semicolon", "a;b\n1;2,5\n"],
    [";", "a;b\n1;2,5\n"],
    ["tab", "a\tb\n1\t2,5\n"],
    ["\\t", "a\tb\n1\t2,5\n"],
    ["bar", "a|b\n1|2,5\n"],
    ["^", "a^b\n1^2,5\n"],
    ["auto", 'a;"b"\n1;"2,5"\n'],
  ])("%s separates the cells", async (word, text) => {
    const folder = folderWith(text);
    const ran = await run(folder, "--delimiter", word);
    expect({ code: ran.code, items: items(folder) }).toEqual({ code: 0, items: [{ a: "1", b: "2,5" }] });
    expect(ran.err).not.toContain("as the delimiter");
  });

  test("a resume with another one is a resume of a changed input: what was read otherwise is new", async () => {
    const folder = folderWith("id;a,b\n1;x,y\n2;u,v\n");
    const withIds = (...more: readonly string[]): Promise<Ran> => run(folder, "--id", "id", ...more);
    expect((await withIds("--delimiter", "semicolon", "--limit", "1")).code).toBe(4);
    const changed = await run(folder, "--delimiter", "comma", "--limit", "1");
    expect(changed.code).toBe(12);
    expect(changed.err).toContain(
      "in.csv is read with commas as the delimiter; the checkpoint was made with semicolons.\n",
    );
    // The same ids, other content: changed, and kept apart from then on.
    fs.writeFileSync(path.join(folder, "in.csv"), "id\ta;b\n1\tx;y\n2\tu;v\n");
    const other = await withIds("--delimiter", "tab", "--on-change", "keep");
    expect(other.code).toBe(0);
    expect(other.err).toContain("1 changed");
    expect(items(folder)).toEqual([
      { id: "1", "a;b": "x;y" },
      { id: "2", "a;b": "u;v" },
    ]);
  });

  test("it is for tables only, and a word that is none is refused", async () => {
    const folder = folderWith('{"a":1}\n', "in.jsonl");
    const ran = await ckpt(folder, ["run", "in.jsonl", "--delimiter", "tab", "--", "cat"]);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain("--format csv");
    const bad = await run(folderWith(SEMICOLONS), "--delimiter", "semi");
    expect(bad.code).toBe(2);
    expect(bad.err).toContain("semicolon");
  });
});

describe("JSON lines that are none", () => {
  test.each<[text: string, hint: string, zh: string]>([
    ['[\n{"q":1},\n{"q":2}\n]\n', "add --format json.", "请加上 --format json。"],
    ['# made today\n{"q":1}\n', "JSON lines have no comments", "JSON Lines 中不能有注释"],
    ['// made today\n{"q":1}\n', "JSON lines have no comments", "JSON Lines 中不能有注释"],
  ])("%j is refused, with what to do", async (text, hint, zh) => {
    const folder = folderWith(text, "in.jsonl");
    for (const [lang, words] of [
      ["en", hint],
      ["zh", zh],
    ] as const) {
      const ran = await ckpt(folder, ["run", "in.jsonl", "--lang", lang, "--", "cat"]);
      expect(ran.code).toBe(2);
      expect(ran.err).toContain(words);
    }
  });

  test("an array on the first line is an item, and is remarked on when it is first read", async () => {
    const folder = folderWith('[{"q":1},{"q":2}]\n', "in.jsonl");
    const words = ["run", "in.jsonl", "--progress", "plain", "-o", "out.jsonl"];
    const remark =
      "The first line of in.jsonl is a JSON array and is treated as one item. If its elements are the items, add --format json.\n";
    const missing = await ckpt(folder, [...words, "--", "echo", "{q}"]);
    expect(missing.code).toBe(2);
    expect(missing.err).toContain(remark);
    const ran = await ckpt(folder, [...words, "--", "cat"]);
    expect(ran.code).toBe(0);
    expect(ran.err).toContain(remark);
    expect((await ckpt(folder, [...words, "--", "cat"])).err).not.toContain(remark);
  });
});
