// The live channel of a run (docs/live.md): who may use it, what it says, and that no reader can hurt the run.
// Needs python3.
import { expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as net from "node:net";
import * as path from "node:path";
import { ckpt, read } from "../helpers/ckpt.ts";
import {
  change,
  GATED_SHELL,
  gatedFolder,
  ITEMS,
  liveRun,
  openGate,
  statusOf,
  untilStatus,
} from "../helpers/live-run.ts";
import { until } from "../helpers/until.ts";

setDefaultTimeout(60_000);

const RUN = ["items.txt", "-j", "2", "--shell", GATED_SHELL];

test("the socket is the user's alone, says what the run does, and is gone when the run has ended", async () => {
  const folder = gatedFolder();
  const run = await liveRun(folder, RUN);
  expect(fs.statSync(run.socket).mode & 0o777).toBe(0o600);
  const status = await untilStatus(run, (now) => now.in_flight === 2, "two in flight");
  expect(status).toMatchObject({
    v: 1,
    run: { pid: run.child.pid },
    state: "running",
    stop: null,
    total: ITEMS,
    completed: 0,
    concurrency: 2,
    waiting: null,
    processor: { kind: "shell" },
    settings: { jobs: 2, rpm: null, timeout_ms: null },
    results: [],
    latency: null,
  });
  expect((await run.finish()).code).toBe(0);
  expect(fs.readdirSync(path.join(folder, "checkpoints")).toSorted()).toEqual([
    "backups",
    "backups.lock",
    "last_run.json",
    "lock",
  ]);
});

test("the status has results, failures by message and the time line", async () => {
  const folder = gatedFolder();
  const shell = `case {} in 'item 3') ${GATED_SHELL};; 'item 1') echo broken >&2; exit 1;; *) cat;; esac`;
  const run = await liveRun(folder, ["items.txt", "-j", "1", "--batch-size", "1", "--shell", shell]);
  const status = await untilStatus(run, (now) => now.done === 3 && now.errors.length > 0, "three results");
  expect(status.results.map(({ index, status: how }) => [index, how])).toEqual([
    [2, "ok"],
    [1, "failed"],
    [0, "ok"],
  ]);
  expect(status.results[0]?.output).toBe('"item 2"');
  expect(status.results[1]?.error).toMatchObject({ kind: "exit" });
  expect(status.errors).toMatchObject([{ kind: "exit", count: 1 }]);
  const { timeline, latency } = status;
  const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
  expect([sum(timeline.ok), sum(timeline.failed)]).toEqual([2, 1]);
  expect(
    new Set(Object.values(timeline).flatMap((list) => (Array.isArray(list) ? [list.length] : []))).size,
  ).toBe(1);
  expect(latency?.p50_ms).toBeGreaterThan(0);
  expect((await run.finish()).code).toBe(3);
});

test("events bring the status, and the summary at the end", async () => {
  const folder = gatedFolder();
  const run = await liveRun(folder, RUN);
  const response = await fetch("http://ckpt/events", { unix: run.socket });
  const text = response.text();
  await run.finish();
  const events = (await text).trim().split("\n\n");
  expect(events[0]).toStartWith('event: status\ndata: {"v":1,');
  const [name, data = ""] = events.at(-1)?.split("\n") ?? [];
  expect(name).toBe("event: end");
  expect(JSON.parse(data.slice("data: ".length))).toMatchObject({
    outcome: "complete",
    completed: ITEMS,
    exit_code: 0,
  });
});

test("a socket that a killed run has left is replaced, and another command removes it", async () => {
  const folder = gatedFolder();
  const killed = await liveRun(folder, RUN);
  killed.child.kill("SIGKILL");
  await killed.child.exited;
  expect(fs.existsSync(killed.socket)).toBe(true);
  const again = await liveRun(folder, RUN);
  expect((await statusOf(again)).run.pid).toBe(again.child.pid);
  again.child.kill("SIGKILL");
  await again.child.exited;
  expect((await ckpt(folder, ["clear", "--yes"])).code).toBe(0);
  expect(fs.existsSync(again.socket)).toBe(false);
});

test("where something else is in the place of the socket, the channel is in the runtime folder, and owner.json names it", async () => {
  const folder = gatedFolder();
  const runtime = path.join(folder, "runtime");
  fs.mkdirSync(path.join(folder, "checkpoints", "run.sock"), { recursive: true });
  fs.mkdirSync(runtime, { mode: 0o700 });
  const env = { XDG_RUNTIME_DIR: runtime };
  const running = liveRun(folder, RUN, env);
  const owner = (): string => {
    try {
      return (JSON.parse(read(folder, "checkpoints/owner.json")) as { socket?: string }).socket ?? "";
    } catch {
      return ""; // not written yet, or half
    }
  };
  await until(() => owner() !== "", "the socket in owner.json");
  const socket = owner();
  expect(path.dirname(socket)).toBe(path.join(runtime, "ckpt"));
  expect(fs.statSync(socket).mode & 0o777).toBe(0o600);
  const set = await ckpt(folder, ["set", "-j", "3", "--json"], env);
  expect(JSON.parse(set.out)).toMatchObject({ settings: { jobs: 3 } });
  openGate(folder);
  expect((await (await running).finish()).code).toBe(0);
  expect(fs.existsSync(socket)).toBe(false);
});

/** An environment in which there is no runtime folder, and a folder for temporary files of its own. */
function withoutRuntime(folder: string): { readonly XDG_RUNTIME_DIR: string; readonly TMPDIR: string } {
  const temporary = path.join(folder, "tmp");
  fs.mkdirSync(temporary);
  return { XDG_RUNTIME_DIR: path.join(folder, "missing"), TMPDIR: temporary };
}
const ownFolder = ({ TMPDIR }: { readonly TMPDIR: string }): string =>
  path.join(TMPDIR, `ckpt-${process.getuid?.()}`);

test("where the runtime folder is missing, too, the channel is among the temporary files, in a folder of its user", async () => {
  const folder = gatedFolder();
  const env = withoutRuntime(folder);
  fs.mkdirSync(path.join(folder, "checkpoints", "run.sock"), { recursive: true });
  const running = liveRun(folder, RUN, env);
  await until(
    () => fs.existsSync(ownFolder(env)) && fs.readdirSync(ownFolder(env)).length === 1,
    "the socket",
  );
  expect(fs.statSync(ownFolder(env)).mode & 0o777).toBe(0o700);
  expect((await ckpt(folder, ["set", "-j", "3", "--json"])).out).toContain('"jobs":3');
  openGate(folder);
  expect((await (await running).finish()).code).toBe(0);
  expect(fs.readdirSync(ownFolder(env))).toEqual([]);
});

test.each([
  ["en", "The live channel cannot be opened"],
  ["zh", "无法打开实时通道"],
])("where there is no place for a socket, the run says so and goes on (%s)", async (lang, words) => {
  const folder = gatedFolder();
  openGate(folder);
  const env = withoutRuntime(folder);
  fs.mkdirSync(path.join(folder, "checkpoints", "run.sock"), { recursive: true });
  fs.writeFileSync(ownFolder(env), ""); // somebody else's, or no folder
  const shell = "sleep 0.05; cat";
  const ran = await ckpt(folder, ["run", "items.txt", "-j", "4", "--lang", lang, "--shell", shell], env);
  expect(ran.code).toBe(0);
  expect(ran.err).toContain(words);
});

test.each([
  ["no JSON", "{", 400, "not-json"],
  ["another type", "[1]", 400, "bad-value"],
  ["an unknown key", '{"job":3}', 400, "bad-value"],
  ["an impossible value", '{"jobs":0}', 400, "bad-value"],
  ["an impossible share", '{"jobs":3,"max_failures":"999%"}', 400, "bad-value"],
  ["a share of nothing", '{"jobs":3,"max_failures":"0%"}', 400, "bad-value"],
  ["a cost that no option has", '{"jobs":3,"max_cost":1e-13}', 400, "bad-value"],
  ["part of a millisecond", '{"jobs":3,"timeout_ms":0.4}', 400, "bad-value"],
  ["a stop that is none", '{"stop":false}', 400, "bad-value"],
])("a body with %s is refused, and nothing of it holds", async (_what, body, status, code) => {
  const run = await liveRun(gatedFolder(), RUN);
  const response = await fetch("http://ckpt/settings", { unix: run.socket, method: "POST", body });
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ error: { code } });
  expect((await statusOf(run)).settings.jobs).toBe(2);
  expect((await run.finish()).code).toBe(0);
});

