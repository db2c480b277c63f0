// `ckpt run -o`: Parquet, --flatten, --include-meta, and when an output is written again.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { seal } from "../../lib/checkpoint/status/seal.ts";
import { ckpt, newFolder, type Ran, read, writeLines } from "../helpers/ckpt.ts";
import { duckdbRows, duckdbTypes, sqlText } from "../helpers/duckdb.ts";

setDefaultTimeout(60_000);

const ITEMS = [
  '{"id":"a","n":9007199254740993,"score":0.5,"at":"2026-01-01"}',
  '{"id":"b","n":-1,"score":2,"tags":["x"]}',
  '{"id":"c","n":3,"score":null}',
];
/** Notes each attempt in `attempts`; item b fails while there is no file `ok`. */
const MODULE = `import * as fs from "node:fs";
export function process(item) {
  fs.appendFileSync("attempts", item.id + "\\n");
  if (item.id === "b" && !fs.existsSync("ok")) throw new Error("no answer");
  return { half: item.score, why: { length: item.id.length } };
}`;

function newJob(): string {
  const folder = fs.realpathSync(newFolder());
  writeLines(folder, "q.jsonl", ITEMS);
  fs.writeFileSync(path.join(folder, "half.mjs"), MODULE);
  return folder;
}
const JOB = ["--id", "id", "--module", "half.mjs", "-j", "1", "-q"];
const run = (folder: string, ...words: readonly string[]): Promise<Ran> =>
  ckpt(folder, ["run", "q.jsonl", ...JOB, ...words]);
const attempts = (folder: string): string[] => read(folder, "attempts").trim().split("\n");
const rowsOf = (folder: string, name: string, what = "*"): Promise<Record<string, unknown>[]> =>
  duckdbRows(`select ${what} from ${sqlText(path.join(folder, name))}`);
const keysOf = (folder: string, name: string): string[] =>
  Object.keys(JSON.parse(read(folder, name).split("\n")[0] ?? "") as object);

async function finishedJob(...words: readonly string[]): Promise<string> {
  const folder = newJob();
  writeLines(folder, "ok", []);
  expect(await run(folder, ...words)).toEqual({ code: 0, out: "", err: "" });
  return folder;
}

describe("an output in Parquet", () => {
  test("has a row for each result, with the types of the items' fields and of the parts of outputs", async () => {
    const folder = newJob();
    const ran = await run(folder, "-o", "out.parquet", "--flatten", "--include-input", "--include-meta");
    expect(ran.code).toBe(3);
    expect(await duckdbTypes(path.join(folder, "out.parquet"))).toMatchObject({
      index: "BIGINT",
      id: "VARCHAR",
      status: "VARCHAR",
      "output.half": "DOUBLE",
      "output.why.length": "BIGINT",
      error: "VARCHAR",
      attempts: "BIGINT",
      cost: "DOUBLE",
      fingerprint: "VARCHAR",
      n: "BIGINT",
      score: "DOUBLE",
      at: "VARCHAR",
      tags: "VARCHAR",
    });
    const rows = await rowsOf(folder, "out.parquet", 'id, status, "output.half", error, attempts, n, tags');
    expect(rows).toEqual([
      {
        id: "a",
        status: "ok",
        "output.half": 0.5,
        error: null,
        attempts: "1",
        n: "9007199254740993",
        tags: null,
      },
      {
        id: "b",
        status: "failed",
        "output.half": null,
        error: expect.stringContaining('"kind":"exception"') as string,
        attempts: "1",
        n: "-1",
        tags: '["x"]',
      },
      { id: "c", status: "ok", "output.half": null, error: null, attempts: "1", n: "3", tags: null },
    ]);
    // The failed item is retried, and the file replaced by the session that wrote it.
    writeLines(folder, "ok", []);
    expect(await run(folder, "-o", "out.parquet", "--flatten")).toEqual({ code: 0, out: "", err: "" });
    expect(await rowsOf(folder, "out.parquet", 'status, "output.half"')).toEqual([
      { status: "ok", "output.half": 0.5 },
      { status: "ok", "output.half": 2 },
      { status: "ok", "output.half": null },
    ]);
    expect(attempts(folder)).toEqual(["a", "b", "c", "b"]);
  });

  test("is an input that gives the same values", async () => {
    const folder = await finishedJob("-o", "out.parquet", "--include-input");
    const words = [
      "run",
      "out.parquet",
      "--dir",
      "again",
      "-o",
      "again.jsonl",
      "-j",
      "1",
      "-q",
      "--include-input",
      "--",
      "true",
    ];
    expect(await ckpt(folder, words)).toEqual({ code: 0, out: "", err: "" });
    const lines = read(folder, "again.jsonl").trim().split("\n");
    expect(lines[0]).toContain('"input_output":{"half":0.5,"why":{"length":1}}');
    expect(lines[0]).toContain('"n":9007199254740993,"score":0.5,"at":"2026-01-01","tags":null');
    expect(lines[1]).toContain('"tags":["x"]');
  });

  test("is written by export, of chosen rows and fields, also of none", async () => {
    const folder = await finishedJob();
    const chosen = [
      "export",
      "-o",
      "some.parquet",
      "--where",
      "output.half=2",
      "--fields",
      "id,n,output.half",
    ];
    expect(await ckpt(folder, [...chosen, "-q"])).toEqual({ code: 0, out: "", err: "" });
    expect(await rowsOf(folder, "some.parquet")).toEqual([{ id: "b", n: "-1", "output.half": "2" }]);
    expect(await ckpt(folder, ["export", "-o", "none.parquet", "--status", "failed", "-q"])).toMatchObject({
      code: 0,
    });
    expect(await rowsOf(folder, "none.parquet")).toEqual([]);
    const missing = ["export", "-o", "empty.parquet", "--fields", "output.nothing", "--flatten", "-q"];
    expect((await ckpt(folder, missing)).code).toBe(0);
    expect(await rowsOf(folder, "empty.parquet", "count(*) as n")).toEqual([{ n: "3" }]);
  });
});

