// The questions of `ckpt`, asked in a real terminal and answered by keys; and the same situations without one.
// Needs tmux.
import { isRunning } from "../helpers/attempts.ts";
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, newFolder, read, writeLines } from "../helpers/ckpt.ts";
import { Terminal } from "../helpers/terminal.ts";
import { until } from "../helpers/until.ts";

setDefaultTimeout(60_000);

const LANGUAGES = [
  ["en", { LANG: "C.UTF-8" }],
  ["zh", { LANG: "zh_CN.UTF-8" }],
] as const;

const questions = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => JSON.stringify({ id: `q${i}`, question: `What is ${i}?` }));
/** Answers with the question and leaves a mark; the third item fails until a file `ok` is there. */
const SOLVE = 'echo "$1" >> marks; test -e ok || test "$1" != "What is 2?"';
const RUN = ["run", "q.jsonl", "--id", "id", "-j", "1"];
const COMMAND = ["--", "sh", "-c", SOLVE, "x", "{question}"];
const OTHER_COMMAND = ["--", "sh", "-c", `: again; ${SOLVE}`, "x", "{question}"];

const marks = (folder: string): number =>
  fs.existsSync(path.join(folder, "marks")) ? read(folder, "marks").trim().split("\n").length : 0;
const backups = (folder: string): string[] => {
  const all = path.join(folder, "checkpoints/backups");
  return fs.existsSync(all) ? fs.readdirSync(all).filter((name) => !name.startsWith(".")) : [];
};

/** Six items, of which four have been attempted: three done, one failed. */
async function unfinished(): Promise<string> {
  const folder = newFolder();
  writeLines(folder, "q.jsonl", questions(6));
  expect((await ckpt(folder, [...RUN, "--limit", "4", ...COMMAND])).code).toBe(4);
  return folder;
}

/** Six items, all attempted, one of them failed. */
async function withFailure(): Promise<string> {
  const folder = newFolder();
  writeLines(folder, "q.jsonl", questions(6));
  expect((await ckpt(folder, [...RUN, ...COMMAND])).code).toBe(3);
  return folder;
}

/** Everything in the folder that counts: names and contents, without the lock. */
function contents(folder: string): Record<string, string> {
  const names = fs.readdirSync(folder, { recursive: true, encoding: "utf8" }).toSorted();
  const files = names.filter(
    (name) => !/(?:lock(?:-\w+)?|owner\.json)$/.test(name) && fs.statSync(path.join(folder, name)).isFile(),
  );
  return Object.fromEntries(files.map((name) => [name, read(folder, name)]));
}

/** Runs ckpt in a terminal, waits for a question, types keys, and gives back the exit code and the screens before and after. */
async function answer(
  folder: string,
  args: readonly string[],
  question: string,
  keys: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number; readonly asked: string; readonly screen: string }> {
  await using terminal = new Terminal(folder, args, { env });
  const asked = await terminal.shows(question);
  terminal.press(...keys);
  const code = await terminal.exitCode();
  return { code, asked, screen: terminal.screen() };
}

/** Runs ckpt in a terminal to its end without a key. */
async function unasked(folder: string, args: readonly string[]): Promise<number> {
  await using terminal = new Terminal(folder, args);
  return await terminal.exitCode();
}

const RESUME = { en: "(y/n, default y)", zh: "是否继续上次的处理? (y/n，默认y)" } as const;

