// `ckpt set` with what makes runs differ: repeats, several items in one request, several endpoints, shards, rates, budgets; and what a later run takes up of it.
// Needs python3.
import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Status } from "../../lib/core/status.ts";
import { ckpt, read, start } from "../helpers/ckpt.ts";
import { GATED_SHELL, gatedFolder, ITEMS, liveRun, openGate, untilStatus } from "../helpers/live-run.ts";
import { type MockEndpoint, mockEndpoint } from "../helpers/mock-endpoint.ts";
import { until } from "../helpers/until.ts";

setDefaultTimeout(60_000);

const mocks: MockEndpoint[] = [];
afterEach(async () => {
  await Promise.all(mocks.splice(0).map((mock) => mock.stop()));
});

const KEY = { OPENAI_API_KEY: "sk-0123456789" };

/** An endpoint that answers when the gate is open. */
async function gatedEndpoint(folder: string): Promise<string> {
  const isOpen = async (): Promise<void> => {
    while (!fs.existsSync(path.join(folder, "open"))) await Bun.sleep(10);
  };
  const mock = await mockEndpoint({ reply: () => ({ kind: "answer", after: isOpen() }) });
  mocks.push(mock);
  return mock.url;
}

const statusFile = (folder: string, at = "checkpoints"): Status =>
  JSON.parse(read(folder, `${at}/processing_status.json`)) as Status;

/** Says of each item what it has cost, and waits from the fourth on until the gate is open. */
const PAID_WORKER = `import json, os, sys, time
for line in sys.stdin:
    request = json.loads(line)
    while request["index"] > 2 and not os.path.exists("open"):
        time.sleep(0.01)
    print(json.dumps({"index": request["index"], "output": 1, "usage": {"input_tokens": 10, "output_tokens": 5, "cost": 0.5}}), flush=True)
`;

describe("a budget", () => {
  test.each([
    ["--max-cost", "1.25", "--max-cost 1.25 (before: none)"],
    ["--max-tokens", "40", "--max-tokens 40 (before: none)"],
  ])(
    "that is spent already stops the run (%s); it is on record, and a higher one that is typed wins",
    async (option, value, said) => {
      const folder = gatedFolder(8);
      fs.writeFileSync(path.join(folder, "paid.py"), PAID_WORKER);
      const args = ["items.txt", "-j", "1", "--grace", "1ms", "--worker", "--", "python3", "paid.py"];
      const run = await liveRun(folder, args);
      const spent = await untilStatus(run, (now) => now.done === 3, "three results");
      expect(spent.usage.session).toMatchObject({ cost: 1.5, input_tokens: 30, output_tokens: 15 });
      expect((await ckpt(folder, ["set", option, value])).code).toBe(0);
      openGate(folder); // what is in flight may finish
      const { code, err } = await run.finish();
      expect({ code, err }).toEqual({ code: 4, err: expect.stringContaining(said) });
      expect(statusFile(folder)).toMatchObject({ runs: [{ ended: "budget" }] });
      expect(statusFile(folder).words).toContain(option);
      expect((await ckpt(folder, ["run"])).code).toBe(4);
      expect((await ckpt(folder, ["run", option, "1000"])).code).toBe(0);
    },
  );

  test.each([
    ["a command", ["--", "sh", "-c", GATED_SHELL]],
    ["a shell", ["--shell", GATED_SHELL]],
    ["a module", ["--module", "gate.ts"]],
    ["a worker", ["--worker", "--", "python3", "worker.py"]],
  ])("is taken by %s", async (_name, args) => {
    const folder = gatedFolder(4);
    const run = await liveRun(folder, ["items.txt", "-j", "1", ...args]);
    const set = await ckpt(folder, ["set", "--max-cost", "2.5", "--max-tokens", "1000", "--json"]);
    expect(JSON.parse(set.out)).toMatchObject({
      settings: { max_cost: 2.5, max_tokens: 1000 },
      recorded: true,
    });
    expect((await untilStatus(run, () => true, "an answer")).budgets).toEqual({
      cost: { spent: 0, allowed: 2.5 },
      tokens: { spent: 0, allowed: 1000 },
    });
    expect((await run.finish()).code).toBe(0);
  });

  test("of an endpoint with prices is raised while the old one holds attempts back", async () => {
    const folder = gatedFolder();
    openGate(folder);
    const url = await gatedEndpoint(folder);
    const endpoint = [
      "--model",
      "mock",
      "--prompt",
      "{}",
      "--base-url",
      url,
      "--price-in",
      "1000",
      "--price-out",
      "1000",
    ];
    const args = ["run", "items.txt", "-j", "2", "--max-cost", "0.02", ...endpoint];
    expect((await ckpt(folder, args, KEY)).code).toBe(4);
    fs.rmSync(path.join(folder, "open"));
    const run = await liveRun(folder, ["--max-cost", "1000"], KEY);
    expect((await ckpt(folder, ["set", "--max-cost", "2000"])).code).toBe(0);
    expect((await run.finish()).code).toBe(0);
  });
});

