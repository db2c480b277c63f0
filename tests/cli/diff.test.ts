// `ckpt diff`: two sets of results, from backups, checkpoint folders and output files of every format.
// Needs tmux.
import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, newFolder, read, type Ran, start, writeLines } from "../helpers/ckpt.ts";
import { shell } from "../helpers/shell.ts";
import { Terminal } from "../helpers/terminal.ts";
import { until } from "../helpers/until.ts";

setDefaultTimeout(60_000);

const ITEMS = [1, 2, 3, 4, 5, 6].map((n) => `{"id":"q${n}","n":${n}}`);
/** Items 3 fails in both; B fails 4, answers 5 otherwise, and 2 with the same value in other words. */
const ANSWERS = {
  a: `if (id === "q3") throw new Error("no a");
      return id === "q2" ? { text: "答", list: [1, "x"] } : "answer " + id`,
  b: `if (id === "q3" || id === "q4") throw new Error("no b");
      if (id === "q2") return { list: [1, "x"], text: "答" };
      return id === "q5" ? 'another, "with"\\nlines' : "answer " + id`,
};
const COUNTS = {
  same: 2,
  different: 1,
  failed_in_a: 0,
  failed_in_b: 1,
  failed_in_both: 1,
  only_in_a: 1,
  only_in_b: 0,
};

const FORMATS = ["jsonl", "json", "csv", "tsv", "parquet"];

let folder = "";
/** A has all six items, B the first five. Results of each in every form. */
beforeAll(async () => {
  folder = fs.realpathSync(newFolder());
  writeLines(folder, "q.jsonl", ITEMS);
  for (const [name, code] of Object.entries(ANSWERS)) {
    writeLines(folder, `${name}.mjs`, [`export function process({ id }) { ${code}; }`]);
    const words = ["run", "q.jsonl", "--id", "id", "--module", `${name}.mjs`, "--dir", `runs/${name}`];
    await ckpt(folder, [...words, "-o", `${name}.jsonl`, ...(name === "b" ? ["--limit", "5"] : [])]);
    for (const format of FORMATS) {
      const exported = ["export", `runs/${name}/`, "-o", `${name}.${format}`, "--force"];
      expect((await ckpt(folder, exported)).code).toBe(0);
    }
  }
  expect((await ckpt(folder, ["backup", "of_b", "--dir", "runs/b"])).code).toBe(0);
});

const diff = (...words: readonly string[]): Promise<Ran> => ckpt(folder, ["diff", ...words]);
type Json = { readonly [name: string]: unknown };
async function compared(...words: readonly string[]): Promise<Json> {
  const { code, out, err } = await diff(...words, "--json");
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return JSON.parse(out) as Json;
}

describe("the same pairs are found whatever A and B are:", () => {
  const forms = (name: string): string[] =>
    [`runs/${name}`].concat(FORMATS.map((format) => `${name}.${format}`));
  const pairs = forms("a").flatMap((a) => forms("b").map((b) => [a, b] as const));
  test.each(pairs)("%s and %s", async (a, b) => {
    expect(await compared(a, b)).toMatchObject({ ...COUNTS, joined_by: "id", differ: true });
  });

  test("folders of completed sessions, with and without a slash", async () => {
    const place = fs.realpathSync(newFolder());
    writeLines(place, "q.txt", ["x", "y"]);
    for (const name of ["one", "two"])
      expect(
        (await ckpt(place, ["run", "q.txt", "--dir", name, "-o", `${name}.csv`, "--", "cat"])).code,
      ).toBe(0);
    for (const words of [
      ["one", "two"],
      ["./one", "two/"],
    ]) {
      const { out } = await ckpt(place, ["diff", ...words, "--json"]);
      expect(JSON.parse(out)).toMatchObject({ same: 2, differ: false });
    }
  });

  test("a backup by its name, `latest`, and the present session", async () => {
    for (const words of [["of_b"], ["latest"], ["of_b", "latest"]]) {
      const found = await compared(...words, "--dir", "runs/b");
      expect(found).toMatchObject({ same: 3, failed_in_both: 2, different: 0, only_in_a: 0, differ: false });
    }
  });

  test("results in any order, of a file with a byte-order mark", async () => {
    const [header = "", ...rows] = read(folder, "b.csv")
      .trimEnd()
      .split(/\r\n(?=\d)/);
    fs.writeFileSync(
      path.join(folder, "turned.csv"),
      `\uFEFF${[header, ...rows.toReversed()].map((row) => `${row}\r\n`).join("")}`,
    );
    expect(await compared("a.jsonl", "turned.csv")).toMatchObject(COUNTS);
  });

  test("an array that another program has laid out", async () => {
    const value: unknown = JSON.parse(read(folder, "b.json"));
    fs.writeFileSync(path.join(folder, "pretty.json"), JSON.stringify(value, null, 2));
    expect(await compared("runs/a", "pretty.json")).toMatchObject(COUNTS);
  });
});

