// The examples of the user guide as a person sees them: in a real terminal, in both languages, 80 and 120 columns wide, against the plain
// texts in tests/fixtures/screens/. CKPT_UPDATE_SCREENS=1 writes them anew: read each one before it is kept.
// Needs tmux.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, start, writeLines } from "../helpers/ckpt.ts";
import { Terminal } from "../helpers/terminal.ts";
import { until } from "../helpers/until.ts";

setDefaultTimeout(60_000);

const SCREENS = path.join(import.meta.dir, "../fixtures/screens");
const LANGUAGES = [
  ["en", { LANG: "C.UTF-8" }],
  ["zh", { LANG: "zh_CN.UTF-8" }],
] as const;
const WIDTHS = [80, 120] as const;
const CASES = LANGUAGES.flatMap(([language, env]) => WIDTHS.map((columns) => ({ language, env, columns })));

const RUN = ["run", "questions.jsonl", "--id", "id", "-j", "1"];
const COMMAND = ["--", "sh", "solve.sh", "{question}"];

/** Slow enough for the plot of info to have two columns to show. */
const PLOT_S = 0.02;

/** 100 questions of which 50 have been attempted; the 7th has failed. @param seconds how long a question takes */
async function halfDone(seconds = 0): Promise<string> {
  // The same length everywhere: paths decide where lines are broken.
  const folder = fs.mkdtempSync("/tmp/ckpt-test-");
  const questions = Array.from({ length: 100 }, (_, i) =>
    JSON.stringify({ id: `q${i + 1}`, question: `${i + 1} + 1 = ?` }),
  );
  writeLines(folder, "questions.jsonl", questions);
  writeLines(folder, "solve.sh", [
    `sleep ${seconds}`,
    'test "$1" != "7 + 1 = ?" || { echo "cannot add 7" >&2; exit 1; }',
    'echo "$1"',
  ]);
  expect((await ckpt(folder, [...RUN, "--limit", "50", ...COMMAND])).code).toBe(4);
  return folder;
}

/** What differs from run to run, made equal, its width kept where something stands behind it. */
function normalised(screen: string, folder: string): string {
  const same = (found: string): string => found.replaceAll(/\d/g, "0");
  return screen
    .replaceAll(folder, "/work")
    .replaceAll(/(?<!\d)\d{5}(?!\d)/g, "00000")
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, same)
    .replaceAll(/\d{8}_\d{6}(?:_\d+)?/g, (found) => same(found.slice(0, 15)))
    .replaceAll(/[\d,]+(?:\.\d+)?(?= results\/s| 个结果\/秒|\/s\)|\/秒）)/g, "9.9")
    .replaceAll(/\d+(?:\.\d)?(?=s\b|秒)/g, "9.9")
    .replaceAll(/\d+\.\d KiB/g, (found) => found.replaceAll(/\d/g, "0"))
    .replaceAll(/\((\w+ )?sha256 \w{8}\)/g, "(sha256 00000000)")
    .replaceAll(/^( {2}\|)[ #]*$/gm, "$1###")
    .replaceAll(/^( {2}\+)-+$/gm, "$1---")
    .replaceAll(/(process|进程)\s+\d+/g, "$1 000")
    .replaceAll(/(on |主机 )(?!disk)[\w.-]+(?= since|，自|）自)/g, "$1host");
}

/** Where the name of the machine decides where lines are broken. */
function unwrapped(screen: string): string {
  return screen
    .replaceAll(/ ?\n {6}/g, " ")
    .replaceAll(/(process |进程 )\d+/g, "$1000")
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, (found) => found.replaceAll(/\d/g, "0"));
}

/** What `info` says of the state, and where the results are: neither speed nor sizes. */
function stateIn(screen: string): string {
  const lines = screen
    .split("\n")
    .filter((line) => /^(?:State|Items|Output|Kept in|状态|条目|输出|保存在)/.test(line));
  return lines.join("\n");
}

/** Compares a screen with its file, or writes the file. */
function expectScreen(name: string, { language, columns }: (typeof CASES)[number], screen: string): void {
  const file = path.join(SCREENS, `${name}.${language}.${columns}.txt`);
  if (process.env["CKPT_UPDATE_SCREENS"] === "1") fs.writeFileSync(file, `${screen}\n`);
  expect(`${screen}\n`).toBe(fs.readFileSync(file, "utf8"));
}

/** Runs ckpt to its end, or to a question that is then left with Esc; gives back the screen. */
async function screenOf(
  folder: string,
  args: readonly string[],
  { env, columns }: (typeof CASES)[number],
  question?: string,
): Promise<string> {
  await using terminal = new Terminal(folder, args, { env, columns });
  if (question !== undefined) {
    await terminal.shows(question);
    terminal.press("Escape");
  }
  await terminal.exitCode();
  return normalised(terminal.screen(), folder);
}