describe("-j auto", () => {
  test.each([
    ["a module", ["--module", "gate.ts"]],
    ["a worker", ["--worker", "--", "python3", "worker.py"]],
    ["a shell", ["--shell", GATED_SHELL]],
  ])("of a run that began with it: %s gets a fixed number, rates, and auto again", async (_name, args) => {
    const folder = gatedFolder();
    const run = await liveRun(folder, ["items.txt", "-j", "auto", ...args]);
    expect((await ckpt(folder, ["set", "-j", "3"])).code).toBe(0);
    await untilStatus(run, (now) => now.concurrency === 3, "three at once");
    const set = await ckpt(folder, ["set", "-j", "auto", "--rpm", "60000", "--tpm", "9000000", "--json"]);
    expect(JSON.parse(set.out)).toMatchObject({ settings: { jobs: "auto", rpm: 60_000, tpm: 9_000_000 } });
    expect(statusFile(folder).words?.slice(0, 3)).toEqual(["items.txt", "--jobs", "auto"]);
    expect((await run.finish()).code).toBe(0);
  });

  test("of an endpoint that began with a fixed number", async () => {
    const folder = gatedFolder();
    const endpoint = ["--model", "mock", "--prompt", "{}", "--base-url", await gatedEndpoint(folder)];
    const run = await liveRun(folder, ["items.txt", "-j", "1", ...endpoint], KEY);
    expect((await ckpt(folder, ["set", "-j", "auto"])).code).toBe(0);
    await untilStatus(run, (now) => now.in_flight > 1, "more in flight");
    expect((await run.finish()).code).toBe(0);
  });
});

describe("--repeat", () => {
  test.each([
    ["a shell", ["--shell", GATED_SHELL]],
    ["a worker", ["--worker", "--worker-inflight", "2", "--", "python3", "worker.py"]],
  ])("%s gets more at once, is paused and goes on; each answer is there once", async (_name, args) => {
    const folder = gatedFolder(5);
    const run = await liveRun(folder, ["items.txt", "--repeat", "3", "-j", "1", ...args]);
    const before = await untilStatus(run, (now) => now.in_flight > 0, "some in flight");
    expect([before.total, before.repeat]).toEqual([15, 3]);
    expect((await ckpt(folder, ["set", "-j", "4"])).code).toBe(0);
    await untilStatus(run, (now) => now.in_flight > before.in_flight, "more in flight");
    await ckpt(folder, ["set", "--pause"]);
    openGate(folder);
    await untilStatus(run, (now) => now.in_flight === 0, "none in flight");
    await ckpt(folder, ["set", "--resume"]);
    expect((await run.finish()).code).toBe(0);
    const lines = read(folder, "items.results.jsonl").trim().split("\n");
    const answers = lines.map((line) => JSON.parse(line) as { index: number; repeat: number });
    expect(new Set(answers.map(({ index, repeat }) => `${index} ${repeat}`)).size).toBe(15);
    expect(lines).toHaveLength(15);
  });
});

