// Pace in simulated time: minutes of a run against an endpoint with limits pass in a moment, and come out the same each time.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import type { GateOptions } from "../../../lib/processors/pace/gate.ts";
import { withPace } from "../../../lib/processors/pace/pace.ts";
import { withRetry } from "../../../lib/processors/pace/retry.ts";
import type { Outcome, Processor, Trouble } from "../../../lib/processors/processor.ts";
import { contextWith, textItem } from "../../helpers/attempts.ts";
import { seededRandom } from "../../helpers/seed.ts";
import {
  sendAll,
  simulatedClock,
  simulatedEndpoint,
  type SimulatedLimits,
  type SimulatedRequest,
} from "../../helpers/simulated-time.ts";

setDefaultTimeout(60_000);

const AUTO = { auto: true, max: 256 };
const fixed = (max: number): GateOptions["concurrency"] => ({ auto: false, max });

type Run = {
  readonly outcomes: readonly Outcome[];
  readonly requests: readonly SimulatedRequest[];
  readonly refused: number;
  readonly spanS: number;
};

async function run(items: number, limits: SimulatedLimits, options: Partial<GateOptions> = {}): Promise<Run> {
  const clock = simulatedClock();
  const { processor, requests } = simulatedEndpoint(clock, limits);
  const paced = withPace(processor, {
    concurrency: AUTO,
    rpm: null,
    tpm: null,
    maxOutageMs: 600_000,
    clock,
    random: () => 0.5,
    ...options,
  });
  const outcomes = await sendAll(clock, paced.processor, paced.pace, items);
  const spanS = ((requests.at(-1)?.atMs ?? 0) - (requests[0]?.atMs ?? 0)) / 1000;
  return { outcomes, requests, spanS, refused: requests.filter((request) => request.refused).length };
}

/** Refusals behind the first cool-down: where requests come again after a pause. */
function refusedLater(requests: Run["requests"]): number {
  const first = requests.findIndex((request) => request.refused);
  const again = requests.findIndex(
    (request, at) => at > first && request.atMs - (requests[at - 1]?.atMs ?? 0) >= 100,
  );
  if (first >= 0 && again < 0) throw new Error("there was no cool-down");
  return first < 0 ? 0 : requests.slice(again).filter((request) => request.refused).length;
}

const SAYS = {
  seconds: (lackMs: number) => Math.max(1000, Math.ceil(lackMs / 1000) * 1000),
  milliseconds: (lackMs: number) => lackMs,
  nothing: () => null,
};

describe("-j auto against 10 requests a second with a burst of 10", () => {
  for (const latencyMs of [20, 200, 1000]) {
    test.each(Object.entries(SAYS))(
      `of ${latencyMs} ms that says %s: at most 2 % refused behind the first cool-down, at least 90 % of the limit used`,
      async (_says, waitMs) => {
        const { requests, spanS, outcomes } = await run(1800, { latencyMs, perS: 10, burst: 10, waitMs });
        expect(outcomes.every(({ status }) => status === "ok")).toBe(true);
        expect(refusedLater(requests)).toBeLessThanOrEqual(0.02 * 1800);
        expect(1800 / (spanS * 10 + 10)).toBeGreaterThanOrEqual(0.9);
      },
    );
  }
});

describe("-j auto against slots", () => {
  test.each([
    [20, 20_000],
    [20, 4000],
    [200, 20_000],
    [1000, 5000],
  ])(
    "of %d ms reaches at least 0.95 of what 64 of them allow in %d requests, and is refused seldom",
    async (latencyMs, items) => {
      const { spanS, refused } = await run(items, { latencyMs, slots: 64 });
      const best = await run(items, { latencyMs, slots: 64 }, { concurrency: fixed(64) });
      expect(best.spanS / spanS).toBeGreaterThanOrEqual(0.95);
      expect(refused).toBeLessThan(0.01 * items + 64);
    },
  );

  test("goes up to --jobs-max and no further where nothing refuses", async () => {
    const { spanS } = await run(20_000, { latencyMs: 1000 }, { concurrency: { auto: true, max: 100 } });
    expect(20_000 / spanS).toBeGreaterThan(90);
    expect(20_000 / spanS).toBeLessThanOrEqual(101);
  });
});

