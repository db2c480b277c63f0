// `ckpt export` on a folder of shards gives the results so far.
import { expect, test } from "bun:test";
import { ckpt, newFolder, read, writeLines } from "../helpers/ckpt.ts";

const ITEMS = 30;

async function begun(): Promise<string> {
  const folder = newFolder();
  writeLines(
    folder,
    "q.jsonl",
    Array.from({ length: ITEMS }, (_, at) => `{"id":"q${at + 1}","x":${at + 1}}`),
  );
  const run = ["run", "q.jsonl", "--id", "id", "-q"];
  await ckpt(folder, [...run, "--shard", "1/3", "--", "echo", "{x}"]);
  await ckpt(folder, [...run, "--shard", "2/3", "--limit", "2", "--", "echo", "{x}"]);
  return folder;
}

type Row = { readonly index: number; readonly id: string; readonly status: string; readonly output?: string };

const rows = (text: string): Row[] =>
  text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Row);

test("export has the results of all shards so far, in the order of the input, and says what is pending", async () => {
  const folder = await begun();
  const { total } = JSON.parse(read(folder, "checkpoints/shard-001-of-003/processing_status.json")) as {
    total: number;
  };
  const { code, out } = await ckpt(folder, ["export"]);
  expect(code).toBe(0);
  const found = rows(out);
  expect(found).toHaveLength(total + 2);
  expect(found.map(({ index }) => index)).toEqual(found.map(({ index }) => index).toSorted((a, b) => a - b));
  for (const { id, index, output } of found)
    expect([id, output]).toEqual([`q${index + 1}`, String(index + 1)]);
  const pending = rows((await ckpt(folder, ["export", "checkpoints", "--status", "pending"])).out);
  expect(pending).toHaveLength(ITEMS - total - 2);
  const table = await ckpt(folder, ["export", "--include-input", "-o", "so-far.csv", "--json"]);
  expect(JSON.parse(table.out)).toMatchObject({ rows: total + 2 });
  expect((await ckpt(folder, ["export", "--include-input", "-o", "so-far.csv", "-q"])).code).toBe(0);
});

test.each([
  ["en", "it has shards, each with its own"],
  ["zh", "只有分片，各有自己的检查点"],
])("a run without words says that it has to be told which shard, in %s", async (lang, words) => {
  const folder = await begun();
  const ran = await ckpt(folder, ["run", "--lang", lang]);
  expect([ran.code, ran.err]).toEqual([10, expect.stringContaining(words)]);
});
