import { expect, test } from "bun:test";
import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { shortHash } from "../../lib/checkpoint/checksum.ts";
import { LogResults } from "../../lib/checkpoint/log/log-results.ts";
import { Plan } from "../../lib/core/plan.ts";
import type { ResultSource } from "../../lib/core/result-source.ts";
import type { IdStyle } from "../../lib/core/status.ts";
import { realFileSystem as fs } from "../../lib/io/fs.ts";
import type { OutputFormat } from "../../lib/output/output-format.ts";
import { writeResults } from "../../lib/output/write-results.ts";
import { gather } from "../helpers/gather.ts";
import { rejection } from "../helpers/rejection.ts";
import { type LoggedResult, type MadeLog, makeLog, temporaryFolder } from "../helpers/result-log.ts";

type Options = { readonly format?: OutputFormat; readonly bom?: boolean; readonly ids?: IdStyle };

const sourceIn = (logFile: string): Pick<ResultSource, "openReader"> => ({
  openReader: (ids) => new LogResults(fs, logFile, ids),
});

async function written({ logFile, plan }: MadeLog, options: Options = {}): Promise<string> {
  const { format = "jsonl", bom = false, ids = "none" } = options;
  const { sink, text } = gather();
  await writeResults({ source: sourceIn(logFile), plan, ids, input: null }, { format, bom }, sink);
  return text();
}

async function outputOf(results: readonly LoggedResult[], options: Options = {}): Promise<string> {
  using folder = temporaryFolder();
  return await written(makeLog(folder.path, results), options);
}

const THREE: readonly LoggedResult[] = [
  { index: 2, id: "c", output: '"third"' },
  { index: 0, id: "a", output: '{"n":12345678901234567890,"price":1.10,"text":"\\u4e2d"}' },
  { index: 1, id: "b", error: { kind: "exit", message: "exit status 3", status: 3, stderr: "no\nway" } },
];

test("results come in the order of the input, output and error as in the record", async () => {
  expect(await outputOf(THREE)).toBe(
    [
      '{"index":0,"id":"a","status":"ok","output":{"n":12345678901234567890,"price":1.10,"text":"\\u4e2d"}}',
      '{"index":1,"id":"b","status":"failed","error":{"kind":"exit","message":"exit status 3","status":3,"stderr":"no\\nway"}}',
      '{"index":2,"id":"c","status":"ok","output":"third"}',
      "",
    ].join("\n"),
  );
});

test("an item without an id has none in the output", async () => {
  expect(await outputOf([{ index: 0, output: "1" }])).toBe('{"index":0,"status":"ok","output":1}\n');
});

test("items without a record are left out, and the others keep their index", async () => {
  const lines = await outputOf([
    { index: 4, output: "4" },
    { index: 1, output: "1" },
  ]);
  expect(lines).toBe('{"index":1,"status":"ok","output":1}\n{"index":4,"status":"ok","output":4}\n');
});

test("the index is the item's in the present input, not the one its record was made under", async () => {
  const lines = await outputOf([{ index: 10, recordIndex: 9, output: "true" }]);
  expect(lines).toBe('{"index":10,"status":"ok","output":true}\n');
});

test("only an item's newest record counts", async () => {
  const lines = await outputOf([
    { index: 0, error: { kind: "timeout", message: "no answer in 5 s" } },
    { index: 0, output: '"now"' },
  ]);
  expect(lines).toBe('{"index":0,"status":"ok","output":"now"}\n');
});

test("two outputs of the same results are equal byte for byte, whenever and in which order they were made", async () => {
  const later = THREE.toReversed().map((result) =>
    Object.assign({}, result, { startedAtMs: Date.UTC(2030, 1, 1) }),
  );
  for (const format of ["jsonl", "json", "csv", "tsv"] as const) {
    expect(await outputOf(later, { format, ids: "json" })).toBe(
      await outputOf(THREE, { format, ids: "json" }),
    );
  }
});

test("json is an array of the same objects, one a line", async () => {
  const array = await outputOf(THREE, { format: "json" });
  const lines = await outputOf(THREE);
  expect(array).toBe(`[\n${lines.trimEnd().replaceAll("\n", ",\n")}\n]\n`);
});

test("an output of no results is still of its format", async () => {
  expect(await outputOf([])).toBe("");
  expect(await outputOf([], { format: "json" })).toBe("[]\n");
  expect(await outputOf([], { format: "csv" })).toBe("index,status,output,error\r\n");
});

const CELLS: readonly LoggedResult[] = [
  { index: 0, id: "a,b", output: '"two\\nlines, \\"quoted\\""' },
  { index: 1, id: "c", output: '{"n":1.10}' },
  { index: 2, id: "d", output: '"tab\\there"' },
  { index: 3, id: "e", error: { kind: "exit", message: "exit status 1" } },
];

