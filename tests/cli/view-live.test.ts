// `ckpt view` beside a run that goes on, is paused, ends, completes, is killed and resumed; and readers that do not read.
import { expect, setDefaultTimeout, test } from "bun:test";
import { once } from "node:events";
import * as fs from "node:fs";
import * as net from "node:net";
import * as path from "node:path";
import type { Overview } from "../../lib/view/page-contract.ts";
import { ckpt, ENV, newFolder, read, start, writeLines } from "../helpers/ckpt.ts";
import { GATED_SHELL, gatedFolder, liveRun, openGate, untilStatus } from "../helpers/live-run.ts";
import { until } from "../helpers/until.ts";
import { type Viewer, viewer } from "../helpers/viewer.ts";

setDefaultTimeout(120_000);

/** The overviews of a source as they come. */
function watching(viewed: Viewer): {
  readonly seen: Overview[];
  readonly stop: () => void;
  readonly ended: Promise<void>;
} {
  const seen: Overview[] = [];
  const stop = new AbortController();
  const ended = viewed.events((name, data) => name === "overview" && seen.push(data), stop.signal);
  return { seen, stop: () => stop.abort(), ended };
}

const last = (seen: readonly Overview[]): Overview | undefined => seen.at(-1);

test("shows a run while it goes on, is paused, and completes; then the session that is done", async () => {
  const folder = gatedFolder(6);
  const run = await liveRun(folder, ["items.txt", "-j", "2", "-b", "2", "--shell", GATED_SHELL]);
  await using viewed = await viewer(folder);
  const { seen, stop, ended } = watching(viewed);
  await until(() => last(seen)?.live === true && last(seen)?.in_flight === 2, "a live overview");
  expect(last(seen)).toMatchObject({
    state: "running",
    total: 6,
    completed: 0,
    pending: 6,
    input: { name: "items.txt", count: 6 },
    processor: { kind: "shell", shown: GATED_SHELL },
    settings: { jobs: 2 },
    source: { kind: "checkpoint" },
  });
  expect((await ckpt(folder, ["set", "--pause"])).code).toBe(0);
  await until(() => last(seen)?.state === "paused", "a pause");
  expect((await ckpt(folder, ["set", "--resume"])).code).toBe(0);
  expect((await run.finish()).code).toBe(0);
  await until(
    () => last(seen)?.state === "complete",
    () => `completion; last: ${JSON.stringify(last(seen))}`,
  );
  expect(last(seen)).toMatchObject({
    live: false,
    completed: 6,
    failed: 0,
    percent: 100,
    source: { kind: "checkpoint" },
  });
  expect(fs.existsSync(path.join(folder, "checkpoints", "processing_status.json"))).toBe(false);
  const { rows } = await viewed.rows();
  expect(rows.map(({ text }) => text)).toEqual(["item 0", "item 1", "item 2", "item 3", "item 4", "item 5"]);
  await until(async () => (await viewed.sources()).length === 2, "the backup");
  const sources = await viewed.sources();
  expect(sources.map(({ kind }) => kind)).toEqual(["checkpoint", "completed"]);
  expect(sources[1]).toMatchObject({ total: 6, completed: 6, failed: 0 });
  stop();
  await ended;
});

