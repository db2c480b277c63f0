// What completion offers: by the declarations, by what is typed, and by what is looked up for it.
import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { readTypedLine, readTypedWords } from "../../lib/cli/completion/typed-line.ts";
import { type Declared, wantedAt } from "../../lib/cli/completion/wanted.ts";
import { COMMON_ARGUMENTS } from "../../lib/cli/common-arguments.ts";
import { lookUp } from "../../lib/job/completion/look-up.ts";
import { ALL_COMMANDS } from "../../lib/start/all-commands.ts";
import { completed } from "../../lib/start/complete.ts";
import { checkpointPaths } from "../../lib/checkpoint/names.ts";
import { systemClock } from "../../lib/io/clock.ts";
import { realFileSystem } from "../../lib/io/fs.ts";
import { ENV, newFolder, writeLines } from "../helpers/ckpt.ts";
import { duckdb, sqlText } from "../helpers/duckdb.ts";
import { makeCheckpoint } from "../helpers/checkpoint.ts";

const BREAKS = " \t\n\"'@><=;|&(:";

/** What bash is told for a line; the first line says how, the space at the end of each is taken off. */
async function bash(cwd: string, line: string, env: Record<string, string> = {}): Promise<string[]> {
  const place = { fs: realFileSystem, cwd, searchPath: "", home: "/home/me" };
  const reply = await completed(["bash", BREAKS, line], { LANG: "C", HOME: "/home/me", ...env }, place);
  return reply
    .split("\n")
    .slice(1, -1)
    .map((each) => each.trimEnd());
}

test("every argument that takes a value says what completes it", () => {
  const silent = ALL_COMMANDS.flatMap(({ meta, args }) =>
    Object.entries(args)
      .filter(([, argument]) => argument.type === "string" || argument.type === "positional")
      .filter(([, argument]) => !("complete" in argument) || argument.complete === undefined)
      .map(([name]) => `${meta.name} ${name}`),
  );
  expect(silent).toEqual([]);
});

describe("readTypedLine()", () => {
  const env = { HOME: "/home/me", NAME: "value" };
  test.each([
    ["bash", "a 'b c' \"d e\" f\\ g ", ["a", "b c", "d e", "f g"], ""],
    ["bash", "a $(touch x) `y z` ${v@P} b", ["a", null, null, null], "b"],
    ["bash", 'a "$(echo ")" x)" <(b c) d', ["a", null, null], "d"],
    ["bash", "a $NAME ${NAME}s $NONE ~/b '$NAME", ["a", "value", "values", null, "/home/me/b"], "$NAME"],
    ["bash", "a $'b\\n\\x63' c > out 2>&1 d", ["a", "b\nc", "c"], "d"],
    ["bash", "a; b c | d e", ["d"], "e"],
    ["bash", "a b\\", ["a"], null],
    ["bash", "a $(b", ["a"], null],
    ["fish", "a 'it\\'s' \"b\\$c\" (d e) f\\ng", ["a", "it's", "b$c", null], "f\ng"],
    ["fish", "a `b $NAME[1] c", ["a", "`b", null], "c"],
  ] as const)("%s: %s", (shell, line, words, typed) => {
    const read = readTypedLine(line, { shell, env });
    expect({ words: read.words, typed: read.open.value }).toEqual({ words: [...words], typed });
  });

  test("says from where on readline replaces the word", () => {
    const replaced = (line: string): string => {
      const { open } = readTypedLine(line, { shell: "bash", env, breaks: BREAKS });
      return open.raw.slice(open.replacedFrom);
    };
    expect(["a --x=y", "a --x='y z", "a 'b=c'd", "a b\\=c", "a u@h"].map(replaced)).toEqual([
      "y",
      "y z",
      "'b=c'd",
      "b\\=c",
      "@h",
    ]);
  });

  test("zsh: words come as they were typed", () => {
    const read = readTypedWords(["ckpt", "'a b'", "$(c)", '"d'], { shell: "zsh", env });
    expect(read.words).toEqual(["ckpt", "a b", null]);
    expect(read.open).toMatchObject({ value: "d", quote: '"' });
  });
});

