// The moving line on a real terminal, 120, 80 and 60 columns wide, in both languages: with failures, in a rate limit and in an outage. It is one
// line always, and nothing of it is left when the run has ended.
// Needs tmux.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { newFolder, writeLines } from "../helpers/ckpt.ts";
import { mockEndpoint } from "../helpers/mock-endpoint.ts";
import { Terminal } from "../helpers/terminal.ts";

setDefaultTimeout(60_000);

type Words = {
  readonly lang: string;
  readonly rate: RegExp;
  readonly failed: RegExp;
  readonly limited: string;
  readonly down: RegExp;
  readonly downLong: RegExp;
  readonly saved: string;
};

const ENGLISH: Words = {
  lang: "en",
  rate: / \| [\d.]+\/s \| ETA [\d.]+s /,
  failed: / \| [1-5] failed/,
  limited: "rate limit",
  down: /down since \d\d:\d\d \(max 1m\): connection/,
  downLong: /endpoint down since \d\d:\d\d:\d\d, waiting up to 1m: connection refused/,
  saved: "First item:",
};
const CHINESE: Words = {
  lang: "zh",
  rate: / \| [\d.]+\/秒 \| 还需 [\d.]+秒 /,
  failed: / \| 失败 [1-5]/,
  limited: "限速中",
  down: /\d\d:\d\d 起不可用（至多 1分）：连接被拒绝/,
  downLong: /接口自 \d\d:\d\d:\d\d 起不可用，最多等待 1分：连接被拒绝/,
  saved: "首个条目：",
};

const CASES = [ENGLISH, CHINESE].flatMap((words) =>
  [120, 80, 60].map((columns) => [words.lang, columns, words] as const),
);

/** The moving line: the last one of the screen. */
const lastLine = (screen: string): string => screen.split("\n").at(-1) ?? "";

/** What fits depends on the number of failures. */
const either = (a: RegExp, b: RegExp): RegExp => new RegExp(`${a.source}|${b.source}`);

/** Lines that a progress line that was too wide has left. */
const leftovers = (screen: string): string[] => screen.split("\n").filter((line) => /\d% \||^\[=/.test(line));

describe("the moving line", () => {
  test.concurrent.each(CASES)("in %s, %d columns wide", async (lang, columns, words) => {
    const folder = newFolder();
    writeLines(
      folder,
      "q.jsonl",
      Array.from({ length: 60 }, (_, i) => JSON.stringify({ question: `question ${i}` })),
    );
    const reply = ({ prompt }: { prompt: string }) =>
      / [1-5]$/.test(prompt) ? ({ kind: "status", status: 400 } as const) : ({ kind: "answer" } as const);
    const mock = await mockEndpoint({ reply });
    const args = `run q.jsonl --model m --prompt {question} --base-url ${mock.url} --lang ${lang}`;
    const pace = "-j 2 --rpm 600 --max-outage 1m --price-in 1 --price-out 1 --retry-delay 1ms";
    await using terminal = new Terminal(folder, [...args.split(" "), ...pace.split(" ")], { columns });
    const limited = await terminal.shows(new RegExp(`${words.failed.source}.*${words.limited}[^\n]*$`));
    expect(lastLine(limited)).toMatch(words.rate);
    if (columns >= 80) expect(lastLine(limited)).toMatch(/^\[=*>? *\] .*\d\.\d% \|/);
    expect(leftovers(limited)).toHaveLength(1);
    await mock.stop();
    const down = await terminal.shows(columns === 120 ? words.downLong : either(words.down, words.downLong));
    expect(lastLine(down)).toMatch(words.failed);
    if (columns >= 80) expect(lastLine(down)).toMatch(/^\[=*>? *\] .*\d\.\d% \|/);
    expect(leftovers(down)).toHaveLength(1);
    const again = await mockEndpoint({ reply, port: mock.port });
    try {
      expect(await terminal.exitCode()).toBe(3);
    } finally {
      await again.stop();
    }
    expect(leftovers(terminal.screen())).toEqual([]);
    expect(terminal.screen()).toContain(words.saved);
  });
});

test("an error that ends the run takes the place of the moving line", async () => {
  const folder = newFolder();
  writeLines(folder, "q.txt", ["1", "2", "3", "4", "5"]);
  const script = `sleep 0.2; test "$1" != 3 || echo x >> checkpoints/checkpoint_results.jsonl`;
  const command = ["sh", "-c", script, "x", "{}"];
  await using terminal = new Terminal(folder, ["run", "q.txt", "-b", "1", "-j", "1", "--", ...command]);
  expect(await terminal.exitCode()).toBe(12);
  const screen = await terminal.shows("Stopped: something else wrote");
  expect(leftovers(screen)).toEqual([]);
  expect(screen).toMatch(/^ckpt: Stopped/m);
});
