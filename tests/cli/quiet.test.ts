// `-q` says nothing but what went wrong, and that it does say: whatever ends with an exit code other than 0 has told why.
// Needs python3.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { until } from "../helpers/until.ts";
import { ckpt, newFolder, start, writeLines } from "../helpers/ckpt.ts";

setDefaultTimeout(60_000);

const SPEND = `import json, sys
for line in sys.stdin:
    index = json.loads(line)["index"]
    print(json.dumps({"index": index, "output": 1, "usage": {"input_tokens": 60}}), flush=True)`;

function newInput(): string {
  const folder = newFolder();
  writeLines(
    folder,
    "n.txt",
    Array.from({ length: 40 }, (_, i) => String(i)),
  );
  return folder;
}

/** Fails for the items 5 and 6 for one reason, for 7 for another. */
const SOME = 'case {} in 5|6) echo "no luck" >&2; exit 3;; 7) kill -USR1 $$;; esac';

type Case = {
  readonly name: string;
  readonly args: readonly string[];
  readonly code: number;
  readonly en: string;
  readonly zh: string;
};

const CASES: readonly Case[] = [
  {
    name: "some items failed",
    args: ["-j", "1", "--shell", SOME],
    code: 3,
    en: "ckpt: Finished: 37 of 40 items done, 3 failed.\nckpt: exit × 2, e.g. item #6: exit status 3: no luck\nckpt: signal × 1, e.g. item #8: ended by SIGUSR1\n",
    zh: "ckpt: 处理完毕：共 40 个条目，已完成 37，失败 3。\nckpt: 命令失败（exit）× 2，例如条目 #6：退出状态 3：no luck\nckpt: 被信号终止（signal）× 1，例如条目 #8：被 SIGUSR1 终止\n",
  },
  {
    name: "no success at all",
    args: ["-j", "1", "--shell", "exit 7"],
    code: 4,
    en: "ckpt: Stopped: none of the first 20 items succeeded; item #1: exit status 7.\nckpt: exit × 20, e.g. item #1: exit status 7\n",
    zh: "ckpt: 已停止：最初的 20 个条目没有一个成功；条目 #1：退出状态 7。\nckpt: 命令失败（exit）× 20，例如条目 #1：退出状态 7\n",
  },
  {
    name: "too many failures",
    args: ["-j", "1", "--max-failures", "2", "--shell", SOME],
    code: 4,
    en: "ckpt: Stopped: 2 items failed in this run (--max-failures 2).\nckpt: exit × 2, e.g. item #6: exit status 3: no luck\n",
    zh: "ckpt: 已停止：本次运行有 2 个条目失败（--max-failures 2）。\nckpt: 命令失败（exit）× 2，例如条目 #6：退出状态 3：no luck\n",
  },
  {
    name: "a cause outside the items",
    args: ["--", "no-such-command"],
    code: 4,
    en: "ckpt: Stopped: the cause lies outside the items (command_not_found, at item #1): no-such-command: not found in PATH.\n",
    zh: "ckpt: 已停止：外部原因：找不到命令（command_not_found），条目 #1：在 PATH 中找不到 no-such-command。\n",
  },
  {
    name: "a budget",
    args: ["-j", "1", "--max-tokens", "100", "--worker", "--", "python3", "-c", SPEND],
    code: 4,
    en: "ckpt: Stopped: the budget is used up: 120 of 100 tokens.\n",
    zh: "ckpt: 已停止：预算用尽：120 个 token，上限 100。\n",
  },
  {
    name: "a limit",
    args: ["--limit", "3", "--", "cat"],
    code: 4,
    en: "ckpt: Stopped: the limit of this run is reached.\n",
    zh: "ckpt: 已停止：达到本次运行的数量上限。\n",
  },
  {
    name: "the time",
    args: ["--max-time", "100ms", "-j", "1", "--", "sleep", "0.1"],
    code: 4,
    en: "ckpt: Stopped: the time of this run is up (--max-time 0.1s).\n",
    zh: "ckpt: 已停止：本次运行的时间已到（--max-time 0.1秒）。\n",
  },
  { name: "nothing", args: ["--", "cat"], code: 0, en: "", zh: "" },
];