describe.each(LANGUAGES)("the resume question in %s", (language, env) => {
  test.each([["Enter"], ["y"]])("%s continues", async (key) => {
    const folder = await unfinished();
    fs.writeFileSync(path.join(folder, "ok"), "");
    const { code, asked } = await answer(folder, [...RUN, ...COMMAND], RESUME[language], [key], env);
    expect(asked).toContain(language === "zh" ? "🔄 检测到上次处理的断点" : "🔄 Found a checkpoint");
    expect(asked).toMatch(
      language === "zh" ? /已完成 3，失败 1，剩余 2/ : /3 done, 1 failed, 2 left \(saved at 20/,
    );
    expect({ code, marks: marks(folder) }).toEqual({ code: 0, marks: 7 });
  });

  test("n starts over; the checkpoint so far is a backup, as the screen said", async () => {
    const folder = await unfinished();
    const { code, asked } = await answer(folder, [...RUN, ...COMMAND], RESUME[language], ["n"], env);
    expect(asked).toContain(
      language === "zh" ? "会先自动备份当前检查点" : "Starting over makes a backup of this checkpoint first",
    );
    expect({ code, marks: marks(folder) }).toEqual({ code: 3, marks: 10 });
    expect(backups(folder).map((name) => name.replace(/_\d.*$/, ""))).toEqual(["auto_start_over"]);
  });

  test.each([["Escape"], ["C-c"], ["C-d"]])("%s leaves everything as it is, exit 130", async (key) => {
    const folder = await unfinished();
    const before = contents(folder);
    const { code, asked, screen } = await answer(folder, [...RUN, ...COMMAND], RESUME[language], [key], env);
    expect(code).toBe(130);
    expect(contents(folder)).toEqual(before);
    // The question stands there once, and no answer is shown as if it had been given.
    const cancelled = language === "zh" ? "已取消，一切保持原样。" : "Cancelled; nothing was changed.";
    expect(screen).toBe(`${asked}\n${cancelled}`);
  });
});

describe("a question that a signal ends", () => {
  test.each([
    ["xterm-256color", "SIGTERM", 143],
    ["xterm-256color", "SIGHUP", 129],
    ["dumb", "SIGTERM", 143],
    ["dumb", "SIGINT", 130],
  ] as const)("TERM=%s, %s: the cursor is there again, nothing is changed", async (term, signal, code) => {
    const folder = await unfinished();
    const before = contents(folder);
    await using terminal = new Terminal(folder, [...RUN, ...COMMAND], { env: { TERM: term } });
    await terminal.shows(RESUME.en);
    process.kill(JSON.parse(read(folder, "checkpoints/owner.json")).pid, signal);
    expect(await terminal.exitCode()).toBe(code);
    expect(terminal.cursorIsShown()).toBe(true);
    expect(contents(folder)).toEqual(before);
  });
});

test("a question whose terminal goes away ends, and nothing is changed", async () => {
  const folder = await unfinished();
  const before = contents(folder);
  const terminal = new Terminal(folder, [...RUN, ...COMMAND]);
  await terminal.shows(RESUME.en);
  const { pid } = JSON.parse(read(folder, "checkpoints/owner.json"));
  await terminal[Symbol.asyncDispose]();
  await until(() => !isRunning(pid));
  expect(contents(folder)).toEqual(before);
});

describe.each(LANGUAGES)("a changed command in %s", (language, env) => {
  const question = language === "zh" ? "如何处理？" : "What now?";
  const ask = (folder: string, keys: readonly string[]): ReturnType<typeof answer> =>
    answer(folder, [...RUN, ...OTHER_COMMAND], question, keys, env);

  test("old and new are shown, and Enter alone leaves everything as it is", async () => {
    const folder = await unfinished();
    const before = contents(folder);
    const { code, asked } = await ask(folder, ["Enter"]);
    expect(code).toBe(130);
    expect(contents(folder)).toEqual(before);
    const [title, was, is] = language === "zh" ? ["命令", "旧：", "新："] : ["command", "old: ", "new: "];
    expect(asked).toContain(`│    ${title}\n│      ${was}sh -c 'echo`);
    expect(asked).toContain(`│      ${is}sh -c ': again;`);
  });

  test("the first choice keeps the results and continues with the new command", async () => {
    const folder = await unfinished();
    const { code } = await ask(folder, ["Up", "Up", "Enter"]);
    expect({ code, marks: marks(folder), backups: backups(folder) }).toEqual({
      code: 3,
      marks: 7,
      backups: [],
    });
  });

  test("the second starts over, after a backup", async () => {
    const folder = await unfinished();
    const { code } = await ask(folder, ["Up", "Enter"]);
    expect({ code, marks: marks(folder), backups: backups(folder).length }).toEqual({
      code: 3,
      marks: 10,
      backups: 1,
    });
  });

  test("Esc leaves everything as it is", async () => {
    const folder = await unfinished();
    const before = contents(folder);
    expect((await ask(folder, ["Escape"])).code).toBe(130);
    expect(contents(folder)).toEqual(before);
  });
});

describe.each(LANGUAGES)("other questions of run in %s", (language, env) => {
  test("a changed input: how many are kept, new, changed and gone", async () => {
    const folder = await unfinished();
    const [, second = "", ...others] = questions(6);
    writeLines(folder, "q.jsonl", [
      second.replace("What", "How much"),
      ...others,
      '{"id":"q9","question":"?"}',
    ]);
    const { code, asked } = await answer(folder, [...RUN, ...COMMAND], RESUME[language], ["y"], env);
    expect(asked).toContain(
      language === "zh"
        ? "保留 2，新增或尚未处理 3，内容有变 1，已不在输入中 1"
        : "2 kept, 3 new or pending, 1 changed, 1 gone",
    );
    expect(code).toBe(3);
  });

  test("another choice of items: what it was, what it is, and how many are kept and left out", async () => {
    const folder = await unfinished();
    const args = [...RUN, "--where", "id~^q[2-5]$", ...COMMAND];
    const { code, asked } = await answer(folder, args, RESUME[language], ["y"], env);
    const [change, counts] =
      language === "zh"
        ? [
            "条目的选择已改变：全部条目 → id~^q[2-5]$",
            "保留 2，新增或尚未处理 2，内容有变 0，未选中或已不在输入中 2",
          ]
        : [
            "The choice of items has changed: all items → id~^q[2-5]$",
            "2 kept, 2 new or pending, 0 changed, 2 gone",
          ];
    expect(asked).toContain(change);
    expect(asked).toContain(counts);
    expect(code).toBe(3);
  });

  test("failures left: Enter tries them again", async () => {
    const folder = await withFailure();
    fs.writeFileSync(path.join(folder, "ok"), "");
    const question = language === "zh" ? "如何处理？" : "What now?";
    const { code, asked } = await answer(folder, [...RUN, ...COMMAND], question, ["Enter"], env);
    expect(asked).toContain(language === "zh" ? "其中 1 个失败" : "All items were attempted; 1 failed");
    expect({ code, marks: marks(folder) }).toEqual({ code: 0, marks: 7 });
  });

  test("failures left: the second choice finishes without them", async () => {
    const folder = await withFailure();
    const question = language === "zh" ? "如何处理？" : "What now?";
    const { code } = await answer(folder, [...RUN, ...COMMAND], question, ["Down", "Enter"], env);
    expect({ code, marks: marks(folder) }).toEqual({ code: 3, marks: 6 });
    expect(backups(folder).map((name) => name.replace(/_\d.*$/, ""))).toEqual(["auto_completed"]);
  });

  test("another job: Enter keeps what is there, y moves it into a backup", async () => {
    const folder = await unfinished();
    writeLines(folder, "other.jsonl", ['{"id":"z","question":"other"}']);
    const args = ["run", "other.jsonl", "--id", "id", ...COMMAND];
    const question = language === "zh" ? "是否将它移入备份" : "Move it into a backup";
    const before = contents(folder);
    expect((await answer(folder, args, question, ["Enter"], env)).code).toBe(130);
    expect(contents(folder)).toEqual(before);
    expect((await answer(folder, args, question, ["y"], env)).code).toBe(0);
    expect(backups(folder).length).toBe(2);
  });
});

describe.each(LANGUAGES)("an output that is another job's in %s", (language, env) => {
  const question = language === "zh" ? "结果写到哪里？" : "Where should the results go?";
  const job = (word: string): string[] => [
    "run",
    "n.txt",
    "-j",
    "1",
    "--",
    "sh",
    "-c",
    `echo ${word} $1`,
    "x",
    "{}",
  ];

  /** A folder in which job A has been completed. */
  async function finished(): Promise<string> {
    const folder = newFolder();
    writeLines(folder, "n.txt", ["1", "2", "3"]);
    expect((await ckpt(folder, job("A"))).code).toBe(0);
    return folder;
  }
  const first = (folder: string, name: string): string =>
    JSON.parse(read(folder, name).split("\n")[0] ?? "").output;

  test("Enter writes to another file, the name of which was offered; the next run of the same words does, too", async () => {
    const folder = await finished();
    const [backup = ""] = backups(folder);
    const { code, asked } = await answer(folder, job("B"), question, ["Enter"], env);
    expect(code).toBe(0);
    for (const text of ["n.results.jsonl", "sh -c 'echo A $1'", "n.results-2.jsonl", backup])
      expect(asked.replaceAll(/\n│ */g, "")).toContain(text);
    expect([first(folder, "n.results.jsonl"), first(folder, "n.results-2.jsonl")]).toEqual(["A 1", "B 1"]);
    const again = await ckpt(folder, [...job("B").slice(0, 2), "--json", ...job("B").slice(2)]);
    expect(JSON.parse(again.out)).toMatchObject({
      outcome: "already_complete",
      output: { path: path.join(folder, "n.results-2.jsonl") },
    });
    writeLines(folder, "n.txt", ["1", "2", "3", "4"]);
    expect((await ckpt(folder, job("B"))).code).toBe(0);
    expect(read(folder, "n.results-2.jsonl").trim().split("\n").length).toBe(4);
    const anew = [...job("B").slice(0, 2), "--no-resume", ...job("B").slice(2)];
    expect((await ckpt(folder, anew)).code).toBe(0);
    expect(first(folder, "n.results.jsonl")).toBe("A 1");
    expect(fs.existsSync(path.join(folder, "n.results-3.jsonl"))).toBe(false);
  });

  test("what was chosen is remembered by a run that is stopped", async () => {
    const folder = await finished();
    const stopped = [...job("B").slice(0, 2), "--limit", "1", ...job("B").slice(2)];
    const { code, screen } = await answer(folder, stopped, question, ["Enter"], env);
    expect(code).toBe(4);
    expect(screen).toContain("ckpt export -o n.results-2.jsonl");
    expect((await ckpt(folder, job("B"))).code).toBe(0);
    expect([first(folder, "n.results.jsonl"), first(folder, "n.results-2.jsonl")]).toEqual(["A 1", "B 1"]);
  });

  test("the second choice replaces it; a run that is stopped remembers that, too", async () => {
    const folder = await finished();
    const stopped = [...job("B").slice(0, 2), "--limit", "1", ...job("B").slice(2)];
    expect((await answer(folder, stopped, question, ["Down", "Enter"], env)).code).toBe(4);
    expect(first(folder, "n.results.jsonl")).toBe("A 1");
    expect((await ckpt(folder, job("B"))).code).toBe(0);
    expect(first(folder, "n.results.jsonl")).toBe("B 1");
  });

  test.each([["--yes"], ["--resume"]])("%s does not answer it", async (option) => {
    const folder = await finished();
    const words = [...job("B").slice(0, 2), option, ...job("B").slice(2)];
    expect((await answer(folder, words, question, ["Escape"], env)).code).toBe(130);
  });

  test.each([[["Down", "Down", "Enter"]], [["Escape"]], [["C-c"]]])(
    "%j leaves everything as it is, exit 130",
    async (keys) => {
      const folder = await finished();
      const before = contents(folder);
      expect((await answer(folder, job("B"), question, keys, env)).code).toBe(130);
      expect(contents(folder)).toEqual(before);
    },
  );

  test("a stranger's file: it is reported that nothing is on record of it, and that what it holds would be lost", async () => {
    const folder = newFolder();
    writeLines(folder, "n.txt", ["1"]);
    writeLines(folder, "n.results.jsonl", ["mine"]);
    const { asked } = await answer(folder, job("A"), question, ["Escape"], env);
    for (const text of language === "zh"
      ? ["没有这个文件的任何记录", "其中的内容会丢失"]
      : ["It is a file unknown to ckpt.", "its content is lost"])
      expect(asked).toContain(text);
    expect(read(folder, "n.results.jsonl")).toBe("mine\n");
  });
});

describe.each(LANGUAGES)("confirmations in %s", (language, env) => {
  const question = language === "zh" ? "(y/n，默认n)" : "(y/n, default n)";

  test.each([
    ["clear", ["clear"]],
    ["clear --no-backup", ["clear", "--no-backup"]],
    ["restore", ["restore", "kept"]],
    ["backup --delete", ["backup", "--delete", "kept"]],
    ["verify --repair", ["verify", "--repair"]],
  ] as const)("%s: Enter, n and Esc change nothing, y goes ahead", async (name, args) => {
    const folder = await unfinished();
    expect((await ckpt(folder, ["backup", "kept"])).code).toBe(0);
    if (name === "verify --repair") flipByte(folder);
    const before = contents(folder);
    for (const key of ["Enter", "n", "Escape", "C-c"]) {
      const { code } = await answer(folder, args, question, [key], env);
      expect({ key, code, same: Bun.deepEquals(contents(folder), before) }).toEqual({
        key,
        code: 130,
        same: true,
      });
    }
    expect((await answer(folder, args, question, ["y"], env)).code).toBe(0);
    expect(contents(folder)).not.toEqual(before);
  });
});

/** Damages the last record. */
function flipByte(folder: string): void {
  const log = path.join(folder, "checkpoints/checkpoint_results.jsonl");
  const bytes = fs.readFileSync(log);
  bytes[bytes.length - 60] = (bytes[bytes.length - 60] ?? 0) ^ 1;
  fs.writeFileSync(log, bytes);
}

describe("no question where there is nothing to protect, on a terminal", () => {
  test("a corrected command, nothing having succeeded: it is reported, and the run continues", async () => {
    const folder = newFolder();
    writeLines(folder, "q.jsonl", questions(3));
    expect((await ckpt(folder, [...RUN, "--", "false"])).code).toBe(3);
    await using terminal = new Terminal(folder, [...RUN, "--", "true"]);
    expect(await terminal.exitCode()).toBe(0);
    expect(terminal.screen()).toContain("so there is nothing to protect");
  });
});

describe("no question that an option has answered, on a terminal", () => {
  test.each([
    ["--resume", 3],
    ["--yes", 3],
    ["--no-resume", 3],
    ["--on-change=keep", 3],
  ] as const)("%s answers the resume question", async (option, code) => {
    expect(await unasked(await unfinished(), [...RUN, option, ...COMMAND])).toBe(code);
  });

  test.each([
    ["--on-change=keep", 3],
    ["--on-change=refuse", 12],
    ["--no-resume", 3],
  ] as const)("%s answers for a changed command", async (option, code) => {
    expect(await unasked(await unfinished(), [...RUN, option, ...OTHER_COMMAND])).toBe(code);
  });

  test.each([["--failed=retry"], ["--failed=keep"], ["--resume"], ["--yes"]])(
    "%s answers what becomes of failures",
    async (option) => {
      expect(await unasked(await withFailure(), [...RUN, option, ...COMMAND])).toBe(3);
    },
  );

  test("nothing is asked when rows are appended to a completed input", async () => {
    const folder = newFolder();
    fs.writeFileSync(path.join(folder, "ok"), "");
    writeLines(folder, "q.jsonl", questions(6));
    expect((await ckpt(folder, [...RUN, ...COMMAND])).code).toBe(0);
    writeLines(folder, "q.jsonl", questions(8));
    expect(await unasked(folder, [...RUN, ...COMMAND])).toBe(0);
    expect(marks(folder)).toBe(8);
  });

  test.each([["--yes"], ["--resume"]])("%s does not answer for a changed command", async (option) => {
    const folder = await unfinished();
    const { code } = await answer(folder, [...RUN, option, ...OTHER_COMMAND], "What now?", ["Escape"]);
    expect(code).toBe(130);
  });
});

describe("without a terminal nothing is asked", () => {
  test("an unfinished job continues", async () => {
    const folder = await unfinished();
    expect((await ckpt(folder, [...RUN, ...COMMAND])).code).toBe(3);
    expect(marks(folder)).toBe(7);
  });

  test("a changed input is taken: what matches is kept", async () => {
    const folder = await unfinished();
    writeLines(folder, "q.jsonl", questions(7));
    expect((await ckpt(folder, [...RUN, ...COMMAND])).code).toBe(3);
    expect(marks(folder)).toBe(8);
  });

  test("failures left are retried", async () => {
    const folder = await withFailure();
    fs.writeFileSync(path.join(folder, "ok"), "");
    expect((await ckpt(folder, [...RUN, ...COMMAND])).code).toBe(0);
    expect(marks(folder)).toBe(7);
  });

  test.each([[[]], [["--yes"]], [["--resume"]], [["--on-change", "refuse"]]])(
    "a changed command with %j: exit 12, the options that decide are named, nothing is changed",
    async (options) => {
      const folder = await unfinished();
      const before = contents(folder);
      const ran = await ckpt(folder, [...RUN, ...options, ...OTHER_COMMAND]);
      expect(ran.code).toBe(12);
      expect(ran.err).toContain("--on-change keep");
      expect(ran.err).toContain("--no-resume");
      expect(contents(folder)).toEqual(before);
    },
  );

  test("another job: exit 12, and the command with a --dir of its own works as it is printed", async () => {
    const folder = await unfinished();
    writeLines(folder, "other.jsonl", ['{"id":"z","question":"other"}']);
    const ran = await ckpt(folder, ["run", "other.jsonl", "--id", "id", ...COMMAND]);
    expect(ran.code).toBe(12);
    expect(ran.err).toContain("--dir checkpoints-other");
    expect(backups(folder)).toEqual([]);
  });

  test.each([
    ["clear", ["clear"]],
    ["clear --no-backup", ["clear", "--no-backup"]],
    ["restore", ["restore", "kept"]],
    ["backup --delete", ["backup", "--delete", "kept"]],
    ["verify --repair", ["verify", "--repair"]],
  ] as const)("%s: exit 2 names --yes, and with it goes ahead", async (name, args) => {
    const folder = await unfinished();
    await ckpt(folder, ["backup", "kept"]);
    if (name === "verify --repair") flipByte(folder);
    const before = contents(folder);
    const refused = await ckpt(folder, args);
    expect(refused.code).toBe(2);
    expect(refused.err).toContain("--yes");
    expect(contents(folder)).toEqual(before);
    expect((await ckpt(folder, [...args, "--yes"])).code).toBe(0);
  });
});

describe.each(LANGUAGES)("an import that leaves rows out, in %s", (language, env) => {
  const row = (id: string): string => `{"index":0,"id":"${id}","status":"ok","output":"old"}`;
  const question = {
    en: "Import the others, and run what is left? (y/n, default n)",
    zh: "是否导入其余结果，并处理剩下的条目？",
  }[language];
  const args = [...RUN, "--import", "old.jsonl", ...COMMAND];

  test("is asked about before anything is run: n changes nothing, y imports the others", async () => {
    const folder = newFolder();
    writeLines(folder, "q.jsonl", questions(2));
    writeLines(folder, "old.jsonl", [row("q0"), row("q9")]);
    const no = await answer(folder, args, question, ["n"], env);
    expect(no.asked).toContain("q9");
    expect({ code: no.code, marks: marks(folder) }).toEqual({ code: 130, marks: 0 });
    expect(fs.existsSync(path.join(folder, "checkpoints/processing_status.json"))).toBe(false);
    const yes = await answer(folder, args, question, ["y"], env);
    expect({ code: yes.code, marks: marks(folder) }).toEqual({ code: 0, marks: 1 });
  });

  test("is not asked about with --yes, or when every row has its item", async () => {
    const folder = newFolder();
    writeLines(folder, "q.jsonl", questions(2));
    writeLines(folder, "old.jsonl", [row("q0"), row("q9")]);
    expect(await unasked(folder, [...args.slice(0, -COMMAND.length), "--yes", ...COMMAND])).toBe(0);
    const other = newFolder();
    writeLines(other, "q.jsonl", questions(2));
    writeLines(other, "old.jsonl", [row("q0")]);
    expect(await unasked(other, args)).toBe(0);
  });
});