describe("what is shown", () => {
  const ROWS = [
    {
      index: 3,
      id: "q4",
      comparison: "failed_in_b",
      output_a: "answer q4",
      error_b: expect.objectContaining({ kind: "exception" }) as unknown,
    },
    {
      index: 4,
      id: "q5",
      comparison: "different",
      output_a: "answer q5",
      output_b: 'another, "with"\nlines',
    },
    { index: 5, id: "q6", comparison: "only_in_a", output_a: "answer q6" },
  ];

  test("the rows that differ, in the order of the input", async () => {
    const { a, b, rows } = await compared("runs/a", "b.jsonl");
    expect(rows).toEqual(ROWS);
    expect(a).toMatchObject({ source: "runs/a", results: 6, without_id: 0, processor: { kind: "module" } });
    expect(b).toMatchObject({ source: "b.jsonl", results: 5, processor: null });
    expect((await compared("runs/a", "b.jsonl", "--limit", "1"))["rows"]).toEqual(ROWS.slice(0, 1));
  });

  test("all rows", async () => {
    const { rows } = await compared("a.csv", "runs/b", "--all");
    expect((rows as readonly Json[]).map(({ comparison }) => comparison)).toEqual([
      "same",
      "same",
      "failed_in_both",
      "failed_in_b",
      "different",
      "only_in_a",
    ]);
  });

  test.each([
    ["en", ["A  runs/a: 6 results", "failed in both", "different", "The first 2 of 3 rows."]],
    ["zh", ["A  runs/a：6 个结果", "两者均失败", "不同", "共 3 行，以上为前 2 行。"]],
  ])("a table of 80 columns on a terminal, in %s", async (lang, texts) => {
    const words = ["diff", "runs/a", "runs/b", "--limit", "2", "--lang", lang];
    await using terminal = new Terminal(folder, words, { columns: 80 });
    expect(await terminal.exitCode()).toBe(0);
    const screen = terminal.screen();
    for (const text of texts) expect(screen).toContain(text);
    const lines = screen.split("\n");
    const row = lines.find((line) => line.startsWith("q5")) ?? "";
    expect(row).toContain('another, "with"↵lines');
    for (const line of lines) expect(Bun.stringWidth(line)).toBeLessThanOrEqual(80);
  });

  test("two long texts from where they begin to differ", async () => {
    const long = "the same words ".repeat(50);
    writeLines(folder, "l1.jsonl", [`{"id":1,"status":"ok","output":"${long}one"}`]);
    writeLines(folder, "l2.jsonl", [`{"id":1,"status":"ok","output":"${long}two"}`]);
    const { out } = await diff("l1.jsonl", "l2.jsonl");
    expect(out).toMatch(/1 +different +….*words one +….*words two/);
  });
});