test("several items in one request: -j counts requests; a pause lets those in flight finish, and --stop leaves the others pending", async () => {
  const folder = gatedFolder();
  const url = await gatedEndpoint(folder);
  const args = ["--model", "e", "--api", "embeddings", "--prompt", "{}", "--items-per-request", "4"];
  const run = await liveRun(
    folder,
    ["items.txt", "-j", "1", "--grace", "1ms", ...args, "--base-url", url],
    KEY,
  );
  await until(() => mocks[0]?.asked.length === 1, "a request");
  expect((await ckpt(folder, ["set", "-j", "3"])).code).toBe(0);
  await untilStatus(run, (now) => now.in_flight === 3, "three requests in flight");
  expect(mocks[0]?.asked).toHaveLength(3);
  await ckpt(folder, ["set", "--pause"]);
  openGate(folder);
  await untilStatus(run, (now) => now.in_flight === 0 && now.done > 0, "none in flight");
  const asked = mocks[0]?.asked.length;
  fs.rmSync(path.join(folder, "open"));
  await ckpt(folder, ["set", "--resume"]);
  await untilStatus(run, (now) => now.in_flight === 3, "three in flight again");
  expect(mocks[0]?.asked.length).toBe((asked ?? 0) + 3);
  const stopped = await ckpt(folder, ["set", "--stop"]);
  expect(stopped.err).toMatch(/Stopped\. \d+ results are saved, of 40\./);
  openGate(folder);
  expect((await ckpt(folder, ["run"], KEY)).code).toBe(0);
  expect(read(folder, "items.results.jsonl").trim().split("\n")).toHaveLength(ITEMS);
});

test("of several endpoints, one with a number of its own keeps it, and the others get the new one", async () => {
  const folder = gatedFolder();
  const [own, other] = [await gatedEndpoint(folder), await gatedEndpoint(folder)];
  const endpoints = ["--endpoint", `url=${own},jobs=2`, "--endpoint", `url=${other}`];
  const args = ["items.txt", "-j", "1", "--model", "mock", "--prompt", "{}", ...endpoints];
  const run = await liveRun(folder, args, KEY);
  await untilStatus(run, (now) => now.in_flight === 3, "three in flight");
  expect((await ckpt(folder, ["set", "-j", "4"])).code).toBe(0);
  const status = await untilStatus(run, (now) => now.in_flight === 6, "six in flight");
  const each = status.endpoints?.map((endpoint) => [
    endpoint.base_url,
    endpoint.in_flight,
    endpoint.concurrency,
  ]);
  expect(each).toEqual(
    expect.arrayContaining([
      [own, 2, 2],
      [other, 4, 4],
    ]),
  );
  expect((await run.finish()).code).toBe(0);
});

test("of a shard: values are the whole job's, as options are; the shard has its part, also of what is on record", async () => {
  const folder = gatedFolder();
  const url = await gatedEndpoint(folder);
  const endpoint = ["--model", "mock", "--prompt", "{}", "--base-url", url];
  const shard = ["run", "items.txt", "--dir", "s", "--shard", "1/2", "-j", "1", "--rpm", "600", ...endpoint];
  const run = start(folder, shard, KEY);
  const dir = "s/shard-001-of-002";
  const socket = path.join(folder, dir, "run.sock");
  await until(() => fs.existsSync(socket), "the socket of the shard");
  const set = await ckpt(folder, ["set", "--dir", dir, "--rpm", "900", "--max-tokens", "1000", "--json"]);
  expect(JSON.parse(set.out)).toMatchObject({ recorded: true, settings: { rpm: 900, max_tokens: 1000 } });
  const status = await untilStatus({ socket }, (now) => now.in_flight === 1, "one in flight");
  const { total, budgets, settings } = status;
  expect(settings.rpm).toBe(900);
  expect(budgets.tokens?.allowed).toBe(Math.floor((1000 * total) / ITEMS));
  expect(statusFile(folder, dir).words).toEqual(
    expect.arrayContaining(["--rpm", "900", "--max-tokens", "1000"]),
  );
  const stopping = ckpt(folder, ["set", "--dir", dir, "--stop"]);
  openGate(folder);
  expect((await stopping).code).toBe(0);
  await run.exited;
  expect(fs.existsSync(socket)).toBe(false);
  const again = await ckpt(folder, ["run", "--dir", dir], KEY);
  expect(again.err).toContain("--rpm 900");
});

test("options that are typed win over what set has put on record", async () => {
  const folder = gatedFolder();
  const run = await liveRun(folder, ["items.txt", "-j", "1", "--grace", "1ms", "--shell", GATED_SHELL]);
  await ckpt(folder, ["set", "-j", "5", "--timeout", "90s"]);
  await ckpt(folder, ["set", "--stop"]);
  await run.child.exited;
  const typed = await liveRun(folder, ["-j", "2"]);
  const { settings } = await untilStatus(typed, (now) => now.in_flight === 2, "two in flight");
  expect(settings).toMatchObject({ jobs: 2, timeout_ms: 90_000 });
  expect((await typed.finish()).code).toBe(0);
});
