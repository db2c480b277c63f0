// `ckpt set` changes, pauses and stops a running job, whatever processes its items.
// Needs python3.
import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Owner } from "../../lib/checkpoint/checkpoint.ts";
import type { Status } from "../../lib/core/status.ts";
import { systemClock } from "../../lib/io/clock.ts";
import { waitUntilEnded } from "../../lib/job/live/change-run.ts";
import { ckpt, type Ran, read } from "../helpers/ckpt.ts";
import { GATED_SHELL, gatedFolder, ITEMS, liveRun, openGate, untilStatus } from "../helpers/live-run.ts";
import { FINE, runAll, shardsJob } from "../helpers/shards.ts";
import { until } from "../helpers/until.ts";
import { type MockEndpoint, mockEndpoint } from "../helpers/mock-endpoint.ts";

setDefaultTimeout(60_000);

let mock: MockEndpoint | null = null;
afterEach(async () => {
  await mock?.stop();
  mock = null;
});

const KEY = { OPENAI_API_KEY: "sk-0123456789" };

/** An endpoint that answers when the gate is open. */
async function gatedEndpoint(folder: string): Promise<string> {
  const isOpen = async (): Promise<void> => {
    while (!(await Bun.file(`${folder}/open`).exists())) await Bun.sleep(10);
  };
  mock = await mockEndpoint({ reply: () => ({ kind: "answer", after: isOpen() }) });
  return mock.url;
}

type Kind = readonly [name: string, args: (folder: string) => Promise<readonly string[]> | readonly string[]];

const KINDS: readonly Kind[] = [
  ["a command", () => ["--", "sh", "-c", GATED_SHELL]],
  ["a shell", () => ["--shell", GATED_SHELL]],
  ["a module", () => ["--module", "gate.ts"]],
  ["a worker", () => ["--worker", "--", "python3", "worker.py"]],
  [
    "an endpoint",
    async (folder) => [
      "--model",
      "mock",
      "--prompt",
      "{}",
      "--base-url",
      await gatedEndpoint(folder),
      "--retries",
      "0",
    ],
  ],
];

const statusFile = (folder: string): Status =>
  JSON.parse(read(folder, "checkpoints/processing_status.json")) as Status;

describe.each(KINDS)("%s", (_name, argsOf) => {
  test("gets more and fewer attempts at once; the change is said, on record, and taken up by a bare run", async () => {
    const folder = gatedFolder();
    const run = await liveRun(folder, ["items.txt", "-j", "1", ...(await argsOf(folder))], KEY);
    await untilStatus(run, (now) => now.in_flight === 1, "one in flight");
    const set = await ckpt(folder, ["set", "-j", "5"]);
    expect({ code: set.code, err: set.err }).toEqual({
      code: 0,
      err: expect.stringContaining("Holds now: --jobs 5"),
    });
    expect(set.err).toContain("run takes it up");
    await untilStatus(run, (now) => now.in_flight === 5 && now.concurrency === 5, "five in flight");
    expect(statusFile(folder).words?.slice(0, 3)).toEqual(["items.txt", "--jobs", "5"]);
    run.child.kill("SIGKILL");
    await run.child.exited;
    const resumed = await liveRun(folder, [], KEY);
    await untilStatus(resumed, (now) => now.in_flight === 5, "five in flight again");
    await ckpt(folder, ["set", "-j", "2"]);
    openGate(folder);
    const { code, err } = await resumed.finish();
    expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining("--jobs 2 (before: 5)") });
    expect(read(folder, "items.results.jsonl").trim().split("\n")).toHaveLength(ITEMS);
  });

  test("is paused and goes on; nothing is started meanwhile", async () => {
    const folder = gatedFolder();
    const run = await liveRun(folder, ["items.txt", "-j", "2", ...(await argsOf(folder))], KEY);
    await untilStatus(run, (now) => now.in_flight === 2, "two in flight");
    const paused = await ckpt(folder, ["set", "--pause"]);
    expect(paused.err).toContain("The run is paused. To go on: ");
    openGate(folder);
    const still = await untilStatus(run, (now) => now.done === 2 && now.in_flight === 0, "nothing in flight");
    expect([still.state, still.waiting, still.eta_ms]).toEqual(["paused", "paused", null]);
    expect((await ckpt(folder, ["set", "--resume"])).err).toContain("The run goes on.");
    const { code, err } = await run.finish();
    expect(code).toBe(0);
    expect(err).toMatch(/Paused by ckpt set[^]*Resumed by ckpt set/);
  });

  test("is stopped as by ^C; set waits until everything is saved, and the rest is resumed", async () => {
    const folder = gatedFolder();
    const args = ["items.txt", "-j", "2", "--grace", "1ms", ...(await argsOf(folder))];
    const run = await liveRun(folder, args, KEY);
    await untilStatus(run, (now) => now.in_flight === 2, "two in flight");
    const stopped = await ckpt(folder, ["set", "--stop"]);
    expect(stopped.code).toBe(0);
    expect(stopped.err).toContain("Stopped. 0 results are saved, of 40.");
    await run.child.exited;
    expect(run.child.signalCode).toBe("SIGINT");
    expect(statusFile(folder)).toMatchObject({ state: "stopped", runs: [{ ended: "signal" }] });
    openGate(folder);
    expect((await ckpt(folder, ["run"], KEY)).code).toBe(0);
  });

  test("gets another --timeout, for attempts that begin from then on", async () => {
    const folder = gatedFolder(4);
    const run = await liveRun(folder, ["items.txt", "-j", "1", ...(await argsOf(folder))], KEY);
    await untilStatus(run, (now) => now.in_flight === 1, "one in flight");
    await ckpt(folder, ["set", "--timeout", "50ms", "-j", "2"]);
    const failed = await untilStatus(run, (now) => now.failed >= 1, "a time-out");
    expect(failed.results.map(({ error }) => error?.kind)).toContain("timeout");
    await ckpt(folder, ["set", "--timeout", "0"]);
    expect((await run.finish()).code).toBe(3);
  });
});

