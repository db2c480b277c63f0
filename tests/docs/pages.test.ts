// What users read first (README, docs/guide, both in two languages): every command line that is shown is taken, the examples are run, links lead somewhere.
// Needs python3.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { Database } from "bun:sqlite";
import * as fs from "node:fs";
import * as path from "node:path";
import { newFolder, read, writeLines } from "../helpers/ckpt.ts";
import { mockEndpoint } from "../helpers/mock-endpoint.ts";
import { shell } from "../helpers/shell.ts";

setDefaultTimeout(120_000);

const ROOT = path.resolve(import.meta.dir, "../..");
const text = (name: string): string => fs.readFileSync(path.join(ROOT, name), "utf8");
const fencesOf = (page: string): string[] =>
  [...page.matchAll(/```sh\n([^]*?)```/g)].map((match) => match[1] ?? "");

const QUESTIONS = Array.from({ length: 5 }, (_, i) =>
  JSON.stringify({ id: `q${i}`, question: `What is ${i}?` }),
);
const WITH_CHECKPOINT =
  "rm -rf checkpoints so-far.csv; ckpt run questions.jsonl --limit 2 -q -- cat; ckpt backup my_checkpoint -q";

/** Of a command that goes on until somebody leaves: until it has written something. */
const untilItSpeaks = (line: string): string =>
  `${line} > said & until test -s said; do sleep 0.05; done; kill $!; wait $!; test $? -eq 143`;