/** Evenly from 1/2 to 3/2, always the same. */
function unevenly(): () => number {
  const next = seededRandom(1);
  return () => 0.5 + next();
}

describe("-j auto against an endpoint that slows down instead of refusing", () => {
  const mean = (requests: Run["requests"]): number =>
    requests.reduce((sum, { latencyMs }) => sum + latencyMs, 0) / requests.length;

  test.each<[string, (inFlight: number) => number]>([
    ["twice the time for all past 64 at once", (inFlight) => (inFlight > 64 ? 2 : 1)],
    ["as much more time as there are more than 64", (inFlight) => Math.max(1, inFlight / 64)],
  ])("%s: at most 1.5 of the time that 64 take, at least 0.9 of their rate", async (_, times) => {
    for (const [latencyMs, items, spread] of [
      [100, 20_000, () => 1],
      [200, 10_000, () => 1],
      [1000, 5000, () => 1],
      [100, 20_000, unevenly()],
    ] as const) {
      const latencyAt = (inFlight: number): number => latencyMs * times(inFlight) * spread();
      const auto = await run(items, { latencyMs, latencyAt });
      const best = await run(items, { latencyMs, latencyAt }, { concurrency: fixed(64) });
      expect(mean(auto.requests) / mean(best.requests)).toBeLessThanOrEqual(1.5);
      expect(best.spanS / auto.spanS).toBeGreaterThanOrEqual(0.9);
    }
  });

  test("uneven answers alone are not taken for slowness", async () => {
    const spread = unevenly();
    const { requests } = await run(20_000, { latencyMs: 20, latencyAt: () => 20 * spread() });
    const atOnce = requests.slice(-5000).reduce((sum, { latencyMs }) => sum + latencyMs, 0);
    const spanMs = (requests.at(-1)?.atMs ?? 0) - (requests.at(-5000)?.atMs ?? 0);
    expect(atOnce / spanMs).toBeGreaterThan(0.9 * 256);
  });

  test("finds more room when the endpoint has more to give later", async () => {
    let served = 0;
    const latencyAt = (inFlight: number): number => (inFlight > (++served < 20_000 ? 16 : 128) ? 400 : 200);
    const { requests } = await run(120_000, { latencyMs: 200, latencyAt });
    const spanMs = (requests.at(-1)?.atMs ?? 0) - (requests.at(-20_000)?.atMs ?? 0);
    expect((20_000 * 200) / spanMs).toBeGreaterThan(0.75 * 128);
  });
});

describe("--rpm and --tpm", () => {
  test("keep to the limit: none refused, at least 90 % of it used", async () => {
    const limits = { latencyMs: 20, perS: 10, burst: 10, waitMs: SAYS.seconds };
    for (const concurrency of [AUTO, fixed(8)]) {
      const { refused, spanS } = await run(1800, limits, { rpm: 600, concurrency });
      expect(refused).toBe(0);
      expect(1800 / (spanS * 10 + 10)).toBeGreaterThanOrEqual(0.9);
    }
  });

  test("in no minute do more requests begin than --rpm allows, but for the first one", async () => {
    const { requests } = await run(700, { latencyMs: 50 }, { rpm: 300, concurrency: fixed(64) });
    for (const [at, { atMs }] of requests.entries()) {
      expect(requests.slice(at).filter((other) => other.atMs < atMs + 60_000).length).toBeLessThanOrEqual(
        301,
      );
    }
  });

  test("--tpm spreads estimated tokens, corrected by what answers report", async () => {
    const clock = simulatedClock();
    const { processor, requests } = simulatedEndpoint(clock, { latencyMs: 20 });
    // Estimated 100 each, 50 in truth: at 6 000 a minute that is two a second once it is known, not one.
    const counted = {
      ...processor,
      estimate: () => ({ inputTokens: 60, outputTokens: 40 }),
      process: async (...args: Parameters<typeof processor.process>): Promise<Outcome> => {
        const outcome = await processor.process(...args);
        return outcome.status === "ok"
          ? { ...outcome, usage: { input_tokens: 30, output_tokens: 20 } }
          : outcome;
      },
    };
    const options = {
      concurrency: fixed(8),
      rpm: null,
      tpm: 6000,
      maxOutageMs: 1000,
      clock,
      random: () => 0.5,
    };
    const paced = withPace(counted, options);
    await sendAll(clock, paced.processor, paced.pace, 240);
    const spanS = (requests.at(-1)?.atMs ?? 0) / 1000;
    expect(240 / spanS).toBeGreaterThan(1.9);
    expect(240 / spanS).toBeLessThan(2.1);
  });
});

