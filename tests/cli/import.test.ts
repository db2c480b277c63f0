// Results that another tool has made (`--import`): which forms are understood, what is matched and what is left out, and what a kill leaves.
// Needs strace.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import fc from "fast-check";
import { ckpt, newFolder, type Ran, read, writeLines } from "../helpers/ckpt.ts";
import { copyFolder } from "../helpers/copy-folder.ts";
import { runTo } from "../helpers/kill.ts";
import { mockEndpoint } from "../helpers/mock-endpoint.ts";

setDefaultTimeout(120_000);

const ITEMS = ["q1", "q2", "q3", "q4", "q5", "q6"];
const COMMAND = ["--", "sh", "-c", 'echo "$1" >> marks; echo "own $1"', "x", "{id}"];
const RUN = ["run", "q.jsonl", "--id", "id", "-j", "1", "-o", "out.jsonl"];

const itemsOf = (ids: readonly string[]): string[] => ids.map((id) => JSON.stringify({ id, n: id.length }));

function folderWith(ids: readonly string[] = ITEMS): string {
  const folder = newFolder();
  writeLines(folder, "q.jsonl", itemsOf(ids));
  return folder;
}

/** The items that were attempted, in order. */
const attempted = (folder: string): string[] =>
  fs.existsSync(path.join(folder, "marks")) ? read(folder, "marks").split("\n").slice(0, -1) : [];

type Row = { readonly output?: unknown; readonly error?: unknown };
const outputs = (folder: string): unknown[] =>
  read(folder, "out.jsonl")
    .trimEnd()
    .split("\n")
    .map((line) => (JSON.parse(line) as Row).output ?? null);

type Logged = {
  readonly v: number;
  readonly id?: string;
  readonly n?: number;
  readonly fp: string;
  readonly attempts: number;
  readonly usage?: object;
  readonly marks?: readonly string[];
  readonly import?: { readonly file: string; readonly sha256: string; readonly line: number };
};

/** All records of the newest completed session. */
function logOf(folder: string): Logged[] {
  const { backup } = JSON.parse(read(folder, "checkpoints/last_run.json")) as { backup: string };
  const log = read(folder, `checkpoints/backups/${backup}/checkpoint_results.jsonl`);
  return log
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Logged);
}

const imported = (folder: string): string[] =>
  logOf(folder).flatMap((record) => (record.import === undefined ? [] : [record.id ?? "?"]));

const runWith = (folder: string, ...more: readonly string[]): Promise<Ran> =>
  ckpt(folder, [...RUN, ...more, ...COMMAND]);

/** What stands in a folder, without the lock. */
function contents(folder: string): Record<string, string> {
  const names = fs.readdirSync(folder, { recursive: true, encoding: "utf8" }).toSorted();
  const files = names.filter((name) => fs.statSync(path.join(folder, name)).isFile());
  return Object.fromEntries(files.map((name) => [name, read(folder, name)]));
}

/** A line of a batch output. */
function batchLine(id: string, content: string, finish: string = "stop"): string {
  const choices = [{ index: 0, message: { role: "assistant", content }, finish_reason: finish }];
  const body = { object: "chat.completion", choices, usage: { prompt_tokens: 5, completion_tokens: 2 } };
  const response = { status_code: 200, request_id: `r-${id}`, body };
  return JSON.stringify({ id: `batch_${id}`, custom_id: id, response, error: null });
}

/** A line of a batch's error file. */
const batchError = (id: string): string =>
  JSON.stringify({
    id: `batch_${id}`,
    custom_id: id,
    response: { status_code: 429, request_id: "r", body: { error: { message: "slow down" } } },
    error: null,
  });

