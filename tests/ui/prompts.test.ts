import { describe, expect, test } from "bun:test";
import { openDialogue, type Dialogue } from "../../lib/ui/ask.ts";
import { en } from "../../lib/ui/messages/en.ts";
import { zh } from "../../lib/ui/messages/zh.ts";
import { askChanged, askFailures, askOtherJob, askResume, askYesNo } from "../../lib/ui/prompts.ts";
import { fakeInput, fakeStream, type FakeStream, STATUS } from "./fakes.ts";
import { until } from "../helpers/until.ts";

const FOUND = { done: 50, failed: 2, left: 48, savedAt: new Date(2023, 4, 30, 14, 30, 45).toISOString() };
const CHANGE = {
  inputChanged: true,
  selection: null,
  isPart: false,
  kept: 50,
  fresh: 1,
  changed: 0,
  gone: 3,
};
const PARTS = [{ name: "command", before: "python a.py", after: "python b.py\u001b[2J" }];

const ENTER = "\r";
const ESCAPE = "\u001b";
const CTRL_C = "\u0003";
const CTRL_D = "\u0004";
const UP = "\u001b[A";

type Session = { readonly dialogue: Dialogue; readonly stream: FakeStream };

/** A dialogue in which `keys` are typed one after the other, as soon as the question stands on the screen. */
function typing(
  keys: readonly string[],
  env: Readonly<Record<string, string>>,
  language: "en" | "zh",
): Session {
  const input = fakeInput();
  const stream = fakeStream(80);
  const write = stream.write.bind(stream);
  const todo = [...keys];
  // What a key does is drawn before the next one is typed.
  const typed: FakeStream = {
    ...stream,
    write: (text) => {
      const result = write(text);
      const key = todo.shift();
      if (key !== undefined) setImmediate(() => (key === "END" ? input.end() : input.write(key)));
      return result;
    },
  };
  return { dialogue: openDialogue(input, typed, env, language === "zh" ? zh : en), stream };
}

const MOVING = { TERM: "xterm", NO_COLOR: "1" };
// The first write hides the cursor, the second draws the question.
const drawn = (...keys: string[]): string[] => ["", ...keys];

describe("askResume()", () => {
  const TABLE: readonly (readonly [string, string, "resume" | "restart" | "cancel"])[] = [
    ["Enter", ENTER, "resume"],
    ["y", "y", "resume"],
    ["Y", "Y", "resume"],
    ["n", "n", "restart"],
    ["Esc", ESCAPE, "cancel"],
    ["^C", CTRL_C, "cancel"],
    ["^D", CTRL_D, "cancel"],
    ["the end of input", "END", "cancel"],
  ];
  test.each(TABLE)("%s answers", async (_name, key, answer) => {
    const { dialogue, stream } = typing(drawn(key), MOVING, "zh");
    expect(await askResume(dialogue, FOUND, null)).toBe(answer);
    expect(stream.text()).toContain("🔄 检测到上次处理的断点");
    expect(stream.text()).toContain("是否继续上次的处理? (y/n，默认y)");
    expect(stream.text()).toContain("已完成 50，失败 2，剩余 48 (保存于 2023-05-30 14:30:45)");
    expect(stream.text()).toContain("会先自动备份");
    expect(stream.text()).not.toContain("\u001b[3");
  });

  test("says how the input changed", async () => {
    const { dialogue, stream } = typing(drawn("y"), MOVING, "en");
    expect(await askResume(dialogue, FOUND, CHANGE)).toBe("resume");
    expect(stream.text()).toContain("50 kept, 1 new or pending, 0 changed, 3 gone");
  });

  test.each([
    ["en", "The choice of items has changed: all items → 级别=难, a sample of 5, seed 7"],
    ["zh", "条目的选择已改变：全部条目 → 级别=难，随机抽取 5 个，种子 7"],
  ] as const)("says how the choice of items changed, in %s", async (lang, words) => {
    const { dialogue, stream } = typing(drawn("y"), MOVING, lang);
    const now = { where: ["级别=难"], sample: { count: 5, seed: "7" } };
    const change = { ...CHANGE, inputChanged: false, selection: { before: null, now }, isPart: true };
    expect(await askResume(dialogue, FOUND, change)).toBe("resume");
    expect(stream.text()).toContain(words);
    expect(stream.text()).toContain(lang === "en" ? "3 gone" : "未选中或已不在输入中 3");
    expect(stream.text()).not.toMatch(/The input has changed|输入此后已经改变/);
  });

  test("is cancelled by a signal", async () => {
    const abort = new AbortController();
    const { dialogue, stream } = typing([], MOVING, "en");
    const answer = askResume({ ...dialogue, signal: abort.signal }, FOUND, null);
    await until(() => stream.text().includes("(y/n"));
    abort.abort();
    expect(await answer).toBe("cancel");
    expect(await askResume({ ...dialogue, signal: abort.signal }, FOUND, null)).toBe("cancel");
  });
});