describe("a refusal", () => {
  test("makes all wait as long as it asks for, uses up no retry, and is named in the record", async () => {
    let asked = 0;
    const trouble = (): { kind: "limited"; waitMs: number } | null =>
      asked++ === 0 ? { kind: "limited", waitMs: 5000 } : null;
    const { outcomes, requests } = await run(20, { latencyMs: 20, trouble }, { concurrency: fixed(4) });
    const gap = requests.filter(({ atMs }) => atMs >= 25 && atMs < 5000);
    expect(gap).toEqual([]);
    expect(outcomes[0]).toMatchObject({
      status: "ok",
      attempts: 2,
      retries: [{ kind: "limited", waited_ms: expect.any(Number) }],
    });
    expect(
      outcomes.slice(1).every((outcome) => outcome.status === "ok" && outcome.attempts === undefined),
    ).toBe(true);
  });

  test("that asks for more than --max-outage pauses the run", async () => {
    const limits = { latencyMs: 20, trouble: () => ({ kind: "limited", waitMs: 86_400_000 }) as const };
    const { outcomes } = await run(8, limits, { maxOutageMs: 60_000 });
    expect(outcomes.every(({ status }) => status === "outside")).toBe(true);
    expect(outcomes[0]).toMatchObject({
      error: {
        kind: "rate_limit",
        message: expect.stringContaining("left alone for 86400 s, longer than 60 s (--max-outage)") as string,
      },
    });
  });

  test("again and again for longer than --max-outage pauses the run", async () => {
    const limits = { latencyMs: 20, trouble: () => ({ kind: "limited", waitMs: null }) as const };
    const { outcomes, requests } = await run(8, limits, { maxOutageMs: 50_000 });
    expect(outcomes[0]).toMatchObject({
      status: "outside",
      error: {
        kind: "rate_limit",
        message: expect.stringMatching(/^refused for more than 50 s \(--max-outage\)/) as string,
      },
    });
    expect(requests.length).toBeLessThan(60);
  });

  test.each([0, 1])("that asks again and again for %d ms only is not asked without end", async (waitMs) => {
    const limits = { latencyMs: 20, trouble: () => ({ kind: "limited", waitMs }) as const };
    const { outcomes, requests } = await run(8, limits, { maxOutageMs: 60_000 });
    expect(outcomes[0]).toMatchObject({ status: "outside", error: { kind: "rate_limit" } });
    expect(requests.length).toBeLessThan(60);
  });

  test("shrinks what -j auto allows to 0.8, and a broken answer only holds it", async () => {
    const clock = simulatedClock();
    let kind: "limited" | "strained" | null = null;
    const { processor } = simulatedEndpoint(clock, {
      latencyMs: 20,
      trouble: () => (kind === null ? null : kind === "limited" ? { kind, waitMs: 10 } : { kind }),
    });
    const options = { concurrency: AUTO, rpm: null, tpm: null, maxOutageMs: 60_000, clock, random: () => 0 };
    const paced = withPace(processor, options);
    await sendAll(clock, paced.processor, paced.pace, 100);
    const before = paced.pace.concurrency;
    expect(before).toBeGreaterThan(20);
    kind = "strained";
    await sendAll(clock, paced.processor, { concurrency: 1 }, 1);
    kind = null;
    await sendAll(clock, paced.processor, paced.pace, 50);
    expect(paced.pace.concurrency).toBe(before);
    kind = "limited";
    const one = paced.processor.process(textItem(0, "x"), contextWith());
    await clock.runUntil(() => paced.pace.concurrency < before);
    expect(paced.pace.concurrency).toBe(Math.floor(0.8 * before));
    kind = null;
    await clock.runUntil(() => Bun.peek.status(one) === "fulfilled");
  });
});