describe("outputs of ckpt", () => {
  test.each([
    ["old.jsonl", []],
    ["old.json", ["--include-input"]],
    ["old.csv", []],
    ["old.tsv", ["--include-input", "--bom"]],
  ])("%s %j: results are records of their own kind; what failed there is run here", async (name, options) => {
    const folder = folderWith();
    const there = 'test "$1" != q4 && echo "old, $1"';
    const made = ["run", "q.jsonl", "--id", "id", "--dir", "there", "-o", name, ...options];
    expect((await ckpt(folder, [...made, "--", "sh", "-c", there, "x", "{id}"])).code).toBe(3);
    const ran = await runWith(folder, "--import", name, "--json");
    expect(JSON.parse(ran.out)).toMatchObject({ completed: 6, attempted: 1, succeeded: 1 });
    expect(attempted(folder)).toEqual(["q4"]);
    expect(outputs(folder)).toEqual(ITEMS.map((id) => (id === "q4" ? "own q4" : `old, ${id}`)));
    const sha256 = new Bun.CryptoHasher("sha256")
      .update(fs.readFileSync(path.join(folder, name)))
      .digest("hex");
    const records = logOf(folder);
    const own = records.find(({ id }) => id === "q4");
    for (const record of records.filter(({ id }) => id !== "q4")) {
      expect(record).toMatchObject({ v: 2, attempts: 0, import: { file: name, sha256 } });
      expect(record.fp).not.toBe(own?.fp ?? "");
      expect(record.usage).toBeUndefined();
    }
    expect((await ckpt(folder, ["verify", "latest"])).code).toBe(0);
  });

  test("without ids they are matched by content, never by position; the n-th of equal items gets the n-th result", async () => {
    const folder = newFolder();
    writeLines(folder, "there.txt", ["a", "b", "a", "c"]);
    const there = ["run", "there.txt", "--dir", "there", "-j", "1", "--include-input", "-o", "old.jsonl"];
    await ckpt(folder, [...there, "--", "sh", "-c", 'echo "$1 $2"', "x", "{}", "{#}"]);
    writeLines(folder, "here.txt", ["new", "c", "a", "b", "a", "a"]);
    const here = ["run", "here.txt", "-j", "1", "-o", "out.jsonl", "--import", "old.jsonl"];
    const ran = await ckpt(folder, [...here, "--", "sh", "-c", 'echo "own $1"', "x", "{}"]);
    expect(ran).toMatchObject({ code: 0 });
    expect(outputs(folder)).toEqual(["own new", "c 4", "a 1", "b 2", "a 3", "own a"]);
  });

  test("without ids and without the items there is nothing to match by, and the error says what to do", async () => {
    const folder = newFolder();
    writeLines(folder, "q.txt", ["a", "b"]);
    writeLines(folder, "old.jsonl", ['{"index":0,"status":"ok","output":"A"}']);
    const ran = await ckpt(folder, ["run", "q.txt", "--import", "old.jsonl", "--", "cat"]);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain("--include-input");
  });

  test("a table with outputs in columns of their own (--flatten) has no result that can be taken over, and says so", async () => {
    const folder = folderWith(["q1"]);
    const there = [
      "run",
      "q.jsonl",
      "--id",
      "id",
      "--dir",
      "there",
      "-o",
      "old.csv",
      "--flatten",
      "--parse",
      "json",
    ];
    expect((await ckpt(folder, [...there, "--", "sh", "-c", `echo '{"a":1}'`])).code).toBe(0);
    const ran = await runWith(folder, "--import", "old.csv");
    expect(ran.code).toBe(2);
    expect(ran.err).toContain("none of its 1 row has a result in a known form");
  });

  test("rows with what an item had in other fields before are left out, wherever they stand", async () => {
    const rows = [
      '{"index":0,"id":"q1","status":"ok","output":"old","n":7}',
      '{"index":0,"id":"q1","status":"ok","output":"one","n":2}',
    ];
    for (const lines of [rows, rows.toReversed()]) {
      const folder = folderWith();
      writeLines(folder, "old.jsonl", lines);
      const ran = await runWith(folder, "--import", "old.jsonl");
      expect(ran.err).toContain("1 row has the id of an item that has other content now: q1");
      expect(outputs(folder)[0]).toBe("one");
    }
  });

  test("rows with fields of an item that has other content now are left out", async () => {
    const folder = folderWith();
    writeLines(folder, "old.jsonl", [
      '{"index":0,"id":"q1","status":"ok","output":"one","n":2}',
      '{"index":1,"id":"q2","status":"ok","output":"two","n":7}',
    ]);
    const ran = await runWith(folder, "--import", "old.jsonl");
    expect(ran.err).toContain("1 row has the id of an item that has other content now: q2 (line 2)");
    expect(imported(folder)).toEqual(["q1"]);
  });
});

