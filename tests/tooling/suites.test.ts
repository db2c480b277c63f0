// What the test command promises, and what all tests keep to.
import { describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ENV, newFolder } from "../helpers/ckpt.ts";
import { SEED } from "../helpers/seed.ts";
import { filesOf } from "../helpers/suites.ts";

const ROOT = path.resolve(import.meta.dir, "../..");
const SOURCES = fs
  .readdirSync(path.join(ROOT, "tests"), { recursive: true, encoding: "utf8" })
  .filter(
    (name) => name.endsWith(".ts") && !name.startsWith("fixtures/") && name !== "tooling/suites.test.ts",
  )
  .map((name) => ({ name, text: fs.readFileSync(path.join(ROOT, "tests", name), "utf8") }));

describe("tests/run.ts", () => {
  /** Runs it over one file with these lines; returns its exit code and what it printed to standard output. */
  async function run(lines: readonly string[], env: Record<string, string> = {}): Promise<[number, string]> {
    const file = path.join(newFolder(), "some.test.ts");
    fs.writeFileSync(file, ['import { expect, test } from "bun:test";', ...lines].join("\n"));
    const child = Bun.spawn([process.execPath, "tests/run.ts", file], {
      cwd: ROOT,
      env: { ...ENV, ...env },
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [out, code] = await Promise.all([child.stdout.text(), child.exited]);
    return [code, out];
  }

  test("ends with the counts; the seed is named before", async () => {
    const [code, out] = await run(['test("a", () => {});', 'test("b", () => {});'], {
      CKPT_TEST_SEED: "12",
    });
    expect({ code, last: out.trimEnd().split("\n").at(-1) }).toEqual({ code: 0, last: "2 passed, 0 failed" });
    expect(out).toContain("CKPT_TEST_SEED=12");
  });

  test("says at the end again why a test failed", async () => {
    const [code, out] = await run(['test("a > b", () => expect("<x>").toBe("y"));', 'test("c", () => {});']);
    expect(code).toBe(1);
    expect(out).toMatch(/\(fail\) .*some\.test\.ts > a > b\n.*toBe.*\n\nExpected: "y"\nReceived: "<x>"/s);
    expect(out).toEndWith("1 passed, 1 failed\n");
  });

  test.each([
    ["cannot be loaded", ['import "./none.ts";']],
    ["ends the process", ['test("a", () => process.exit(0));']],
    ["is killed", ['test("a", () => process.kill(process.pid, "SIGKILL"));']],
    ["holds no test", []],
  ])("a file that %s has failed", async (_name, lines) => {
    expect(await run(lines)).toEqual([1, expect.stringMatching(/\n0 passed, 1 failed\n$/)]);
  });

  test("what is skipped is said, and with CI=true it is a failure", async () => {
    const lines = ['test("a", () => {});', 'test.skip("b", () => {});'];
    expect(await run(lines)).toEqual([0, expect.stringContaining("1 skipped")]);
    expect((await run(lines, { CI: "true" }))[0]).toBe(1);
  });

  test("tests get the same environment everywhere", async () => {
    const lines = [
      "const { PROXY, ...env } = process.env;",
      'test("a", () => expect(env).toEqual({ ...env, TZ: "UTC", LANG: "C.UTF-8", NO_COLOR: "1" }));',
      "const odd = /proxy|openai|node_env|force_color|language/i;",
      'test("b", () => expect(Object.keys(env).filter((name) => odd.test(name))).toEqual([]));',
    ];
    const odd = {
      HTTP_PROXY: "http://x",
      OPENAI_API_KEY: "k",
      FORCE_COLOR: "1",
      TZ: "Asia/Tokyo",
      LANGUAGE: "zh",
    };
    expect(await run(lines, { ...odd, NODE_ENV: "production" })).toEqual([
      0,
      expect.stringContaining("2 passed, 0 failed"),
    ]);
  });
});

test("tests of units reach nothing that starts the executable", () => {
  const reached = new Set<string>();
  const waiting = filesOf("unit").map((file) => path.join(ROOT, file));
  const starting: string[] = [];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (reached.has(file) || !fs.existsSync(file)) continue;
    reached.add(file);
    const text = fs.readFileSync(file, "utf8");
    const taken = /import \{([^}]*)\} from "\.[^"]*\/helpers\/ckpt\.ts"/.exec(text)?.[1] ?? "";
    if (/\b(?:EXECUTABLE|ckpt|start)\b/.test(taken)) starting.push(path.relative(ROOT, file));
    for (const [, found = ""] of text.matchAll(/ from "(\.[^"]+\.ts)"/g))
      waiting.push(path.resolve(path.dirname(file), found));
  }
  expect(reached.size).toBeGreaterThan(100);
  expect(starting).toEqual([]);
});

test("whatever tests start gets an environment of its own", () => {
  const calls = SOURCES.flatMap(({ name, text }) =>
    [...text.matchAll(/(?<!["'`].*)\bBun\.spawn(?:Sync)?\(/g)].map(({ index }) => ({
      name,
      call: text.slice(index, closeOf(text, text.indexOf("(", index))),
    })),
  );
  expect(calls.length).toBeGreaterThan(30);
  expect(calls.filter(({ call }) => !/\benv\b/.test(call))).toEqual([]);
});

/** What shows in a test file that it needs a tool. */
const TOOLS: readonly (readonly [tool: string, use: RegExp])[] = [
  ["tmux", /helpers\/(?:terminal|interactive-shell)\.ts"/],
  ["python3", /["'`]python3["' ]|\bpython3 -/],
  ["jq", /["'`]jq["' ]|\bjq -/],
  ["chromium-headless-shell", /helpers\/browser\.ts"/],
  ["strace", /\b(?:runTo|runInjected)\b|helpers\/killed-run\.ts"/],
];

test.each(TOOLS)("a file that needs %s says so, or looks whether it is there", (tool, use) => {
  const silent = SOURCES.filter(({ name, text }) => name.endsWith(".test.ts") && use.test(text)).filter(
    ({ text }) => !new RegExp(`^// Needs .*\\b${tool}\\b`, "m").test(text) && !text.includes("testUnless("),
  );
  expect(silent.map(({ name }) => name)).toEqual([]);
});

test("tools that a file needs are parted by commas", () => {
  const needs = SOURCES.flatMap(({ text }) => text.match(/^\/\/ Needs .*$/gm) ?? []);
  expect(needs.filter((line) => !/^\/\/ Needs [\w-]+(?:, [\w-]+)*\.$/.test(line))).toEqual([]);
});

test("no test waits for a time", () => {
  const waits = SOURCES.filter(({ name }) => name.endsWith(".test.ts")).flatMap(({ name, text }) =>
    text
      .split("\n")
      .filter((line) => /^[^"'`]*\b(?:Bun\.sleep(?:Sync)?|setTimeout)\(/.test(line))
      .map((line) => `${name}: ${line.trim()}`),
  );
  expect(waits).toEqual([]);
});

test("the seed of chance is a whole number that a failure can name", () => {
  expect(Number.isInteger(SEED) && SEED >= 0).toBe(true);
});

/** The place behind the bracket that closes the one at `open`. */
function closeOf(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === "(") depth++;
    else if (text[at] === ")" && --depth === 0) return at + 1;
  }
  return text.length;
}