describe("a broken answer that says when to come back", () => {
  const loadingUntil =
    (untilMs: number, waitMs: number): NonNullable<SimulatedLimits["trouble"]> =>
    (nowMs) =>
      nowMs < untilMs ? { kind: "strained", waitMs } : null;

  test("makes all wait so long, and uses up no retry while the endpoint answers nobody", async () => {
    for (const concurrency of [AUTO, fixed(3), fixed(1)]) {
      const limits = { latencyMs: 20, trouble: loadingUntil(60_000, 3000) };
      const { outcomes, requests } = await run(3, limits, { concurrency });
      expect(outcomes.every(({ status }) => status === "ok")).toBe(true);
      // None comes sooner than it was asked to.
      const rounds = requests.map(({ atMs }) => atMs);
      const [first = 0] = rounds;
      expect(rounds.filter((atMs) => atMs > first + 20 && atMs < first + 3000)).toEqual([]);
      expect(requests.length).toBeLessThan(40);
    }
  });

  test("is shown as a wait", async () => {
    const clock = simulatedClock();
    const { processor } = simulatedEndpoint(clock, { latencyMs: 20, trouble: loadingUntil(5000, 3000) });
    const options = {
      concurrency: fixed(2),
      rpm: null,
      tpm: null,
      maxOutageMs: 60_000,
      clock,
      random: () => 0,
    };
    const { pace, processor: paced } = withPace(processor, options);
    const one = paced.process(textItem(0, "x"), contextWith());
    await clock.runUntil(() => pace.reason === "cool-down");
    expect(pace.reason).toBe("cool-down");
    await clock.runUntil(() => Bun.peek.status(one) === "fulfilled");
    expect(await one).toMatchObject({ status: "ok", retries: [{ kind: "strained", waited_ms: 3000 }, {}] });
  });

  test("for one item again and again, while others are answered, uses up that item's retries", async () => {
    const limits = {
      latencyMs: 20,
      trouble: (_nowMs: number, index: number) =>
        index === 1 ? ({ kind: "strained", waitMs: 1000 } as const) : null,
    };
    for (const concurrency of [fixed(1), fixed(4)]) {
      const { outcomes, requests } = await run(30, limits, { concurrency });
      expect(outcomes.filter(({ status }) => status === "ok").length).toBe(29);
      expect(outcomes[1]).toMatchObject({ status: "failed" });
      expect(requests.length).toBeLessThan(45);
    }
  });

  test("for longer than --max-outage pauses the run, at once or in the end", async () => {
    const once = { latencyMs: 20, trouble: loadingUntil(Number.POSITIVE_INFINITY, 86_400_000) };
    const { outcomes, requests } = await run(8, once, { maxOutageMs: 60_000 });
    expect(outcomes.every(({ status }) => status === "outside")).toBe(true);
    expect(outcomes[0]).toMatchObject({ error: { kind: "endpoint_down" } });
    expect(requests.length).toBeLessThan(9);
    const again = { latencyMs: 20, trouble: loadingUntil(Number.POSITIVE_INFINITY, 1000) };
    const later = await run(3, again, { maxOutageMs: 60_000 });
    expect(later.outcomes.every(({ status }) => status === "outside")).toBe(true);
    expect(later.requests.at(-1)?.atMs).toBeLessThan(65_000);
  });

  test.each([0, 1])("after %d ms only is not asked without end", async (waitMs) => {
    const limits = { latencyMs: 20, trouble: loadingUntil(Number.POSITIVE_INFINITY, waitMs) };
    const { outcomes, requests } = await run(2, limits, { maxOutageMs: 60_000 });
    expect(outcomes[0]).toMatchObject({ status: "outside", error: { kind: "endpoint_down" } });
    expect(requests.length).toBeLessThan(60);
  });
});