test("rates, budgets and prices of an endpoint", async () => {
  const folder = gatedFolder();
  const url = await gatedEndpoint(folder);
  const args = ["items.txt", "--model", "mock", "--prompt", "{}", "--base-url", url, "-j", "4"];
  const run = await liveRun(folder, args, KEY);
  const set = await ckpt(folder, [
    "set",
    "--rpm",
    "60000",
    "--tpm",
    "9000000",
    "--max-tokens",
    "100000",
    "--json",
  ]);
  expect(JSON.parse(set.out)).toMatchObject({
    state: "running",
    recorded: true,
    settings: { rpm: 60_000, tpm: 9_000_000, max_tokens: 100_000, jobs: 4 },
  });
  const refused = await ckpt(folder, ["set", "--max-cost", "5"]);
  expect([refused.code, refused.err]).toEqual([2, expect.stringContaining("--price-in")]);
  const many = await ckpt(folder, ["set", "-j", "4000"]);
  expect([many.code, many.err]).toEqual([2, expect.stringContaining("at most 256 requests at once")]);
  openGate(folder);
  await untilStatus(run, (now) => now.done > 0, "a result").catch(() => null); // it may have ended
  expect((await run.finish()).code).toBe(0);
});

test("a limit of failures that is reached already stops the run", async () => {
  const folder = gatedFolder();
  const shell = `case {} in 'item 5') ${GATED_SHELL};; *) cat; exit 1;; esac`;
  const run = await liveRun(folder, ["items.txt", "-j", "1", "--shell", shell]);
  await untilStatus(run, (now) => now.failed_now === 5, "five failures");
  expect((await ckpt(folder, ["set", "--max-failures", "3"])).code).toBe(0);
  const { code, err } = await run.finish();
  expect({ code, err }).toEqual({ code: 4, err: expect.stringContaining("--max-failures 3 (before: none)") });
  expect(statusFile(folder).words).not.toContain("--max-failures"); // for one run
});

test("of several endpoints that all have a number of their own, none is changed by -j", async () => {
  const folder = gatedFolder();
  const url = await gatedEndpoint(folder);
  const both = [url, url.replace("127.0.0.1", "localhost")].flatMap((at) => [
    "--endpoint",
    `url=${at},jobs=2`,
  ]);
  const run = await liveRun(folder, ["items.txt", "--model", "mock", "--prompt", "{}", ...both], KEY);
  const ran = await ckpt(folder, ["set", "-j", "4"]);
  expect([ran.code, ran.err]).toEqual([
    2,
    expect.stringContaining("every endpoint has a limit of its own (own)"),
  ]);
  expect((await ckpt(folder, ["set", "--rpm", "6000"])).code).toBe(0);
  expect((await run.finish()).code).toBe(0);
});

test("an impossible value is named as at a start", async () => {
  const folder = gatedFolder();
  const run = await liveRun(folder, ["items.txt", "-j", "1", "--shell", GATED_SHELL]);
  const ran = await ckpt(folder, ["set", "--max-failures", "0"]);
  expect([ran.code, ran.err]).toEqual([2, expect.stringContaining('its value is "0"')]);
  await run.finish();
});

const refusedIn = async (lang: string, args: readonly string[]): Promise<Ran> => {
  const folder = gatedFolder();
  const run = await liveRun(folder, ["items.txt", "-j", "1", "--shell", GATED_SHELL]);
  const ran = await ckpt(folder, ["set", "--lang", lang, ...args]);
  await run.finish();
  return ran;
};