describe("options", () => {
  test("that stand there are not offered again, unless they repeat", async () => {
    const cwd = newFolder();
    expect(await bash(cwd, "ckpt run --retries 1 --param a=b --resume --ret")).toEqual([
      "--retry-delay",
      "--retry-max-delay",
    ]);
    expect(await bash(cwd, "ckpt run --param a=b --para")).toEqual(["--parallel-shards", "--param"]);
    expect(await bash(cwd, "ckpt run --resume --no-re")).toEqual([]);
    expect(await bash(cwd, "ckpt run -j 4 --jobs")).toEqual(["--jobs-max"]);
  });

  test("that another one excludes are not offered, nor is the command behind --", async () => {
    const cwd = newFolder();
    expect(await bash(cwd, "ckpt run --she")).toEqual(["--shell"]);
    expect(await bash(cwd, "ckpt run --module m.ts --she")).toEqual([]);
    expect(await bash(cwd, "ckpt run q --")).toContain("--");
    expect(await bash(cwd, "ckpt run q --model m --")).not.toContain("--");
    expect(await bash(cwd, "ckpt info --")).not.toContain("--");
  });

  test("are offered by their letters, too, behind one dash", async () => {
    expect(await bash(newFolder(), "ckpt run -")).toEqual(
      expect.arrayContaining(["-j", "--jobs", "-o", "--"]),
    );
  });

  test("may stand before the command", async () => {
    expect(await bash(newFolder(), "ckpt --lang z")).toEqual(["zh"]);
    expect(await bash(newFolder(), "ckpt --lang zh inf")).toEqual(["info"]);
  });

  test("a command that is hidden, or unknown, is not offered", async () => {
    const cwd = newFolder();
    expect(await bash(cwd, "ckpt ")).toEqual([...ALL_COMMANDS.map(({ meta }) => meta.name), "help"]);
    expect(await bash(cwd, "ckpt __")).toEqual([]);
  });
});

describe("files", () => {
  test("with a fitting extension come before all others; hidden ones only where they are asked for", async () => {
    const cwd = newFolder();
    for (const name of ["a.jsonl", "a.CSV.GZ", "a.md", ".hidden.csv"])
      fs.writeFileSync(path.join(cwd, name), "");
    fs.mkdirSync(path.join(cwd, "folder"));
    fs.symlinkSync("folder", path.join(cwd, "link"));
    expect((await bash(cwd, "ckpt run ")).toSorted()).toEqual(["a.CSV.GZ", "a.jsonl", "folder/", "link/"]);
    expect(await bash(cwd, "ckpt run a.m")).toEqual(["a.md"]);
    expect(await bash(cwd, "ckpt run .h")).toEqual([".hidden.csv"]);
    expect((await bash(cwd, "ckpt info --dir ")).toSorted()).toEqual(["folder/", "link/"]);
    expect(await bash(cwd, "ckpt export > a.m")).toEqual(["a.md"]);
    expect(await bash(cwd, "ckpt run $(x)/a")).toEqual([]);
  });

  test("every input of several is completed", async () => {
    const cwd = newFolder();
    writeLines(cwd, "one.jsonl", ['{"a":1}']);
    writeLines(cwd, "two.jsonl", ['{"b":1}']);
    expect(await bash(cwd, "ckpt run one.jsonl tw")).toEqual(["two.jsonl"]);
    expect(await bash(cwd, "ckpt run '*.jsonl' --id ")).toContain("a");
  });
});