describe("several answers of an item", () => {
  const answer = 'echo "old $1 $CKPT_ITEM_REPEAT"';

  test.each(["old.jsonl", "old.csv"])(
    "%s: each result is that of its own answer; more answers are asked for",
    async (name) => {
      const folder = folderWith(["q1", "q2"]);
      const made = ["run", "q.jsonl", "--id", "id", "--repeat", "2", "--dir", "there", "-o", name];
      expect((await ckpt(folder, [...made, "--", "sh", "-c", answer, "x", "{id}"])).code).toBe(0);
      const ran = await ckpt(folder, [...RUN, "--repeat", "3", "--import", name, ...COMMAND]);
      expect(ran.code).toBe(0);
      expect(outputs(folder)).toEqual(["old q1 1", "old q1 2", "own q1", "old q2 1", "old q2 2", "own q2"]);
      expect(attempted(folder)).toEqual(["q1", "q2"]);
    },
  );

  test("fewer answers than there are: those beyond are told and left out", async () => {
    const folder = folderWith(["q1"]);
    writeLines(folder, "old.jsonl", [
      '{"index":0,"id":"q1","repeat":1,"status":"ok","output":"one"}',
      '{"index":0,"id":"q1","repeat":2,"status":"ok","output":"two"}',
    ]);
    const ran = await runWith(folder, "--import", "old.jsonl");
    expect(ran.err).toContain("Not imported: 1 row matches no item: q1 (line 2)");
    expect(outputs(folder)).toEqual(["one"]);
  });

  test("without ids, too; a field `repeat` of the item itself is none", async () => {
    const folder = newFolder();
    writeLines(folder, "q.jsonl", ['{"repeat":7}', '{"repeat":8}']);
    writeLines(folder, "old.jsonl", [
      '{"index":0,"repeat":1,"status":"ok","output":"8 1","input_repeat":8}',
      '{"index":1,"repeat":2,"status":"ok","output":"8 2","input_repeat":8}',
      '{"index":0,"status":"ok","output":"7 1","repeat":7}',
    ]);
    const run = ["run", "q.jsonl", "--repeat", "2", "-j", "1", "-o", "out.jsonl", "--import", "old.jsonl"];
    expect((await ckpt(folder, [...run, "--", "sh", "-c", "echo own"])).code).toBe(0);
    expect(outputs(folder)).toEqual(["7 1", "own", "8 1", "8 2"]);
  });
});

