// What may be changed while a run goes on, in simulated time: how many at once, how fast, and not at all for a while.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import type { GateOptions } from "../../../lib/processors/pace/gate.ts";
import { type Pace, withPace, withSeveral } from "../../../lib/processors/pace/pace.ts";
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

async function run(
  items: number,
  limits: SimulatedLimits,
  options: Partial<GateOptions>,
  during: (pace: Pace, clock: SimulatedClock) => void,
): Promise<{
  readonly requests: readonly SimulatedRequest[];
  readonly statuses: ReadonlySet<string>;
  readonly spanMs: number;
}> {
  const clock = simulatedClock();
  const { processor, requests } = simulatedEndpoint(clock, limits);
  const common = { concurrency: fixed(1), rpm: null, tpm: null, maxOutageMs: 60_000 };
  const paced = withPace(processor, { ...common, clock, random: () => 0.5, ...options });
  during(paced.pace, clock);
  const outcomes = await sendAll(clock, paced.processor, paced.pace, items);
  return { requests, statuses: new Set(outcomes.map(({ status }) => status)), spanMs: clock.monotonic() };
}

/** Requests in a piece of time. */
const within = (requests: readonly SimulatedRequest[], fromMs: number, toMs: number): number =>
  requests.filter(({ atMs }) => atMs >= fromMs && atMs < toMs).length;

describe("a change of the pace", () => {
  test("of the number at once holds from then on, up and down", async () => {
    const { requests } = await run(400, { latencyMs: 100 }, {}, (pace, clock) => {
      clock.after(5000, () => pace.change({ concurrency: fixed(10) }));
      clock.after(8000, () => pace.change({ concurrency: fixed(2) }));
    });
    expect(requests).toHaveLength(400);
    expect(within(requests, 0, 5000)).toBe(50);
    expect(Math.abs(within(requests, 6000, 7000) - 100)).toBeLessThanOrEqual(10);
    expect(Math.abs(within(requests, 9000, 10_000) - 20)).toBeLessThanOrEqual(2);
  });

  test("from a fixed number to auto lets it grow", async () => {
    const { requests } = await run(3000, { latencyMs: 100 }, {}, (pace, clock) => {
      clock.after(1000, () => pace.change({ concurrency: { auto: true, max: 64 } }));
    });
    expect(within(requests, 0, 1000)).toBe(10);
    expect(within(requests, 5000, 6000)).toBeGreaterThan(300);
  });

  test("of the rate holds from then on, also where there was none", async () => {
    const { requests } = await run(1200, { latencyMs: 10 }, { concurrency: fixed(4) }, (pace, clock) => {
      clock.after(1000, () => pace.change({ rpm: 600 }));
      clock.after(31_000, () => pace.change({ rpm: 6000 }));
    });
    expect(Math.abs(within(requests, 2000, 22_000) - 200)).toBeLessThanOrEqual(4);
    expect(within(requests, 32_000, 33_000)).toBeGreaterThan(90);
  });

  test("to a pause: nothing starts until it is over, and everything is done then", async () => {
    const { requests, statuses } = await run(
      200,
      { latencyMs: 50 },
      { concurrency: fixed(4) },
      (pace, clock) => {
        clock.after(1000, () => pace.change({ isPaused: true }));
        clock.after(900_000, () => pace.change({ isPaused: false }));
      },
    );
    expect(within(requests, 1001, 900_000)).toBe(0);
    expect([requests.length, [...statuses]]).toEqual([200, ["ok"]]);
  });

  test("to a pause during an outage asks nobody meanwhile", async () => {
    const limits: SimulatedLimits = {
      latencyMs: 50,
      trouble: (nowMs) => (nowMs > 1000 && nowMs < 10_000 ? { kind: "down" } : null),
    };
    const { requests, statuses } = await run(100, limits, { concurrency: fixed(2) }, (pace, clock) => {
      clock.after(2000, () => pace.change({ isPaused: true }));
      clock.after(12_000, () => pace.change({ isPaused: false }));
    });
    expect(within(requests, 2100, 12_000)).toBe(0);
    expect([...statuses]).toEqual(["ok"]);
  });
});

test("of several endpoints, those with a limit of their own keep it", async () => {
  const clock = simulatedClock();
  const made = [0, 1].map(() => simulatedEndpoint(clock, { latencyMs: 100 }));
  const endpoint = (at: number, own: readonly "concurrency"[]) => ({
    name: `s${at}`,
    processor: (made[at] ?? made[0])?.processor as never,
    limits: { concurrency: fixed(2), rpm: null, tpm: null },
    own,
  });
  const options = { maxOutageMs: 60_000, clock, random: () => 0.5 };
  const { processor, pace } = withSeveral(
    [endpoint(0, ["concurrency"]), endpoint(1, [])],
    options,
    () => undefined,
  );
  expect([pace.isOwn("concurrency"), pace.limit]).toEqual([false, 4]);
  clock.after(1000, () => pace.change({ concurrency: fixed(6) }));
  await sendAll(clock, processor, pace, 300);
  expect(pace.limit).toBe(8);
  const rates = made.map(({ requests }) => within(requests, 2000, 3000));
  expect(Math.abs((rates[0] ?? 0) - 20)).toBeLessThanOrEqual(4);
  expect(Math.abs((rates[1] ?? 0) - 60)).toBeLessThanOrEqual(10);
});