describe("items that the endpoint always breaks on", () => {
  type Broken = { readonly trouble: Trouble; readonly isBroken: (index: number) => boolean };
  const withRetries = async (
    items: number,
    { trouble, isBroken }: Broken,
    concurrency: GateOptions["concurrency"],
  ): Promise<{ readonly outcomes: readonly Outcome[]; readonly requests: Run["requests"] }> => {
    const clock = simulatedClock();
    const limits = {
      latencyMs: 20,
      trouble: (_nowMs: number, index: number) => (isBroken(index) ? trouble : null),
    };
    const { processor, requests } = simulatedEndpoint(clock, limits);
    const chance = { clock, random: () => 0.5 };
    const { processor: paced, pace } = withPace(processor, {
      concurrency,
      rpm: null,
      tpm: null,
      maxOutageMs: 600_000,
      ...chance,
    });
    const retried = withRetry(paced, { retries: 2, delayMs: 1, delayMaxMs: 1, ...chance });
    return { outcomes: await sendAll(clock, retried, pace, items), requests };
  };
  const kinds = (outcomes: readonly Outcome[]): string =>
    outcomes.map(({ status }) => (status === "outside" ? "-" : status[0])).join("");

  test.each([1, 4])("do not keep others from being asked while they are waited for (-j %d)", async (jobs) => {
    const trouble = { kind: "strained", waitMs: 60_000 } as const;
    for (const broken of [0, 1, 2]) {
      const isBroken = (index: number): boolean => index <= broken;
      const { outcomes } = await withRetries(9, { trouble, isBroken }, fixed(jobs));
      expect(kinds(outcomes)).toBe(`${"f".repeat(broken + 1)}${"o".repeat(8 - broken)}`);
    }
  });

  test.each([1, 4])("fail by their retries when one of them is the only one left (-j %d)", async (jobs) => {
    const trouble = { kind: "strained", waitMs: 1000 } as const;
    const last = { trouble, isBroken: (index: number) => index === 8 };
    const { outcomes, requests } = await withRetries(9, last, fixed(jobs));
    expect(kinds(outcomes)).toBe("oooooooof");
    expect(requests.length).toBe(8 + 3);
  });

  test("fail by their retries when they are the few that are left, and it answers them with something useless", async () => {
    const isBroken = (index: number): boolean => index >= 3;
    const useless = { trouble: { kind: "strained", isAnswer: true } as const, isBroken };
    const { outcomes, requests } = await withRetries(8, useless, fixed(8));
    expect(kinds(outcomes)).toBe("ooofffff");
    expect(requests.at(-1)?.atMs).toBeLessThan(1000);
    // Where there is no answer at all, it may as well be down.
    const silent = await withRetries(8, { trouble: { kind: "strained" }, isBroken }, fixed(8));
    expect(silent.requests.at(-1)?.atMs).toBeGreaterThan(1000);
  });

  test("are waited for together with others that are left, as long as that helps", async () => {
    let left = 12;
    const clock = simulatedClock();
    const trouble = (_nowMs: number, index: number): Trouble | null =>
      index >= 7 && left-- > 0 ? { kind: "strained", waitMs: 1000 } : null;
    const { processor } = simulatedEndpoint(clock, { latencyMs: 20, trouble });
    const options = {
      concurrency: fixed(1),
      rpm: null,
      tpm: null,
      maxOutageMs: 600_000,
      clock,
      random: () => 0.5,
    };
    const { processor: paced, pace } = withPace(processor, options);
    expect(kinds(await sendAll(clock, paced, pace, 9))).toBe("ooooooooo");
  });

  test("let others be asked when they are refused again and again, too", async () => {
    const trouble = { kind: "limited", waitMs: null } as const;
    const { outcomes } = await withRetries(9, { trouble, isBroken: (index) => index === 0 }, fixed(1));
    expect(kinds(outcomes)).toBe("-oooooooo");
  });

  test.each([null, 1000])(
    "fail after --max-outage when a few of them are left, with a wait of %p",
    async (waitMs) => {
      const left = {
        trouble: { kind: "strained", waitMs } as const,
        isBroken: (index: number) => index >= 20,
      };
      expect(kinds((await withRetries(28, left, AUTO)).outcomes)).toBe(`${"o".repeat(20)}${"f".repeat(8)}`);
    },
  );

  test("stay pending when many are left, when nobody is there, or when nobody was served before", async () => {
    const trouble = { kind: "strained", waitMs: 1000 } as const;
    const isBroken = (index: number): boolean => index >= 20;
    const many = await withRetries(50, { trouble, isBroken }, AUTO);
    expect(kinds(many.outcomes)).toBe(`${"o".repeat(20)}${"-".repeat(30)}`);
    const gone = await withRetries(22, { trouble: { kind: "down" }, isBroken }, AUTO);
    expect(kinds(gone.outcomes)).toBe(`${"o".repeat(20)}--`);
    const never = await withRetries(2, { trouble, isBroken: () => true }, AUTO);
    expect(kinds(never.outcomes)).toBe("--");
  });
});