describe("batch outputs of OpenAI", () => {
  test("answers become results as the endpoint would have kept them; failures of both files stay pending", async () => {
    const folder = folderWith();
    const answers = [batchLine("q2", "two"), batchLine("q1", "one", "length"), batchLine("q5", "")];
    writeLines(folder, "output.jsonl", answers);
    writeLines(folder, "errors.jsonl", [batchError("q3"), batchError("q6")]);
    const files = ["--import", "output.jsonl", "--import", "errors.jsonl"];
    const dry = await runWith(folder, ...files, "--dry-run", "--json");
    expect(JSON.parse(dry.out)).toMatchObject({
      import: { rows: 5, matched: 3, failed: 2, imported: 3 },
      plan: { done: 3, pending: 3 },
    });
    expect((await runWith(folder, ...files)).code).toBe(0);
    expect(attempted(folder)).toEqual(["q3", "q4", "q6"]);
    expect(outputs(folder)).toEqual(["one", "two", "own q3", "own q4", "", "own q6"]);
    const marks = Object.fromEntries(logOf(folder).map((record) => [record.id, record.marks]));
    expect(marks).toMatchObject({ q1: ["length"], q5: ["empty"] });
  });

  test("answers of other APIs are known by their form", async () => {
    const folder = folderWith();
    const lineOf = (id: string, body: object): string =>
      JSON.stringify({ custom_id: id, response: { status_code: 200, body }, error: null });
    const text = [{ type: "message", content: [{ type: "output_text", text: "said" }] }];
    writeLines(folder, "output.jsonl", [
      lineOf("q1", { object: "response", status: "completed", output: text }),
      lineOf("q2", { object: "list", data: [{ index: 0, embedding: [0.5, 1] }] }),
      lineOf("q3", { object: "text_completion", choices: [{ text: "went on", finish_reason: "length" }] }),
    ]);
    expect((await runWith(folder, "--import", "output.jsonl")).code).toBe(0);
    expect(outputs(folder)).toEqual(["said", [0.5, 1], "went on", "own q4", "own q5", "own q6"]);
    expect(logOf(folder).find(({ id }) => id === "q3")?.marks).toEqual(["length"]);
  });

  test("--fail-on leaves an answer pending that is marked so", async () => {
    const folder = folderWith();
    const endpoint = await mockEndpoint();
    writeLines(folder, "output.jsonl", [batchLine("q1", "one"), batchLine("q2", "tw", "length")]);
    const model = ["--model", "m", "--prompt", "{id}", "--fail-on", "length", "--import", "output.jsonl"];
    const env = { OPENAI_API_KEY: "k", OPENAI_BASE_URL: endpoint.url };
    const ran = await ckpt(folder, [...RUN, ...model, "--price-in", "1", "--price-out", "1", "--json"], env);
    expect(ran.code).toBe(0);
    expect(endpoint.asked).toHaveLength(5);
    expect(imported(folder)).toEqual(["q1"]);
    await endpoint.stop();
  });

  test("--parse json takes the value of an answer, and leaves what is none pending", async () => {
    const folder = folderWith();
    writeLines(folder, "output.jsonl", [batchLine("q1", '{"a": 1.50}'), batchLine("q2", "no")]);
    const command = ["--", "sh", "-c", "echo 0"];
    expect(
      (await ckpt(folder, [...RUN, "--parse", "json", "--import", "output.jsonl", ...command])).code,
    ).toBe(0);
    expect(outputs(folder)).toEqual([{ a: 1.5 }, 0, 0, 0, 0, 0]);
    expect(read(folder, "out.jsonl")).toContain('"output":{"a":1.50}');
  });
});

describe("any file by the names of its fields", () => {
  test("JSON lines: paths lead into objects, ids may be numbers, values keep every digit, nothing is no result", async () => {
    const folder = newFolder();
    writeLines(folder, "q.jsonl", ['{"id":12345678901234567890}', '{"id":2}', '{"id":3}', '{"id":4}']);
    writeLines(folder, "old.jsonl", [
      '{"meta":{"key":12345678901234567890},"answer":{"score": 0.10}}',
      '{"meta":{"key":"2"},"answer":null}',
      '{"meta":{"key":3}}',
      '{"meta":{"key":4},"answer":""}',
    ]);
    const names = ["--import-id", "meta.key", "--import-output", "answer"];
    expect((await runWith(folder, "--import", "old.jsonl", ...names)).code).toBe(0);
    expect(read(folder, "out.jsonl").split("\n")[0]).toBe(
      '{"index":0,"id":12345678901234567890,"status":"ok","output":{"score":0.10}}',
    );
    expect(attempted(folder)).toEqual(["2", "3", "4"]);
  });

  test("a table with semicolons; without --id its field holds the item itself", async () => {
    const folder = newFolder();
    writeLines(folder, "q.txt", ["b; b", "c", "a"]);
    writeLines(folder, "old.csv", ["Seq;V1;Stdout", "1;a;A", '2;"b; b";B']);
    const run = ["run", "q.txt", "-j", "1", "-o", "out.jsonl", "--import", "old.csv"];
    const names = ["--import-id", "V1", "--import-output", "Stdout"];
    expect((await ckpt(folder, [...run, ...names, "--", "sh", "-c", "echo own"])).code).toBe(0);
    expect(outputs(folder)).toEqual(["B", "own", "A"]);
  });

  test.each([
    [["--import-id", "id", "--import-output", "output"], "--import"],
    [["--import", "old.jsonl", "--import-id", "id"], "--import-output"],
    [["--import", "old.jsonl", "--import-output", "output"], "--import-id"],
  ])("%j needs %s", async (options, needed) => {
    const folder = folderWith();
    writeLines(folder, "old.jsonl", ["{}"]);
    const { code, err } = await runWith(folder, ...options);
    expect(code).toBe(2);
    expect(err).toContain(`it needs ${needed}`);
  });
});