describe.each([["docs/guide.md"], ["docs/guide.zh.md"]])("%s", (name) => {
  const commands = fencesOf(text(name))
    .flatMap((fence) => fence.split("\n"))
    .filter((line) => line.startsWith("ckpt "))
    .map((line) => line.replace(/\s+# .*$/, ""));

  test("shows only command lines that the program takes", async () => {
    const folder = newFolder();
    writeLines(folder, "questions.jsonl", QUESTIONS);
    writeLines(folder, "solve.py", ["print(1)"]);
    writeLines(folder, "answer.ts", ["export const process = () => 1;"]);
    writeLines(folder, "rows.csv", ["name,n", "a,1", "b,2"]);
    writeLines(folder, "first.jsonl", QUESTIONS);
    for (const sub of ["data", "docs"]) fs.mkdirSync(path.join(folder, sub));
    writeLines(folder, "docs/page.md", ["# Page"]);
    using database = new Database(path.join(folder, "data.sqlite"));
    database.run("CREATE TABLE reviews AS SELECT 1 AS id, 'fine' AS text, 2 AS stars");
    writeLines(folder, "data/more.jsonl", QUESTIONS);
    expect(commands.length).toBeGreaterThan(15);
    for (const command of commands) {
      // Runs are looked at only; everything else needs a checkpoint to work on, and gets a new one each time.
      const isRun = command.startsWith("ckpt run ");
      const line = isRun ? command.replace("ckpt run ", "ckpt run --dry-run ") : command;
      const isBackup = /backup my_checkpoint/.test(line);
      const prepare = isBackup ? WITH_CHECKPOINT.replace(/; ckpt backup.*/, "") : WITH_CHECKPOINT;
      const yes = /^ckpt (?:clear|restore|verify --repair)/.test(line) ? `${line} --yes` : line;
      const goesOn = line.includes("--watch") || line.startsWith("ckpt view");
      const ended = goesOn ? untilItSpeaks(yes) : yes;
      const ran = await shell(folder, `${isRun ? "rm -rf checkpoints" : prepare}; ${ended}`, {
        OPENAI_API_KEY: "x",
      });
      const code = line.startsWith("ckpt set") ? 10 : 0; // nothing runs here
      expect({ line, code: ran.code, err: ran.err }).toMatchObject({ line, code });
    }
  });
});

const NAMES = ["first", "command", "shell", "module", "worker", "endpoint"];

describe.each([["README.md"], ["README.zh.md"]])("%s", (name) => {
  const readme = text(name);
  const examples = [...readme.matchAll(/<!-- example: (\w+) -->\n```sh\n([^]*?)```/g)].map(
    ([, called = "", script = ""]) => ({ called, script }),
  );

  test("begins with one line that installs and one that uninstalls, then the first run", () => {
    const [first = "", second = ""] = fencesOf(readme);
    const lines = first.trim().split("\n");
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^curl -fsSL https:\/\/\S+\/latest\/download\/install\.sh \| sh {2,}# /);
    expect(lines[1]).toMatch(/install\.sh \| sh -s -- --uninstall {2,}# /);
    expect(second).toContain("ckpt run words.txt");
  });

  test("builds from source by two commands, and names those that anybody can try from a checkout", () => {
    const fences = fencesOf(readme);
    const build = fences.find((fence) => fence.includes("run build "));
    expect(build?.trim().split("\n")).toHaveLength(2);
    const trial = fences.find((fence) => fence.includes("npx --yes bun@1.4.5 run demo "));
    expect(trial).toContain("npx --yes bun@1.4.5 run test ");
  });

  test("shows a first run and five examples; each, run as it stands one after the other, does what it says", async () => {
    expect(examples.map(({ called }) => called)).toEqual(NAMES);
    const folder = newFolder();
    fs.cpSync(path.join(ROOT, "examples"), path.join(folder, "examples"), { recursive: true });
    const mock = await mockEndpoint();
    try {
      const env = { OPENAI_API_KEY: "sk-0", OPENAI_BASE_URL: mock.url };
      for (const { called, script } of examples) {
        const ran = await shell(folder, script.replace(/^export OPENAI_API_KEY=.*$/m, ""), env);
        expect({ called, code: ran.code, err: ran.err }).toMatchObject({ called, code: 0 });
        if (called === "first") expect(readme).toContain(`\`\`\`\n${ran.out}\`\`\``);
      }
      expect(mock.asked).toHaveLength(200);
    } finally {
      await mock.stop();
    }
    const rows = (file: string): number => read(folder, file).trim().split("\n").length;
    expect(read(folder, "upper.csv")).toContain("OSLO,,Oslo,Norway\r\n");
    expect({
      sizes: rows("sizes.csv"),
      answers: rows("answers.csv"),
      lengths: rows("lengths.jsonl"),
      model: rows("model.jsonl"),
    }).toEqual({
      sizes: 1 + filesIn(path.join(ROOT, "examples")),
      answers: 201,
      lengths: 200,
      model: 200,
    });
  });

  test("has the picture that scripts/picture.ts makes", () => {
    const picture = name === "README.md" ? "docs/resume.svg" : "docs/resume.zh.svg";
    expect(readme).toContain(`](${picture})`);
    expect(text(picture)).toStartWith("<svg ");
  });

  test("has the picture that scripts/page-picture.ts makes", () => {
    const picture = name === "README.md" ? "docs/view.png" : "docs/view.zh.png";
    expect(readme).toContain(`](${picture})`);
    expect(text(picture)).toContain("PNG");
  });
});

test.each([
  ["README.md", "README.zh.md"],
  ["docs/guide.md", "docs/guide.zh.md"],
])("%s and %s say the same in the same order", (english, chinese) => {
  const shape = (file: string): string[] =>
    text(file)
      .split("\n")
      .filter((line) => /^(?:#+ |```|<!-- |!\[|\| [`[-]|- |\d\. |\*\*)/.test(line))
      .map((line) => /^(?:#+|```\w*|<!-- .* -->|!|\||-|\d\.|\*\*)/.exec(line)?.[0] ?? "");
  expect(shape(chinese)).toEqual(shape(english));
});

const PAGES = [
  ...fs.readdirSync(ROOT).filter((name) => name.endsWith(".md")),
  ...fs
    .readdirSync(path.join(ROOT, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

test.each(PAGES)("every link of %s leads to a file that is there", (page) => {
  const links = [
    ...text(page)
      .replaceAll(/`[^`\n]*`/g, "")
      .matchAll(/\]\(([^)#\s]+)[^)]*\)/g),
  ].map((match) => match[1] ?? "");
  const broken = links.filter(
    (link) => !/^https?:/.test(link) && !fs.existsSync(path.join(ROOT, path.dirname(page), link)),
  );
  expect(broken).toEqual([]);
});

/** Files in a folder and all folders in it. */
function filesIn(folder: string): number {
  const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).length;
}
