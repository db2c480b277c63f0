import { expect, test } from "bun:test";
import { ckpt, newFolder, writeLines } from "../helpers/ckpt.ts";

test.each([
  ["nothing", "does not exist"],
  ["nothing.jsonl", "does not exist"],
  ["file.dat/x", "does not exist"],
  [".", "is a folder"],
  ["file.dat", "ends in no known extension"],
])("an input %s is refused before anything is run: it %s", async (input, said) => {
  const folder = newFolder();
  writeLines(folder, "file.dat", ["a"]);
  const ran = await ckpt(folder, ["run", input, "--", "touch", "ran"]);
  expect([ran.code, ran.err.includes(said)]).toEqual([2, true]);
});
