// The screen of `info --watch`: what stands on it at each size, in both languages.
import { describe, expect, test } from "bun:test";
import { en } from "../../lib/ui/messages/en.ts";
import { zh } from "../../lib/ui/messages/zh.ts";
import type { LiveStatus } from "../../lib/view/channel/contract.ts";
import { outputText } from "../../lib/view/watch/output-text.ts";
import { plotBars } from "../../lib/view/watch/plot-bars.ts";
import { watchLine, watchScreen } from "../../lib/view/watch/watch-screen.ts";

const counts = Array.from({ length: 90 }, (_, at) => at);

const STATUS = {
  v: 1,
  session_id: "20261128_120000",
  run: { pid: 7, host: "h", started_at: "2026-11-28T12:00:00.000Z" },
  state: "paused",
  stop: null,
  input: { path: "/data/questions.jsonl" },
  processor: { kind: "endpoint", shown: "gpt (https://api.example.com/v1)" },
  repeat: 1,
  total: 10_000,
  completed: 4000,
  failed: 25,
  percent: 40,
  left: 5975,
  done: 4025,
  in_flight: 3,
  saved: 4020,
  elapsed_ms: 90_000,
  rate_per_s: 44.4,
  eta_ms: null,
  concurrency: 8,
  waiting: "paused",
  outage: null,
  endpoints: undefined,
  tokens_per_s: 1200,
  cost: 1.5,
  projected_cost: 4,
  succeeded_now: 4000,
  failed_now: 25,
  usage: {
    run: { input_tokens: 5000, output_tokens: 7000, cost: 1.5 },
    session: { input_tokens: 5000, output_tokens: 7000, cost: 1.5 },
  },
  budgets: { cost: { spent: 1.5, allowed: 5 }, tokens: null },
  settings: {
    jobs: 8,
    rpm: null,
    tpm: null,
    max_cost: 5,
    max_tokens: null,
    max_failures: null,
    timeout_ms: 300_000,
  },
  errors: [{ kind: "timeout", count: 25, item: "q7", message: "no answer\u001b[31m within 300 s <script>" }],
  latency: { p50_ms: 812, p90_ms: 1500, p99_ms: 4000 },
  ttft: { count: 3, p50_ms: 90, p90_ms: 200 },
  versions: [],
  timeline: {
    started_at: "2026-11-28T12:00:00.000Z",
    bucket_ms: 1000,
    ok: counts,
    failed: counts.map(() => 0),
    input_tokens: counts,
    output_tokens: counts,
    cost: counts,
    p50_ms: counts.map((at) => (at % 7 === 0 ? null : at * 10)),
    p90_ms: counts,
    p99_ms: counts,
    ttft_ms: counts,
  },
  results: [
    {
      index: 6,
      id: "q7",
      status: "failed",
      output: null,
      error: { kind: "timeout", message: "no answer" },
      whole: true,
      attempts: 3,
      started_at: "2026-11-28T12:00:00.000Z",
      duration_ms: 300_000,
    },
    {
      index: 7,
      id: null,
      status: "ok",
      output: '"\u202eתוכן 你好"',
      error: null,
      whole: true,
      attempts: 1,
      started_at: "2026-11-28T12:00:00.000Z",
      duration_ms: 812,
    },
  ],
} as unknown as LiveStatus;

const SIZES = [
  [80, 24],
  [120, 40],
  [200, 60],
  [40, 10],
  [20, 3],
] as const;

describe.each([
  ["en", en],
  ["zh", zh],
] as const)("in %s", (_lang, catalogue) => {
  test.each(SIZES)(
    "%i × %i: every row is there, none is too wide, and nothing in it moves the cursor",
    (columns, rows) => {
      for (const mode of ["overview", "failures", "results"] as const) {
        const lines = watchScreen(STATUS, mode, { columns, rows }, catalogue);
        expect(lines).toHaveLength(rows);
        for (const line of lines) {
          expect(Bun.stringWidth(line)).toBeLessThan(columns);
          expect(line).not.toMatch(/[\p{Cc}\u202e]/u);
        }
        expect(lines.at(-1)).toStartWith("q ");
      }
    },
  );

  test("80 × 24 has state, progress, tokens, budget, times, plots and failures", () => {
    const text = watchScreen(STATUS, "overview", { columns: 80, rows: 24 }, catalogue).join("\n");
    const { watch, progress } = catalogue;
    for (const part of [
      "questions.jsonl | endpoint: gpt",
      watch.state.paused,
      "40.0%",
      progress.waiting.paused,
      watch.tokens("5,000", "7,000"),
      watch.cost("1.50", "5.00"),
      "812 ms",
      watch.plots.results("89.0"),
      watch.plots.tokens("178"),
      watch.failures(25),
      "timeout",
    ])
      expect(text).toContain(part);
  });
});