describe.each(CASES)("on a terminal of $columns columns, in $language", (how) => {
  test("each example of the guide", async () => {
    const folder = await halfDone(PLOT_S);
    const show = async (name: string, args: readonly string[], asked?: string): Promise<void> =>
      expectScreen(name, how, await screenOf(folder, args, how, asked));
    await show("resume", [...RUN, ...COMMAND], "(y/n");
    await show("info", ["info"]);
    await show("clear", ["clear"], "(y/n");
    await show("list-empty", ["list"]);
    await show("backup", ["backup"]);
    await show("backup-name", ["backup", "--backup-name", "my_checkpoint"]);
    await show("restore", ["restore", "my_checkpoint"], "(y/n");
    await show("restore-yes", ["restore", "my_checkpoint", "--yes"]);
    await show("clear-yes", ["clear", "--yes"]);
    await show("list", ["list"]);
    await show("info-none", ["info"]);
    await show("restore-unknown", ["restore", "my_chekpoint"]);
  });

  test("a run from its beginning to its end, and the same command again", async () => {
    const folder = await halfDone();
    const show = async (name: string, args: readonly string[], asked?: string): Promise<void> =>
      expectScreen(name, how, await screenOf(folder, args, how, asked));
    await show("run-limit", [...RUN, "--limit", "2", "--resume", ...COMMAND]);
    await show("run-failed", [...RUN, "--resume", ...COMMAND]);
    await show("failures", [...RUN, ...COMMAND], how.language === "zh" ? "如何处理？" : "What now?");
    await show("run-complete", [...RUN, "--failed", "keep", ...COMMAND]);
    await show("run-again", [...RUN, ...COMMAND]);
    expectScreen("info-completed", how, stateIn(await screenOf(folder, ["info"], how)));
  });

  test("what has changed", async () => {
    const folder = await halfDone();
    const show = async (name: string, args: readonly string[], asked?: string): Promise<void> =>
      expectScreen(name, how, await screenOf(folder, args, how, asked));
    fs.appendFileSync(path.join(folder, "solve.sh"), "# 2\n");
    fs.appendFileSync(path.join(folder, "questions.jsonl"), '{"id":"q101","question":"?"}\n');
    await show(
      "changed",
      [
        ...RUN,
        "--",
        "sh",
        "solve.sh",
        "请回答下面的问题，只写出最后的答案，不要写推导过程，也不要写单位：{question}",
      ],
      how.language === "zh" ? "如何处理？" : "What now?",
    );
    fs.writeFileSync(path.join(folder, "other.jsonl"), '{"id":"z","question":"?"}\n');
    await show("other-job", ["run", "other.jsonl", "--id", "id", ...COMMAND], "(y/n");
  });

  test("a damaged checkpoint", async () => {
    const folder = await halfDone(PLOT_S);
    const show = async (name: string, args: readonly string[], asked?: string): Promise<void> =>
      expectScreen(name, how, await screenOf(folder, args, how, asked));
    const log = path.join(folder, "checkpoints/checkpoint_results.jsonl");
    fs.truncateSync(log, fs.statSync(log).size - 400);
    await show("info-damaged", ["info"]);
    await show("run-damaged", [...RUN, ...COMMAND]);
    await show("verify-damaged", ["verify"]);
    await show("repair", ["verify", "--repair"], "(y/n");
    await show("repair-yes", ["verify", "--repair", "--yes"]);
    await show("verify", ["verify"]);
  });

  test("a completed job, and its backup put back in place", async () => {
    const folder = fs.mkdtempSync("/tmp/ckpt-test-");
    writeLines(folder, "questions.jsonl", ['{"id":"q1","question":"1 + 1 = ?"}']);
    writeLines(folder, "solve.sh", ['echo "$1"']);
    expect((await ckpt(folder, [...RUN, ...COMMAND])).code).toBe(0);
    const complete = stateIn(await screenOf(folder, ["info"], how));
    const restored = await screenOf(folder, ["restore", "latest", "--yes"], how);
    const inPlace = stateIn(await screenOf(folder, ["info"], how));
    expectScreen("info-complete", how, [complete, restored, inPlace].join("\n"));
  });

  test("a checkpoint that is in use", async () => {
    const folder = await halfDone();
    const holder = start(folder, [
      ...RUN,
      "--on-change",
      "keep",
      "--",
      "sh",
      "-c",
      "touch started; exec sleep 20",
    ]);
    await until(() => fs.existsSync(path.join(folder, "started")));
    try {
      const info = await screenOf(folder, ["info"], how);
      const inUse = info.split("\n").filter((line) => /State|In use|状态|使用者/.test(line));
      expectScreen("held", how, [...inUse, unwrapped(await screenOf(folder, ["clear"], how))].join("\n"));
    } finally {
      holder.kill("SIGKILL");
      await holder.exited;
    }
  });

  test("ckpt alone", async () => {
    const folder = await halfDone(PLOT_S);
    await using terminal = new Terminal(folder, [], { env: how.env, columns: how.columns, rows: 70 });
    await terminal.exitCode();
    expectScreen("alone", how, normalised(terminal.screen(), folder));
  });
});
