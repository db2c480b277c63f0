// docs/scripting.md against the program: field lists, exit codes, recipes; and the help texts.
// Needs jq.
import { describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { EXIT } from "../../lib/core/errors.ts";
import { RUN_ARGUMENTS } from "../../lib/job/arguments/run-arguments.ts";
import { optionNames } from "../../lib/cli/declaration.ts";
import { helpText } from "../../lib/start/help-texts.ts";
import { ckpt, newFolder, type Ran, writeLines } from "../helpers/ckpt.ts";
import { shell } from "../helpers/shell.ts";

const ROOT = path.resolve(import.meta.dir, "../..");
const text = (name: string): string => fs.readFileSync(path.join(ROOT, name), "utf8");
const doc = text("docs/scripting.md");

/** The names in backquotes up to the end of the paragraph behind `<!-- fields: NAME -->`, what is called a field and stands before any prose. */
function documentedFields(name: string): string[] {
  const paragraph = new RegExp(`<!-- fields: ${name} -->\n([^]*?)\n(?:\n|$)`).exec(doc)?.[1];
  if (paragraph === undefined) throw new Error(`docs/scripting.md has no fields of "${name}"`);
  const list = /(?:: |, )((?:`\w+`(?:,\s+| and )?)+)/.exec(paragraph)?.[1] ?? "";
  return [...list.matchAll(/`(\w+)`/g)].map((match) => match[1] ?? "");
}

const fieldsOf = (value: unknown): string[] =>
  typeof value === "object" && value !== null ? Object.keys(value) : [];
const first = (ran: Ran): unknown => JSON.parse(ran.out);

const QUESTIONS = Array.from({ length: 5 }, (_, i) => JSON.stringify({ id: `q${i}`, n: i }));

function folderWithQuestions(): string {
  const folder = newFolder();
  for (const name of ["questions.jsonl", "part-1.jsonl", "part-2.jsonl"]) writeLines(folder, name, QUESTIONS);
  return folder;
}

describe("the field lists of docs/scripting.md are those of the program:", () => {
  test("run, dry-run, info, list, backup, restore, clear, verify", async () => {
    const folder = folderWithQuestions();
    const json = async (...args: readonly string[]): Promise<unknown> =>
      first(await ckpt(folder, [...args, "--json"]));
    const run = (...options: readonly string[]): Promise<unknown> =>
      ckpt(folder, ["run", "questions.jsonl", "--json", ...options, "--", "cat"]).then(first);
    const seen: Record<string, unknown> = {
      run: await run("--limit", "2"),
      info: await json("info"),
      verify: await json("verify"),
      backup: await json("backup", "kept"),
      version: await json("version"),
      list: ((await json("list")) as unknown[])[0],
      "restore dry-run": await json("restore", "kept", "--dry-run"),
      restore: await json("restore", "kept", "--yes"),
      "backup delete": await json("backup", "--delete", "kept", "--yes"),
      "dry-run": await run("--dry-run"),
      error: await json("restore", "none"),
    };
    seen["plan"] = (seen["dry-run"] as { plan: unknown }).plan;
    seen["show"] = ((await json("show")) as unknown[])[0];
    seen["show item"] = ((await json("show", "1")) as unknown[])[0];
    seen["show failures"] = await json("show", "--failures");
    seen["export"] = await json("export", "-o", "so-far.csv");
    seen["diff"] = await json("diff", "latest");
    seen["clear"] = await json("clear", "--yes");
    expect((await ckpt(folder, ["run", "questions.jsonl", "--", "cat"])).code).toBe(0);
    const completed = await json("info");
    expect(documentedFields("info")).toEqual(fieldsOf(completed));
    seen["last_run"] = (completed as { last_run: unknown }).last_run;
    expect((await ckpt(folder, ["clear", "--yes"])).code).toBe(0);
    seen["info none"] = await json("info");
    for (const [name, value] of Object.entries(seen)) {
      expect({ name, fields: documentedFields(name) }).toEqual({ name, fields: fieldsOf(value) });
    }
    expect(fieldsOf((seen["error"] as { error: unknown }).error)).toEqual([
      "code",
      "message",
      "hint",
      "path",
    ]);
  });

  test("dry-run of an endpoint: the estimate", async () => {
    const folder = folderWithQuestions();
    const endpoint = ["--model", "m", "--prompt", "{id}", "--base-url", "http://127.0.0.1:9/v1"];
    const ran = first(await ckpt(folder, ["run", "questions.jsonl", "--dry-run", "--json", ...endpoint]));
    const { estimate } = ran as { estimate: unknown };
    expect(fieldsOf(ran)).toEqual([...documentedFields("dry-run"), "estimate"]);
    expect(doc).toContain("with `--model`, `estimate`, too");
    expect(documentedFields("estimate")).toEqual(fieldsOf(estimate));
  });

  test("dry-run of an import: what becomes of its rows", async () => {
    const folder = folderWithQuestions();
    writeLines(folder, "old.jsonl", ['{"index":0,"id":"q1","status":"ok","output":"1"}']);
    const run = ["run", "questions.jsonl", "--id", "id", "--import", "old.jsonl", "--dry-run", "--json"];
    const ran = first(await ckpt(folder, [...run, "--", "cat"]));
    expect(fieldsOf(ran).toSorted()).toEqual([...documentedFields("dry-run"), "import"].toSorted());
    expect(doc).toContain("with `--import`, `import`;");
    expect(documentedFields("import")).toEqual(fieldsOf((ran as { import: unknown }).import));
  });

  test("output lines: every status that occurs, and no other", async () => {
    const folder = folderWithQuestions();
    const solve = 'test "$1" != q1 || exit 1; echo "$1"';
    await ckpt(folder, [
      "run",
      "questions.jsonl",
      "--limit",
      "3",
      "-q",
      "--",
      "sh",
      "-c",
      solve,
      "x",
      "{id}",
    ]);
    const { out } = await ckpt(folder, ["export"]);
    const statuses = out
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { status: string }).status);
    const documented = /\*\*Output lines\*\*[^]*?`status` \(([^)]*)\)/.exec(doc)?.[1] ?? "";
    expect(new Set([...documented.matchAll(/`(\w+)`/g)].map((match) => match[1]))).toEqual(new Set(statuses));
    expect(statuses).toHaveLength(3);
  });

  test("verify --repair", async () => {
    const folder = folderWithQuestions();
    await ckpt(folder, ["run", "questions.jsonl", "--limit", "3", "--", "cat"]);
    const log = path.join(folder, "checkpoints/checkpoint_results.jsonl");
    fs.truncateSync(log, fs.statSync(log).size - 10);
    const ran = await ckpt(folder, ["verify", "--repair", "--yes", "--json"]);
    expect(documentedFields("repair")).toEqual(fieldsOf(first(ran)));
  });

  test("--progress json: every line of a run is JSON, the last one the summary", async () => {
    const folder = folderWithQuestions();
    const ran = await ckpt(folder, ["run", "questions.jsonl", "--progress", "json", "--", "cat"]);
    const lines = ran.err
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    for (const name of ["progress", "note"]) {
      const line = lines.find((one) => one.event === name);
      expect({ name, fields: documentedFields(name) }).toEqual({ name, fields: fieldsOf(line) });
    }
    expect(fieldsOf(lines.at(-1))).toEqual(["event", ...documentedFields("run")]);
  });

  test("--progress json: what a module prints, and the error that ends a run, have the fields that are documented", async () => {
    const folder = folderWithQuestions();
    const module = path.join(folder, "module.js");
    fs.writeFileSync(module, 'console.log("printed"); export default () => 1;');
    const run = ["run", "questions.jsonl", "--progress", "json", "--module"];
    const [printed = ""] = (await ckpt(folder, [...run, module])).err.split("\n");
    expect(documentedFields("module")).toEqual(fieldsOf(JSON.parse(printed)));
    const failed = (await ckpt(folder, [...run, "none.js"])).err.trim().split("\n").at(-1) ?? "";
    expect(documentedFields("error event")).toEqual(fieldsOf(JSON.parse(failed)));
  });
});