const LEFT_OUT = [
  '{"index":0,"id":"q1","status":"ok","output":"one"}',
  '{"index":0,"id":"q9","status":"ok","output":"nine"}',
  '{"index":0,"id":"q2","status":"ok","output":"two"}',
  '{"index":0,"id":"q2","status":"ok","output":"two"}',
  '{"index":0,"id":"q3","status":"ok","output":"three"}',
  '{"index":0,"id":"q3","status":"ok","output":"drei"}',
  '{"index":0,"id":"q4","status":"ok","output":"four","n":9}',
  '{"index":0,"id":"q5","status":"failed","error":{"kind":"exit","message":"no"}}',
  '{"answer":42}',
];

describe.each([
  [
    "en",
    [
      "Import of old.jsonl: 9 rows, 2 with the result of an item, 1 without a result (their items stay pending)",
      "Not imported: 1 row matches no item: q9 (line 2)",
      "Not imported: 1 row has the id of an item that has other content now: q4 (line 7)",
      "Not imported: 1 row repeats the result of an item that has it from another row: q2 (line 4)",
      "Not imported: 2 rows differ from other rows of the same items; none of them is taken: q3 (line 5), q3 (line 6)",
      'Not imported: 1 row has no result in a known form: {"answer":42} (line 9)',
    ],
    ["The run would import 2 results.", "Imported 2 results."],
    "none of its 1 row matches an item of the input",
  ],
  [
    "zh",
    [
      "导入 old.jsonl：共 9 行，其中 2 行是条目的结果，1 行没有结果（对应条目仍待处理）",
      "未导入：1 行不对应任何条目：q9（第 2 行）",
      "未导入：1 行对应的条目内容已改变：q4（第 7 行）",
      "未导入：1 行与其他行重复，结果相同：q2（第 4 行）",
      "未导入：2 行与同一条目的其他行结果不同，均不采用：q3（第 5 行）、q3（第 6 行）",
      '未导入：1 行没有可识别的结果：{"answer":42}（第 9 行）',
    ],
    ["运行时会导入 2 个结果。", "已导入 2 个结果。"],
    "其中 1 行都不对应输入中的条目",
  ],
])("in %s", (lang, lines, [would = "", done = ""], noMatch) => {
  test("what does not match, differs or stands twice is listed before anything is run, also by --dry-run", async () => {
    const folder = folderWith();
    writeLines(folder, "old.jsonl", LEFT_OUT);
    const before = contents(folder);
    const dry = await runWith(folder, "--import", "old.jsonl", "--lang", lang, "--dry-run");
    expect(dry.out).toContain([...lines, would].join("\n"));
    expect(contents(folder)).toEqual(before);
    const ran = await runWith(folder, "--import", "old.jsonl", "--lang", lang);
    expect(ran.code).toBe(0);
    expect(ran.err).toStartWith([...lines, done].join("\n"));
    expect(attempted(folder)).toEqual(["q3", "q4", "q5", "q6"]);
  });

  test("a file of which nothing matches is refused, and nothing is changed", async () => {
    const folder = folderWith();
    writeLines(folder, "old.jsonl", ['{"index":0,"id":"x","status":"ok","output":"1"}']);
    const before = contents(folder);
    for (const more of [["--dry-run"], []]) {
      const { code, err } = await runWith(folder, "--import", "old.jsonl", "--lang", lang, ...more);
      expect(code).toBe(2);
      expect(err).toContain(noMatch);
    }
    const after = Object.keys(contents(folder)).filter((name) => !/(?:lock|owner)/.test(name));
    expect(after).toEqual(Object.keys(before));
    expect(attempted(folder)).toEqual([]);
  });
});

const half = (): string[] =>
  ["q1", "q2", "q3"].map((id) => `{"index":0,"id":"${id}","status":"ok","output":"old ${id}"}`);