describe("what the rows of an output consist of", () => {
  test("is no part of the fingerprint", async () => {
    const folder = newJob();
    expect((await run(folder, "--limit", "1", "--flatten", "--include-meta")).code).toBe(4);
    writeLines(folder, "ok", []);
    expect(await run(folder)).toEqual({ code: 0, out: "", err: "" });
    expect(attempts(folder)).toEqual(["a", "b", "c"]);
    expect(keysOf(folder, "q.results.jsonl")).toEqual(["index", "id", "status", "output"]);
  });

  test("is among the words with which ckpt run alone resumes", async () => {
    const folder = newJob();
    expect((await run(folder, "--limit", "1", "--flatten")).code).toBe(4);
    writeLines(folder, "ok", []);
    expect((await ckpt(folder, ["run", "-q"])).code).toBe(0);
    expect(keysOf(folder, "q.results.jsonl")).toEqual([
      "index",
      "id",
      "status",
      "output.half",
      "output.why.length",
    ]);
  });

  test("is what the printed export has, too", async () => {
    const folder = newJob();
    const words = ["--limit", "1", "--flatten", "--include-meta", "--json"];
    const { out } = await run(folder, ...words);
    const { export_command: command } = JSON.parse(out) as { export_command: string };
    expect(command).toEndWith("export -o q.results.jsonl --include-meta --flatten");
  });

  test.each([
    [["--flatten"], [], ["index", "id", "status", "output"]],
    [[], ["--flatten"], ["index", "id", "status", "output.half", "output.why.length"]],
    [
      ["--include-input"],
      ["--include-input", "--flatten"],
      ["index", "id", "status", "output.half", "output.why.length", "n", "score", "at"],
    ],
  ])(
    "a completed job with %j is written again with %j, and nothing runs again",
    async (first, then, keys) => {
      const folder = await finishedJob(...first);
      expect(await run(folder, ...then)).toEqual({ code: 0, out: "", err: "" });
      expect(keysOf(folder, "q.results.jsonl")).toEqual(keys);
      // And back again.
      const before = read(folder, "q.results.jsonl");
      expect((await run(folder, ...first)).code).toBe(0);
      expect(read(folder, "q.results.jsonl")).not.toBe(before);
      expect(attempts(folder)).toEqual(["a", "b", "c"]);
    },
  );

  test("an output that is made as wanted is left alone; one that is missing is written again as wanted", async () => {
    const folder = await finishedJob("--flatten", "-o", "out.parquet");
    const file = path.join(folder, "out.parquet");
    const before = fs.statSync(file).ino;
    expect((await run(folder, "--flatten", "-o", "out.parquet")).code).toBe(0);
    expect(fs.statSync(file).ino).toBe(before);
    const bytes = fs.readFileSync(file);
    fs.rmSync(file);
    expect((await run(folder, "--flatten", "-o", "out.parquet")).code).toBe(0);
    expect(fs.readFileSync(file).equals(bytes)).toBe(true);
    expect(attempts(folder)).toEqual(["a", "b", "c"]);
  });

  test("an output whose record does not say it, as of an older executable, is left alone", async () => {
    const folder = await finishedJob();
    const [backup = ""] = fs.readdirSync(path.join(folder, "checkpoints/backups"));
    for (const name of [`backups/${backup}/manifest.json`, "last_run.json"])
      withoutKey(path.join(folder, "checkpoints", name));
    const before = fs.statSync(path.join(folder, "q.results.jsonl")).ino;
    expect((await run(folder, "--flatten")).code).toBe(0);
    expect(fs.statSync(path.join(folder, "q.results.jsonl")).ino).toBe(before);
    expect(attempts(folder)).toEqual(["a", "b", "c"]);
  });

  test("where only the receipt is left, nothing is run again for another one", async () => {
    const folder = await finishedJob();
    fs.rmSync(path.join(folder, "checkpoints/backups"), { recursive: true });
    expect((await run(folder, "--flatten")).code).toBe(0);
    expect(attempts(folder)).toEqual(["a", "b", "c"]);
  });

  test("--dry-run says that the output would be written", async () => {
    const folder = await finishedJob();
    const same = JSON.parse((await run(folder, "--dry-run", "--json")).out) as { action: string };
    const other = JSON.parse((await run(folder, "--dry-run", "--json", "--flatten")).out) as {
      action: string;
    };
    expect(other.action).not.toBe(same.action);
  });
});

/** Takes `made_with` out of a small file, as if an older executable had written it. */
function withoutKey(file: string): void {
  const { sum: _, ...content } = JSON.parse(fs.readFileSync(file, "utf8")) as Record<string, unknown>;
  const text = JSON.stringify(content).replaceAll(/,"made_with":\[[^\]]*\]/g, "");
  expect(text).not.toBe(JSON.stringify(content));
  fs.writeFileSync(file, seal(JSON.parse(text) as never));
}

test.each([
  ["en", "columns of outputs that are objects"],
  ["zh", "把对象形式的输出展开成列"],
])("help in %s has the options of both commands", async (lang, text) => {
  const folder = newFolder();
  for (const command of ["run", "export"]) {
    const { out } = await ckpt(folder, [command, "--help", "--lang", lang]);
    expect(out).toContain(text);
    expect(out).toContain(".parquet");
    expect(out).toContain("--include-meta");
  }
});
