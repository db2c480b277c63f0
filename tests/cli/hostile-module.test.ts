// Modules that never return, throw where nobody listens, or end the process they run in: what was saved stays, and the run can be ended and gone on with.
// tests/cli/module-exit.test.ts has process.exit().
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { checkpointPaths } from "../../lib/checkpoint/names.ts";
import { isRunning } from "../helpers/attempts.ts";
import { ckpt, newFolder, read, start, writeLines } from "../helpers/ckpt.ts";
import { reading } from "../helpers/reading.ts";
import { deliver, interruptTwice } from "../helpers/signals.ts";
import { until } from "../helpers/until.ts";

setDefaultTimeout(60_000);

const ITEMS = ["a", "b", "c"];
const RUN = ["run", "q.txt", "--module", "m.ts", "-j", "1", "-b", "1", "--grace", "50ms"];

/** A folder with a module that does `body` for item b (`item` is in reach), and gives back every other item. */
function newRun(body: string): string {
  const folder = newFolder();
  writeLines(folder, "q.txt", ITEMS);
  setModule(folder, body);
  return folder;
}

function setModule(folder: string, body: string): void {
  const lines = [
    "export async function process(item: string) {",
    "  await Bun.sleep(1);",
    `  if (item === "b") { ${body} }`,
    "  return item;",
    "}",
  ];
  writeLines(folder, "m.ts", lines);
}

async function info(folder: string): Promise<{ readonly [name: string]: unknown }> {
  return JSON.parse((await ckpt(folder, ["info", "--json"])).out);
}

/** With the fault mended, the run goes on from what was saved. */
async function expectResumes(folder: string): Promise<void> {
  setModule(folder, "");
  expect((await ckpt(folder, [...RUN, "--on-change", "keep", "--resume"])).code).toBe(0);
  const outputs = read(folder, "q.results.jsonl")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).output);
  expect(outputs).toEqual(ITEMS);
}

describe("what a module throws where nobody listens", () => {
  test.each([
    ["in a timer", 'setTimeout(() => { throw new Error("from nowhere"); }, 1); await Bun.sleep(9000);'],
    ["in a promise", 'void Promise.reject(new Error("from nowhere")); await Bun.sleep(9000);'],
    ["in a timer, not an Error", 'setTimeout(() => { throw "from nowhere"; }, 1); await Bun.sleep(9000);'],
  ])("%s stops the run as an outside cause; the item stays pending", async (_name, body) => {
    const folder = newRun(body);
    const { code, err } = await ckpt(folder, RUN);
    expect({ code, said: err.includes("from nowhere"), stack: err.includes("\n    at ") }).toEqual({
      code: 4,
      said: true,
      stack: false,
    });
    expect(await info(folder)).toMatchObject({ completed: 1, failed: 0, pending: 2, state: "stopped" });
    await expectResumes(folder);
  });
});

test.each(["undefined", "null", "{ toString: 1 }", "Symbol('s')", "Object.create(null)"])(
  "throw %s fails that item alone",
  async (thrown) => {
    const folder = newRun(`throw ${thrown};`);
    expect((await ckpt(folder, RUN)).code).toBe(3);
    expect(await info(folder)).toMatchObject({ completed: 2, failed: 1, pending: 0 });
  },
);

describe("a call that never returns", () => {
  test("with --timeout fails that item, and the run continues", async () => {
    const folder = newRun("await new Promise(() => {});");
    expect((await ckpt(folder, [...RUN, "--timeout", "200ms"])).code).toBe(3);
    const lines = read(folder, "q.results.jsonl")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map(({ status, error }) => error?.kind ?? status)).toEqual(["ok", "timeout", "ok"]);
  });

  test.each([1, 2])("is ended by %p SIGINT; what was there is saved", async (signals) => {
    const folder = newRun("await new Promise(() => {});");
    const child = start(folder, signals === 1 ? RUN : [...RUN.slice(0, -2), "--grace", "60s"]);
    const errors = reading(child.stderr);
    await until(() => savedIn(folder) === 1);
    if (signals === 2) await interruptTwice(child, errors);
    else child.kill("SIGINT");
    await child.exited;
    expect(child.signalCode).toBe("SIGINT");
    expect(await info(folder)).toMatchObject({ completed: 1, pending: 2, state: "stopped" });
    await expectResumes(folder);
  });

  test("and holds the thread is ended by SIGQUIT (^\\) alone, or SIGKILL: nothing saved is lost, and the run continues", async () => {
    for (const signal of ["SIGQUIT", "SIGKILL"] as const) {
      const folder = newRun("for (;;);");
      const child = start(folder, RUN);
      await until(() => savedIn(folder) === 1);
      await deliver(child, "SIGINT");
      expect(isRunning(child.pid)).toBe(true);
      child.kill(signal);
      await child.exited;
      expect(child.signalCode).toBe(signal);
      await expectResumes(folder);
    }
  });
});

test("what calls that hold the thread have given is in the log before the next is started, which may never return", async () => {
  const folder = newFolder();
  writeLines(folder, "q.txt", ["1", "2", "3", "4"]);
  const busy = "for (const end = performance.now() + 20; performance.now() < end;);";
  const hangs = 'if (item === "4") for (;;);';
  writeLines(folder, "m.ts", ["export function process(item: string) {", hangs, busy, "return item;", "}"]);
  const child = start(folder, RUN);
  await until(() => savedIn(folder) === 3);
  child.kill("SIGKILL");
  await child.exited;
  expect(savedIn(folder)).toBe(3);
});

test.each(["abort()", 'kill(globalThis.process.pid, "SIGKILL")'])(
  "a module that ends the process by process.%s loses no result that was saved",
  async (call) => {
    const folder = newRun(`globalThis.process.${call};`);
    const { code } = await ckpt(folder, RUN);
    expect(code).toBeGreaterThan(128);
    expect(savedIn(folder)).toBe(1);
    await expectResumes(folder);
  },
);

function savedIn(folder: string): number {
  const { log } = checkpointPaths(path.join(folder, "checkpoints"));
  return fs.existsSync(log) ? fs.readFileSync(log, "utf8").split("\n").length - 1 : 0;
}
