// `ckpt help`: topics beside the commands, and the pager in which a long text is read on a terminal.
// Needs tmux.
import { describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { pagerWords } from "../../lib/cli/paged-text.ts";
import { EXIT } from "../../lib/core/errors.ts";
import { TOPICS } from "../../lib/start/topics.ts";
import { ckpt, newFolder } from "../helpers/ckpt.ts";
import { Terminal } from "../helpers/terminal.ts";

describe("topics", () => {
  test.each(["en", "zh"] as const)(
    "are explained in %s, and named in the help of the whole program",
    async (lang) => {
      const whole = await ckpt(newFolder(), ["help", "--lang", lang]);
      for (const { name, title, rows } of TOPICS) {
        expect(whole.out).toMatch(new RegExp(`^.*ckpt help .*\\b${name}\\b`, "m"));
        const { code, out } = await ckpt(newFolder(), ["help", name, "--lang", lang]);
        expect(code).toBe(0);
        expect(out).toStartWith(title[lang]);
        for (const { term } of rows) expect(out).toContain(term);
        for (const line of out.split("\n")) expect(Bun.stringWidth(line)).toBeLessThanOrEqual(80);
      }
    },
  );

  test("exit codes are all of them", async () => {
    const { out } = await ckpt(newFolder(), ["help", "exit-codes"]);
    expect([...out.matchAll(/^ {2}(\d+) /gm)].map(([, code]) => Number(code))).toEqual(Object.values(EXIT));
  });

  test("the environment has what the endpoint reads", async () => {
    const { out } = await ckpt(newFolder(), ["help", "environment"]);
    for (const name of [
      "OPENAI_API_KEY",
      "OPENAI_BASE_URL",
      "HTTPS_PROXY",
      "NO_PROXY",
      "NODE_EXTRA_CA_CERTS",
    ])
      expect(out).toContain(name);
  });

  test("a name that is nearly one is corrected", async () => {
    const { code, err } = await ckpt(newFolder(), ["help", "exit-code"]);
    expect(code).toBe(2);
    expect(err).toContain("did you mean exit-codes?");
  });
});

describe("the pager", () => {
  /** A pager that says so, shows the first line, and ends. */
  function pagerIn(folder: string): string {
    const file = path.join(folder, "pager");
    fs.writeFileSync(file, '#!/bin/sh\necho "PAGED $*, LESS=$LESS"\nhead -n 1\n', { mode: 0o755 });
    return file;
  }

  test("shows what is longer than the terminal, and ckpt ends well", async () => {
    const folder = newFolder();
    await using terminal = new Terminal(folder, ["help", "run"], {
      rows: 24,
      env: { PAGER: `${pagerIn(folder)} -a b` },
    });
    const screen = await terminal.shows("Usage: ckpt run");
    expect(screen).toStartWith("PAGED -a b, LESS=FRX");
    expect(screen).not.toContain("--retries");
    expect(await terminal.exitCode()).toBe(0);
  });

  test("by CKPT_PAGER before PAGER", async () => {
    const folder = newFolder();
    const env = { PAGER: "false", CKPT_PAGER: pagerIn(folder) };
    await using terminal = new Terminal(folder, ["help", "run"], { rows: 24, env });
    await terminal.shows("PAGED");
    expect(await terminal.exitCode()).toBe(0);
  });

  test("outlives ^C: ckpt waits for its end", async () => {
    const folder = newFolder();
    const file = path.join(folder, "pager");
    fs.writeFileSync(
      file,
      '#!/bin/sh\ntrap "echo heard; trap : INT" INT\necho PAGED\nuntil read key < /dev/tty; do :; done\necho "read $key"\n',
      {
        mode: 0o755,
      },
    );
    await using terminal = new Terminal(folder, ["help", "run"], { rows: 24, env: { PAGER: file } });
    await terminal.shows("PAGED");
    terminal.press("C-c");
    await terminal.shows("heard");
    terminal.press("q", "Enter");
    await terminal.shows("read q");
    expect(await terminal.exitCode()).toBe(0);
  });

  const HIGH = { rows: 200 } as const;
  const SHORT = { rows: 24 } as const;
  test.each([
    ["where the terminal is high enough", ["help", "run"], HIGH, {}],
    ["for what an option asks for", ["run", "--help"], SHORT, {}],
    ["on a terminal that can do nothing", ["help", "run"], SHORT, { TERM: "dumb" }],
    ["where its name needs a shell", ["help", "run"], SHORT, { PAGER: "touch x; pager" }],
    ["where there is none of that name", ["help", "run"], SHORT, { PAGER: "/nonexistent/pager" }],
  ] as const)("is not used %s", async (_name, words, size, env) => {
    const folder = newFolder();
    await using terminal = new Terminal(folder, words, { ...size, env: { PAGER: pagerIn(folder), ...env } });
    expect(await terminal.exitCode()).toBe(0);
    expect(terminal.screen()).not.toContain("PAGED");
    expect(terminal.screen()).toContain("--progress");
    expect(fs.existsSync(path.join(folder, "x"))).toBe(false);
  });

  test("is not used where standard output is no terminal", async () => {
    const folder = newFolder();
    const { out } = await ckpt(folder, ["help", "run"], { PAGER: pagerIn(folder), TERM: "xterm" });
    expect(out).toStartWith("Usage: ckpt run");
  });

  test.each([
    [{}, ["less"]],
    [{ PAGER: "most -s" }, ["most", "-s"]],
    [{ PAGER: "cat" }, null],
    [{ PAGER: "most", CKPT_PAGER: "" }, null],
    [{ PAGER: "less $(touch x)" }, null],
    [{ TERM: "dumb" }, null],
  ])("%j is read as %p", (env, words) => {
    expect(pagerWords({ TERM: "xterm", ...env })).toEqual(words);
  });
});
