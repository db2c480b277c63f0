import { expect, test } from "bun:test";
import { detectInput } from "../../lib/input/detect.ts";
import { errorOf } from "../helpers/inputs.ts";

test.each([
  ["q.jsonl", null, "jsonl", "none"],
  ["q.ndjson", null, "jsonl", "none"],
  ["q.json", null, "json", "none"],
  ["q.csv", null, "csv", "none"],
  ["q.tsv", null, "tsv", "none"],
  ["q.txt", null, "txt", "none"],
  ["Q.JSONL.GZ", null, "jsonl", "gz"],
  ["a.b/q.csv.zst", null, "csv", "zst"],
  ["q.txt", "jsonl", "jsonl", "none"],
  ["q", "ndjson", "jsonl", "none"],
  ["-", "csv", "csv", "none"],
  ["-", "csv.gz", "csv", "gz"],
  ["q.gz", "TSV", "tsv", "gz"],
  ["q.gz", "txt.zst", "txt", "zst"],
] as const)("%s with --format %s is %s, compression %s", (path, explicit, format, compression) => {
  expect(detectInput(path, explicit)).toEqual({ format, compression });
});

test.each(["q", "-", "q.parquet", "q.gz", "q.jsonl.bz2", "q.constructor", "folder.csv/q"])(
  "the name %s alone tells no format",
  async (path) => {
    expect(await errorOf(() => detectInput(path, null))).toEqual({ code: "input.unknownFormat", path });
  },
);

test("a format that --format does not know is refused with those it knows", async () => {
  expect(await errorOf(() => detectInput("q.csv", "xlsx"))).toEqual({
    code: "usage.badValue",
    option: "--format",
    value: "xlsx",
    expected: "jsonl, ndjson, json, csv, tsv, txt",
  });
});