test("csv has strings as they are, other values as JSON, an error as kind and message", async () => {
  expect(await outputOf(CELLS, { format: "csv", ids: "json" })).toBe(
    [
      "index,id,status,output,error",
      '0,"a,b",ok,"two\nlines, ""quoted""",',
      '1,c,ok,"{""n"":1.10}",',
      "2,d,ok,tab\there,",
      "3,e,failed,,exit: exit status 1",
      "",
    ].join("\r\n"),
  );
});

test("tsv quotes what holds a tab, and no comma", async () => {
  expect(await outputOf(CELLS, { format: "tsv" })).toBe(
    [
      "index\tstatus\toutput\terror",
      '0\tok\t"two\nlines, ""quoted"""\t',
      '1\tok\t"{""n"":1.10}"\t',
      '2\tok\t"tab\there"\t',
      "3\tfailed\t\texit: exit status 1",
      "",
    ].join("\r\n"),
  );
});

test("a byte-order mark stands before a table, and never before JSON", async () => {
  const csv = await outputOf(CELLS, { format: "csv", bom: true });
  expect(csv).toStartWith("\uFEFFindex,");
  expect(await outputOf(CELLS, { format: "jsonl", bom: true })).toStartWith("{");
  expect(await outputOf([], { format: "json", bom: true })).toStartWith("[");
});

test("lines of every length come out whole, in whatever order they stand", async () => {
  const lengths = [0, 1, 100, 2047, 4000, 4096, 20_000, 32_768, 36_864, 300_000];
  const results = Array.from({ length: 400 }, (_, at) => {
    const index = (at * 149) % 400;
    return { index, output: JSON.stringify("字x".repeat((lengths[index % 10] ?? 0) / 2)) };
  });
  const inOrder = results.toSorted((a, b) => a.index - b.index);
  const expected = inOrder.map(
    ({ index, output }) => `{"index":${index},"status":"ok","output":${output}}\n`,
  );
  expect(await outputOf(results)).toBe(expected.join(""));
  expect(await outputOf(inOrder)).toBe(expected.join(""));
});

test("a record with a flipped byte is refused by name", async () => {
  using folder = temporaryFolder();
  const made = makeLog(folder.path, THREE);
  const bytes = readFileSync(made.logFile);
  const at = bytes.indexOf("third");
  bytes[at] = 0x54;
  writeFileSync(made.logFile, bytes);
  const attempt = written(made);
  expect(await rejection(attempt)).toMatchObject({
    code: "checkpoint.damaged",
    params: {
      path: made.logFile,
      problems: [{ kind: "record-sum", record: null, offset: 0, item: "#3" }],
    },
  });
});

test("a record that is cut off is refused by name", async () => {
  using folder = temporaryFolder();
  const made = makeLog(folder.path, THREE);
  truncateSync(made.logFile, readFileSync(made.logFile).length - 5);
  expect(await rejection(written(made))).toMatchObject({ code: "checkpoint.damaged" });
});

test("a record with keys that this version does not know keeps its digits", async () => {
  using folder = temporaryFolder();
  const head =
    '{"v":1,"seq":1,"index":0,"status":"ok","model":"m","hash":"00000000000000000000000000000000",' +
    '"fp":"0a1b2c3d","output":{"n":12345678901234567890},"attempts":1,"started_at":"2026-11-23T00:00:00.000Z",' +
    '"duration_ms":1,"prev":"0000000000000000","sum":"';
  const logFile = `${folder.path}/log.jsonl`;
  writeFileSync(logFile, `${head}${shortHash(head)}"}\n`);
  const plan = new Plan(1);
  plan.recorded(0, null, 0);
  expect(await written({ logFile, plan })).toBe(
    '{"index":0,"status":"ok","output":{"n":12345678901234567890}}\n',
  );
});

test("a log that is not there is named", async () => {
  const attempt = written({ logFile: "/nowhere/log.jsonl", plan: new Plan(1) });
  expect(await rejection(attempt)).toMatchObject({
    code: "system.failed",
    params: { path: "/nowhere/log.jsonl" },
  });
});

test("a sink that takes no more ends the writing", async () => {
  using folder = temporaryFolder();
  const output = JSON.stringify("x".repeat(10_000));
  const { logFile, plan } = makeLog(
    folder.path,
    Array.from({ length: 1000 }, (_, index) => ({ index, output })),
  );
  let calls = 0;
  const result = await writeResults(
    { source: sourceIn(logFile), plan, ids: "none", input: null },
    { format: "jsonl", bom: false },
    () => ++calls < 2,
  );
  expect(calls).toBe(2);
  expect(result.complete).toBe(false);
  expect(result.count).toBeLessThan(100);
});