describe("an endpoint that is down", () => {
  test("is left alone for as long as it says", async () => {
    const limits = {
      latencyMs: 20,
      trouble: (nowMs: number) => (nowMs < 50_000 ? ({ kind: "down", waitMs: 45_000 } as const) : null),
    };
    const { outcomes, requests } = await run(4, limits, { concurrency: fixed(4) });
    expect(outcomes.every(({ status }) => status === "ok")).toBe(true);
    expect(requests.filter(({ atMs }) => atMs > 20 && atMs < 45_000)).toEqual([]);
  });

  const downUntil =
    (untilMs: number): NonNullable<SimulatedLimits["trouble"]> =>
    (nowMs) =>
      nowMs < untilMs ? { kind: "down" } : null;

  test("is asked by one attempt at a time, and no retry is used up", async () => {
    const { outcomes, requests } = await run(
      50,
      { latencyMs: 20, trouble: downUntil(60_000) },
      { concurrency: fixed(16) },
    );
    expect(outcomes.every(({ status }) => status === "ok")).toBe(true);
    const during = requests.filter(({ atMs }) => atMs > 20 && atMs < 60_000);
    expect(during.length).toBeLessThan(12);
    for (const [at, { atMs }] of during.entries())
      expect(atMs - (during[at - 1]?.atMs ?? 0)).toBeGreaterThan(500);
  });

  test("is told of: why, since when, for how long; the bound stays, and only the probe is under way", async () => {
    const clock = simulatedClock();
    const { processor } = simulatedEndpoint(clock, {
      latencyMs: 20,
      trouble: (nowMs) => (nowMs >= 1000 && nowMs < 30_000 ? { kind: "down" } : null),
    });
    const options = {
      concurrency: fixed(2),
      rpm: null,
      tpm: null,
      maxOutageMs: 60_000,
      clock,
      random: () => 0,
    };
    const { processor: paced, pace } = withPace(processor, options);
    const ended = sendAll(clock, paced, pace, 200);
    const seen: (typeof pace.outage)[] = [];
    const watch = (): void => {
      if (pace.outage !== null) {
        seen.push(pace.outage);
        expect(pace.active).toBeLessThanOrEqual(1);
      }
      expect(pace.limit).toBe(2);
      if (clock.monotonic() < 40_000) clock.after(500, watch);
    };
    clock.after(500, watch);
    await ended;
    expect(seen.length).toBeGreaterThan(10);
    expect(seen.at(-1)).toMatchObject({ sinceMs: seen[0]?.sinceMs, maxMs: 60_000, isFromStart: false });
    expect(pace.outage).toBeNull();
  });

  test("pauses the run after --max-outage", async () => {
    const limits = { latencyMs: 20, trouble: downUntil(Number.POSITIVE_INFINITY) };
    const { outcomes, requests } = await run(50, limits, { concurrency: fixed(16), maxOutageMs: 30_000 });
    expect(outcomes.every(({ status }) => status === "outside")).toBe(true);
    expect(outcomes[0]).toMatchObject({ error: { kind: "endpoint_down" } });
    expect(requests.at(-1)?.atMs).toBeLessThan(31_000);
  });

  test("is also one that gives ten broken answers in a row", async () => {
    const trouble: NonNullable<SimulatedLimits["trouble"]> = (nowMs) =>
      nowMs < 60_000 ? { kind: "strained" } : null;
    const { outcomes } = await run(50, { latencyMs: 20, trouble }, { concurrency: fixed(16) });
    expect(outcomes.filter(({ status }) => status === "failed").length).toBe(9);
    expect(outcomes.filter(({ status }) => status === "ok").length).toBe(41);
  });

  test("is not one with broken answers between good ones", async () => {
    let asked = 0;
    const trouble: NonNullable<SimulatedLimits["trouble"]> = () =>
      asked++ % 3 === 0 ? null : { kind: "strained" };
    const { outcomes, spanS } = await run(90, { latencyMs: 20, trouble }, { concurrency: fixed(2) });
    expect(outcomes.filter(({ status }) => status === "failed").length).toBe(60);
    expect(spanS).toBeLessThan(2);
  });

  test("is found up again by items that have not failed yet: a few that always break it hold nobody up", async () => {
    const clock = simulatedClock();
    const { processor } = simulatedEndpoint(clock, {
      latencyMs: 20,
      trouble: (_nowMs, index) => (index < 6 ? { kind: "strained" } : null),
    });
    const options = { concurrency: AUTO, rpm: null, tpm: null, maxOutageMs: 60_000, clock, random: () => 0 };
    const paced = withPace(processor, options);
    const retries = { retries: 2, delayMs: 1, delayMaxMs: 1, clock, random: () => 0 };
    const outcomes = await sendAll(clock, withRetry(paced.processor, retries), paced.pace, 50);
    expect(outcomes.map(({ status }) => status)).toEqual([
      ...Array.from({ length: 6 }, () => "failed" as const),
      ...Array.from({ length: 44 }, () => "ok" as const),
    ]);
  });
});

