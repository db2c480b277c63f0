// The item's own fields beside its result (`--include-input`), with inputs read by the real readers.
import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { InputFormat } from "../../lib/input/input.ts";
import { openInput } from "../../lib/input/open-input.ts";
import { LogResults } from "../../lib/checkpoint/log/log-results.ts";
import type { IdStyle } from "../../lib/core/status.ts";
import { realFileSystem as fs } from "../../lib/io/fs.ts";
import { joinedFields } from "../../lib/output/item-fields.ts";
import type { OutputFormat } from "../../lib/output/output-format.ts";
import { writeResults } from "../../lib/output/write-results.ts";
import { gather } from "../helpers/gather.ts";
import { specOf } from "../helpers/inputs.ts";
import { rejection } from "../helpers/rejection.ts";
import { type LoggedResult, makeLog, temporaryFolder } from "../helpers/result-log.ts";

type Case = {
  readonly input: string;
  readonly inputFormat?: InputFormat;
  readonly idField?: string;
  readonly format?: OutputFormat;
  /** Indexes of the items without a record. */
  readonly pending?: readonly number[];
  /** What the file holds when the output is written; default: the same. */
  readonly inputThen?: string;
};

/** The output of a run that answered each item with its index. */
async function outputOf(options: Case): Promise<string> {
  const { inputFormat = "jsonl", idField = null, format = "jsonl", pending = [] } = options;
  using folder = temporaryFolder();
  const path = join(folder.path, `input.${inputFormat}`);
  writeFileSync(path, options.input);
  const spec = specOf(path, { shownPath: "input", format: inputFormat, idField });
  const results: LoggedResult[] = [];
  for await (const items of openInput(spec, fs).read(() => true)) {
    for (const { index, id, hash } of items) {
      if (pending.includes(index)) continue;
      results.push({ index, hash, output: String(index), ...(id === null ? {} : { id }) });
    }
  }
  const { logFile, plan } = makeLog(folder.path, results);
  writeFileSync(path, options.inputThen ?? options.input);
  const { sink, text } = gather();
  const source = {
    source: { openReader: (ids: IdStyle) => new LogResults(fs, logFile, ids) },
    plan,
    ids: idField === null ? ("none" as const) : ("json" as const),
    input: openInput(spec, fs),
  };
  await writeResults(source, { format, bom: false }, sink);
  return text();
}

test("the item's fields follow the result, in their order and as they were written", async () => {
  expect(await outputOf({ input: '{"q":"中","n":12345678901234567890,"10":1.10,"a":{"b":[1, 2]}}\n' })).toBe(
    '{"index":0,"status":"ok","output":0,"q":"中","n":12345678901234567890,"10":1.10,"a":{"b":[1, 2]}}\n',
  );
});

test("a field with one of the result's names is renamed, and so is one that has the new name already", async () => {
  expect(await outputOf({ input: '{"output":1,"input_output":2,"id":"x","error":null}\n' })).toBe(
    '{"index":0,"status":"ok","output":0,"input_output":1,"input_input_output":2,"input_id":"x","input_error":null}\n',
  );
});

test("the id stands there once when it is the field id", async () => {
  expect(await outputOf({ input: '{"id":7,"q":"x"}\n', idField: "id" })).toBe(
    '{"index":0,"id":"7","status":"ok","output":0,"q":"x"}\n',
  );
  expect(await outputOf({ input: '{"key":7,"id":"x"}\n', idField: "key" })).toBe(
    '{"index":0,"id":"7","status":"ok","output":0,"key":7,"input_id":"x"}\n',
  );
});

test("an item that is no object stands in the field item", async () => {
  expect(await outputOf({ input: '"text"\n12345678901234567890\n[1,2]\nnot JSON\n' })).toBe(
    [
      '{"index":0,"status":"ok","output":0,"item":"text"}',
      '{"index":1,"status":"ok","output":1,"item":12345678901234567890}',
      '{"index":2,"status":"ok","output":2,"item":[1,2]}',
      '{"index":3,"status":"ok","output":3,"item":"not JSON"}',
      "",
    ].join("\n"),
  );
  expect(await outputOf({ input: "a line\n", inputFormat: "txt" })).toBe(
    '{"index":0,"status":"ok","output":0,"item":"a line"}\n',
  );
});

test("a table has a column for each field of the items with a result, in the order in which they appear", async () => {
  const input = '{"b":1,"2":"x"}\n{"pending":1}\n"whole"\n{"2":"y, z","c":null}\n';
  expect(await outputOf({ input, format: "csv", pending: [1] })).toBe(
    [
      "index,status,output,error,b,2,item,c",
      "0,ok,0,,1,x,,",
      "2,ok,2,,,,whole,",
      '3,ok,3,,,"y, z",,null',
      "",
    ].join("\r\n"),
  );
});

test("rows of a table are joined as rows of a table", async () => {
  const input = 'id,text,10\r\n1,"two\nlines",x\r\n2,,y\r\n';
  expect(await outputOf({ input, inputFormat: "csv", idField: "id", format: "csv" })).toBe(
    'index,id,status,output,error,text,10\r\n0,1,ok,0,,"two\nlines",x\r\n1,2,ok,1,,,y\r\n',
  );
});

test("an item whose content is not that of its record stops the output", async () => {
  const attempt = outputOf({ input: '{"a":1}\n{"a":2}\n', inputThen: '{"a":1}\n{"a":3}\n' });
  expect(await rejection(attempt)).toMatchObject({
    code: "input.changedDuringRun",
    params: { path: "input" },
  });
});

test("an input that has become shorter stops the output", async () => {
  const attempt = outputOf({ input: '{"a":1}\n{"a":2}\n', inputThen: '{"a":1}\n' });
  expect(await rejection(attempt)).toMatchObject({ code: "input.changedDuringRun" });
});

test("items with thousands of different fields are no table", async () => {
  const lines = Array.from({ length: 170 }, (_, line) =>
    JSON.stringify(Object.fromEntries(Array.from({ length: 100 }, (__, at) => [`f${line}_${at}`, 1]))),
  );
  const input = `${lines.join("\n")}\n`;
  expect(await rejection(outputOf({ input, format: "csv" }))).toMatchObject({
    code: "output.tooManyColumns",
  });
  expect(await outputOf({ input })).toContain('"f169_99":1}');
});

test("a field called repeat gets another name where each result says which answer it is, and only there", async () => {
  const text = '{"repeat":1,"input_repeat":2}';
  const item = {
    index: 0,
    line: 1,
    id: null,
    idIsJson: false,
    hash: "",
    form: "json",
    text,
    value: JSON.parse(text),
  } as const;
  const names = (withRepeats: boolean): string[] =>
    joinedFields(item, null, { withRepeats, withMeta: false }).map(({ name }) => name);
  expect(names(false)).toEqual(["repeat", "input_repeat"]);
  expect(names(true)).toEqual(["input_repeat", "input_input_repeat"]);
});
