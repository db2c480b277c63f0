// Needs python3.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { isRunning } from "../helpers/attempts.ts";
import { ckpt, newFolder, read, start, writeLines } from "../helpers/ckpt.ts";
import { killAll } from "../helpers/processes.ts";
import { until } from "../helpers/until.ts";

setDefaultTimeout(120_000);

const BEHAVE = ["--worker", "--", "python3", resolve(import.meta.dir, "../fixtures/workers/behave.py")];
const COUNT = 3000;
/** From this one on, items wait for the file `go`: a run cannot be over before the test has done its part. */
const HELD_FROM = 2000;

function newInput(count: number): string {
  const folder = newFolder();
  const [mark, go] = [join(folder, "marks"), join(folder, "go")];
  const items = Array.from({ length: count }, (_, i) =>
    JSON.stringify({ text: `t${i}`, mark, ...(i < HELD_FROM ? {} : { do: "hold", go }) }),
  );
  writeLines(folder, "q.jsonl", items);
  return folder;
}

function outputs(folder: string): string[] {
  return read(folder, "q.results.jsonl")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).output);
}

/** Pids of the workers that have a given session's folder in their marks. */
function workersOf(folder: string): number[] {
  const pids = new Set(readMarks(folder).map((line) => Number(line.split(" ")[0])));
  return [...pids].filter((pid) => isRunning(pid));
}

function readMarks(folder: string): string[] {
  try {
    return readFileSync(join(folder, "marks"), "utf8").trim().split("\n");
  } catch {
    return []; // not there yet
  }
}

describe("ckpt run --worker", () => {
  test("with workers killed at random: each item once in the output", async () => {
    const folder = newInput(COUNT);
    const child = start(folder, ["run", "q.jsonl", "-j", "2", "--worker-inflight", "16", ...BEHAVE]);
    for (let kills = 0; kills < 8; kills++) {
      await until(() => readMarks(folder).length > 200 * (kills + 1) && workersOf(folder).length > 0);
      killAll(workersOf(folder).slice(0, 1));
    }
    writeLines(folder, "go", []);
    expect(await child.exited).toBe(0);
    expect(outputs(folder)).toEqual(Array.from({ length: COUNT }, (_, i) => `t${i}`));
  });

  test("killed with its workers going on: they are ended before anything is tried, and nothing recorded is run again", async () => {
    const folder = newInput(COUNT);
    const args = ["run", "q.jsonl", "-j", "2", "--worker-inflight", "4", ...BEHAVE];
    const child = start(folder, args);
    await until(() => readMarks(folder).length > 800);
    child.kill("SIGKILL");
    await child.exited;
    writeLines(folder, "go", []);
    const log = read(folder, "checkpoints/checkpoint_results.jsonl").split("\n").slice(0, -1);
    const attempted = readMarks(folder).length;
    expect((await ckpt(folder, args)).code).toBe(0);
    expect(outputs(folder)).toEqual(Array.from({ length: COUNT }, (_, i) => `t${i}`));
    // Attempts in flight at the kill, 8 at most, are made again; what a dying worker still took in counts as one.
    expect(readMarks(folder).length).toBeLessThanOrEqual(attempted + COUNT - log.length + 8);
    expect(workersOf(folder)).toEqual([]);
  });

  test("a worker that cannot load stops the run: exit 4, everything pending, its standard error in the message", async () => {
    const folder = newInput(10);
    const ran = await ckpt(folder, [
      "run",
      "q.jsonl",
      "--worker",
      "--",
      "sh",
      "-c",
      "echo no GPU >&2; exit 1",
    ]);
    expect(ran.code).toBe(4);
    expect(ran.err).toContain("no GPU");
    expect(JSON.parse((await ckpt(folder, ["info", "--json"])).out)).toMatchObject({
      pending: 10,
      failed: 0,
    });
  });

  test.each([
    [["--worker"], "--worker"],
    [["--worker-inflight", "2", "--", "cat"], "--worker-inflight"],
    [["--worker", "--worker-inflight", "0", "--", "cat"], "--worker-inflight"],
  ])("%j is refused", async (args, named) => {
    const ran = await ckpt(newInput(1), ["run", "q.jsonl", ...args]);
    expect([ran.code, ran.err.includes(named)]).toEqual([2, true]);
  });
});
