// Schedulers, systemd and terminals end what ckpt runs together with ckpt: that is no failure of the items.
// Needs python3.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { resolve } from "node:path";
import { isRunning, pidsIn } from "../helpers/attempts.ts";
import { until } from "../helpers/until.ts";
import { ckpt, newFolder, read, start, writeLines } from "../helpers/ckpt.ts";

setDefaultTimeout(60_000);

const COUNT = 8;
const FIXTURES = resolve(import.meta.dir, "../fixtures");
/** Each leaves its pid in `marks`, then waits to be ended. */
const WAIT = "echo $$ >> marks; exec sleep 60";
const TIDY = "echo $$ >> marks; trap 'exit 143' TERM; while :; do sleep 0.01; done";

type Run = {
  readonly folder: string;
  readonly child: ReturnType<typeof start>;
  readonly pids: readonly number[];
};

/** Starts a run, and waits until there are so many numbers in `marks`. */
async function startRun(args: readonly string[], numbers: number = COUNT): Promise<Run> {
  const folder = newFolder();
  const marks = resolve(folder, "marks");
  const items = Array.from({ length: 2 * COUNT }, (_, i) => JSON.stringify({ i, do: "hang", mark: marks }));
  writeLines(folder, "q.jsonl", items);
  const child = start(folder, ["run", "q.jsonl", "-j", String(COUNT), "--grace", "30s", ...args]);
  await until(() => pidsIn(marks).length >= numbers);
  return { folder, child, pids: pidsIn(marks) };
}

function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) if (isRunning(pid)) process.kill(pid, signal);
}

async function counts(folder: string): Promise<unknown> {
  const { completed, failed, pending } = JSON.parse((await ckpt(folder, ["info", "--json"])).out);
  return { completed, failed, pending };
}

const NOTHING_FAILED = { completed: 0, failed: 0, pending: 2 * COUNT };

const KINDS: readonly (readonly [string, readonly string[]])[] = [
  ["a command", ["--", "sh", "-c", WAIT]],
  ["a command that says 143", ["--", "sh", "-c", TIDY]],
  ["a command with retries", ["--retries", "3", "--retry-delay", "1ms", "--", "sh", "-c", WAIT]],
  ["a shell", ["--shell", WAIT]],
  ["a module's child", ["--module", resolve(FIXTURES, "processors/run-child.ts")]],
];

describe.each(KINDS)("%s that is ended", (_name, args) => {
  test("shortly before ckpt is told to stop: nothing has failed, nothing is attempted again", async () => {
    const { folder, child, pids } = await startRun(args);
    signalAll(pids, "SIGTERM");
    await until(() => !pids.some(isRunning));
    child.kill("SIGTERM");
    await child.exited;
    expect([child.signalCode, await counts(folder)]).toEqual(["SIGTERM", NOTHING_FAILED]);
    expect(pidsIn(resolve(folder, "marks"))).toEqual(pids);
  });

  test("after ckpt was told to stop: nothing has failed", async () => {
    const { folder, child, pids } = await startRun(args);
    child.kill("SIGTERM");
    await readUntil(child.stderr, "SIGTERM");
    signalAll(pids, "SIGTERM");
    await child.exited;
    expect([child.signalCode, await counts(folder)]).toEqual(["SIGTERM", NOTHING_FAILED]);
  });
});

describe("workers that are ended", () => {
  const worker = (inflight: number): string[] => [
    "--worker-inflight",
    String(inflight),
    "--worker",
    "--",
    "python3",
    resolve(FIXTURES, "workers/behave.py"),
  ];

  test.each([1, 2])(
    "shortly before ckpt is told to stop: none of the items they held (%d each) has failed, none is handed out again",
    async (inflight) => {
      // Marks hold pid and attempt.
      const { folder, child, pids } = await startRun(worker(inflight), 2 * COUNT);
      const workers = [...new Set(pids.filter((_, at) => at % 2 === 0))];
      expect(workers.length).toBe(COUNT);
      const before = read(folder, "marks");
      signalAll(workers, "SIGKILL");
      await until(() => !workers.some(isRunning));
      child.kill("SIGINT");
      await child.exited;
      expect([child.signalCode, await counts(folder)]).toEqual(["SIGINT", NOTHING_FAILED]);
      expect(read(folder, "marks")).toBe(before);
    },
  );
});

describe("an attempt that ends by a signal while ckpt continues", () => {
  test("has failed, and is recorded as that", async () => {
    const { folder, child, pids } = await startRun(["--limit", String(COUNT), "--", "sh", "-c", WAIT]);
    signalAll(pids, "SIGKILL");
    expect(await child.exited).toBe(4);
    expect(await counts(folder)).toEqual({ completed: 0, failed: COUNT, pending: COUNT });
  });

  test("is not recorded yet when ckpt is killed within the second: the item is attempted again", async () => {
    const { folder, child, pids } = await startRun(["--", "sh", "-c", WAIT]);
    signalAll(pids, "SIGTERM");
    await until(() => !pids.some(isRunning));
    child.kill("SIGKILL");
    await child.exited;
    expect(read(folder, "checkpoints/checkpoint_results.jsonl")).toBe("");
    await ckpt(folder, [
      "run",
      "q.jsonl",
      "--limit",
      String(COUNT),
      "--",
      "sh",
      "-c",
      WAIT.replace("60", "0"),
    ]);
    expect(pidsIn(resolve(folder, "marks")).length).toBe(2 * COUNT);
  });

  test("with the whole group signalled, ckpt dies by that signal and nothing has failed", async () => {
    const folder = newFolder();
    writeLines(folder, "q.txt", ["a", "b"]);
    const script = `ckpt run q.txt -j 2 --module "${resolve(FIXTURES, "processors/run-child.ts")}"; echo $? > code`;
    const shell = Bun.spawn(["sh", "-c", `trap : TERM; ${script}`], {
      cwd: folder,
      env: { ...process.env, PATH: `${resolve("dist")}:${process.env["PATH"] ?? ""}` },
      stdio: ["ignore", "ignore", "ignore"],
      detached: true,
    });
    await until(() => pidsIn(resolve(folder, "marks")).length === 2);
    process.kill(-shell.pid, "SIGTERM");
    await shell.exited;
    expect([read(folder, "code").trim(), await counts(folder)]).toEqual([
      "143",
      { completed: 0, failed: 0, pending: 2 },
    ]);
  });
});

/** Reads until a text has come. */
async function readUntil(stream: ReadableStream<Uint8Array>, text: string): Promise<void> {
  let said = "";
  for await (const bytes of stream) {
    said += Buffer.from(bytes).toString();
    if (said.includes(text)) return;
  }
}