describe("the other dialogues", () => {
  test("a changed fingerprint is shown part by part, and Enter mixes nothing", async () => {
    const { dialogue, stream } = typing(drawn(ENTER), MOVING, "en");
    expect(await askChanged(dialogue, FOUND, PARTS, CHANGE)).toBe("cancel");
    expect(stream.text()).toContain("old: python a.py");
    expect(stream.text()).toContain("new: python b.py\\x1b[2J");
    const second = typing(drawn(UP, UP, ENTER), MOVING, "zh");
    expect(await askChanged(second.dialogue, FOUND, PARTS, null)).toBe("keep");
  });

  test("failures are retried by Enter", async () => {
    const { dialogue } = typing(drawn(ENTER), MOVING, "zh");
    expect(await askFailures(dialogue, FOUND, null)).toBe("retry");
    const second = typing(drawn(UP, ENTER), MOVING, "zh");
    expect(await askFailures(second.dialogue, FOUND, null)).toBe("restart");
  });

  test("a confirmation says no by default", async () => {
    const { note, question } = zh.backups.confirmClear(50, "1.2 MiB", null);
    expect(await askYesNo(typing(drawn(ENTER), MOVING, "zh").dialogue, [note], question)).toBe("no");
    expect(await askYesNo(typing(drawn("y"), MOVING, "zh").dialogue, [note], question)).toBe("yes");
    expect(await askOtherJob(typing(drawn(ENTER), MOVING, "en").dialogue, STATUS)).toBe("cancel");
    expect(await askOtherJob(typing(drawn("y"), MOVING, "en").dialogue, STATUS)).toBe("restart");
  });
});

describe("on a terminal that cannot move its cursor", () => {
  const DUMB = { TERM: "dumb" };

  test.each([
    ["\n", "resume"],
    ["y\n", "resume"],
    ["No\n", "restart"],
    ["END", "cancel"],
    ["a\nb\nc\n", "cancel"],
  ] as const)("the line %j answers %s", async (line, answer) => {
    const { dialogue, stream } = typing([line], DUMB, "zh");
    expect(await askResume(dialogue, FOUND, null)).toBe(answer);
    expect(stream.text()).toContain("是否继续上次的处理? (y/n，默认y): ");
    expect(stream.text()).not.toContain("\u001b");
  });

  test("choices are numbered", async () => {
    const { dialogue, stream } = typing(["1\n"], DUMB, "en");
    expect(await askChanged(dialogue, FOUND, PARTS, null)).toBe("keep");
    expect(stream.text()).toContain("  1. Keep the results");
    expect(stream.text()).toEndWith("What now? (1-3, default 3): ");
    expect(await askChanged(typing(["\n"], DUMB, "en").dialogue, FOUND, PARTS, null)).toBe("cancel");
    expect(await askChanged(typing(["4\n2\n"], DUMB, "en").dialogue, FOUND, PARTS, null)).toBe("restart");
  });
});