test("garbage, huge bodies, unknown paths and readers that never read do not hurt the run", async () => {
  const folder = gatedFolder();
  const run = await liveRun(folder, RUN);
  const ask = (target: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`http://ckpt${target}`, { ...init, unix: run.socket });
  expect((await ask("/nothing")).status).toBe(404);
  expect((await ask("/status", { method: "POST", body: "x" })).status).toBe(405);
  expect((await ask("/settings")).status).toBe(405);
  const tooLarge = await ask("/settings", { method: "POST", body: "x".repeat(1 << 20) });
  expect([tooLarge.status, await tooLarge.json()]).toEqual([
    413,
    { error: { code: "too-large", message: expect.any(String) } },
  ]);
  const sockets = Array.from({ length: 300 }, (_, at) => {
    const socket = net.connect(run.socket);
    socket.on("error", () => undefined);
    if (at % 3 === 0) socket.write("GET /events HTTP/1.1\r\nHost: ckpt\r\n\r\n");
    if (at % 3 === 1) socket.write("\0\xff garbage \r\n\r\n".repeat(50));
    socket.pause();
    return socket;
  });
  await until(
    async () => (await ask("/events", { signal: AbortSignal.timeout(5000) })).status === 503,
    "as many readers as there may be",
  );
  expect((await change(run, { jobs: 4 })).settings.jobs).toBe(4);
  await untilStatus(run, (now) => now.in_flight === 4, "four in flight");
  // Descriptors are what children need.
  if (process.platform === "linux")
    expect(fs.readdirSync(`/proc/${run.child.pid}/fd`).length).toBeLessThan(100);
  const ran = await run.finish();
  for (const socket of sockets) socket.destroy();
  expect(ran.code).toBe(0);
  expect(read(folder, "items.results.jsonl").trim().split("\n")).toHaveLength(ITEMS);
});