test.each([
  ["en", "--rpm", "Cannot change --rpm of this run (shell command): it began with a fixed -j"],
  ["zh", "--rpm", "无法更改本次运行（shell 命令）的 --rpm：它以固定的 -j 启动"],
])("what cannot be changed is refused with the way to do it (%s)", async (lang, option, message) => {
  const ran = await refusedIn(lang, [option, "60"]);
  expect({ code: ran.code, err: ran.err }).toEqual({ code: 2, err: expect.stringContaining(message) });
  expect(ran.err).toContain("set --stop");
});

test.each([
  ["en", "Nothing is running on the checkpoint"],
  ["zh", "上没有正在进行的运行"],
])("where nothing runs it ends with 10 (%s)", async (lang, message) => {
  const ran = await ckpt(gatedFolder(), ["set", "-j", "3", "--lang", lang]);
  expect({ code: ran.code, err: ran.err }).toEqual({ code: 10, err: expect.stringContaining(message) });
});

test.each(["en", "zh"])(
  "on a folder of shards of which none runs, the command it names runs (%s)",
  async (lang) => {
    const job = shardsJob(8);
    await runAll(job, 2, FINE);
    const ran = await ckpt(job.folder, ["set", "-j", "3", "--lang", lang]);
    expect(ran.code).toBe(10);
    const [, words = ""] = /ckpt (run -j 8[ -~]*\d)/.exec(ran.err) ?? [];
    expect(words).toBe("run -j 8 --shard 1");
    expect((await ckpt(job.folder, words.split(" "))).code).toBe(0);
  },
);

test("without a change it shows the settings; those of a settings file change nothing", async () => {
  const folder = gatedFolder();
  const run = await liveRun(folder, ["items.txt", "-j", "2", "--shell", GATED_SHELL]);
  await Bun.write(`${folder}/ckpt.toml`, "jobs = 7\n");
  const shown = await ckpt(folder, ["set", "--config", "ckpt.toml"]);
  expect(shown.out.split("\n").slice(0, 2)).toEqual(["--jobs 2", "--rpm no limit"]);
  expect((await run.finish()).code).toBe(0);
});

test("a paused run is stopped, too", async () => {
  const folder = gatedFolder();
  const run = await liveRun(folder, ["items.txt", "-j", "1", "--grace", "1ms", "--shell", GATED_SHELL]);
  await untilStatus(run, (now) => now.in_flight === 1, "one in flight");
  await ckpt(folder, ["set", "--pause"]);
  expect((await ckpt(folder, ["set", "--stop", "--json"])).out).toContain('"state":"ended"');
  await run.child.exited;
  expect(run.child.signalCode).toBe("SIGINT");
});

test("--stop waits for the run that it has stopped, not for another that has begun since", async () => {
  const owner = (pid: number): Owner => ({ pid, host: "vm", started_at: "2026-11-23T20:00:00.000Z" });
  const holders = [owner(1), owner(1), owner(2)];
  const checkpoint = { holder: () => holders.shift() ?? owner(2) };
  await waitUntilEnded(checkpoint, owner(1), { ...systemClock, sleep: () => Promise.resolve() });
  expect(holders).toEqual([]);
});

test("a change is said above what follows from it; a pause also holds back retries", async () => {
  const folder = gatedFolder(4);
  const shell = "echo attempt >> attempts; exit 1";
  const args = [
    "items.txt",
    "-j",
    "2",
    "--retries",
    "1000",
    "--retry-delay",
    "1ms",
    "--retry-max-delay",
    "1ms",
  ];
  const run = await liveRun(folder, [...args, "--grace", "1ms", "--shell", shell]);
  await untilStatus(run, (now) => now.in_flight === 2, "two in flight");
  expect((await ckpt(folder, ["set", "--pause"])).code).toBe(0);
  const attempts = (): number => read(folder, "attempts").length;
  // What is in flight at the pause ends; nothing follows it, however often somebody looks.
  let last = -1;
  await until(
    () => {
      const same = attempts() === last;
      last = attempts();
      return same;
    },
    "the end of the attempts in flight",
    500,
  );
  for (let looks = 0; looks < 5; looks++) await ckpt(folder, ["set"]);
  expect(attempts()).toBe(last);
  expect((await untilStatus(run, () => true, "an answer")).failed).toBe(0); // their retries are not used up
  expect((await ckpt(folder, ["set", "--resume"])).code).toBe(0);
  await until(() => attempts() > last, "more attempts");
  expect((await ckpt(folder, ["set", "--max-cost", "0"])).code).toBe(0);
  const { code, err } = await run.finish();
  expect(code).toBe(4);
  expect(err).toMatch(/--max-cost 0[^]*80 % of the budget[^]*Stopped/);
});