const ENDPOINTS = [
  { base_url: "http://a.example:8000/v1", in_flight: 3, concurrency: 4, state: "up", error: null },
  { base_url: "http://b.example/v1", in_flight: 0, concurrency: 4, state: "down", error: null },
] as const;
const screenOf = (status: LiveStatus, mode: "overview" | "failures", columns = 80): string =>
  watchScreen(status, mode, { columns, rows: 24 }, en).join("\n");

test("80 × 24 has concurrency, what it waits for, each endpoint, what is saved and the time, too", () => {
  const screen = screenOf({ ...STATUS, waiting: "cool-down", endpoints: ENDPOINTS }, "overview");
  for (const part of [
    "cool-down",
    "jobs 3/8",
    "a.example:8000 3/4",
    "b.example down",
    "4,020 saved",
    "1m 30s",
  ])
    expect(screen).toContain(part);
  expect(screen).toMatch(/^-+ 1m 30s +-+ 1m 30s$/m);
});

test("an outage is told with its reason, on a line of its own", () => {
  const outage = {
    kind: "unreachable",
    message: "connect failed (ECONNREFUSED)",
    since: "2026-11-28T12:00:00.000Z",
    waited_ms: 5,
    max_ms: 600_000,
  };
  expect(screenOf({ ...STATUS, waiting: "outage", outage }, "overview")).toMatch(
    /^endpoint down since .*, waiting up to 10m: .*refused/m,
  );
});

test("40 columns have plots, one below the other", () => {
  expect(screenOf(STATUS, "overview", 40)).toMatch(/^results\/s, max 89\.0$[^]*^latency p50, max 890 ms$/m);
});

test("failures that are in no commit yet are counted", () => {
  const screen = screenOf({ ...STATUS, failed: 3, errors: [] }, "overview");
  expect(screen).toContain("Failures: 3");
  expect(screen).not.toContain(en.watch.noFailures);
});

test("the page of failures has the whole of each message", () => {
  const message = Array.from({ length: 40 }, (_, at) => `word${at}`).join(" ");
  const errors = [{ kind: "exit", count: 3, item: "q1", message }];
  const text = screenOf({ ...STATUS, errors }, "failures").replaceAll(/\s+/g, " ");
  expect(text).toContain(message);
});

test.each([
  ['"two\\nlines"', "two\nlines"],
  [String.raw`"cut in an escape \u20`, "cut in an escape "],
  [String.raw`"cut behind a backslash \\`, "cut behind a backslash \\"],
  ['"cut', "cut"],
  ['{"a":"\\u00e9"', '{"a":"é"'],
  ["12", "12"],
])("of an output %s is read %j", (json, text) => {
  expect(outputText(json)).toBe(text);
});

test("a line for an output that is no terminal says what holds the run back", () => {
  expect(watchLine(STATUS, en)).toBe(
    "4,000/10,000 40.0% | 44.4/s | 25 failed | paused | jobs 3/8 | cost 1.50/~4.00 | 1,200 tok/s | 4,020 saved | 1m 30s",
  );
});

describe("plotBars()", () => {
  test("draws a column for each value, the highest to the top, what is little as a part of a cell", () => {
    expect(plotBars([0, 1, 2, 4], 4, 4, 2)).toEqual(["   #", " :##"]);
  });

  test("joins neighbours where there are more values than columns, and widens few", () => {
    expect(plotBars([1, 3, 4, 4], 4, 2, 1)).toEqual([":#"]);
    expect(plotBars([2], 2, 8, 1)).toEqual(["####"]);
  });

  test("knows nothing of what is unknown, and draws nothing of nothing", () => {
    expect(plotBars([null, 2], 2, 2, 1)).toEqual([" #"]);
    expect(plotBars([0, 0], 0, 2, 2)).toEqual(["  ", "  "]);
    expect(plotBars([], 1, 4, 1)).toEqual([""]);
  });
});