describe("a file of rows", () => {
  test("a table", async () => {
    const { code, out, err } = await diff("runs/a", "runs/b", "-o", "d.csv");
    expect(code).toBe(0);
    expect(out).toContain("failed in B");
    expect(out).not.toContain("answer q4");
    expect(err).toContain("3 rows written to");
    const [header, first, second] = read(folder, "d.csv").split("\r\n");
    expect(header).toBe("index,id,repeat,comparison,output_a,output_b,error_a,error_b");
    expect(first).toMatch(/^3,q4,,failed_in_b,answer q4,,,"?exception: Error: no b/);
    expect(second).toBe('4,q5,,different,answer q5,"another, ""with""\nlines",,');
  });

  test("JSON lines, to a file and to standard output", async () => {
    expect((await compared("a.tsv", "b.json", "-o", "d.jsonl"))["output"]).toEqual({
      path: path.join(folder, "d.jsonl"),
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
      rows: 3,
    });
    expect((await diff("a.tsv", "b.json", "-o", "-")).out).toBe(read(folder, "d.jsonl"));
  });

  test("Parquet, with the types of all rows", async () => {
    expect((await diff("a.parquet", "runs/b", "-o", "d.parquet")).code).toBe(0);
    const words = ["run", "d.parquet", "--dir", "of_rows", "-o", "rows.jsonl", "-q", "--shell", "cat"];
    expect((await ckpt(folder, words)).code).toBe(0);
    const rows = read(folder, "rows.jsonl")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse((JSON.parse(line) as { readonly output: string }).output) as Json);
    expect(rows).toMatchObject([
      { index: 3, id: "q4", comparison: "failed_in_b", output_a: "answer q4", output_b: null, error_a: null },
      { index: 4, id: "q5", comparison: "different", output_b: 'another, "with"\nlines' },
      { index: 5, id: "q6", comparison: "only_in_a" },
    ]);
    expect(rows[0]?.["error_b"]).toMatchObject({ kind: "exception" });
  });

  test("does not replace another file, nor one of the two", async () => {
    writeLines(folder, "mine.csv", ["mine"]);
    const refused = await diff("runs/a", "runs/b", "-o", "mine.csv");
    expect(refused).toMatchObject({ code: 12, out: "" });
    expect(refused.err).toContain("--force");
    expect(read(folder, "mine.csv")).toBe("mine\n");
    expect((await diff("a.csv", "runs/b", "-o", "a.csv", "--force")).code).toBe(2);
    expect((await diff("runs/a", "runs/b", "-o", "mine.csv", "--force")).code).toBe(0);
    expect(read(folder, "mine.csv")).toStartWith("index,id");
    // Nothing is lost where it would be the same file again.
    expect((await diff("runs/a", "runs/b", "-o", "mine.csv")).code).toBe(0);
    expect((await diff("runs/a", "runs/b", "-o", "mine.csv", "--all")).code).toBe(12);
    expect(fs.readdirSync(folder).filter((name) => name.includes("mine"))).toEqual(["mine.csv"]);
    expect((await diff("runs/a", "runs/b", "-o", "d.txt")).code).toBe(2);
  });
});

describe("equal outputs", () => {
  const rows = (...outputs: readonly string[]): string[] =>
    outputs.map((output, at) => `{"index":${at},"id":"q${at}","status":"ok","output":${output}}`);
  test.each([
    ['"a"', '"\\u0061"', true],
    ['{"x":1,"y":[2]}', '{ "y": [2], "x": 1 }', true],
    ["9007199254740993", "9007199254740992", false],
    ["1.10", "1.1", false],
    ['"18"', "18", false],
    ["[1,2]", "[2,1]", false],
    ["null", '""', false],
    ['{"10":1,"__proto__":2}', '{"__proto__":2,"10":1}', true],
    ['{"__proto__":2}', '{"__proto__":3}', false],
  ])("%s and %s: %p", async (a, b, isSame) => {
    const name = crypto.randomUUID();
    writeLines(folder, `${name}.1.jsonl`, rows(a));
    writeLines(folder, `${name}.2.jsonl`, rows(b));
    const { code } = await diff(`${name}.1.jsonl`, `${name}.2.jsonl`, "--exit-code", "-q");
    expect(code).toBe(isSame ? 0 : 5);
  });

  test("in a table, a number and its text are equal", async () => {
    writeLines(folder, "n.jsonl", rows("18", "1.10", "true", '"x"', '{"b":1, "a":2}', '""'));
    const cells = ["18", "1.10", "true", "x", '"{""a"":2,""b"":1}"', ""];
    const lines = cells.map((cell, at) => `${at},q${at},ok,${cell},`);
    writeLines(folder, "n.csv", ["index,id,status,output,error", ...lines]);
    expect(await compared("n.jsonl", "n.csv")).toMatchObject({ same: 6, differ: false });
  });
});