describe("a checkpoint", () => {
  test("gets nothing twice: the same words again import nothing, and own results are kept", async () => {
    const folder = folderWith();
    writeLines(folder, "old.jsonl", half());
    expect((await runWith(folder, "--limit", "2")).code).toBe(4);
    const log = (): string[] => read(folder, "checkpoints/checkpoint_results.jsonl").trimEnd().split("\n");
    expect(log().every((line) => line.startsWith('{"v":1,'))).toBe(true);
    const words = ["--import", "old.jsonl", "--limit", "1"];
    const first = await runWith(folder, ...words);
    expect(first.code).toBe(4);
    expect(first.err).toContain("run q.jsonl --id id -j 1 -o out.jsonl --limit 1 -- sh");
    expect(first.err).toContain("Imported 1 result; 2 items have a result already, and keep it.");
    expect(log().map((line) => (JSON.parse(line) as Logged).id)).toEqual(["q1", "q2", "q3", "q4"]);
    expect(log().every((line) => line.startsWith('{"v":2,'))).toBe(true);
    expect((await runWith(folder, ...words)).err).toContain(
      "Imported 0 results; 3 items have a result already",
    );
    expect((await ckpt(folder, ["run"])).code).toBe(0);
    expect(attempted(folder)).toEqual(["q1", "q2", "q4", "q5", "q6"]);
    expect(imported(folder)).toEqual(["q3"]);
  });

  test("of a part of the input takes over results of that part; the others are told", async () => {
    const folder = folderWith();
    writeLines(folder, "old.jsonl", half());
    const ran = await runWith(folder, "--import", "old.jsonl", "--where", "id~[2-4]");
    expect(ran.code).toBe(0);
    expect(ran.err).toContain("Not imported: 1 row matches no item: q1 (line 1)");
    expect(ran.err).toContain("Imported 2 results.");
    expect(outputs(folder)).toEqual(["old q2", "old q3", "own q4"]);
  });

  test("with failures: an imported result takes the place of a failure", async () => {
    const folder = folderWith();
    writeLines(folder, "old.jsonl", half());
    const fails = ["--", "sh", "-c", 'echo "$1" >> marks; test "$1" != q2', "x", "{id}"];
    expect((await ckpt(folder, [...RUN, ...fails])).code).toBe(3);
    expect((await ckpt(folder, [...RUN, "--import", "old.jsonl", ...fails])).code).toBe(0);
    expect(attempted(folder)).toEqual(ITEMS);
    expect(outputs(folder)[1]).toBe("old q2");
  });

  test("of a completed job with accepted failures goes on, and imported results take their place", async () => {
    const folder = folderWith();
    writeLines(folder, "old.jsonl", half());
    const fails = ["--", "sh", "-c", 'echo "$1" >> marks; test "$1" != q2', "x", "{id}"];
    expect((await ckpt(folder, [...RUN, "--failed", "keep", ...fails])).code).toBe(3);
    expect((await ckpt(folder, [...RUN, "--import", "old.jsonl", ...fails])).code).toBe(0);
    expect(attempted(folder)).toEqual(ITEMS);
    expect(outputs(folder)[1]).toBe("old q2");
    expect((await ckpt(folder, [...RUN, "--import", "old.jsonl", ...fails])).err).toContain(
      "Already complete",
    );
  });

  test("with nothing but imported results goes on with another command; with own ones it is refused as ever", async () => {
    const folder = folderWith();
    writeLines(folder, "old.jsonl", half());
    const stopping = ["--", "sh", "-c", "exit 127"];
    expect((await ckpt(folder, [...RUN, "--import", "old.jsonl", ...stopping])).code).toBe(4);
    expect((await runWith(folder, "--limit", "1")).code).toBe(4);
    expect(attempted(folder)).toEqual(["q4"]);
    const other = ["--", "sh", "-c", "echo other"];
    expect((await ckpt(folder, [...RUN, ...other])).code).toBe(12);
    expect((await runWith(folder)).code).toBe(0);
    expect(imported(folder)).toEqual(["q1", "q2", "q3"]);
  });

  test("imported results do not speak for a command of which everything fails", async () => {
    const ids = Array.from({ length: 40 }, (_, at) => `q${at}`);
    const folder = folderWith(ids);
    writeLines(folder, "old.jsonl", ['{"index":0,"id":"q1","status":"ok","output":"1"}']);
    const fails = ["--", "sh", "-c", 'echo "$1" >> marks; exit 1', "x", "{id}"];
    const ran = await ckpt(folder, [...RUN, "--import", "old.jsonl", ...fails]);
    expect(ran.code).toBe(4);
    expect(attempted(folder).length).toBeLessThan(30);
  });

  test("starts over with --no-resume, and takes the results over again", async () => {
    const folder = folderWith();
    writeLines(folder, "old.jsonl", half());
    expect((await runWith(folder, "--limit", "5")).code).toBe(4);
    expect((await runWith(folder, "--import", "old.jsonl", "--no-resume")).code).toBe(0);
    expect(imported(folder)).toEqual(["q1", "q2", "q3"]);
  });
});

