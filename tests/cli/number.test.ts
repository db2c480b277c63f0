// `{#}`: the item's number is part of what the command is given, and so of what makes it the item it is.
import { expect, test } from "bun:test";
import { ckpt, newFolder, writeLines } from "../helpers/ckpt.ts";

test("a line inserted at the top gives all items new numbers: they are run again, and the export has them all", async () => {
  const folder = newFolder();
  const args = ["run", "q.txt", "-j", "1", "-o", "out.jsonl", "--", "echo", "{#}", "{}"];
  writeLines(folder, "q.txt", ["a", "b", "c"]);
  expect((await ckpt(folder, [...args.slice(0, 2), "--limit", "2", ...args.slice(2)])).code).toBe(4);
  writeLines(folder, "q.txt", ["new", "a", "b", "c"]);
  expect(
    (await ckpt(folder, [...args.slice(0, 2), "--no-resume", "--limit", "3", ...args.slice(2)])).code,
  ).toBe(4);
  writeLines(folder, "q.txt", ["new", "a", "b", "c", "d"]);
  expect((await ckpt(folder, [...args.slice(0, 2), "--limit", "1", ...args.slice(2)])).code).toBe(4);
  const exported = await ckpt(folder, ["export"]);
  const outputs = exported.out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).output);
  expect(outputs.filter((output) => output !== undefined)).toEqual(["1 new", "2 a", "3 b", "4 c"]);
});