describe("what results are matched by", () => {
  let other = "";
  beforeAll(async () => {
    other = fs.realpathSync(newFolder());
    writeLines(other, "q.txt", ["x", "x", "y"]);
    writeLines(other, "turned.txt", ["y", "x", "z", "x"]);
    for (const [dir, input] of [
      ["a", "q.txt"],
      ["b", "turned.txt"],
    ] as const) {
      const words = ["run", input, "--dir", `runs/${dir}`, "-o", `${dir}.jsonl`, "--shell", "cat"];
      expect((await ckpt(other, words)).code).toBe(0);
    }
  });

  test("without ids by content and occurrence, never by position", async () => {
    const { out } = await ckpt(other, ["diff", "runs/a", "runs/b", "--json"]);
    expect(JSON.parse(out)).toMatchObject({ joined_by: "content", same: 3, only_in_b: 1, different: 0 });
  });

  test.each([
    ["en", "they have no ids"],
    ["zh", "它们没有 id"],
  ])("a file without ids is refused, in %s", async (lang, text) => {
    const { code, err } = await ckpt(other, ["diff", "a.jsonl", "b.jsonl", "--lang", lang]);
    expect(code).toBe(2);
    expect(err).toContain(text);
  });

  test("by content where one side alone has ids", async () => {
    await ckpt(other, [
      "run",
      "q.txt",
      "--dir",
      "runs/i",
      "-o",
      "i.jsonl",
      "--id",
      "_line",
      "--shell",
      "cat",
    ]);
    const { code, out } = await ckpt(other, ["diff", "runs/a", "runs/i", "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ joined_by: "content", same: 3, only_in_a: 0, only_in_b: 0 });
  });

  test("several answers to an item by their number", async () => {
    const answer = (id: number, repeat: number, output: string): string =>
      `{"index":${id},"id":${id},"repeat":${repeat},"status":"ok","output":"${output}"}`;
    writeLines(other, "three.jsonl", [answer(0, 1, "x"), answer(0, 2, "y"), answer(0, 3, "z")]);
    writeLines(other, "two.jsonl", [answer(0, 2, "other"), answer(0, 1, "x")]);
    const { out } = await ckpt(other, ["diff", "three.jsonl", "two.jsonl", "--json"]);
    expect(JSON.parse(out)).toMatchObject({
      same: 1,
      rows: [
        { id: 0, repeat: 2, comparison: "different", output_a: "y", output_b: "other" },
        { id: 0, repeat: 3, comparison: "only_in_a" },
      ],
    });
  });

  test("an item that could not be read has no id: it is left out, and counted", async () => {
    writeLines(other, "bad.jsonl", ['{"id":"a"}', "no JSON", '{"id":"b"}']);
    const run = ["run", "bad.jsonl", "--id", "id", "--dir", "runs/bad", "-o", "bad.out.jsonl", "--shell"];
    expect((await ckpt(other, [...run, "cat"])).code).toBe(3);
    for (const [lang, text] of [
      ["en", "1 result in bad.out.jsonl left out, because it has no id."],
      ["zh", "bad.out.jsonl 中有 1 个结果没有 id，未参与比较。"],
    ] as const) {
      const words = ["diff", "runs/bad", "bad.out.jsonl", "--json", "--lang", lang];
      const { out, err } = await ckpt(other, words);
      expect(err).toContain(text);
      expect(JSON.parse(out)).toMatchObject({ same: 2, differ: false, b: { results: 3, without_id: 1 } });
    }
  });

  test("says when nothing matches", async () => {
    writeLines(other, "1.jsonl", ['{"id":1,"status":"ok","output":1}']);
    writeLines(other, "2.jsonl", ['{"id":2,"status":"ok","output":1}']);
    for (const [lang, text] of [
      ["en", "No id is in both A and B"],
      ["zh", "A 和 B 没有相同的 id"],
    ] as const)
      expect((await ckpt(other, ["diff", "1.jsonl", "2.jsonl", "--lang", lang])).err).toContain(text);
  });

  test("the valid result of each item counts, after a failure was retried", async () => {
    writeLines(other, "r.jsonl", ['{"id":"a"}', '{"id":"b"}']);
    const words = ["run", "r.jsonl", "--id", "id", "--dir", "runs/r", "-o", "r.out.jsonl", "-q"];
    const script = ["--shell", 'if [ {id} = b ] && [ ! -e fixed ]; then exit 3; fi; echo "of {id}"'];
    expect((await ckpt(other, [...words, ...script])).code).toBe(3);
    expect((await ckpt(other, ["backup", "before", "--dir", "runs/r"])).code).toBe(0);
    writeLines(other, "fixed", []);
    expect((await ckpt(other, [...words, ...script])).code).toBe(0);
    const { out } = await ckpt(other, ["diff", "before", "runs/r", "--dir", "runs/r", "--json"]);
    expect(JSON.parse(out)).toMatchObject({ same: 1, failed_in_a: 1, only_in_a: 0, only_in_b: 0 });
  });
});

describe("refused by name and place", () => {
  const OK = '{"id":1,"status":"ok","output":1}';
  test.each([
    ["none.jsonl", null, 2, "there is no such file", "没有这个文件"],
    ["cut.jsonl", [OK, '{"id":2,"sta'], 2, "row 2 is not a result", "第 2 行不是结果"],
    ["fields.jsonl", ['{"id":1,"status":"ok"}'], 2, 'no field "output"', '没有字段 "output"'],
    ["twice.jsonl", [OK, OK], 2, "an earlier row has its id", "前面已有一行使用了它的 id"],
    [
      "short.csv",
      ["index,id,status,output,error", "0,1,ok"],
      2,
      "3 cells, the header has 5",
      "有 3 个单元格",
    ],
    ["number.json", ["[1]"], 2, "row 1 is not a result", "第 1 行不是结果"],
    ["plain.txt", ["a"], 2, "its name ends in no known extension", "没有已知的扩展名"],
    [
      "out.parquet",
      ["a"],
      2,
      "out.parquet: it does not begin as Parquet does",
      "out.parquet 中的结果：它的开头不是 Parquet",
    ],
    ["nobody", null, 10, "No such backup: nobody", "nobody"],
  ])("%s", async (name, lines, code, english, chinese) => {
    const place = fs.realpathSync(newFolder());
    writeLines(place, "ok.jsonl", [OK]);
    if (lines !== null) writeLines(place, name, lines);
    for (const [lang, text] of [
      ["en", english],
      ["zh", chinese],
    ] as const) {
      const ran = await ckpt(place, ["diff", "ok.jsonl", name, "--lang", lang]);
      expect(ran).toMatchObject({ code, out: "" });
      expect(ran.err).toContain(text);
    }
    expect(fs.existsSync(path.join(place, "checkpoints"))).toBe(false);
  });
});

test.each([
  ["en", "it is read more than once, which a pipe or a device cannot be"],
  ["zh", "需要多次读取，不能是管道或设备"],
])("a pipe is refused, in %s", async (lang, text) => {
  const { code, err } = await shell(folder, `cat b.jsonl | ckpt diff a.jsonl /dev/stdin --lang ${lang}`);
  expect(code).toBe(2);
  expect(err).toContain(text);
});

test("a run that is going on is compared as far as it is", async () => {
  const place = fs.realpathSync(newFolder());
  writeLines(place, "q.jsonl", ['{"id":1}', '{"id":2}']);
  const wait = 'if [ {id} = 2 ]; then until [ -e go ]; do sleep 0.05; done; fi; echo "of {id}"';
  const words = ["run", "q.jsonl", "--id", "id", "-j", "1", "--batch-size", "1", "-q", "--shell", wait];
  const run = start(place, words);
  const saved = async (): Promise<boolean> => {
    const { out } = await ckpt(place, ["info", "--json"]);
    return (JSON.parse(out) as { readonly results_saved?: number }).results_saved === 1;
  };
  await until(saved);
  writeLines(
    place,
    "wanted.jsonl",
    [1, 2].map((id) => `{"id":${id},"status":"ok","output":"of ${id}"}`),
  );
  const counted = async (): Promise<unknown> =>
    JSON.parse((await ckpt(place, ["diff", "wanted.jsonl", "--json"])).out) as unknown;
  expect(await counted()).toMatchObject({ same: 1, only_in_a: 1, b: { source: null, results: 1 } });
  writeLines(place, "go", []);
  expect(await run.exited).toBe(0);
  expect(await counted()).toMatchObject({ same: 2, only_in_a: 0 });
});

test("--exit-code is 5 where they differ, and 0 without a difference or the option", async () => {
  expect((await diff("runs/a", "runs/b", "--exit-code", "-q")).code).toBe(5);
  expect((await diff("runs/a", "runs/b", "-q")).code).toBe(0);
  expect((await diff("runs/a", "a.csv", "--exit-code", "-q")).code).toBe(0);
  expect((await diff("runs/a", "runs/b", "--exit-code", "-o", "-", "-q")).code).toBe(5);
});