test("what waits at the gate ends as aborted when the run is being stopped", async () => {
  const clock = simulatedClock();
  const { processor } = simulatedEndpoint(clock, { latencyMs: 20, trouble: () => ({ kind: "down" }) });
  const options = {
    concurrency: fixed(4),
    rpm: null,
    tpm: null,
    maxOutageMs: 60_000,
    clock,
    random: () => 0,
  };
  const { processor: paced, pace } = withPace(processor, options);
  const stopping = new AbortController();
  const outcomes = Array.from({ length: 4 }, (_, i) =>
    Promise.resolve(paced.process(textItem(i, "x"), contextWith({ stopping: stopping.signal }))),
  );
  await clock.runUntil(() => clock.monotonic() > 100 || pace.reason === "outage");
  stopping.abort();
  const ended = Promise.all(outcomes);
  await clock.runUntil(() => Bun.peek.status(ended) === "fulfilled");
  expect(await ended).toEqual(Array.from({ length: 4 }, () => ({ status: "aborted" })));
  expect(clock.monotonic()).toBeLessThan(1000);
});

describe("what attempts have spent that were made again", () => {
  const usage = { input_tokens: 3, output_tokens: 2, cost: 0.5 };
  const spending = (outcomes: readonly Outcome[], options: Partial<GateOptions> = {}) => {
    const clock = simulatedClock();
    const { processor } = simulatedEndpoint(clock, { latencyMs: 20 });
    let asked = 0;
    const process = async (): Promise<Outcome> => {
      await clock.sleep(20);
      return outcomes[Math.min(asked++, outcomes.length - 1)] ?? { status: "aborted" };
    };
    const concurrency = fixed(1);
    const gate = { concurrency, rpm: null, tpm: null, maxOutageMs: 60_000, clock, random: () => 0 };
    return { clock, processor: withPace({ ...processor, process }, { ...gate, ...options }).processor };
  };
  const failedOf = (trouble: Trouble): Outcome => ({
    status: "failed",
    error: { kind: trouble.kind, message: trouble.kind },
    retryable: true,
    trouble,
    usage,
  });
  const REFUSED = failedOf({ kind: "limited", waitMs: 100 });
  const DOWN = failedOf({ kind: "down" });
  const outcomeOf = async (
    { clock, processor }: ReturnType<typeof spending>,
    changes: Parameters<typeof contextWith>[0] = {},
  ): Promise<Outcome> => {
    const pending = Promise.resolve(processor.process(textItem(0, "x"), contextWith(changes)));
    await clock.runUntil(() => Bun.peek.status(pending) === "fulfilled");
    return pending;
  };
  const times = (count: number): typeof usage => ({
    input_tokens: 3 * count,
    output_tokens: 2 * count,
    cost: 0.5 * count,
  });

  test("counts for the item, whether it succeeds or fails in the end", async () => {
    const ok = { status: "ok", outputJson: "1", usage } as const;
    expect(await outcomeOf(spending([REFUSED, REFUSED, ok]))).toMatchObject({ attempts: 3, usage: times(3) });
    const failed = {
      status: "failed",
      error: { kind: "http_400", message: "no" },
      retryable: false,
    } as const;
    expect(await outcomeOf(spending([REFUSED, failed]))).toMatchObject({ attempts: 2, usage: times(1) });
  });

  test("goes with an item that stays pending, because the run pauses or is stopped", async () => {
    const outcome = await outcomeOf(spending([DOWN], { maxOutageMs: 100 }));
    if (outcome.status !== "outside") throw new Error("the run was to pause");
    expect(outcome.usage?.input_tokens).toBeGreaterThanOrEqual(3);
    const stopping = new AbortController();
    const paced = spending([REFUSED]);
    paced.clock.after(50, () => stopping.abort());
    expect(await outcomeOf(paced, { stopping: stopping.signal })).toEqual({ status: "aborted", usage });
  });

  test("counts once for an item that fails permanently when the wait has become too long", async () => {
    const broken = failedOf({ kind: "strained" });
    const { clock, processor } = spending([broken], { maxOutageMs: 60_000 });
    let asked = 0;
    const counted: Processor = {
      ...processor,
      process: async (item, context) => {
        const outcome = await processor.process(item, context);
        if (outcome.status === "failed") asked += outcome.attempts ?? 1;
        return outcome;
      },
    };
    const retried = withRetry(counted, {
      retries: 30,
      delayMs: 1,
      delayMaxMs: 1,
      clock,
      random: () => 0,
    });
    const outcome = await outcomeOf(
      { clock, processor: retried },
      { isLast: () => true, succeededBefore: true },
    );
    if (outcome.status !== "failed") throw new Error("the item was to fail");
    expect(outcome).toMatchObject({ attempts: asked, usage: times(asked) });
  });
});