test("a run that is killed is shown as interrupted, and its next run as live, by the same page", async () => {
  const folder = gatedFolder(8);
  const args = [
    "items.txt",
    "-j",
    "2",
    "-b",
    "1",
    "--shell",
    `test {} = "item 0" && echo first || { ${GATED_SHELL}; }`,
  ];
  const run = await liveRun(folder, args);
  await untilStatus(run, ({ completed }) => completed === 1, "the first result");
  await using viewed = await viewer(folder);
  const { seen, stop, ended } = watching(viewed);
  await until(() => last(seen)?.live === true, "a live overview");
  const [first] = (await viewed.rows()).rows;
  run.child.kill("SIGKILL");
  await run.child.exited;
  await until(() => last(seen)?.state === "interrupted", "the kill");
  expect(last(seen)).toMatchObject({ live: false, waiting: null, in_flight: null, completed: 1 });
  expect((await viewed.rows()).rows).toEqual([first ?? expect.anything()]);
  const again = await liveRun(folder, args);
  await until(() => last(seen)?.live === true && last(seen)?.in_flight === 2, "the next run");
  expect((await again.finish()).code).toBe(0);
  await until(() => last(seen)?.state === "complete", "completion");
  const { rows } = await viewed.rows();
  expect(rows.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect((await viewed.item(first?.ref ?? "")).row).toEqual(rows[0] ?? expect.anything());
  stop();
  await ended;
});

test("results that come while it is looked at are shown, newest first too", async () => {
  const folder = newFolder();
  writeLines(folder, "items.txt", ["a", "b", "c"]);
  const run = await liveRun(folder, [
    "items.txt",
    "-j",
    "1",
    "--shell",
    'until [ -e "go-{}" ]; do sleep 0.02; done; echo {}',
  ]);
  await using viewed = await viewer(folder);
  for (const [at, name] of ["a", "b"].entries()) {
    expect((await viewed.rows()).total).toBe(at);
    fs.writeFileSync(path.join(folder, `go-${name}`), "");
    await until(async () => (await viewed.rows()).total === at + 1, `result ${name}`);
  }
  expect((await viewed.rows({ sort: "newest" })).rows.map(({ text }) => text)).toEqual(["b", "a"]);
  fs.writeFileSync(path.join(folder, "go-c"), "");
  expect((await run.finish()).code).toBe(0);
});

test("a checkpoint that is cleared leaves an empty page, which waits for the next run", async () => {
  const folder = gatedFolder(2);
  openGate(folder);
  expect((await ckpt(folder, ["run", "items.txt", "--limit", "1", "--shell", GATED_SHELL])).code).toBe(4);
  await using viewed = await viewer(folder);
  const { seen, stop, ended } = watching(viewed);
  await until(() => last(seen)?.state === "stopped", "the checkpoint");
  expect((await ckpt(folder, ["clear", "--yes"])).code).toBe(0);
  await until(() => last(seen)?.state === "empty", "emptiness");
  expect((await viewed.rows()).rows).toEqual([]);
  fs.rmSync(path.join(folder, "open"));
  const run = await liveRun(folder, ["items.txt", "--shell", GATED_SHELL]);
  await until(() => last(seen)?.live === true, "the next run");
  expect((await run.finish()).code).toBe(0);
  await until(() => last(seen)?.state === "complete", "completion");
  stop();
  await ended;
});

test("readers that never read, and connections that ask for nothing, cost no memory and hinder nobody", async () => {
  const folder = gatedFolder(4);
  const run = await liveRun(folder, ["items.txt", "--shell", GATED_SHELL]);
  await using viewed = await viewer(folder);
  const residentMb = (): number =>
    Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${viewed.child.pid}/status`, "utf8"))?.[1] ?? 0) /
    1024;
  const asking = [host(viewed), `Authorization: Bearer ${viewed.token}`];
  // Each has its stream before it stops reading, and each silent one is there before another one asks: of connections that come at once, any may give way.
  const sockets = await Promise.all(
    Array.from({ length: 20 }, async () => {
      const socket = net.connect(viewed.port, "127.0.0.1");
      socket.on("error", () => undefined);
      socket.write(`GET /api/events?source=checkpoint HTTP/1.1\r\n${asking.join("\r\n")}\r\n\r\n`);
      await once(socket, "data");
      return socket.pause();
    }),
  );
  const silent = await Promise.all(
    Array.from({ length: 40 }, async () => {
      const socket = net.connect(viewed.port, "127.0.0.1");
      socket.on("error", () => undefined);
      await once(socket, "connect").catch(() => undefined); // it has given way
      return socket;
    }),
  );
  const { seen, stop, ended } = watching(viewed);
  await until(() => seen.length >= 2, "overviews beside them");
  const before = residentMb();
  await until(() => seen.length >= 8, "more of them");
  expect(residentMb() - before).toBeLessThan(40);
  expect((await viewed.overview()).live).toBe(true);
  stop();
  await ended;
  for (const socket of [...sockets, ...silent]) socket.destroy();
  expect((await run.finish()).code).toBe(0);
});

const host = ({ port }: Viewer): string => `Host: 127.0.0.1:${port}`;

type Part = "run" | "watcher" | "viewer" | "reader";
const PARTS: readonly Part[] = ["run", "watcher", "viewer", "reader"];
const ORDERS = permutations(PARTS);

function permutations<T>(values: readonly T[]): readonly (readonly T[])[] {
  if (values.length === 0) return [[]];
  return values.flatMap((first) =>
    permutations(values.filter((value) => value !== first)).map((others) => [first].concat(others)),
  );
}

test("kill -9 of run, watcher, viewer and reader in every order: nothing recorded is lost or run again", async () => {
  const folder = newFolder();
  const numbers = Array.from({ length: ORDERS.length * 10 }, (_, at) => String(at));
  writeLines(folder, "items.txt", numbers);
  const shell = `n={}; echo "$n" >> attempts; if [ $((n % 10)) = 9 ]; then until [ -e "go-$n" ]; do sleep 0.02; done; fi; echo "$n"`;
  const args = ["items.txt", "-j", "3", "-b", "2", "--shell", shell];
  for (const [round, order] of ORDERS.entries()) {
    const run = await liveRun(folder, args);
    const watcher = start(folder, ["info", "--watch", "--interval", "100ms"]);
    const viewed = await viewer(folder);
    const reader = Bun.spawn(
      [
        "curl",
        "-sN",
        "-H",
        `Authorization: Bearer ${viewed.token}`,
        `http://127.0.0.1:${viewed.port}/api/events?source=checkpoint`,
      ],
      { env: ENV, stdout: "ignore" },
    );
    const { completed } = await viewed.overview();
    expect((await viewed.rows()).total).toBeGreaterThanOrEqual(completed);
    // It watches once it has said something.
    expect((await watcher.stdout.getReader().read()).done).toBe(false);
    const kill = { run: run.child, watcher, viewer: viewed.child, reader };
    for (const part of order) {
      kill[part].kill("SIGKILL");
      await kill[part].exited;
    }
    expect((await ckpt(folder, ["verify"])).code).toBe(0);
    fs.writeFileSync(path.join(folder, `go-${round * 10 + 9}`), "");
  }
  for (const number of numbers) fs.writeFileSync(path.join(folder, `go-${number}`), "");
  expect((await ckpt(folder, ["run", ...args])).code).toBe(0);
  const outputs = read(folder, "items.results.jsonl").trim().split("\n");
  expect(outputs.map((line) => (JSON.parse(line) as { output: string }).output)).toEqual(numbers);
  const [log] = fs.globSync(path.join(folder, "checkpoints/backups/*/checkpoint_results.jsonl"));
  if (log === undefined) throw new Error("no log of the completed session");
  const recorded = fs.readFileSync(log, "utf8").trim().split("\n");
  const indices = recorded.map((line) => (JSON.parse(line) as { index: number }).index);
  expect(indices.toSorted((a, b) => a - b)).toEqual(numbers.map(Number));
  const attempts = read(folder, "attempts").trim().split("\n");
  expect(attempts.length).toBeLessThanOrEqual(numbers.length + ORDERS.length * 3);
});
