import { describe, expect, test } from "bun:test";
import { detectInput, FORMATS_SHOWN, INPUT_FORMATS } from "../../lib/input/detect.ts";
import { helpText } from "../../lib/start/help-texts.ts";
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
  ["-", "nul", "nul", "none"],
  ["q.sqlite", null, "sqlite", "none"],
  ["q.DB", null, "sqlite", "none"],
  ["q.parquet", null, "parquet", "none"],
  ["q.XLSX", null, "xlsx", "none"],
  ["q.xlsm", null, "xlsx", "none"],
  ["q.pkl", "txt", "txt", "none"],
] as const)("%s with --format %s is %s, compression %s", (path, explicit, format, compression) => {
  expect(detectInput(path, explicit)).toEqual({ format, compression });
});

test.each(["q", "-", "q.gz", "q.constructor", "folder.csv/q", "bz2"])(
  "the name %s alone tells no format",
  async (path) => {
    expect(await errorOf(() => detectInput(path, null))).toMatchObject({
      code: "input.unknownFormat",
      path,
    });
  },
);

test("a format that --format does not know is refused with those it knows", async () => {
  expect(await errorOf(() => detectInput("q.csv", "pdf"))).toEqual({
    code: "usage.badValue",
    option: "--format",
    value: "pdf",
    expected:
      "jsonl, ndjson, json, csv, tsv, txt, nul, openai-batch, sqlite, sqlite3, db, parquet, xlsx, xlsm, files",
  });
});

describe("a format that ckpt does not read is refused with the command that turns it into one", () => {
  test.each([
    ["q.csv.bz2", "bzip2 -dc q.csv.bz2 | ckpt run - --format csv -- COMMAND"],
    ["q.jsonl.XZ", "xz -dc q.jsonl.XZ | ckpt run - --format jsonl -- COMMAND"],
    ["my data.7z", "7z x -so 'my data.7z' | ckpt run - --format jsonl -- COMMAND"],
    ["q.tar.gz", "tar -xOf q.tar.gz | ckpt run - --format jsonl -- COMMAND"],
    ["q.zip", "unzip -p q.zip | ckpt run - --format jsonl -- COMMAND"],
  ])("%s, whatever --format says", async (path, command) => {
    for (const explicit of [null, "jsonl"])
      expect(await errorOf(() => detectInput(path, explicit))).toEqual({
        code: "input.foreignFormat",
        path,
        command,
      });
  });

  test.each([
    ["q.sqlite.gz", "gzip -dk q.sqlite.gz"],
    ["q.db.zst", "zstd -dk q.db.zst"],
    ["q.sqlite.bz2", "bzip2 -dc q.sqlite.bz2 | ckpt run - --format sqlite -- COMMAND"],
  ])("%s, which has to be a file of its own", async (path, command) => {
    expect(await errorOf(() => detectInput(path, null))).toEqual({
      code: "input.foreignFormat",
      path,
      command,
    });
  });

  test.each(["arrow", "feather", "orc", "pkl", "pickle", "xls", "ods"])(
    "q.%s, without --format",
    async (name) => {
      const error = await errorOf(() => detectInput(`a/q.${name}`, null));
      expect(error).toMatchObject({ code: "input.foreignFormat", path: `a/q.${name}` });
      expect(error["command"]).toContain(`a/q.${name}`);
    },
  );
});

test("help names every format by one name", () => {
  const formats = INPUT_FORMATS.filter((name) => name !== "files").map(
    (name) => detectInput("q", name).format,
  );
  expect(FORMATS_SHOWN.toSorted()).toEqual([...new Set([...formats, "files"])].toSorted());
  const help = helpText("run", "en")?.replaceAll(/\s+/g, " ");
  expect(help).toContain(`--format NAME ${FORMATS_SHOWN.join(" ")}`);
});
