import { describe, expect, test } from "bun:test";
import type { Progress } from "../../lib/run/progress.ts";
import { en } from "../../lib/ui/messages/en.ts";
import { zh } from "../../lib/ui/messages/zh.ts";
import { openNotes } from "../../lib/ui/notes.ts";
import { createReporter } from "../../lib/ui/reporters/create.ts";
import { renderProgress } from "../../lib/ui/reporters/progress-line.ts";
import { openScreen, type OutputStream } from "../../lib/ui/screen.ts";
import { columnsAtMost } from "../../lib/ui/width.ts";
import { fakeScreen, PROGRESS } from "./fakes.ts";

const at = (elapsedMs: number, more: Partial<Progress> = {}): Progress => ({
  ...PROGRESS,
  elapsedMs,
  ...more,
});

const BUSY: Progress = { ...PROGRESS, waiting: "rate limit", cost: 1.234, tokensPerS: 1234 };

const HUGE: Progress = {
  ...BUSY,
  total: 123_456_789,
  completed: 98_765_432,
  failed: 1_234_567,
  left: 23_456_790,
};

const down = (kind: string, message: string): Progress => ({
  ...PROGRESS,
  waiting: "outage",
  etaMs: null,
  outage: {
    error: { kind, message },
    sinceMs: new Date(2023, 4, 30, 14, 30, 45).getTime(),
    waitedMs: 125_000,
    maxMs: 600_000,
  },
});
const REFUSED = down("unreachable", "connection refused (ECONNREFUSED)");
const OVERLOADED = down("http_503", `HTTP 503: overloaded … 过载 \u001b[2J ${"and so on ".repeat(100)}`);

/** With notes on the same screen. */
async function reporterOf(
  options: Omit<Parameters<typeof createReporter>[0], "notes">,
): ReturnType<typeof createReporter> {
  const notes = await openNotes(options.screen);
  notes.setQuiet(options.quiet);
  return createReporter({ ...options, notes });
}

/** On a terminal that gives two columns to characters of doubtful width. */
const widest = (text: string): number => Bun.stringWidth(text, { ambiguousIsNarrow: false });

const lineAt = (progress: Progress, catalogue: typeof en, columns: number): string =>
  renderProgress(progress, catalogue, columns, false, true);

