// The recipes: their commands, run one after the other as they stand, do what the page says.
// Needs jq.
import { expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { readBatchOutput } from "../helpers/batch-files.ts";
import { ckpt, newFolder, read, writeLines } from "../helpers/ckpt.ts";
import { duckdb, duckdbRows, duckdbTypes, sqlText } from "../helpers/duckdb.ts";
import { mockEndpoint } from "../helpers/mock-endpoint.ts";
import { shell } from "../helpers/shell.ts";

setDefaultTimeout(120_000);

const ROOT = path.resolve(import.meta.dir, "../..");
/** The pieces of code on a page, in one language. */
const piecesOf = (name: string, language: string): string[] =>
  [...fs.readFileSync(path.join(ROOT, "docs/recipes", name), "utf8").matchAll(/```(\w+)\n([^]*?)```/g)]
    .filter((match) => match[1] === language)
    .map((match) => (match[2] ?? "").trim());
const commandsOf = (name: string): string[] => piecesOf(name, "sh");

test.each(["two-models.md", "two-models.zh.md"])("%s: two models are compared", async (page) => {
  const endpoint = await mockEndpoint({
    reply: ({ prompt, body }) => ({
      kind: "answer",
      content: prompt === "q2" && body["model"] === "gpt-4o" ? "another answer" : `answer to ${prompt}`,
    }),
  });
  const folder = newFolder();
  writeLines(
    folder,
    "questions.jsonl",
    [1, 2, 3].map((n) => `{"id":${n},"question":"q${n}"}`),
  );
  const env = {
    OPENAI_API_KEY: "k",
    OPENAI_BASE_URL: endpoint.url,
    CKPT_LANG: page.includes("zh") ? "zh" : "en",
  };
  const [run = "", compare = "", table = "", files = ""] = commandsOf(page);
  const ran = await shell(folder, run, env);
  expect({ code: ran.code, err: ran.err }).toMatchObject({ code: 0 });
  const { code, out } = await shell(folder, compare, env);
  expect(code).toBe(0);
  for (const text of ["gpt-4o-mini", "answer to q2", "another answer"]) expect(out).toContain(text);
  expect(out).not.toContain("answer to q1");
  expect((await shell(folder, table, env)).code).toBe(0);
  expect(read(folder, "diff.csv").split("\r\n")[1]).toBe("1,2,,different,answer to q2,another answer,,");
  expect((await shell(folder, files, env)).code).toBe(5);
  await endpoint.stop();
});

test.each([
  ["folder-of-files.md", "300 new", "20 changed"],
  ["folder-of-files.zh.md", "300", "20"],
])("%s: of 300 files, 20 are edited, and 20 run again", async (page, begun, changed) => {
  const endpoint = await mockEndpoint();
  const folder = newFolder();
  const file = (n: number): string => path.join(folder, "docs", String(n % 7), `${n}.md`);
  for (let n = 0; n < 300; n++) {
    fs.mkdirSync(path.dirname(file(n)), { recursive: true });
    fs.writeFileSync(file(n), `# Page ${n}\n`);
  }
  const [first = "", look = "", again = ""] = commandsOf(page);
  const env = {
    OPENAI_API_KEY: "k",
    OPENAI_BASE_URL: endpoint.url,
    CKPT_LANG: page.includes("zh") ? "zh" : "en",
  };
  const ran = await shell(folder, first, env);
  expect({ code: ran.code, err: ran.err }).toMatchObject({ code: 0 });
  expect(ran.err).toContain(begun);
  expect(endpoint.asked).toHaveLength(300);
  for (let n = 0; n < 300; n += 15) fs.appendFileSync(file(n), "More.\n");
  const looked = await shell(folder, look, env);
  expect(looked.out).toContain(changed);
  expect(endpoint.asked).toHaveLength(300);
  expect((await shell(folder, again, env)).code).toBe(0);
  expect(endpoint.asked).toHaveLength(320);
  expect(read(folder, "summaries.jsonl").trim().split("\n")).toHaveLength(300);
  await endpoint.stop();
});

test.each([
  ["parquet-to-parquet.md", 200_000],
  ["parquet-to-parquet.zh.md", 20_000],
])("%s: %i rows are labelled, and keep their values", async (page, count) => {
  const folder = newFolder();
  const at = (name: string): string => sqlText(path.join(folder, name));
  const columns = `range + 9007199254740993 AS id, repeat('word ', (range % 9)::INT) || range AS text, range / 7 AS score, [range] AS list`;
  await duckdb(`COPY (SELECT ${columns} FROM range(${count})) TO ${at("rows.parquet")} (FORMAT parquet)`);
  const [module = ""] = piecesOf(page, "ts");
  fs.writeFileSync(path.join(folder, "label.ts"), module);
  const [few = "", all = "", some = ""] = commandsOf(page);
  const env = { CKPT_LANG: page.includes("zh") ? "zh" : "en" };
  expect((await shell(folder, few, env)).code).toBe(0);
  expect(JSON.parse((await ckpt(folder, ["info", "--json"])).out)).toMatchObject({ completed: 5 });
  const ran = await shell(folder, all, env);
  expect({ code: ran.code, err: ran.err }).toMatchObject({ code: 0 });
  expect(await duckdbTypes(path.join(folder, "labelled.parquet"))).toMatchObject({
    id: "BIGINT",
    "output.words": "BIGINT",
    "output.share": "DOUBLE",
    "output.label": "VARCHAR",
    score: "DOUBLE",
    list: "VARCHAR",
  });
  const joined = `${at("labelled.parquet")} AS made JOIN ${at("rows.parquet")} AS of ON made.id = of.id`;
  const same = `made.text = of.text AND made.score = of.score AND made.list = '[' || of.list[1] || ']'`;
  const right = `"output.words" = len(string_split(of.text, ' ')) AND "output.share" = 1 / "output.words"`;
  expect(await duckdbRows(`SELECT count(*) AS n FROM ${joined} WHERE ${same} AND ${right}`)).toEqual([
    { n: String(count) },
  ]);
  expect((await shell(folder, some, env)).code).toBe(0);
  const long = `(SELECT count(*) FROM ${at("labelled.parquet")} WHERE "output.label" = 'long')`;
  expect(
    await duckdbRows(
      `SELECT count(*) = ${long} AS same, min("output.words") AS least FROM ${at("long.parquet")}`,
    ),
  ).toEqual([{ same: true, least: "6" }]);
});

// As GNU parallel 20221122 writes it.
const JOBLOG = [
  ["Seq", "Host", "Starttime", "JobRuntime", "Send", "Receive", "Exitval", "Signal", "Command"],
  ["1", ":", "1795861152.010", "     0.061", "0", "0", "0", "0", "./solve.sh a > out/1.txt"],
  ["2", ":", "1795861152.017", "     0.055", "0", "0", "0", "0", "./solve.sh 'b c' > out/2.txt"],
  ["3", ":", "1795861152.078", "     0.014", "0", "0", "0", "0", `./solve.sh 'it'"'"'s "q" $x' > out/3.txt`],
  ["4", ":", "1795861152.093", "     0.002", "0", "0", "1", "0", "./solve.sh d/e > out/4.txt"],
];

test.each([
  ["gnu-parallel.md", "Plan: 5 items: 3 done, 2 new, 2 pending"],
  ["gnu-parallel.zh.md", "共 5 个条目：已完成 3，新增 2，待处理 2"],
])("%s: what parallel has done is taken over by content, and the rest is run", async (page, plan) => {
  const folder = newFolder();
  const write = (name: string, lines: readonly string[]): void =>
    fs.writeFileSync(path.join(folder, name), lines.map((line) => `${line}\n`).join(""));
  write(
    "joblog",
    JOBLOG.map((cells) => cells.join("\t")),
  );
  fs.mkdirSync(path.join(folder, "out"));
  for (const [at, output] of ["was a", "was b", "was it", "cut"].entries())
    write(`out/${at + 1}.txt`, [output]);
  write("items.txt", ["new", `it's "q" $x`, "a", "b c", "d/e"]); // another order, and one more
  write("solve.sh", ["#!/bin/sh", 'echo "$1" >> marks', 'echo "ran $1"']);
  fs.chmodSync(path.join(folder, "solve.sh"), 0o755);
  const [collect = "", look = "", run = ""] = commandsOf(page);
  const env = { CKPT_LANG: page.includes("zh") ? "zh" : "en" };
  expect(await shell(folder, collect, env)).toMatchObject({ code: 0, err: "" });
  expect((await shell(folder, look, env)).out).toContain(plan);
  expect((await shell(folder, run, env)).code).toBe(0);
  expect(read(folder, "marks").trim().split("\n").toSorted()).toEqual(["d/e", "new"]);
  const results = read(folder, "results.jsonl").trim().split("\n");
  expect(results.map((line) => (JSON.parse(line) as { output: string }).output)).toEqual([
    "ran new",
    "was it",
    "was a",
    "was b",
    "ran d/e",
  ]);
});

test.each([
  ["openai-batch.md", "Plan: 20 items: 15 done, 5 new, 5 pending"],
  ["openai-batch.zh.md", "共 20 个条目：已完成 15，新增 5，待处理 5"],
])("%s: answers of a batch are taken over, and only the rest is asked", async (page, plan) => {
  const endpoint = await mockEndpoint();
  const folder = newFolder();
  const write = (name: string, values: readonly object[]): void =>
    fs.writeFileSync(path.join(folder, name), values.map((value) => `${JSON.stringify(value)}\n`).join(""));
  const numbers = Array.from({ length: 20 }, (_, at) => at);
  write(
    "questions.jsonl",
    numbers.map((n) => ({ id: `q${n}`, question: `What is ${n}?` })),
  );
  const line = (n: number, response: object): object => ({
    id: `b${n}`,
    custom_id: `q${n}`,
    response,
    error: null,
  });
  const answers = numbers.slice(0, 15).toReversed(); // a batch keeps no order
  write(
    "batch_output.jsonl",
    answers.map((n) => {
      const choices = [
        { index: 0, finish_reason: "stop", message: { role: "assistant", content: `is ${n}` } },
      ];
      return line(n, { status_code: 200, request_id: "r", body: { object: "chat.completion", choices } });
    }),
  );
  const error = { error: { message: "rate limit", type: "requests" } };
  write(
    "batch_errors.jsonl",
    [15, 16].map((n) => line(n, { status_code: 429, request_id: "r", body: error })),
  );
  const [look = "", run = ""] = commandsOf(page);
  const env = {
    OPENAI_API_KEY: "k",
    OPENAI_BASE_URL: endpoint.url,
    CKPT_LANG: page.includes("zh") ? "zh" : "en",
  };
  expect((await shell(folder, look, env)).out).toContain(plan);
  expect(endpoint.asked).toHaveLength(0);
  const ran = await shell(folder, run, env);
  expect({ code: ran.code, err: ran.err }).toMatchObject({ code: 0 });
  expect(endpoint.asked).toHaveLength(5);
  const outputs = read(folder, "answers.jsonl")
    .trim()
    .split("\n")
    .map((text) => (JSON.parse(text) as { output: string }).output);
  expect(outputs.slice(0, 15)).toEqual(numbers.slice(0, 15).map((n) => `is ${n}`));
  expect(outputs).toHaveLength(20);
  await endpoint.stop();
});

test.each(["batch-file.md", "batch-file.zh.md"])(
  "%s: a batch file is sent, its output is one of the batch API, and a command gets the answers",
  async (page) => {
    const endpoint = await mockEndpoint({
      reply: ({ prompt }) =>
        prompt === "q7" ? { kind: "status", status: 400, error: { message: "no" } } : { kind: "answer" },
    });
    const folder = newFolder();
    const requests = Array.from({ length: 20 }, (_, n) => ({
      custom_id: `r${n}`,
      method: "POST",
      url: "/v1/chat/completions",
      body: { model: "m", messages: [{ role: "user", content: `q${n}` }] },
    }));
    fs.writeFileSync(
      path.join(folder, "requests.jsonl"),
      requests.map((request) => `${JSON.stringify(request)}\n`).join(""),
    );
    const env = {
      OPENAI_API_KEY: "k",
      OPENAI_BASE_URL: endpoint.url,
      CKPT_LANG: page.includes("zh") ? "zh" : "en",
    };
    const [look = "", send = "", measure = ""] = commandsOf(page);
    expect((await shell(folder, look, env)).out).toContain("/chat/completions");
    expect(endpoint.asked).toHaveLength(0);
    expect((await shell(folder, send, env)).code).toBe(3);
    const lines = readBatchOutput(read(folder, "answers.batch.jsonl"));
    expect(lines.map((line) => line.response?.status_code)).toEqual(
      requests.map((_, n) => (n === 7 ? 400 : 200)),
    );
    const measured = await shell(folder, measure, env);
    expect({ code: measured.code, err: measured.err }).toMatchObject({ code: 0 });
    const lengths = read(folder, "lengths.jsonl").trim().split("\n");
    expect(lengths).toHaveLength(19);
    expect(JSON.parse(lengths[0] ?? "")).toMatchObject({ id: "r0", output: String("answer to q0".length) });
    await endpoint.stop();
  },
);
