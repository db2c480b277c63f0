// `ckpt info --watch` on a terminal and elsewhere, beside jobs that come and go.
// Needs tmux.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { ckpt, start } from "../helpers/ckpt.ts";
import { change, GATED_SHELL, gatedFolder, liveRun, openGate, untilStatus } from "../helpers/live-run.ts";
import { Terminal } from "../helpers/terminal.ts";

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
    await terminal.shows("results, at most");
    terminal.press("r");
    expect(await terminal.shows("Last results")).toContain('"item 2"');
    terminal.press("f");
    expect(await terminal.shows("Failures: 1")).toContain("broken");
    terminal.press("Escape");
    await terminal.shows("results, at most");
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

test("without a terminal it writes a line an interval, one for a job that rests, and ends by the signal", async () => {
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
  await reads("No checkpoint in");
  const run = await liveRun(folder, RUN);
  await reads(/jobs 2\/2[^]*jobs 2\/2/);
  openGate(folder);
  await run.finish();
  await reads("40/40 100.0% | 0 failed | No run at the moment");
  watching.kill("SIGTERM");
  await watching.exited;
  expect(watching.signalCode).toBe("SIGTERM");
  expect(text.match(/No checkpoint in/g)).toHaveLength(1);
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