describe("renderProgress()", () => {
  test.each([en, zh])("never takes more than the width in $language", (catalogue) => {
    for (const progress of [PROGRESS, BUSY, HUGE, REFUSED, OVERLOADED]) {
      for (let columns = 10; columns <= 200; columns += 1) {
        for (const withBar of [true, false]) {
          const line = renderProgress(progress, catalogue, columns, false, withBar);
          expect(widest(line)).toBeLessThanOrEqual(columns);
          expect(line.includes("\n") || line.includes("\u001b")).toBe(false);
          expect(Bun.stripANSI(renderProgress(progress, catalogue, columns, true, withBar))).toBe(line);
        }
      }
    }
  });

  test.each([
    [
      en,
      / \| 12\.3\/s \| ETA 41s \| 12 failed/,
      / \| 123,457\/s \| ETA 23h 59m \| 1,234,567 failed \| rate limit/,
    ],
    [
      zh,
      / \| 12\.3\/秒 \| 还需 41秒 \| 失败 12/,
      / \| 123,457\/秒 \| 还需 23小时59分 \| 失败 1,234,567 \| 限速中/,
    ],
  ] as const)(
    "bar, percentage, rate, ETA and failures always fit in 80 columns",
    (catalogue, usual, huge) => {
      const fast = { ...HUGE, ratePerS: 123_456.7, etaMs: 86_399_000 };
      for (let columns = 79; columns <= 200; columns += 1) {
        expect(lineAt(PROGRESS, catalogue, columns)).toMatch(/^\[=+> +\] 800\/1,319 60\.6%/);
        expect(lineAt(PROGRESS, catalogue, columns)).toMatch(usual);
        expect(lineAt(fast, catalogue, columns)).toMatch(/^\[=+> +\] .*80\.0%/);
        expect(lineAt(fast, catalogue, columns)).toMatch(huge);
      }
    },
  );

  test("the projected cost stands beside the cost, and stays in 80 columns and narrower", () => {
    const progress = { ...PROGRESS, cost: 1.234, projectedCost: 12.3 };
    for (const [catalogue, words] of [
      [en, "cost 1.23/~12.30"],
      [zh, "费用 1.23/约 12.30"],
    ] as const) {
      expect(renderProgress(progress, catalogue, 79, false, true)).toContain(words);
      for (let columns = 10; columns <= 160; columns++)
        expect(columnsAtMost(renderProgress(progress, catalogue, columns, false, true))).toBeLessThanOrEqual(
          columns,
        );
    }
  });

  test("tokens, cost, jobs and the like give way first", () => {
    const endpoint = { ...BUSY, total: 9500, completed: 4812 };
    const lines = (catalogue: typeof en): string[] =>
      [160, 119, 79, 59, 39, 19].map((columns) => lineAt(endpoint, catalogue, columns));
    expect(lines(en)).toEqual([
      "[=============>              ] 4,812/9,500 50.6% | 12.3/s | ETA 41s | 12 failed | rate limit | jobs 8/8 | cost 1.23 | 1,234 tok/s | 810 saved | 1m 5s",
      "[========>         ] 4,812/9,500 50.6% | 12.3/s | ETA 41s | 12 failed | rate limit | jobs 8/8 | cost 1.23 | 1,234 tok/s",
      "[======>        ] 4,812/9,500 50.6% | 12.3/s | ETA 41s | 12 failed | rate limit",
      "50.6% | 12.3/s | ETA 41s | 12 failed | rate limit",
      "50.6% | 12 failed | rate limit",
      "50.6% | 12 failed",
    ]);
    expect(lines(zh).slice(2)).toEqual([
      "[========>         ] 4,812/9,500 50.6% | 12.3/秒 | 还需 41秒 | 失败 12 | 限速中",
      "[====>     ] 50.6% | 12.3/秒 | 还需 41秒 | 失败 12 | 限速中",
      "50.6% | 还需 41秒 | 失败 12 | 限速中",
      "50.6% | 失败 12",
    ]);
  });

  test("while the endpoint is down: since when, the maximum wait, why; no rate and no ETA, they are of the past", () => {
    expect([119, 79, 59, 39].map((columns) => lineAt(REFUSED, en, columns))).toEqual([
      "[===>    ] 800/1,319 60.6% | 12 failed | endpoint down since 14:30:45, waiting up to 10m: connection refused | jobs 8/8",
      "[=====>    ] 60.6% | 12 failed | down since 14:30 (max 10m): connection refused",
      "60.6% | 12 failed | down since 14:30 (max 10m): connecti...",
      "60.6% | 12 failed | endpoint down",
    ]);
    expect([119, 79, 59, 39].map((columns) => lineAt(REFUSED, zh, columns))).toEqual([
      "[======>      ] 800/1,319 60.6% | 失败 12 | 接口自 14:30:45 起不可用，最多等待 10分：连接被拒绝 | 并发 8/8 | 已保存 810",
      "[====>    ] 800/1,319 60.6% | 失败 12 | 14:30 起不可用（至多 10分）：连接被拒绝",
      "60.6% | 失败 12 | 14:30 起不可用（至多 10分）：连接被拒绝",
      "800/1,319 60.6% | 失败 12 | 接口不可用",
    ]);
    expect(lineAt(OVERLOADED, en, 79)).toBe(
      "[===>    ] 60.6% | 12 failed | down since 14:30 (max 10m): HTTP 503: overloa...",
    );
  });

  test.each<[kind: string, message: string, english: string, chinese: string]>([
    ["unreachable", "connection refused (ECONNREFUSED)", "connection refused", "连接被拒绝"],
    ["unreachable", "no such host (ENOTFOUND)", "no such host", "找不到主机"],
    ["unreachable", "no route to the host (EHOSTUNREACH)", "host not reachable", "主机不可达"],
    ["timeout", "no answer within 30 s (--timeout)", "no answer in time", "未在限时内答复"],
    ["network", "socket hang up (ECONNRESET)", "connection cut", "连接中断"],
    ["http_503", "HTTP 503: busy\u001b[2J\nnow", "HTTP 503: busy\\x1b[2J↵now", "HTTP 503：busy\\x1b[2J↵now"],
  ])("an outage's reason of kind %s (%s) is %s", (kind, message, english, chinese) => {
    const plain = (catalogue: typeof en): string =>
      renderProgress(down(kind, message), catalogue, Number.POSITIVE_INFINITY, false, false);
    expect(plain(en)).toContain(`| endpoint down since 14:30:45, waiting up to 10m: ${english} |`);
    expect(plain(zh)).toContain(`| 接口自 14:30:45 起不可用，最多等待 10分：${chinese} |`);
  });

  test("a failure is no progress, and 100 % means all", () => {
    const failing = at(0, { total: 1000, completed: 0, failed: 21 });
    expect(lineAt(failing, en, 79)).toMatch(/^\[ +\] 0\/1,000 0\.0% /);
    const nearly = at(0, { total: 1_000_000, completed: 999_999, failed: 1 });
    expect(lineAt(nearly, en, 79)).toMatch(/^\[=+> ?\] 999,999\/1,000,000 99\.9% /);
    const all = at(0, { completed: 1319, failed: 0, left: 0 });
    expect(lineAt(all, en, 160)).toStartWith(`[${"=".repeat(28)}] 1,319/1,319 100.0% `);
  });

  test("leaves out what is unknown", () => {
    const line = lineAt(at(0, { ratePerS: null, etaMs: null }), en, 300);
    expect(line).not.toMatch(/ETA|\/s|null/);
  });
});