test("the table of exit codes is that of the program", () => {
  const rows = [...doc.matchAll(/^\| (\d+) \| `(\w+)` \|/gm)].map(([, code, name]) => [name, Number(code)]);
  expect(Object.fromEntries(rows)).toEqual(EXIT);
});

test("the environment variables are those that the program reads and sets", () => {
  const sources = fs
    .readdirSync(path.join(ROOT, "lib"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => text(path.join("lib", name)));
  const inProgram = new Set(sources.join("\n").match(/\bCKPT_[A-Z]+(?:_[A-Z]+)*\b/g));
  expect(new Set(doc.match(/\bCKPT_[A-Z]+(?:_[A-Z]+)*\b/g))).toEqual(inProgram);
});

describe("the recipes of docs/scripting.md", () => {
  const recipes = [...doc.matchAll(/<!-- recipe: (\w+) -->\n```sh\n([^]*?)```/g)].map(
    ([, name = "", script = ""]) => ({ name, script }),
  );
  const done = (name: string): string => `${name.replace(/\.jsonl$/, "")}.results.jsonl`;
  const OUTPUTS: Readonly<Record<string, readonly string[]>> = {
    until: ["questions.jsonl"],
    cron: ["questions.jsonl"],
    timeout: ["questions.jsonl"],
    loop: ["part-1.jsonl", "part-2.jsonl"],
    xargs: ["part-1.jsonl", "part-2.jsonl"],
    watch: [],
    changed: ["questions.jsonl"],
  };

  test("are all run here", () => {
    expect(recipes.map((recipe) => recipe.name)).toEqual(Object.keys(OUTPUTS));
  });

  test.each(recipes)("$name does what it says", async ({ name, script }) => {
    const folder = folderWithQuestions();
    if (name === "watch" || name === "changed")
      await shell(folder, "ckpt run questions.jsonl --limit 2 -q -- sort");
    const ran = await shell(folder, script);
    expect({ name, code: ran.code, err: ran.err }).toEqual({
      name,
      code: 0,
      err: expect.any(String),
    });
    for (const input of OUTPUTS[name] ?? []) {
      expect(
        fs
          .readFileSync(path.join(folder, done(input)), "utf8")
          .trim()
          .split("\n").length,
      ).toBe(5);
    }
    if (name === "watch") expect(ran.out).toBe("2/5, 40 %\n");
  });
});

describe.each([["en"], ["zh"]] as const)("help in %s", (language) => {
  test("names every option of run", () => {
    const help = helpText("run", language) ?? "";
    for (const name of optionNames(RUN_ARGUMENTS)) expect(help).toContain(name);
  });

  test.each([
    [null],
    ["run"],
    ["info"],
    ["clear"],
    ["backup"],
    ["list"],
    ["restore"],
    ["verify"],
    ["export"],
  ])("%s fits 80 columns", (command) => {
    const wide = (helpText(command, language) ?? "").split("\n").filter((line) => Bun.stringWidth(line) > 80);
    expect(wide).toEqual([]);
  });
});