test("a kill while a checkpoint of version 1 takes results over: the same words import the rest, and nothing is recorded twice", async () => {
  const before = folderWith();
  writeLines(before, "old.jsonl", half());
  expect((await runWith(before, "--limit", "1")).code).toBe(4);
  const args = [...RUN, "--import", "old.jsonl", ...COMMAND];
  let kills = 0;
  for (const calls of ["rename,unlink", "fdatasync"]) {
    for (let when = 1; ; when++) {
      const folder = newFolder();
      fs.cpSync(before, folder, { recursive: true, preserveTimestamps: true });
      const { exitCode, errors } = await runTo(folder, args, { calls, paths: [], when });
      if (exitCode !== null || errors.includes("All 6 items done.")) break;
      kills++;
      const ran = await ckpt(folder, args);
      expect(`${calls} ${when}: ${ran.code} ${ran.err}`).toStartWith(`${calls} ${when}: 0`);
      expect(logOf(folder).map(({ id }) => id)).toEqual(ITEMS);
      expect(imported(folder)).toEqual(["q2", "q3"]);
      expect(attempted(folder).filter((id) => id === "q2" || id === "q3")).toEqual([]);
    }
  }
  expect(kills).toBeGreaterThan(15);
});

test("a kill before any call that changes a file: the next run, with the same words or with none, imports the rest and runs no imported item", async () => {
  const before = folderWith();
  const long = "x".repeat(60_000); // each few rows are a write of their own
  writeLines(
    before,
    "old.jsonl",
    ["q1", "q2", "q3", "q4", "q5"].map((id) =>
      JSON.stringify({ index: 0, id, status: "ok", output: id + long }),
    ),
  );
  fs.mkdirSync(path.join(before, "checkpoints"));
  const args = [...RUN, "--import", "old.jsonl", ...COMMAND];
  let partial = 0;
  for (const calls of ["write,writev,pwrite64", "rename,unlink", "fdatasync"]) {
    for (let when = 1; ; when++) {
      const folder = newFolder();
      fs.cpSync(before, folder, { recursive: true });
      const dir = path.join(fs.realpathSync(folder), "checkpoints");
      const log = path.join(dir, "checkpoint_results.jsonl");
      const paths = calls.startsWith("write") ? [log] : [];
      const { exitCode, errors } = await runTo(folder, args, { calls, paths, when });
      if (exitCode !== null || errors.includes("All 6 items done.")) break;
      const lines = fs.existsSync(log) ? read(dir, "checkpoint_results.jsonl").split("\n").length - 1 : 0;
      if (lines > 0 && lines < 5) partial++;
      const hasStatus = fs.existsSync(path.join(dir, "processing_status.json"));
      const killed = newFolder();
      copyFolder(folder, killed);
      for (const words of hasStatus ? [args, ["run"]] : [args]) {
        fs.rmSync(folder, { recursive: true });
        copyFolder(killed, folder);
        const ran = await ckpt(folder, words);
        const at = `${calls} ${when}, ${words.length} words`;
        expect(`${at}: ${ran.code} ${ran.err}`).toStartWith(`${at}: 0`);
        expect(attempted(folder).filter((id) => id !== "q6")).toEqual([]);
        expect(logOf(folder).map(({ id }) => id)).toEqual(ITEMS);
        expect(outputs(folder)).toEqual(ITEMS.map((id) => (id === "q6" ? "own q6" : id + long)));
      }
    }
  }
  expect(partial).toBeGreaterThan(0);
});