describe("the bar", () => {
  test("is redrawn ten times a second at most, on one line", async () => {
    const { screen, stream } = fakeScreen(80);
    const reporter = await reporterOf({ mode: "auto", screen, catalogue: zh, quiet: false });
    for (let ms = 0; ms <= 1000; ms += 1) reporter.update(at(ms));
    expect(stream.chunks).toHaveLength(11);
    for (const chunk of stream.chunks) {
      expect(chunk).toStartWith("\r\u001b[K");
      expect(chunk).not.toContain("\n");
      expect(Bun.stringWidth(chunk.slice(4))).toBeLessThan(80);
    }
  });

  test("shows notes above itself and is taken away by clear()", async () => {
    const { screen, stream } = fakeScreen(80);
    const reporter = await reporterOf({ mode: "bar", screen, catalogue: en, quiet: false });
    reporter.note("first");
    reporter.update(at(0));
    reporter.note("second");
    reporter.clear();
    reporter.clear();
    const line = lineAt(at(0), en, 79);
    expect(stream.text()).toBe(`first\n\r\u001b[K${line}\r\u001b[Ksecond\n${line}\r\u001b[K`);
    reporter.update(at(1));
    expect(stream.chunks.at(-1)).toStartWith("\r\u001b[K");
  });
});

describe("plain lines", () => {
  test("come with the first result, then every five seconds", async () => {
    const { screen, stream } = fakeScreen();
    const reporter = await reporterOf({ mode: "auto", screen, catalogue: en, quiet: false });
    reporter.update(at(0, { done: 0 }));
    for (let ms = 1000; ms <= 12_000; ms += 500) reporter.update(at(ms, { done: ms }));
    reporter.clear();
    expect(stream.chunks).toHaveLength(3);
    expect(stream.text()).not.toContain("\r");
    expect(stream.text()).not.toContain("\u001b");
    expect(stream.chunks[0]).toBe(
      "800/1,319 60.6% | 12.3/s | ETA 41s | 12 failed | jobs 8/8 | 810 saved | 1.0s\n",
    );
  });

  test("come once a minute while nothing moves", async () => {
    const { screen, stream } = fakeScreen();
    const reporter = await reporterOf({ mode: "plain", screen, catalogue: en, quiet: false });
    for (let ms = 0; ms <= 180_000; ms += 1000) reporter.update(at(ms, { waiting: "outage" }));
    expect(stream.chunks).toHaveLength(4);
    expect(stream.text()).toContain("endpoint down");
  });

  test("say at once that the endpoint is down", async () => {
    const { screen, stream } = fakeScreen();
    const reporter = await reporterOf({ mode: "plain", screen, catalogue: en, quiet: false });
    reporter.update(at(0));
    for (let ms = 1000; ms <= 4000; ms += 1000) reporter.update({ ...REFUSED, elapsedMs: ms });
    expect(stream.chunks).toHaveLength(2);
    expect(stream.chunks[1]).toContain(
      "| endpoint down since 14:30:45, waiting up to 10m: connection refused |",
    );
    for (let ms = 5000; ms <= 63_000; ms += 1000) reporter.update({ ...REFUSED, elapsedMs: ms });
    expect(stream.chunks).toHaveLength(3);
  });

  test("are used on a terminal that cannot move its cursor, and fit it", async () => {
    const { stream } = fakeScreen(40);
    const screen = openScreen(stream, { TERM: "dumb" });
    const reporter = await reporterOf({ mode: "bar", screen, catalogue: zh, quiet: false });
    reporter.update(at(0));
    expect(stream.text()).toEndWith("\n");
    expect(Bun.stringWidth(stream.text().trimEnd())).toBeLessThan(40);
    expect(screen.colour).toBe(false);
  });
});

