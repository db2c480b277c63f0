// kill -9 of the run, of those who watch it, of those who read its events and of ckpt set, in every order: nothing that is recorded is lost or run again.
// Needs curl.
import { expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, ENV, newFolder, read, start, writeLines } from "../helpers/ckpt.ts";
import { liveRun, untilStatus } from "../helpers/live-run.ts";

setDefaultTimeout(120_000);

const ITEMS = 60;
const JOBS = 3;

type Part = "run" | "watcher" | "reader" | "set";
const ORDERS: readonly (readonly Part[])[] = [
  ["run", "watcher", "reader", "set"],
  ["set", "reader", "watcher", "run"],
  ["reader", "run", "set", "watcher"],
  ["watcher", "set", "run", "reader"],
];

/** Each attempt leaves a line; every tenth item waits until the file `go-N` is there. */
const SHELL = `n={}; echo "$n" >> attempts; if [ $((n % 10)) = 9 ]; then until [ -e "go-$n" ]; do sleep 0.02; done; fi; echo "$n"`;

test("kill -9 in every order", async () => {
  const folder = newFolder();
  writeLines(
    folder,
    "items.txt",
    Array.from({ length: ITEMS }, (_, at) => String(at)),
  );
  const args = ["items.txt", "-j", String(JOBS), "-b", "2", "--shell", SHELL];
  for (const [round, order] of ORDERS.entries()) {
    const run = await liveRun(folder, args);
    const kill = {
      run: run.child,
      watcher: start(folder, ["info", "--watch", "--interval", "100ms"]),
      reader: Bun.spawn(["curl", "-sN", "--unix-socket", run.socket, "http://ckpt/events"], {
        env: ENV,
        stdout: "ignore",
      }),
      // It waits until the run has ended: items that wait have all the time they want.
      set: start(folder, ["set", "--timeout", `${100 + round}s`, "--stop"]),
    };
    // In every other round it has been heard before anything dies; the run may have ended by it.
    if (round % 2 === 0)
      await untilStatus(run, ({ state }) => state === "stopping", "a stop").catch(() => null);
    for (const part of order) {
      kill[part].kill("SIGKILL");
      await kill[part].exited;
    }
    expect((await ckpt(folder, ["verify"])).code).toBe(0);
    fs.writeFileSync(path.join(folder, `go-${round * 10 + 9}`), "");
  }
  const recorded = read(folder, "checkpoints/checkpoint_results.jsonl").trim().split("\n");
  for (let at = 0; at < ITEMS; at++) fs.writeFileSync(path.join(folder, `go-${at}`), "");
  const last = await liveRun(folder, args);
  await untilStatus(last, () => true, "an answer").catch(() => null); // it may have ended
  expect((await last.finish()).code).toBe(0);
  const outputs = read(folder, "items.results.jsonl").trim().split("\n");
  expect(outputs.map((line) => (JSON.parse(line) as { output: string }).output)).toEqual(
    Array.from({ length: ITEMS }, (_, at) => String(at)),
  );
  // An attempt is made again only if it was in flight at a kill.
  const attempts = read(folder, "attempts").trim().split("\n");
  expect(attempts.length).toBeLessThanOrEqual(ITEMS + ORDERS.length * JOBS);
  const done = recorded
    .filter((line) => line.includes('"index"'))
    .map((line) => (JSON.parse(line) as { index: number }).index);
  expect(new Set(done).size).toBe(done.length);
});
