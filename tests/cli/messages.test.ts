// What is said where something cannot be done: whole sentences with the true reason, and a way out that can be typed. In both languages.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, ENV, EXECUTABLE, newFolder, start, writeLines } from "../helpers/ckpt.ts";

setDefaultTimeout(60_000);

function folderOfItems(): string {
  const folder = newFolder();
  writeLines(folder, "x.jsonl", [
    '{"id":1,"question":"a"}',
    '{"id":null,"question":"b"}',
    '{"question":"c"}',
  ]);
  writeLines(folder, "n.txt", ["a", "b"]);
  writeLines(folder, "p.py", ["print(1)"]);
  writeLines(folder, "broken.ts", ["export const process = ("]);
  writeLines(folder, "empty.ts", ["// nothing"]);
  writeLines(folder, "other.ts", ["export const solve = 1;"]);
  return folder;
}

type Case = readonly [words: string, en: string, zh: string];

const CASES: readonly Case[] = [
  [
    "run x.jsonl --id qid -- cat",
    `Cannot use --id qid: no item has such a field (did you mean id?)
      The items have: id, question. Without --id, items are identified by their content.`,
    `无法使用 --id qid：没有条目含有这个字段（是不是想写 id？）
      条目的字段有：id、question。不用 --id 时，按内容识别条目。`,
  ],
  [
    "run x.jsonl -- echo {qestion}",
    `Cannot fill in {qestion}: no item has such a field (did you mean question?)
      The items have: id, question. For literal braces write {{ and }}.`,
    `无法代入 {qestion}：没有条目含有这个字段（是不是想写 question？）
      条目的字段有：id、question。要写花括号本身，请用 {{ 和 }}。`,
  ],
  [
    "run x.jsonl --id id -- cat",
    `Cannot use --id id: 2 items have no text or number there: lines 2, 3
      Name a field that has one in every item, or leave --id out: items are then identified by their content.`,
    `无法使用 --id id：第 2、3 行在这个字段没有文本或数字
      请指定每个条目都有文本或数字的字段，或去掉 --id，改为按内容识别条目。`,
  ],
  [
    "run n.txt --id id -- cat",
    `Cannot use --id id: no item has such a field
      The items have no fields: leave --id out. Without --id, items are identified by their content.`,
    `无法使用 --id id：没有条目含有这个字段
      条目没有字段：请去掉 --id。不用 --id 时，按内容识别条目。`,
  ],
  [
    "run x.jsonl --",
    `Cannot run: there is no command after --
      Write ckpt run INPUT -- COMMAND. In its arguments {} is the item, {field} one of its fields.`,
    `无法运行：-- 之后没有命令
      请写在那里：ckpt run INPUT -- COMMAND。参数中 {} 表示条目，{字段} 表示它的一个字段。`,
  ],
  ["run x.jsonl --worker --", "Cannot run: there is no command after --", "无法运行：-- 之后没有命令"],
  [
    "run x.jsonl --module p.py",
    `Cannot load the module p.py: a module is JavaScript or TypeScript
      Run it once per item as a command: -- python p.py, or as a long-lived worker: --worker -- python p.py`,
    `无法加载模块 p.py：模块须为 JavaScript 或 TypeScript
      可作为命令对每个条目运行：-- python p.py；或作为常驻的 worker：--worker -- python p.py`,
  ],
  ...["run x.jsonl --module none.ts", "run x.jsonl --dry-run --module none.ts"].map((words): Case => [
    words,
    "Cannot load the module: there is no file none.ts\n",
    "无法加载模块：没有文件 none.ts\n",
  ]),
  [
    "run x.jsonl --module broken.ts",
    `Cannot load the module broken.ts: Unexpected end of file (broken.ts:1:25)
      Fix it, then run the same command again; no item was run. A module is JavaScript or TypeScript; anything else is a command: -- COMMAND.`,
    `无法加载模块 broken.ts：Unexpected end of file (broken.ts:1:25)
      请修正它，然后再次运行同一条命令；尚未处理任何条目。模块须为 JavaScript 或 TypeScript；其他程序请作为命令运行：-- COMMAND`,
  ],
  [
    "run x.jsonl --module empty.ts",
    "Cannot use the module empty.ts: it exports nothing\n",
    "无法使用模块 empty.ts：它没有导出任何内容\n",
  ],
  [
    "run x.jsonl --module other.ts",
    "Cannot use the module other.ts: it exports solve, but no function process\n",
    "无法使用模块 other.ts：它导出了 solve，但没有函数 process\n",
  ],
  [
    "run - --format txt -- cat",
    "Cannot run: standard input has no items\n",
    "无法运行：标准输入中没有条目\n",
  ],
  [
    "run - -- cat",
    "Cannot tell the format of standard input: it has no name\n",
    "无法判断标准输入的格式：它没有名称\n",
  ],
  [
    "restore",
    `Cannot read the command line: NAME|latest|FOLDER is missing
      Write ckpt restore NAME|latest|FOLDER; "ckpt restore --help" shows more.`,
    `无法理解命令行：缺少 NAME|latest|FOLDER
      请写成 ckpt restore NAME|latest|FOLDER；详见 ckpt restore --help。`,
  ],
  [
    "completion",
    "Cannot read the command line: bash|zsh|fish is missing\n",
    "无法理解命令行：缺少 bash|zsh|fish\n",
  ],
  [
    "backup --backup-name one --delete two",
    "Cannot use --delete and --backup-name together\n",
    "--delete 与 --backup-name 不能同时使用\n",
  ],
];