describe("JSON lines", () => {
  test("hold the numbers, at most one a second and the last one", async () => {
    const { screen, stream } = fakeScreen();
    const reporter = await reporterOf({ mode: "json", screen, catalogue: en, quiet: false });
    reporter.note("注意");
    for (let ms = 0; ms <= 2500; ms += 100) reporter.update(at(ms));
    reporter.clear();
    const lines = stream
      .text()
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines[0]).toEqual({ event: "note", text: "注意" });
    expect(lines.slice(1).map((line) => line["elapsed_ms"])).toEqual([0, 1000, 2000, 2500]);
    expect(lines[1]).toEqual({
      event: "progress",
      total: 1319,
      completed: 800,
      failed: 12,
      percent: 60.6,
      left: 507,
      done: 100,
      in_flight: 8,
      saved: 810,
      elapsed_ms: 0,
      rate_per_s: 12.34,
      eta_ms: 41_000,
      concurrency: 8,
      waiting: null,
      outage: null,
    });
  });

  test("say of an outage why, since when, and the maximum wait", async () => {
    const { screen, stream } = fakeScreen();
    const reporter = await reporterOf({ mode: "json", screen, catalogue: zh, quiet: false });
    reporter.update(REFUSED);
    expect(JSON.parse(stream.text())).toMatchObject({
      waiting: "outage",
      eta_ms: null,
      outage: {
        kind: "unreachable",
        message: "connection refused (ECONNREFUSED)",
        since: new Date(2023, 4, 30, 14, 30, 45).toISOString(),
        waited_ms: 125_000,
        max_ms: 600_000,
      },
    });
  });
});

describe("no progress", () => {
  test("shows notes only, and nothing at all when quiet", async () => {
    const { screen, stream } = fakeScreen(80);
    const reporter = await reporterOf({ mode: "none", screen, catalogue: en, quiet: false });
    reporter.update(at(0));
    reporter.note("a note");
    expect(stream.text()).toBe("a note\n");
    const quiet = await reporterOf({ mode: "auto", screen, catalogue: en, quiet: true });
    quiet.update(at(0));
    quiet.note("unseen");
    quiet.clear();
    expect(stream.text()).toBe("a note\n");
  });
});

describe("notes", () => {
  test("a flood of equal ones is held back; warnings come also when quiet", async () => {
    const { screen, stream } = fakeScreen();
    const notes = await openNotes(screen);
    notes.setQuiet(true);
    notes.note("unseen");
    for (let i = 0; i < 100; i += 1) notes.warn("cannot remove a file");
    expect(stream.chunks.length).toBeLessThan(10);
    expect(stream.text()).toStartWith("cannot remove a file\n");
    expect(stream.text()).not.toContain("unseen");
  });
});

describe("a screen", () => {
  const broken = (): OutputStream => ({
    isTTY: true,
    columns: 80,
    write: () => {
      throw Object.assign(new Error("EPIPE: broken pipe"), { code: "EPIPE" });
    },
  });

  test.each(["bar", "plain", "json", "none"] as const)(
    "that nobody reads any more does not disturb %s",
    async (mode) => {
      const screen = openScreen(broken(), {});
      const reporter = await reporterOf({ mode, screen, catalogue: en, quiet: false });
      for (let ms = 0; ms < 20_000; ms += 1000) reporter.update(at(ms));
      reporter.note("note");
      reporter.clear();
      expect(String(screen.failure())).toContain("EPIPE");
    },
  );

  test("takes a failure that comes later, too", () => {
    let fail: (error: unknown) => void = () => {};
    const chunks: string[] = [];
    const on: OutputStream["on"] = (_event, listener) => {
      fail = listener;
    };
    const screen = openScreen({ write: (text) => chunks.push(text), on }, {});
    screen.write("a");
    fail(new Error("EPIPE"));
    screen.write("b");
    expect(chunks).toEqual(["a"]);
  });

  test.each([
    [{ TERM: "xterm" }, true, true],
    [{ TERM: "xterm", NO_COLOR: "" }, true, true],
    [{ TERM: "xterm", NO_COLOR: "0" }, true, false],
    [{ TERM: "dumb" }, true, false],
    [{ TERM: "xterm" }, false, false],
  ])("with %j on a terminal (%p) has colour: %p", (env, isTTY, colour) => {
    expect(openScreen({ write: () => true, isTTY, columns: 80 }, env).colour).toBe(colour);
  });

  test("of unknown width counts as 80 columns wide", () => {
    expect(openScreen({ write: () => true, isTTY: true, columns: 0 }, {}).columns()).toBe(80);
  });
});