test("what an answer of an item has failed of is not what another answer of it fails of", async () => {
  const clock = simulatedClock();
  const { processor } = simulatedEndpoint(clock, { latencyMs: 20 });
  const process: Processor["process"] = async (_item, { repeat = 1 }) => {
    await clock.sleep(20);
    const error = { kind: "timeout", message: `of answer ${repeat}` };
    return { status: "failed", error, retryable: true, trouble: { kind: "strained" } };
  };
  const chance = { clock, random: () => 0.5 };
  const gate = { concurrency: fixed(4), rpm: null, tpm: null, maxOutageMs: 60_000, ...chance };
  const paced = withPace({ ...processor, process }, gate).processor;
  const retried = withRetry(paced, { retries: 30, delayMs: 1, delayMaxMs: 1, ...chance });
  const item = textItem(0, "x");
  const answers = [1, 2, 3].map((repeat) =>
    Promise.resolve(
      retried.process(item, contextWith({ repeat, isLast: () => true, succeededBefore: true })),
    ),
  );
  const ended = Promise.all(answers);
  await clock.runUntil(() => Bun.peek.status(ended) === "fulfilled");
  expect((await ended).map((outcome) => "error" in outcome && outcome.error.message)).toEqual([
    "of answer 1",
    "of answer 2",
    "of answer 3",
  ]);
});
