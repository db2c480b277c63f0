// A field that one item lacks: endpoints refuse the whole run, commands fail that item. In every input format.
import { expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, newFolder } from "../helpers/ckpt.ts";

setDefaultTimeout(60_000);

const ENDPOINT = ["--model", "m", "--base-url", "http://127.0.0.1:9/v1", "--dry-run", "--prompt"];

test.each<[string, string, string, string]>([
  ["q.jsonl", '{"a":{"b":1}}\n{"a":{"c":1}}\n', "{a.b}", "#2"],
  ["q.json", '[{"x":1},{"x":2},{"y":3}]', "{x}", "#3"],
  ["q.jsonl", '{"a.b":1,"a":{}}\n{"a":{"b":1}}\n{"a":5}\n', "{a.b}", "#3"],
])("%s: %p with %s is refused at item %s", async (name, content, prompt, item) => {
  const folder = newFolder();
  fs.writeFileSync(path.join(folder, name), content);
  const ran = await ckpt(folder, ["run", name, ...ENDPOINT, prompt]);
  expect({ code: ran.code, err: ran.err }).toEqual({
    code: 2,
    err: expect.stringContaining(`item ${item} has no such field`),
  });
});

test("a field named a.b serves {a.b}, for endpoints and commands", async () => {
  const folder = newFolder();
  fs.writeFileSync(path.join(folder, "q.jsonl"), '{"a.b":1}\n');
  expect((await ckpt(folder, ["run", "q.jsonl", ...ENDPOINT, "{a.b}"])).code).toBe(0);
  expect((await ckpt(folder, ["run", "q.jsonl", "--", "echo", "{a.b}"])).code).toBe(0);
});

test("a command runs the items that have the field, and fails those that lack it", async () => {
  const folder = newFolder();
  fs.writeFileSync(path.join(folder, "q.jsonl"), '{"x":1}\n{"y":1}\n');
  expect((await ckpt(folder, ["run", "q.jsonl", "--", "echo", "{x}"])).code).toBe(3);
});