describe("fields of the input", () => {
  const fieldsOf = (cwd: string, words: string): Promise<string[]> => bash(cwd, `ckpt run ${words} --id `);

  test("are read as the options on the line say", async () => {
    const cwd = newFolder();
    writeLines(cwd, "a.data", ["x;y", "1;2"]);
    fs.writeFileSync(path.join(cwd, "b.csv"), Buffer.from([0xc3, 0xfb, 0xd7, 0xd6, 0x0a, 0x31, 0x0a]));
    writeLines(cwd, "c.json", ['{"data":{"items":[{"deep":1}]}}']);
    expect(await fieldsOf(cwd, "a.data --format csv")).toEqual(["x", "y"]);
    expect(await fieldsOf(cwd, "a.data --format csv --delimiter comma")).toEqual(["x\\;y"]);
    expect(await fieldsOf(cwd, "b.csv --encoding gb18030")).toEqual(["名字"]);
    expect(await fieldsOf(cwd, "c.json --json-path data.items")).toEqual(["deep"]);
  });

  test("are those of the beginning of a large file, and of a file that is cut", async () => {
    const cwd = newFolder();
    const line = `{"a":1,"long":"${"x".repeat(1000)}"}\n`;
    fs.writeFileSync(path.join(cwd, "large.jsonl"), line.repeat(20_000));
    fs.writeFileSync(path.join(cwd, "one.jsonl"), `{"a":"${"x".repeat(3 << 20)}"}`);
    fs.writeFileSync(path.join(cwd, "blank.jsonl"), "\n".repeat(8 << 20));
    fs.writeFileSync(path.join(cwd, "cut.json"), '[{"a":1},{"b":');
    expect(await fieldsOf(cwd, "large.jsonl")).toEqual(["a", "long"]);
    expect(await fieldsOf(cwd, "one.jsonl")).toEqual([]);
    expect(await fieldsOf(cwd, "blank.jsonl")).toEqual([]);
    expect(await fieldsOf(cwd, "cut.json")).toEqual(["a"]);
  });

  test("of a packed file that becomes huge are waited for no longer than a moment", async () => {
    const cwd = newFolder();
    const blanks = Buffer.alloc(1 << 26, "\n");
    fs.writeFileSync(
      path.join(cwd, "bomb.jsonl.gz"),
      Buffer.concat(Array.from({ length: 8 }, () => Bun.gzipSync(blanks))),
    );
    expect(await fieldsOf(cwd, "bomb.jsonl.gz")).toEqual([]);
  });

  test("of a database are the columns of its table: no row is read, and no query run", async () => {
    const cwd = newFolder();
    const database = new Database(path.join(cwd, "d.db"));
    database.run("CREATE TABLE plain (a, b)");
    // Whoever reads a row of it never comes back.
    const endless =
      "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) AS n FROM c";
    database.run(`CREATE VIEW endless AS ${endless}`);
    database.close();
    expect(await fieldsOf(cwd, "d.db#PLAIN")).toEqual(["a", "b"]);
    expect(await fieldsOf(cwd, "d.db#endless")).toEqual(["n"]);
    expect(await fieldsOf(cwd, "d.db")).toEqual([]);
    expect(await fieldsOf(cwd, `d.db --query '${endless}'`)).toEqual([]);
    expect(fs.readdirSync(cwd)).toEqual(["d.db"]);
  });

  test("of a Parquet file are the columns of its footer", async () => {
    const cwd = newFolder();
    const file = path.join(cwd, "q.parquet");
    await duckdb(
      `COPY (SELECT 1 AS id, 'a b' AS "two words", {'x': 1} AS deep) TO ${sqlText(file)} (FORMAT parquet)`,
    );
    expect(await fieldsOf(cwd, "q.parquet")).toEqual(["id", "two\\ words"]);
    fs.truncateSync(file, 100);
    expect(await fieldsOf(cwd, "q.parquet")).toEqual([]);
  });

  test("nothing is read of a pipe, of standard input, and of what is not there", async () => {
    const cwd = newFolder();
    Bun.spawnSync(["mkfifo", path.join(cwd, "pipe.jsonl")], { env: ENV });
    for (const input of ["pipe.jsonl", "-", "/dev/stdin", "/dev/zero", "none.jsonl", "."]) {
      expect(await fieldsOf(cwd, `${input} --format jsonl`)).toEqual([]);
      expect(await fieldsOf(cwd, `${input} --format sqlite`)).toEqual([]);
      expect(await fieldsOf(cwd, `${input} --format parquet`)).toEqual([]);
    }
  });

  test("become placeholders where they can be, beside those of every item", async () => {
    const cwd = newFolder();
    writeLines(cwd, "q.jsonl", ['{"a":{"b":1},"two words":2,"问题":3}']);
    expect(await bash(cwd, "ckpt run q.jsonl --prompt 'Say {")).toEqual([
      "Say {}",
      "Say {#}",
      "Say {a}",
      "Say {a.b}",
      "Say {问题}",
      "Say {_file}",
      "Say {_line}",
    ]);
    expect(await bash(cwd, "ckpt run q.jsonl --prompt '{a} and ${")).toEqual([]);
    expect(await bash(cwd, "ckpt run q.jsonl --prompt 'Say {a} ")).toEqual([]);
  });
});

test("items are offered by their ids, as an argument of any command may ask for", async () => {
  const cwd = newFolder();
  const paths = checkpointPaths(path.join(cwd, "work"));
  fs.mkdirSync(paths.dir);
  await makeCheckpoint(paths, 10, 0);
  const show = {
    meta: { name: "show", description: "x", zh: "x" },
    args: {
      item: {
        type: "positional",
        repeat: true,
        valueHint: "ITEM",
        complete: "item",
        description: "x",
        zh: "x",
      },
      ...COMMON_ARGUMENTS,
    },
  } as const;
  const declared: Declared = { commands: [show], common: COMMON_ARGUMENTS };
  const line = readTypedLine("ckpt show --dir work '#3' '#1", { shell: "bash", env: {} });
  const wanted = wantedAt(line, declared, () => "en");
  expect(wanted).toMatchObject({ lookUp: "item", prefix: "" });
  if (wanted === null) return;
  const host = { fs: realFileSystem, cwd, env: {}, clock: systemClock };
  const found = await lookUp("item", "#1", { host, values: wanted.values, language: "en" });
  expect(found.candidates.map(({ word }) => word).toSorted()).toEqual(["#1", "#10"]);
  fs.rmSync(paths.log);
  expect((await lookUp("item", "", { host, values: wanted.values, language: "en" })).candidates).toEqual([]);
});
