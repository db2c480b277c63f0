// `ckpt info --watch` on a terminal and elsewhere, beside jobs that come and go.
// Needs tmux.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, read, start } from "../helpers/ckpt.ts";
import { change, GATED_SHELL, gatedFolder, liveRun, openGate, untilStatus } from "../helpers/live-run.ts";
import { Terminal } from "../helpers/terminal.ts";
import { until } from "../helpers/until.ts";

setDefaultTimeout(60_000);

const RUN = ["items.txt", "-j", "2", "--shell", GATED_SHELL];
const WATCH = ["info", "--watch", "--interval", "100ms"];

describe("on a terminal", () => {
  test("it waits for a run, shows it, and shows what is on disk when it has ended; q restores the terminal", async () => {
    const folder = gatedFolder();
    await using terminal = new Terminal(folder, WATCH, { columns: 80, rows: 24 });
    await terminal.shows("No checkpoint in");
    expect(terminal.cursorIsShown()).toBe(false);
    const run = await liveRun(folder, RUN);
    const screen = await terminal.shows("jobs 2/2");
    expect(screen).toMatch(/items\.txt \| shell: .*running/);
    await change(run, { paused: true });
    await terminal.shows(/paused$/m);
    await change(run, { paused: false });
    expect((await run.finish()).code).toBe(0);
    await terminal.shows("Progress: 40/40");
    terminal.press("q");
    expect(await terminal.exitCode()).toBe(0);
    expect(terminal.cursorIsShown()).toBe(true);
    expect(terminal.screen()).toBe("");
  });

  test("f shows all failures, r the last results, Escape goes back", async () => {
    const folder = gatedFolder();
    const shell = `case {} in 'item 3') ${GATED_SHELL};; 'item 1') echo broken >&2; exit 1;; *) cat;; esac`;
    const run = await liveRun(folder, ["items.txt", "-j", "1", "--batch-size", "1", "--shell", shell]);
    await untilStatus(run, (now) => now.errors.length > 0 && now.done === 3, "three results");
    await using terminal = new Terminal(folder, WATCH, { columns: 100, rows: 30 });
    await terminal.shows("results/s");
    terminal.press("r");
    expect(await terminal.shows("Last results")).toMatch(/ {3}#3 .* item 2$/m);
    terminal.press("f");
    expect(await terminal.shows("Failures: 1")).toContain("broken");
    terminal.press("Escape");
    await terminal.shows("results/s");
    terminal.press("C-c");
    expect(await terminal.exitCode()).toBe(130);
    expect(terminal.cursorIsShown()).toBe(true);
    expect((await run.finish()).code).toBe(3);
  });

  test("it outlives a run that is killed, and follows the one that resumes it", async () => {
    const folder = gatedFolder();
    const killed = await liveRun(folder, RUN);
    await using terminal = new Terminal(folder, WATCH, { columns: 80, rows: 24 });
    await terminal.shows("jobs 2/2");
    killed.child.kill("SIGKILL");
    await terminal.shows("No run at the moment");
    const again = await liveRun(folder, [...RUN.slice(0, 1), "-j", "3", ...RUN.slice(3)]);
    await terminal.shows("jobs 3/3");
    expect((await again.finish()).code).toBe(0);
    await terminal.shows("40/40");
    terminal.press("q");
    expect(await terminal.exitCode()).toBe(0);
  });

  test("f and r show what is on disk while nothing runs, as it was before and after the next run", async () => {
    const folder = gatedFolder();
    openGate(folder);
    const broken = `case {} in 'item 1') echo 'broken for good' >&2; exit 1;; *) cat;; esac`;
    await ckpt(folder, ["run", "items.txt", "--limit", "3", "-j", "1", "--shell", broken]);
    await using terminal = new Terminal(folder, WATCH, { columns: 80, rows: 24 });
    await terminal.shows("Progress: 2/40");
    terminal.press("f");
    expect(await terminal.shows("Failures: 1")).toMatch(/No run at the moment[^]*broken for good/);
    terminal.press("r");
    expect(await terminal.shows("Last results")).toMatch(/ {3}#3 .* item 2\n {2}! #2 [^]* {3}#1 .* item 0$/m);
    await ckpt(folder, ["run", "--limit", "1"]);
    await terminal.shows(/Last results.*\n {4}#4 .* item 3$/m);
    terminal.press("q");
    expect(await terminal.exitCode()).toBe(0);
  });

  test.each([
    ["en", "the status file has a wrong checksum", "No checkpoint in"],
    ["zh", "状态文件校验和错误", "中还没有检查点"],
  ])(
    "a damaged checkpoint is named as info names it, until it has been cleared (%s)",
    async (lang, damage, none) => {
      const folder = gatedFolder();
      openGate(folder);
      await ckpt(folder, ["run", "items.txt", "--limit", "3", "--shell", "cat"]);
      await using terminal = new Terminal(folder, [...WATCH, "--lang", lang], { columns: 80, rows: 24 });
      await terminal.shows("3/40");
      const status = path.join(folder, "checkpoints/processing_status.json");
      fs.writeFileSync(status, "garbage");
      const said = await terminal.shows("verify --repair");
      expect(said.replaceAll(/\s/g, "")).toContain(damage.replaceAll(" ", ""));
      fs.rmSync(path.join(folder, "checkpoints"), { recursive: true });
      await terminal.shows(none);
      terminal.press("q");
      expect(await terminal.exitCode()).toBe(0);
    },
  );

  test("results and messages of any kind are shown as text, whatever the width of the terminal", async () => {
    const folder = gatedFolder();
    const hostile = "\\033[2J\\033]0;taken\\007\\rback \\342\\200\\256turned 宽字符🎉 <b>";
    const shell = `case {} in 'item 3') ${GATED_SHELL};; 'item 1') printf '${hostile}' >&2; exit 1;; *) printf '${hostile}';; esac`;
    const run = await liveRun(folder, ["items.txt", "-j", "1", "--batch-size", "1", "--shell", shell]);
    await untilStatus(run, (now) => now.errors.length > 0 && now.done === 3, "three results");
    await using terminal = new Terminal(folder, WATCH, { columns: 80, rows: 24 });
    await terminal.shows("results/s");
    for (const key of ["r", "f"]) {
      terminal.press(key);
      for (const [columns, text] of [
        [40, "\\x1b[2J"],
        [200, "\\u{202e}turned 宽字符🎉 <b>"],
        [80, "\\u{202e}turned"],
      ] as const) {
        terminal.resize(columns, 24);
        const screen = await terminal.shows(text);
        expect(screen).toContain("items.txt | shell: ");
        expect(screen.split("\n").at(-1)).toStartWith("q leave");
        expect(screen).not.toContain("\u202e");
      }
    }
    terminal.press("q");
    expect(await terminal.exitCode()).toBe(0);
    expect((await run.finish()).code).toBe(3);
  });

  test("^Z puts it aside and gives the terminal back, fg shows it again", async () => {
    const folder = gatedFolder();
    const through = `bash -m -c '"$@"; echo put aside; read -r _; fg' bash`;
    await using terminal = new Terminal(folder, WATCH, { columns: 80, rows: 24, through });
    await terminal.shows("No checkpoint in");
    terminal.press("C-z");
    await terminal.shows("put aside");
    expect(terminal.isRestored()).toBe(true);
    terminal.press("Enter");
    await terminal.shows("No checkpoint in");
    const run = await liveRun(folder, RUN);
    await terminal.shows("jobs 2/2");
    expect((await run.finish()).code).toBe(0);
    terminal.press("q");
    expect(await terminal.exitCode()).toBe(0);
    expect(terminal.isRestored()).toBe(true);
  });

  test.each([
    ["TERM", 143],
    ["HUP", 129],
    ["INT", 130],
  ])("SIG%s ends it by that signal, and restores the terminal", async (signal, code) => {
    const folder = gatedFolder();
    const through = `sh -c 'echo $$ > pid; exec "$@"' sh`;
    await using terminal = new Terminal(folder, WATCH, { through });
    await terminal.shows("No checkpoint in");
    process.kill(Number(read(folder, "pid")), `SIG${signal}`);
    expect(await terminal.exitCode()).toBe(code);
    expect(terminal.isRestored()).toBe(true);
  });

  test("one that cannot move the cursor gets a line an interval", async () => {
    const folder = gatedFolder();
    const run = await liveRun(folder, RUN);
    await using terminal = new Terminal(folder, WATCH, { env: { TERM: "dumb" } });
    await terminal.shows(/jobs 2\/2.*\n.*jobs 2\/2/);
    expect(terminal.isRestored()).toBe(true);
    await run.finish();
    terminal.press("C-c");
    expect(await terminal.exitCode()).toBe(130);
  });

  test("in Chinese", async () => {
    const folder = gatedFolder();
    const run = await liveRun(folder, RUN);
    await using terminal = new Terminal(folder, [...WATCH, "--lang", "zh"], { columns: 80, rows: 24 });
    expect(await terminal.shows("运行中")).toContain("q 退出");
    await run.finish();
    await terminal.shows("目前没有运行");
    terminal.press("q");
    expect(await terminal.exitCode()).toBe(0);
  });
});

test("without a terminal it writes a line an interval, also for a job that rests, and ends by the signal", async () => {
  const folder = gatedFolder();
  const watching = start(folder, WATCH);
  const reader = watching.stdout.getReader();
  let text = "";
  const reads = async (part: string | RegExp): Promise<void> => {
    while (typeof part === "string" ? !text.includes(part) : !part.test(text)) {
      const { done, value } = await reader.read();
      if (done) throw new Error(`it ended without ${part}: ${text}`);
      text += Buffer.from(value).toString("utf8");
    }
  };
  await reads(/No checkpoint in[^]*No checkpoint in/);
  const run = await liveRun(folder, RUN);
  await reads(/jobs 2\/2[^]*jobs 2\/2/);
  openGate(folder);
  await run.finish();
  await reads(/40\/40 100\.0% \| 0 failed \| No run at the moment.*\n[^]*No run at the moment/);
  watching.kill("SIGTERM");
  await watching.exited;
  expect(watching.signalCode).toBe("SIGTERM");
});

test("without a terminal a damaged checkpoint is one line, and it ends when nobody reads on", async () => {
  const folder = gatedFolder();
  openGate(folder);
  await ckpt(folder, ["run", "items.txt", "--limit", "3", "--shell", "cat"]);
  const log = path.join(folder, "checkpoints/checkpoint_results.jsonl");
  fs.truncateSync(log, fs.statSync(log).size - 9);
  const watching = start(folder, WATCH);
  const reader = watching.stdout.getReader();
  let text = "";
  while (!text.includes("\n")) text += Buffer.from((await reader.read()).value ?? []).toString("utf8");
  expect(text).toMatch(/^(?:Cannot trust the checkpoint .*\n)+$/);
  await reader.cancel();
  await until(() => watching.exitCode !== null, "its end");
  expect(watching.exitCode).toBe(0);
});

test("a watcher that is killed leaves the run as it is", async () => {
  const folder = gatedFolder();
  const run = await liveRun(folder, RUN);
  const watching = start(folder, WATCH);
  await untilStatus(run, (now) => now.in_flight === 2, "two in flight");
  watching.kill("SIGKILL");
  await watching.exited;
  expect((await run.finish()).code).toBe(0);
});

test("--watch and --json exclude each other, and --interval needs --watch", async () => {
  const folder = gatedFolder();
  expect((await ckpt(folder, ["info", "--watch", "--json"])).code).toBe(2);
  expect((await ckpt(folder, ["info", "--interval", "2s"])).code).toBe(2);
});
