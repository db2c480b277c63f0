// Items in a field of an object (`--json-path`), and between zero bytes (`--format nul`), as people meet them.
import { expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, newFolder, read } from "../helpers/ckpt.ts";
import { shell } from "../helpers/shell.ts";

test("without a path, the one field that holds an array is named; with it, the items are run and resumed", async () => {
  const folder = newFolder();
  fs.writeFileSync(path.join(folder, "q.json"), '{"n":2,"data":{"items":[{"q":1.50},{"q":2}]}}');
  const refused = await ckpt(folder, ["run", "q.json", "--", "cat"]);
  expect(refused.code).toBe(2);
  expect(refused.err).toContain(
    "Cannot read the input q.json as json: it is an object, not an array\n      One field holds an array: add --json-path data.items\n",
  );
  const zh = await ckpt(folder, ["run", "q.json", "--lang", "zh", "--", "cat"]);
  expect(zh.err).toContain(
    "无法按 json 读取输入 q.json：其内容是对象，不是数组\n      有一个字段是数组：请加上 --json-path data.items\n",
  );
  const words = ["run", "q.json", "--json-path", "data.items", "--", "echo", "{q}"];
  expect((await ckpt(folder, [...words.slice(0, 4), "--limit", "1", ...words.slice(4)])).code).toBe(4);
  const info = JSON.parse((await ckpt(folder, ["info", "--json"])).out) as { readonly input: object };
  expect(info.input).toMatchObject({ format: "json", json_path: "data.items", changes: 0 });
  expect((await ckpt(folder, ["export", "--include-input"])).out).toContain('"q":1.50');
  const more = await ckpt(folder, words);
  expect(more.err).toContain("1 done");
  expect(read(folder, "q.results.jsonl")).toContain('"output":"1.50"');
  expect((await ckpt(folder, words)).err).toContain("Already complete");
});

test("--json-path says something of JSON alone", async () => {
  const folder = newFolder();
  fs.writeFileSync(path.join(folder, "q.csv"), "a\n1\n");
  const ran = await ckpt(folder, ["run", "q.csv", "--json-path", "data", "--", "cat"]);
  expect(ran.code).toBe(2);
  expect(ran.err).toContain("--json-path");
  expect(ran.err).toContain("--format json");
});

test("what find -print0 writes is read with --format nul, whatever the names hold", async () => {
  const folder = newFolder();
  fs.mkdirSync(path.join(folder, "d"));
  for (const name of ["plain", "with\nline end", "with ' quote"])
    fs.writeFileSync(path.join(folder, "d", name), name);
  const ran = await shell(
    folder,
    "find d -type f -print0 | sort -z | ckpt run - --format nul -o out.jsonl -- cat {}",
  );
  expect({ code: ran.code, err: ran.err }).toMatchObject({ code: 0 });
  const outputs = read(folder, "out.jsonl")
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { readonly output: string }).output);
  expect(outputs).toEqual(["plain", "with\nline end", "with ' quote"]);
});

test("a format that ckpt does not read is refused with the command that turns it into one", async () => {
  const folder = newFolder();
  fs.writeFileSync(path.join(folder, "q.csv.bz2"), "");
  const ran = await ckpt(folder, ["run", "q.csv.bz2", "--", "cat"]);
  expect(ran.code).toBe(2);
  expect(ran.err).toContain("bzip2 -dc q.csv.bz2 | ckpt run - --format csv -- COMMAND\n");
  const zh = await ckpt(folder, ["run", "q.csv.bz2", "--lang", "zh", "--", "cat"]);
  expect(zh.err).toContain(
    "无法读取输入 q.csv.bz2：ckpt 不支持这种格式\n      请先转换为 ckpt 能读取的格式：bzip2 -dc q.csv.bz2",
  );
});