test("without ids, whatever order items and rows have, equal items share out the rows of their content", async () => {
  const texts = fc.array(fc.constantFrom("a", "b", "c d", "ü"), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(texts, texts, async (items, rows) => {
      const folder = newFolder();
      writeLines(folder, "q.txt", items);
      writeLines(
        folder,
        "old.jsonl",
        rows.map((text, at) =>
          JSON.stringify({ index: at, status: "ok", output: `${text} ${at}`, item: text }),
        ),
      );
      const run = ["run", "q.txt", "-j", "1", "-o", "out.jsonl", "--import", "old.jsonl"];
      const ran = await ckpt(folder, [...run, "--", "sh", "-c", 'echo "own $1"', "x", "{}"]);
      const rowsOf = (text: string): string[] =>
        rows.flatMap((row, at) => (row === text ? [`${text} ${at}`] : []));
      const countOf = (text: string): number => items.filter((item) => item === text).length;
      const isMatched = items.some((item) => rows.includes(item));
      expect(ran.code).toBe(isMatched ? 0 : 2);
      if (!isMatched) return;
      const seen = new Map<string, number>();
      const expected = items.map((item) => {
        const nth = seen.get(item) ?? 0;
        seen.set(item, nth + 1);
        // More rows than items: each has another output, so that none can be chosen.
        return rowsOf(item).length > countOf(item) ? `own ${item}` : (rowsOf(item)[nth] ?? `own ${item}`);
      });
      expect(outputs(folder)).toEqual(expected);
    }),
    { numRuns: 12 },
  );
});

test("whatever rows there are, an item has the result of its own row or its own attempt, and exactly one record", async () => {
  const row = fc.record({
    id: fc.constantFrom(...ITEMS, "q7", "q8"),
    output: fc.constantFrom("a", "b"),
    isOk: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { minLength: 1, maxLength: 12 }),
      fc.shuffledSubarray(ITEMS, { minLength: 1 }),
      async (rows, ids) => {
        const folder = folderWith(ids);
        writeLines(
          folder,
          "old.jsonl",
          rows.map(({ id, output, isOk }) =>
            JSON.stringify(
              isOk ? { index: 0, id, status: "ok", output } : { index: 0, id, status: "failed", error: {} },
            ),
          ),
        );
        const expected = ids.map((id) => {
          const said = new Set(
            rows.filter((each) => each.id === id && each.isOk).map(({ output }) => output),
          );
          return said.size === 1 ? [...said][0] : `own ${id}`;
        });
        const ran = await runWith(folder, "--import", "old.jsonl");
        if (!rows.some(({ id }) => ids.includes(id))) {
          expect(ran.code).toBe(2);
          return;
        }
        expect(ran.code).toBe(0);
        expect(outputs(folder)).toEqual(expected);
        expect(attempted(folder)).toEqual(ids.filter((id, at) => expected[at] === `own ${id}`));
        expect(
          logOf(folder)
            .map(({ id }) => id ?? "")
            .toSorted(),
        ).toEqual(ids.toSorted());
      },
    ),
    { numRuns: 12 },
  );
});

test("results that a check does not accept are not taken over: their items are run", async () => {
  const folder = folderWith(["q1", "q2"]);
  writeLines(folder, "old.jsonl", ['{"id":"q1","answer":"old 1"}', '{"id":"q2","answer":"none"}']);
  const given = ["--import", "old.jsonl", "--import-id", "id", "--import-output", "answer", "--match", "^o"];
  expect((await ckpt(folder, [...RUN, ...given, ...COMMAND])).code).toBe(0);
  expect(imported(folder)).toEqual(["q1"]);
  expect(outputs(folder)).toEqual(["old 1", "own q2"]);
});
