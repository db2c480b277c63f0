// `--shuffle`: the order of attempts is random, and the same after a stop; the output stays in the order of the input.
import { expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, newFolder, read, writeLines } from "../helpers/ckpt.ts";

setDefaultTimeout(60_000);

const ITEMS = Array.from({ length: 30 }, (_, i) => `item ${i}`);
const RUN = ["run", "q.txt", "-j", "1", "--shuffle"];
const COMMAND = ["--", "sh", "note.sh", "{}"];

function folderOfItems(): string {
  const folder = newFolder();
  writeLines(folder, "q.txt", ITEMS);
  writeLines(folder, "note.sh", ['echo "$1" >> order', 'test ! -f "bad $1" && echo "done $1"']);
  return folder;
}

const order = (folder: string): string[] => read(folder, "order").trimEnd().split("\n");

test("every item is attempted once, in an order that a resumed run keeps and a dry run foresees", async () => {
  const whole = folderOfItems();
  const dry = await ckpt(whole, [...RUN, "--dry-run", "--json", ...COMMAND]);
  expect((await ckpt(whole, [...RUN, ...COMMAND])).code).toBe(0);
  expect(order(whole)).not.toEqual(ITEMS);
  expect(order(whole).toSorted()).toEqual(ITEMS.toSorted());
  const calls = (JSON.parse(dry.out) as { first: string[][] }).first;
  expect(calls.map(([call = ""]) => call.replace(/^.*(item \d+).*$/, "$1"))).toEqual(
    order(whole).slice(0, 3),
  );
  const stopped = folderOfItems();
  for (const code of [4, 4])
    expect((await ckpt(stopped, [...RUN, "--limit", "7", ...COMMAND])).code).toBe(code);
  expect((await ckpt(stopped, ["run"])).code).toBe(0);
  expect(order(stopped)).toEqual(order(whole));
  for (const folder of [whole, stopped]) {
    const outputs = read(folder, "q.results.jsonl").trimEnd().split("\n");
    expect(outputs.map((line) => (JSON.parse(line) as { output: string }).output)).toEqual(
      ITEMS.map((item) => `done ${item}`),
    );
  }
});

test("failed items come behind all that are pending, in a random order, too", async () => {
  const folder = folderOfItems();
  for (const item of ITEMS) fs.writeFileSync(path.join(folder, `bad ${item}`), "");
  expect((await ckpt(folder, [...RUN, "--limit", "10", ...COMMAND])).code).toBe(4);
  const failed = order(folder);
  for (const item of ITEMS) fs.rmSync(path.join(folder, `bad ${item}`));
  expect((await ckpt(folder, [...RUN, ...COMMAND])).code).toBe(0);
  expect(order(folder).slice(-10)).toEqual(failed);
  expect(order(folder)).toHaveLength(40);
});
