// Several endpoints in simulated time: work goes where there is room, and by the others where one is down.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import type { GateOptions } from "../../../lib/processors/pace/gate.ts";
import { type PacedEndpoint, withSeveral } from "../../../lib/processors/pace/pace.ts";
import type { Outcome, Processor } from "../../../lib/processors/processor.ts";
import { contextWith, textItem } from "../../helpers/attempts.ts";
import {
  sendAll,
  type SimulatedClock,
  simulatedClock,
  simulatedEndpoint,
  type SimulatedLimits,
  type SimulatedRequest,
} from "../../helpers/simulated-time.ts";

setDefaultTimeout(60_000);

const fixed = (max: number): GateOptions["concurrency"] => ({ auto: false, max });

type Server = SimulatedLimits &
  Partial<PacedEndpoint["limits"]> & { readonly wrap?: (made: Processor) => Processor };
type Pace = ReturnType<typeof withSeveral>["pace"];
type Run = {
  readonly clock: SimulatedClock;
  readonly outcomes: readonly Outcome[];
  readonly requests: readonly (readonly SimulatedRequest[])[];
  readonly leftOut: readonly string[];
  readonly pace: Pace;
};

async function run(
  items: number,
  servers: readonly [Server, ...Server[]],
  options: {
    readonly maxOutageMs?: number;
    readonly during?: (pace: Pace, clock: SimulatedClock) => void;
  } = {},
): Promise<Run> {
  const clock = simulatedClock();
  const leftOut: string[] = [];
  const requests: SimulatedRequest[][] = [];
  const endpointOf = (server: Server, at: number): PacedEndpoint => {
    const made = simulatedEndpoint(clock, server);
    requests[at] = made.requests;
    const { concurrency = fixed(8), rpm = null, tpm = null, wrap = (one: Processor) => one } = server;
    return { name: `s${at}`, processor: wrap(made.processor), limits: { concurrency, rpm, tpm } };
  };
  const [first, ...others] = servers;
  const { processor, pace } = withSeveral(
    [endpointOf(first, 0), ...others.map((server, at) => endpointOf(server, at + 1))],
    { maxOutageMs: options.maxOutageMs ?? 60_000, clock, random: () => 0.5 },
    (name, { kind }) => leftOut.push(`${name} ${kind}`),
  );
  options.during?.(pace, clock);
  const outcomes = await sendAll(clock, processor, pace, items);
  return { clock, outcomes, requests, leftOut, pace };
}

const counts = ({ requests }: Run): number[] => requests.map((list) => list.length);
const isOk = ({ outcomes }: Run): boolean => outcomes.every(({ status }) => status === "ok");

describe("several endpoints", () => {
  test("work at once, each up to its own concurrency, and share the work by their speed", async () => {
    const ran = await run(3000, [
      { latencyMs: 20, concurrency: fixed(8) },
      { latencyMs: 20, concurrency: fixed(4) },
      { latencyMs: 40, concurrency: fixed(8) },
    ]);
    expect(isOk(ran)).toBe(true);
    // 8/20 + 4/20 + 8/40 answers a millisecond.
    expect(ran.clock.monotonic()).toBeLessThan((3000 / 0.8) * 1.05);
    const [a = 0, b = 0, c = 0] = counts(ran);
    expect(a + b + c).toBe(3000);
    expect(Math.abs(a - 1500)).toBeLessThan(75);
    expect(Math.abs(b - c)).toBeLessThan(75);
  });

  test("the results say which one answered", async () => {
    const ran = await run(100, [{ latencyMs: 20 }, { latencyMs: 20 }]);
    const from = (name: string): number =>
      ran.outcomes.filter((outcome) => "endpoint" in outcome && outcome.endpoint === name).length;
    expect([from("s0"), from("s1")]).toEqual(counts(ran));
  });

  test("each keeps its own rate", async () => {
    const ran = await run(1200, [
      { latencyMs: 20, rpm: 600 },
      { latencyMs: 20, rpm: 1800 },
    ]);
    const minutes = ran.clock.monotonic() / 60_000;
    const [a = 0, b = 0] = counts(ran);
    expect(a / minutes).toBeGreaterThan(550);
    expect(a / minutes).toBeLessThan(650);
    expect(b / minutes).toBeGreaterThan(1650);
    expect(b / minutes).toBeLessThan(1900);
  });

  test("a refused attempt goes by another one at once, and uses up no retry", async () => {
    const trouble = (): { kind: "limited"; waitMs: number } => ({ kind: "limited", waitMs: 30_000 });
    const ran = await run(200, [{ latencyMs: 20, trouble }, { latencyMs: 20 }]);
    expect(isOk(ran)).toBe(true);
    expect(ran.clock.monotonic()).toBeLessThan(1000);
    expect(counts(ran)[0]).toBeLessThanOrEqual(8);
  });
});