describe.each(CASES)("a quiet run that is ended by: $name", ({ args, code, ...words }) => {
  test.each(["en", "zh"] as const)("says just that (%s)", async (lang) => {
    const ran = await ckpt(newInput(), ["run", "n.txt", "-q", "--lang", lang, ...args]);
    expect(ran).toEqual({ code, out: "", err: words[lang] });
  });
});

describe("a quiet run", () => {
  test.each([
    ["en", "ckpt: Stopped: signal SIGTERM.\n"],
    ["zh", "ckpt: 已停止：收到信号 SIGTERM。\n"],
  ])("that is told to stop says so (%s)", async (lang, said) => {
    const folder = newInput();
    const child = start(folder, [
      "run",
      "n.txt",
      "-q",
      "--lang",
      lang,
      "-j",
      "1",
      "--shell",
      "touch begun; sleep 0.2",
    ]);
    await until(() => fs.existsSync(path.join(folder, "begun")));
    child.kill("SIGTERM");
    expect(await child.stderr.text()).toBe(said);
  });

  test("of a job that was finished with failures says so", async () => {
    const folder = newInput();
    const args = ["run", "n.txt", "-q", "--failed", "keep", "-j", "1", "--shell", SOME];
    await ckpt(folder, args);
    const { code, err } = await ckpt(folder, args);
    expect([code, err]).toEqual([3, expect.stringContaining("ckpt: Already finished: 40 items, 3 of them")]);
  });

  test("with --json says it on both streams", async () => {
    const ran = await ckpt(newInput(), ["run", "n.txt", "-q", "--json", "--limit", "1", "--", "cat"]);
    expect([JSON.parse(ran.out).stop, ran.err]).toEqual([
      { kind: "limit" },
      "ckpt: Stopped: the limit of this run is reached.\n",
    ]);
  });

  test("with --progress json ends with the summary and nothing else for people", async () => {
    const { err } = await ckpt(newInput(), [
      "run",
      "n.txt",
      "-q",
      "--progress",
      "json",
      "--limit",
      "1",
      "--",
      "cat",
    ]);
    const events = err
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).event);
    expect(events.at(-1)).toBe("summary");
    expect(events).not.toContain("note");
  });
});

test("--progress none takes away what moves, not how the run ended", async () => {
  const { err } = await ckpt(newInput(), ["run", "n.txt", "--progress", "none", "--", "cat"]);
  expect(err).toContain("All 40 items done.");
  expect(err).not.toContain("| 0 failed |");
});

test("every other command that ends with an exit code other than 0 says why", async () => {
  const folder = newInput();
  const failing = [
    [10, ["info"]],
    [10, ["clear"]],
    [10, ["backup"]],
    [10, ["verify"]],
    [10, ["export"]],
    [10, ["restore", "x"]],
    [10, ["backup", "--delete", "x"]],
    [2, ["list", "x"]],
    [2, ["run", "n.txt"]],
  ] as const;
  for (const [code, args] of failing) {
    const ran = await ckpt(folder, [...args, "-q"]);
    expect({ args, code: ran.code, said: (ran.out + ran.err).trim() !== "" }).toEqual({
      args,
      code,
      said: true,
    });
  }
});

test.each([
  ["en", "Older automatic backups could not be deleted: "],
  ["zh", "较旧的自动备份未能删除："],
])("%s: what went wrong beside a run that did all it was asked is said, too", async (lang, text) => {
  const folder = newInput();
  expect((await ckpt(folder, ["run", "n.txt", "-q", "--", "cat"])).code).toBe(0);
  const lock = path.join(folder, "checkpoints/backups.lock");
  fs.rmSync(lock);
  fs.mkdirSync(lock);
  const again = await ckpt(folder, ["run", "n.txt", "-q", "--no-resume", "--lang", lang, "--", "cat"]);
  expect({ code: again.code, out: again.out }).toEqual({ code: 0, out: "" });
  expect(again.err).toStartWith(text);
  expect(again.err.trim().split("\n")).toHaveLength(1);
});