describe.each([
  ["en", 1],
  ["zh", 2],
] as const)("in %s", (lang, at) => {
  test.each(CASES)("ckpt %s", async (...row) => {
    const ran = await ckpt(folderOfItems(), row[0].split(" "), { CKPT_LANG: lang });
    expect({ code: ran.code, out: ran.out }).toEqual({ code: 2, out: "" });
    expect(ran.err).toContain(`ckpt: ${row[at]}`);
  });

  test("a module that is not there: before anything is said of the checkpoint", async () => {
    const folder = folderOfItems();
    expect((await ckpt(folder, ["run", "n.txt", "--limit", "1", "--", "cat"])).code).toBe(4);
    const ran = await ckpt(folder, ["run", "n.txt", "--module", "none.ts", "--lang", lang]);
    expect(ran).toMatchObject({ code: 2, out: "" });
    expect(ran.err).toContain(lang === "en" ? "there is no file none.ts" : "没有文件 none.ts");
  });

  test("a checkpoint in use: by whom, where and since when", async () => {
    const folder = folderOfItems();
    const holder = start(folder, ["run", "n.txt", "--", "sh", "-c", "touch started; exec sleep 60"]);
    while (!fs.existsSync(path.join(folder, "started"))) await Bun.sleep(5);
    try {
      const ran = await ckpt(folder, ["clear", "--yes", "--lang", lang]);
      expect(ran.code).toBe(11);
      expect(ran.err).toMatch(
        lang === "en"
          ? new RegExp(
              `: it is in use by process ${holder.pid} on \\S+ since \\d{4}-\\d\\d-\\d\\d [\\d:]{8}\n`,
            )
          : new RegExp(`：进程 ${holder.pid}（主机 \\S+）自 \\d{4}-\\d\\d-\\d\\d [\\d:]{8} 起正在使用它\n`),
      );
    } finally {
      holder.kill("SIGKILL");
      await holder.exited;
    }
  });

  test("standard input is called so, not by the sign for it", async () => {
    const folder = newFolder();
    writeLines(folder, "n.txt", ["1"]);
    const piped = 'printf "a;b\\n1;2\\n3;4\\n" | "$0" run - --format csv --limit 1 --lang "$1" -- cat';
    const begun = Bun.spawnSync(["sh", "-c", piped, EXECUTABLE, lang], { cwd: folder, env: ENV });
    expect(begun.stderr.toString()).toContain(
      lang === "en"
        ? "Standard input is read with semicolons as the delimiter"
        : "标准输入的单元格以分号分隔",
    );
    const other = await ckpt(folder, ["run", "n.txt", "--lang", lang, "--", "cat"]);
    expect(other.code).toBe(12);
    expect(other.err).toContain(
      lang === "en" ? "belongs to another job (standard input)\n" : "属于另一项任务（标准输入）\n",
    );
  });

  test("an error of a module outside any item names no item", async () => {
    const folder = folderOfItems();
    writeLines(folder, "later.ts", [
      "export const process = () => {",
      "  setTimeout(() => void Promise.reject(new Error('lost')), 1);",
      "  return new Promise((resolve) => setTimeout(resolve, 60_000, 1));",
      "};",
    ]);
    const run = ["run", "n.txt", "--grace", "10ms", "--module", "later.ts", "--lang", lang];
    const ran = await ckpt(folder, run);
    expect(ran.code).toBe(4);
    expect(ran.err).toContain(
      lang === "en"
        ? "Stopped: an error outside any item (stray_exception): lost.\n"
        : "已停止：外部原因：模块中有未捕获的异常（stray_exception）：lost。\n",
    );
    const { stop } = JSON.parse((await ckpt(folder, [...run, "--json"])).out) as { stop: unknown };
    expect(stop).toEqual({ kind: "outside", item: null, error: "lost", errorKind: "stray_exception" });
  });

  test("the plan of --dry-run names each item by its id or number", async () => {
    const folder = folderOfItems();
    writeLines(folder, "ids.jsonl", ['{"id":"one"}', '{"id":"two"}']);
    const item = lang === "en" ? (name: string) => `Item ${name}: ` : (name: string) => `条目 ${name}：`;
    const run = ["--dry-run", "--lang", lang];
    const numbered = await ckpt(folder, ["run", "n.txt", ...run, "--", "echo", "{}"]);
    expect(numbered.out).toEndWith(`\n${item("#1")}echo a\n${item("#2")}echo b\n`);
    const named = await ckpt(folder, ["run", "ids.jsonl", "--id", "id", ...run, "--", "echo", "{id}"]);
    expect(named.out).toEndWith(`\n${item("one")}echo one\n${item("two")}echo two\n`);
  });
});