describe("one of several that is down", () => {
  const down = (nowMs: number, fromMs: number, toMs: number): { kind: "down" } | null =>
    nowMs >= fromMs && nowMs < toMs ? { kind: "down" } : null;

  test("gives its work to the others, is asked by single attempts, and takes part again when it is up", async () => {
    const ran = await run(60_000, [
      { latencyMs: 20, trouble: (nowMs) => down(nowMs, 1000, 30_000) },
      { latencyMs: 20 },
    ]);
    expect(isOk(ran)).toBe(true);
    const first = ran.requests[0] ?? [];
    const between = first.filter(({ atMs }) => atMs > 1100 && atMs < 30_000);
    expect(between.length).toBeGreaterThan(2);
    expect(between.length).toBeLessThan(10);
    expect(first.filter(({ atMs }) => atMs > 65_000).length).toBeGreaterThan(100);
    // As fast as the other one alone.
    const other = (ran.requests[1] ?? []).filter(({ atMs }) => atMs > 2000 && atMs < 30_000);
    expect(other.length / 28_000).toBeGreaterThan(0.95 * (8 / 20));
  });

  test("for longer than --max-outage does not pause the run while another one works", async () => {
    const ran = await run(
      4000,
      [{ latencyMs: 20, trouble: (nowMs) => down(nowMs, 0, 5000) }, { latencyMs: 20 }],
      { maxOutageMs: 2000 },
    );
    expect(isOk(ran)).toBe(true);
    expect(ran.requests[0]?.some(({ atMs }) => atMs > 5000)).toBe(true);
  });

  test("is told of with its reason, and is no outage of the run", async () => {
    const seen: unknown[] = [];
    await run(2000, [{ latencyMs: 20, trouble: (nowMs) => down(nowMs, 0, 3000) }, { latencyMs: 20 }], {
      during: (pace, clock) => clock.after(500, () => seen.push(pace.outage, pace.endpoints)),
    });
    expect(seen).toEqual([
      null,
      [
        { name: "s0", active: 0, limit: 8, isOut: false, error: { kind: "down", message: "down" } },
        { name: "s1", active: 8, limit: 8, isOut: false, error: null },
      ],
    ]);
  });

  test("all of them for longer than --max-outage pauses the run", async () => {
    const ran = await run(
      100,
      [
        { latencyMs: 20, concurrency: fixed(1), trouble: (nowMs) => down(nowMs, 200, 1e9) },
        { latencyMs: 20, concurrency: fixed(1), trouble: (nowMs) => down(nowMs, 400, 1e9) },
      ],
      { maxOutageMs: 5000 },
    );
    const last = ran.outcomes.at(-1);
    expect(last).toMatchObject({ status: "outside", error: { kind: "endpoint_down" } });
    expect(ran.clock.monotonic()).toBeGreaterThan(5000);
    expect(ran.clock.monotonic()).toBeLessThan(12_000);
    expect(ran.pace.outage).not.toBeNull();
  });
});

describe("one of several that can serve nobody", () => {
  const refusing = (made: Processor): Processor => ({
    ...made,
    process: () => ({ status: "outside", error: { kind: "key_refused", message: "HTTP 401" } }),
  });

  test("is left out, which is told once; its work goes by the others", async () => {
    const ran = await run(300, [{ latencyMs: 20, wrap: refusing }, { latencyMs: 20 }]);
    expect(isOk(ran)).toBe(true);
    expect(ran.leftOut).toEqual(["s0 key_refused"]);
    expect(ran.pace.endpoints.map(({ isOut }) => isOut)).toEqual([true, false]);
  });

  test("all of them end the run with the reason of the last", async () => {
    const ran = await run(20, [
      { latencyMs: 20, wrap: refusing },
      { latencyMs: 20, wrap: refusing },
    ]);
    expect(ran.outcomes.every(({ status }) => status === "outside")).toBe(true);
    expect(ran.outcomes[0]).toMatchObject({ error: { kind: "key_refused" } });
  });
});

test("what waits for room ends as aborted when the run is being stopped", async () => {
  const clock = simulatedClock();
  const endpoint = (name: string): PacedEndpoint => ({
    name,
    processor: simulatedEndpoint(clock, { latencyMs: 1000 }).processor,
    limits: { concurrency: fixed(1), rpm: null, tpm: null },
  });
  const { processor } = withSeveral(
    [endpoint("a"), endpoint("b")],
    { maxOutageMs: 1000, clock, random: () => 0.5 },
    () => undefined,
  );
  const stop = new AbortController();
  const all = [0, 1, 2].map((at) =>
    Promise.resolve(processor.process(textItem(at, `${at}`), contextWith({ stopping: stop.signal }))),
  );
  stop.abort();
  await clock.runUntil(() => all.every((one) => Bun.peek.status(one) !== "pending"));
  expect((await Promise.all(all)).map(({ status }) => status)).toEqual(["ok", "ok", "aborted"]);
});
