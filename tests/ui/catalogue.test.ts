import { describe, expect, test } from "bun:test";
import { CkptError, type ErrorName } from "../../lib/core/errors.ts";
import { describeError, errorJson, renderError } from "../../lib/ui/render-error.ts";
import { formatBytes, formatNumber } from "../../lib/ui/format.ts";
import { en } from "../../lib/ui/messages/en.ts";
import { action } from "../../lib/ui/messages/causes/zh.ts";
import { loadCatalogue } from "../../lib/ui/messages/load.ts";
import { zh } from "../../lib/ui/messages/zh.ts";
import { ERROR_SAMPLES } from "./error-samples.ts";

const NAMES = Object.keys(ERROR_SAMPLES) as ErrorName[];

/** Every text and number in some values, but for words that stand for a text of the catalogue. */
function leaves(value: unknown): (string | number)[] {
  if (typeof value === "string" || typeof value === "number") return [value];
  if (typeof value !== "object" || value === null) return [];
  const shown = Object.entries(value).filter(([key]) => key !== "kind" && key !== "fault");
  return shown.flatMap(([, entry]) => leaves(entry));
}

/** Every plain text of a catalogue, with where it stands. */
function plainTexts(value: unknown, at: string): [string, string][] {
  if (typeof value === "string") return [[at, value]];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, entry]) => plainTexts(entry, `${at}.${key}`));
}

describe.each([en, zh])("errors in $language", (catalogue) => {
  test.each(NAMES)("%s says what and what to do, with every value", (name) => {
    const error = new CkptError(name, ERROR_SAMPLES[name]);
    const { message, hint } = describeError(error, catalogue);
    const both = `${message} ${hint}`;
    expect(message.length).toBeGreaterThan(5);
    expect(hint.length).toBeGreaterThan(5);
    expect(both).not.toMatch(/undefined|\bnull\b|\[object|NaN|\n/);
    if (catalogue === zh) {
      expect(message).toMatch(/\p{Script=Han}/u);
      expect(hint).toMatch(/\p{Script=Han}/u);
    } else {
      expect(both).not.toMatch(/\p{Script=Han}/u);
    }
    for (const leaf of leaves(ERROR_SAMPLES[name])) {
      const shown =
        typeof leaf === "number"
          ? [formatNumber(leaf), String(leaf), formatBytes(leaf)]
          : [leaf, catalogue.causes.text(leaf), ...(catalogue === zh ? [action(leaf)] : [])];
      const isKnownPart =
        leaf === "command" || leaf === "run" || (typeof leaf === "string" && /^\d{4}-/.test(leaf));
      if (!isKnownPart) expect(shown.some((text) => both.includes(text))).toBe(true);
    }
  });
});

describe("a catalogue", () => {
  test("is loaded by its language", async () => {
    expect(await loadCatalogue("en")).toBe(en);
    expect(await loadCatalogue("zh")).toBe(zh);
  });

  test("in Chinese has Chinese in every plain text, in English none", () => {
    const { language: _zh, ...chinese } = zh;
    const { language: _en, ...english } = en;
    expect(plainTexts(chinese, "zh").filter(([, text]) => !/\p{Script=Han}/u.test(text))).toEqual([]);
    expect(
      plainTexts(english, "en").filter(([, text]) => /\p{Script=Han}/u.test(text) || text === ""),
    ).toEqual([]);
  });

  test("asks the resume question in the words of the user guide", () => {
    expect(zh.questions.found).toBe("🔄 检测到上次处理的断点");
    expect(`${zh.questions.askResume} ${zh.questions.yesByDefault}`).toBe("是否继续上次的处理? (y/n，默认y)");
    expect(en.questions.found).toBe("🔄 Found a checkpoint of earlier, unfinished work");
    expect(en.questions.askResume).toBe("Resume it?");
  });

  test("names the nearest right option", () => {
    const error = new CkptError("usage.unknownOption", { option: "--bach-size", nearest: "--batch-size" });
    expect(describeError(error, en).message).toContain("did you mean --batch-size");
    expect(describeError(error, zh).message).toContain("是不是想写 --batch-size");
    const far = new CkptError("usage.unknownOption", { option: "--zzz", nearest: null });
    expect(describeError(far, en).message).toBe("Cannot read the command line: unknown option --zzz");
  });

  test("says how many examples it left out", () => {
    const problems = Array.from(
      { length: 8 },
      (_, i) => ({ kind: "file-missing", file: `f${i + 1}` }) as const,
    );
    const error = new CkptError("checkpoint.damaged", { path: "c", problems });
    expect(describeError(error, en).message).toEndWith("f5 is missing and 3 more");
    expect(describeError(error, zh).message).toEndWith("缺少 f5 等，另有 3 个");
  });
});

describe("an error", () => {
  const error = new CkptError("input.missing", { path: "a\u001b[2J\nb" });

  test("is shown as message and hint, safe for a terminal", () => {
    expect(renderError(error, en, { colour: false, wrapsAt: () => null })).toBe(
      "ckpt: Cannot open the input: a\\x1b[2J\\x0ab does not exist\n      Check the path; it is relative to the current folder.",
    );
  });

  test("is red on a terminal", () => {
    expect(renderError(error, zh, { colour: true, wrapsAt: () => 80 })).toStartWith(
      "\u001b[31mckpt: 无法打开输入：",
    );
  });

  test("is an object for scripts, with the path as it is", () => {
    const { hint } = describeError(error, en);
    const message = "Cannot open the input: a\\x1b[2J\\x0ab does not exist";
    expect(errorJson(error, en)).toEqual({
      error: { code: "input.missing", message, hint, path: "a\u001b[2J\nb" },
    });
    expect(errorJson(new CkptError("checkpoint.none", { dir: "d" }), en).error.path).toBe("d");
    expect(errorJson(new CkptError("usage.missingInput", {}), en).error.path).toBeNull();
  });

  test("shows a command to be copied in its whole length", () => {
    const command = `ckpt run q.jsonl -- echo ${"x".repeat(2000)}`;
    const long = new CkptError("checkpoint.anotherJob", { dir: "c", input: "q", command });
    expect(describeError(long, en).hint).toEndWith(command);
  });
});

test.each([en, zh])(
  "a stop and a pause with nothing in flight promise no time to it ($language)",
  (catalogue) => {
    const { live, run } = catalogue;
    const said = [live.paused(0), live.stopping(0, "10s"), run.stopping("SIGINT", 0, "10s")];
    for (const text of said) expect(text).not.toMatch(/\b0\b|10s/);
    for (const text of [live.stopping(3, "10s"), run.stopping("SIGINT", 3, "10s")])
      expect(text).toMatch(/3.*10s/);
  },
);
