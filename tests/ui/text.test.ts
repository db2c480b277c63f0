import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  escapeControls,
  oneLine,
  readableJson,
  safeParams,
  safePath,
  safeText,
} from "../../lib/ui/escape.ts";
import { excerptPair } from "../../lib/ui/excerpt.ts";
import {
  formatBytes,
  formatCost,
  formatDuration,
  formatNumber,
  formatPercent,
  formatRate,
} from "../../lib/ui/format.ts";
import { formatTime } from "../../lib/ui/format-time.ts";
import { chooseLanguage, type Environment } from "../../lib/ui/language.ts";
import { alignRows, fitColumns, padColumns, padColumnsStart, wrapColumns } from "../../lib/ui/width.ts";

describe("escapeControls()", () => {
  const TABLE: readonly (readonly [string, string])[] = [
    ["plain, 中文, 🔄, é", "plain, 中文, 🔄, é"],
    ["a\nb\r\tc", "a\\x0ab\\x0d\\x09c"],
    ["\u001b[2J\u0007", "\\x1b[2J\\x07"],
    ["\u0000\u007f", "\\x00\\x7f"],
    ["\u009b31m", "\\x9b31m"],
    ["\u202etxt.exe", "\\u{202e}txt.exe"],
    ["\u2066a\u2069", "\\u{2066}a\\u{2069}"],
    ["\u200e\u200f\u061c", "\\u{200e}\\u{200f}\\u{61c}"],
    ["a\u2028b\u2029", "a\\u{2028}b\\u{2029}"],
    ["\ufeff", "\\u{feff}"],
    ["\ud800x", "\\u{d800}x"],
    ["👨‍👩‍👧", "👨‍👩‍👧"],
  ];
  test.each(TABLE)("%j is shown as %j", (text, shown) => {
    expect(escapeControls(text)).toBe(shown);
  });
});

