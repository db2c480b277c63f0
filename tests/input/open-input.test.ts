import { expect, test } from "bun:test";
import * as fs from "node:fs";
import { openInput } from "../../lib/input/open-input.ts";
import { realFileSystem } from "../../lib/io/fs.ts";
import { newFolder, writeLines } from "../helpers/ckpt.ts";
import { specOf } from "../helpers/inputs.ts";

test("the size is that of the file as it is now, where it is now", () => {
  const path = writeLines(newFolder(), "q.txt", ["a", "b"]);
  const input = openInput(specOf(path, { shownPath: "q.txt", format: "txt" }), realFileSystem);
  expect(input.sizeBytes()).toBe(4);
  fs.appendFileSync(path, "c\n");
  fs.renameSync(path, `${path}.moved`);
  expect(() => input.sizeBytes()).toThrow(
    expect.objectContaining({ code: "input.unreadable", params: expect.objectContaining({ path: "q.txt" }) }),
  );
  input.moved(`${path}.moved`);
  expect(input.sizeBytes()).toBe(6);
});
