import { afterAll, expect, test } from "bun:test";
import { inputOf, itemsOf, shortHash, removeFiles } from "../helpers/inputs.ts";

afterAll(removeFiles);

test("a line is an item; only lines of no length are passed over, white space is text", async () => {
  const items = await itemsOf(inputOf("\r\n\n one \n  \n\ttwo\r\n\n三\rfour", { format: "txt" }));
  expect(items.map(({ index, line, text }) => [index, line, text])).toEqual([
    [0, 3, " one "],
    [1, 4, "  "],
    [2, 5, "\ttwo"],
    [3, 7, "三\rfour"],
  ]);
  for (const { form, text, value, hash, id } of items) {
    expect([form, value, hash, id]).toEqual(["text", text, shortHash(text), null]);
  }
});

test("what looks like JSON or has placeholders in it is text", async () => {
  const lines = ['{"a":1}', "{}", "null", '"'];
  const items = await itemsOf(inputOf(lines.join("\n"), { format: "txt" }));
  expect(items.map(({ value }) => value)).toEqual(lines);
});