describe("readableJson()", () => {
  test.each([
    [String.raw`"It\u2019s \u4e2d\u6587"`, '"It’s 中文"'],
    [String.raw`"\ud83d\ude00 \uD83D\uDE00"`, '"😀 😀"'],
    [String.raw`"\ud83d \ude00\ud83d"`, String.raw`"\ud83d \ude00\ud83d"`],
    [String.raw`"\u0022 \u005c \"\\"`, String.raw`"\u0022 \u005c \"\\"`],
    [String.raw`"\\u2019 \\\u2019"`, '"\\\\u2019 \\\\’"'],
    [
      String.raw`"\u001b[2J \u202e \u2028 \u009b \ufeff"`,
      String.raw`"\u001b[2J \u202e \u2028 \u009b \ufeff"`,
    ],
    [String.raw`"a\nb\tc\/"`, String.raw`"a\nb\tc\/"`],
    [String.raw`{"\u00e9":[1,"\u00E9"]}`, '{"é":[1,"é"]}'],
  ])("%s is shown as %s", (json, shown) => {
    expect(readableJson(json)).toBe(shown);
  });

  test("says the same as the JSON that it was made of, and has nothing in it that is not safe", () => {
    const text = fc.string({ unit: "binary", maxLength: 40 });
    fc.assert(
      fc.property(text, (value) => {
        const written = JSON.stringify(value).replaceAll(
          /[\u007f-\uffff]/g,
          (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
        );
        const readable = readableJson(written);
        expect(JSON.parse(readable)).toBe(value);
        expect(escapeControls(readable)).toBe(readable);
      }),
    );
  });
});

test("oneLine() shows line ends; a lone return is left for escapeControls()", () => {
  expect(escapeControls(oneLine("a\nb\r\nc\rd"))).toBe("a↵b\\x0d↵c\\x0dd");
});

describe("safeText()", () => {
  test("bounds the width, Chinese counted twice", () => {
    expect(safeText("中文中文", 7)).toBe("中文中…");
    expect(safeText("中文中文", 8)).toBe("中文中文");
    expect(safeText("中文中文", 6)).toBe("中文…");
  });

  test("takes a megabyte without looking at all of it", () => {
    const text = safeText("x\n".repeat(1_000_000), 40);
    expect(Bun.stringWidth(text)).toBeLessThanOrEqual(40);
    expect(text).toEndWith("…");
  });

  test("marks that something was cut even when combining marks hide it", () => {
    const text = safeText(`a${"\u0301".repeat(10_000)}b`, 10);
    expect(text).toEndWith("…");
    expect(Bun.stringWidth(text)).toBeLessThanOrEqual(10);
  });

  test("safePath() keeps the end of a long path", () => {
    const path = safePath(`/${"very/long/".repeat(20)}questions.jsonl`, 40);
    expect(path).toEndWith("…questions.jsonl");
    expect(Bun.stringWidth(path)).toBeLessThanOrEqual(40);
  });

  test("safeParams() reaches every depth and leaves numbers alone", () => {
    const params = { a: "\u001b", list: ["\n"], deep: [{ id: "\r", line: 3 }], none: null };
    expect(safeParams(params)).toEqual({
      a: "\\x1b",
      list: ["↵"],
      deep: [{ id: "\\x0d", line: 3 }],
      none: null,
    });
  });
});

describe("excerptPair()", () => {
  test("shows short texts as they are", () => {
    expect(excerptPair("a", "b", 20)).toEqual(["a", "b"]);
  });

  test("lets the difference be seen in long ones", () => {
    const [before, after] = excerptPair(`${"x".repeat(500)}old`, `${"x".repeat(500)}new`, 30);
    expect(before).toEndWith("xold");
    expect(after).toEndWith("xnew");
    expect(Bun.stringWidth(before)).toBeLessThanOrEqual(30);
  });
});

describe("widths", () => {
  test("fitColumns() never splits a character", () => {
    expect(fitColumns("a👨‍👩‍👧b", 3)).toBe("a…");
    expect(fitColumns("abc", 0)).toBe("");
    for (let columns = 1; columns < 20; columns += 1) {
      expect(Bun.stringWidth(fitColumns("🔄 检测到上次处理的断点 é", columns))).toBeLessThanOrEqual(columns);
    }
  });

  test("padding counts columns, not characters", () => {
    expect(padColumns("中文", 6)).toBe("中文  ");
    expect(padColumnsStart("中文", 6)).toBe("  中文");
    expect(padColumns("abcdefg", 3)).toBe("abcdefg");
  });

  test("wrapColumns() breaks at words and between Chinese characters, and keeps the indent", () => {
    expect(wrapColumns("  one two three\nfour", 11)).toBe("  one two\n  three\nfour");
    expect(wrapColumns("已移入备份，如需取回：ckpt restore x", 16)).toBe(
      "已移入备份，如需\n取回：ckpt\nrestore x",
    );
    expect(wrapColumns("一二三四。", 8)).toBe("一二三\n四。");
    expect(wrapColumns("a_very_long_name and", 6)).toBe("a_very_long_name\nand");
    expect(wrapColumns("one two three", null)).toBe("one two three");
  });

  test("alignRows() puts values below each other", () => {
    expect(
      alignRows([
        ["状态", "x"],
        ["占用空间", "y"],
        ["", ""],
      ]),
    ).toEqual(["状态      x", "占用空间  y", ""]);
  });
});

describe("numbers", () => {
  test("are grouped by thousands", () => {
    const shown = [0, 999, 1319, 1_000_000, -1319].map((value) => formatNumber(value));
    expect(shown).toEqual(["0", "999", "1,319", "1,000,000", "-1,319"]);
    expect(formatNumber(1234.5678, 2)).toBe("1,234.57");
    expect(formatNumber(-0.001, 1)).toBe("0.0");
  });

  test("a percentage is never rounded up to 100", () => {
    const shown = [
      formatPercent(50, 100),
      formatPercent(1_999_999, 2_000_000),
      formatPercent(0, 0),
      formatPercent(3, 3),
    ];
    expect(shown).toEqual(["50.0%", "99.9%", "0.0%", "100.0%"]);
  });

  test("sizes", () => {
    const shown = [0, 1023, 1024, 1536, 1_048_575, 1_048_576, 5 * 2 ** 30].map(formatBytes);
    expect(shown).toEqual(["0 B", "1023 B", "1.0 KiB", "1.5 KiB", "1.0 MiB", "1.0 MiB", "5.0 GiB"]);
  });

  test("rates and costs", () => {
    expect([0, 0.0421, 0.5, 12.34, 1319.4].map(formatRate)).toEqual(["0", "0.042", "0.50", "12.3", "1,319"]);
    expect([0, 0.000018, 0.01234, 12.3].map(formatCost)).toEqual(["0.00", "0.000018", "0.0123", "12.30"]);
  });

  test("durations", () => {
    const units = { day: "d", hour: "h", minute: "m", second: "s", gap: " " };
    const shown = [0, 840, 9_960, 41_000, 725_000, 3_600_000, 3_720_000, 59_999, 273_600_000];
    expect(shown.map((ms) => formatDuration(ms, units))).toEqual([
      "0.0s",
      "0.8s",
      "10s",
      "41s",
      "12m 5s",
      "1h",
      "1h 2m",
      "1m",
      "3d 4h",
    ]);
  });

  test("times are local", () => {
    expect(formatTime(new Date(2023, 4, 30, 14, 30, 45).getTime())).toBe("2023-05-30 14:30:45");
    expect(formatTime(new Date(2023, 4, 30, 4, 3, 5).toISOString())).toBe("2023-05-30 04:03:05");
    expect(formatTime("no time")).toBe("no time");
  });
});

describe("chooseLanguage()", () => {
  const TABLE: readonly (readonly [string | null, Environment, "en" | "zh"])[] = [
    [null, {}, "en"],
    ["zh", { LANG: "en_US.UTF-8" }, "zh"],
    ["en", { CKPT_LANG: "zh" }, "en"],
    [null, { CKPT_LANG: "zh", LC_ALL: "C" }, "zh"],
    [null, { CKPT_LANG: "", LANG: "zh_CN.UTF-8" }, "zh"],
    [null, { LC_ALL: "zh_TW.UTF-8", LANG: "en_US.UTF-8" }, "zh"],
    [null, { LC_ALL: "", LC_MESSAGES: "zh_CN", LANG: "en_US" }, "zh"],
    [null, { LC_MESSAGES: "en_US", LANG: "zh_CN" }, "en"],
    [null, { LC_ALL: "C", LANG: "zh_CN.UTF-8" }, "en"],
    [null, { LC_ALL: "POSIX", LANG: "zh_CN.UTF-8" }, "en"],
    [null, { LANG: "zh" }, "zh"],
    [null, { LANG: "zh-Hans" }, "zh"],
    [null, { LANG: "ZH_cn.utf8" }, "zh"],
    [null, { LANG: "zha_CN" }, "en"],
    [null, { LANG: "de_DE.UTF-8" }, "en"],
  ];
  test.each(TABLE)("--lang %p with %j gives %s", (option, env, language) => {
    expect(chooseLanguage(option, env)).toBe(language);
  });
});
