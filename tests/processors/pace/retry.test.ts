// More attempts for a failed item, in simulated time.
import { expect, test } from "bun:test";
import { RETRIES_MAX, RETRY_MESSAGE_MAX } from "../../../lib/core/record.ts";
import type { Outcome, Processor } from "../../../lib/processors/processor.ts";
import { withPace } from "../../../lib/processors/pace/pace.ts";
import { withRetry } from "../../../lib/processors/pace/retry.ts";
import { contextWith, textItem } from "../../helpers/attempts.ts";
import { simulatedClock, simulatedEndpoint } from "../../helpers/simulated-time.ts";

const FAILED: Outcome = { status: "failed", error: { kind: "http_500", message: "no" }, retryable: true };
const OK: Outcome = { status: "ok", outputJson: "1" };
const usage = { input_tokens: 3, output_tokens: 2, cost: 0.5 };

/** A processor that gives these outcomes one after another, and notes the number of each attempt. */
function scripted(outcomes: readonly Outcome[]): { processor: Processor; attempts: number[] } {
  const { processor } = simulatedEndpoint(simulatedClock(), { latencyMs: 0 });
  const attempts: number[] = [];
  const process: Processor["process"] = async (_item, { attempt }) => {
    attempts.push(attempt);
    return outcomes[attempts.length - 1] ?? OK;
  };
  return { processor: { ...processor, process }, attempts };
}

function retried(processor: Processor, retries: number) {
  const clock = simulatedClock();
  const options = { retries, delayMs: 1000, delayMaxMs: 60_000, clock, random: () => 0.5 };
  return { clock, processor: withRetry(processor, options) };
}

async function outcomeOf(
  outcomes: readonly Outcome[],
  retries: number,
): Promise<{ outcome: Outcome; attempts: number[] }> {
  const { processor, attempts } = scripted(outcomes);
  const { clock, processor: again } = retried(processor, retries);
  const pending = Promise.resolve(again.process(textItem(0, "x"), contextWith()));
  await clock.runUntil(() => Bun.peek.status(pending) === "fulfilled");
  return { outcome: await pending, attempts };
}

test("an item is retried until it succeeds; the record says what went before, and all that was spent counts", async () => {
  const { outcome, attempts } = await outcomeOf(
    [
      { ...FAILED, usage },
      { ...FAILED, usage },
      { ...OK, usage },
    ],
    2,
  );
  expect(attempts).toEqual([1, 2, 3]);
  const retry = { kind: "http_500", message: "no", duration_ms: 0, usage };
  expect(outcome).toEqual({
    ...OK,
    attempts: 3,
    retries: [
      { ...retry, waited_ms: 500, started_at: "1970-01-01T00:00:00.000Z" },
      { ...retry, waited_ms: 1000, started_at: "1970-01-01T00:00:00.500Z" },
    ],
    usage: { input_tokens: 9, output_tokens: 6, cost: 1.5 },
  });
});

test("what a record says of the attempts before is bounded: their number, and how much each has to say", async () => {
  const error = { kind: "exit", message: "🙂".repeat(1000), status: 7 };
  const failed = Array.from({ length: 50 }, (): Outcome => ({ ...FAILED, error }));
  const { outcome } = await outcomeOf(failed, 50);
  if (outcome.status !== "ok") throw new Error("it was to succeed at last");
  expect([outcome.attempts, outcome.retries?.length]).toEqual([51, RETRIES_MAX]);
  for (const { kind, status, message = "" } of outcome.retries ?? []) {
    expect([kind, status]).toEqual(["exit", 7]);
    expect(message).toMatch(/^(?:🙂)+…$/u);
    expect(message.length).toBeLessThanOrEqual(RETRY_MESSAGE_MAX);
  }
});

test("after the last retry the failure stands", async () => {
  const { outcome, attempts } = await outcomeOf([FAILED, FAILED, FAILED, OK], 2);
  expect(attempts.length).toBe(3);
  expect(outcome).toMatchObject({ status: "failed", attempts: 3 });
});

test("what another attempt would not help is not retried", async () => {
  expect((await outcomeOf([{ ...FAILED, retryable: false }], 5)).attempts).toEqual([1]);
  const outside: Outcome = { status: "outside", error: { kind: "quota", message: "" } };
  expect(await outcomeOf([FAILED, outside], 5)).toEqual({ outcome: outside, attempts: [1, 2] });
});

test("what was spent goes with an item that stays pending", async () => {
  const outside: Outcome = { status: "outside", error: { kind: "key_refused", message: "no" } };
  const doubtful: Outcome = { ...outside, reconsider: () => FAILED };
  const spent = [{ ...FAILED, usage }, { ...FAILED, usage }, outside];
  const twice = { input_tokens: 6, output_tokens: 4, cost: 1 };
  expect((await outcomeOf(spent, 5)).outcome).toEqual({ ...outside, usage: twice });
  const { outcome } = await outcomeOf([{ ...FAILED, usage }, doubtful], 5);
  expect(outcome).toMatchObject({ status: "outside", usage });
  expect(outcome.status === "outside" && outcome.reconsider?.()).toEqual({ ...FAILED, usage });
});

test("a wait ends at once as aborted when nothing new is to be begun", async () => {
  const { processor, attempts } = scripted([FAILED]);
  const { clock, processor: again } = retried(processor, 1);
  const stopping = new AbortController();
  const pending = Promise.resolve(
    again.process(textItem(0, "x"), contextWith({ stopping: stopping.signal })),
  );
  queueMicrotask(() => queueMicrotask(() => stopping.abort()));
  await clock.runUntil(() => Bun.peek.status(pending) === "fulfilled");
  expect(await pending).toEqual({ status: "aborted" });
  expect(attempts).toEqual([1]);
});

test("refusals of the gate within are counted as attempts, named, and leave the retries alone", async () => {
  const limited: Outcome = {
    ...FAILED,
    error: { kind: "http_429", message: "" },
    trouble: { kind: "limited", waitMs: 100 },
  };
  const clock = simulatedClock();
  const { processor: quick, attempts } = scripted([limited, limited, FAILED, limited, OK]);
  const process: Processor["process"] = async (item, context) => {
    await clock.sleep(10, context.signal);
    return quick.process(item, context);
  };
  const processor = { ...quick, process };
  const concurrency = { auto: false, max: 4 };
  const pace = { concurrency, rpm: null, tpm: null, maxOutageMs: 60_000, clock, random: () => 0 };
  const retry = { retries: 1, delayMs: 1000, delayMaxMs: 60_000, clock, random: () => 0 };
  const again = withRetry(withPace(processor, pace).processor, retry);
  const pending = Promise.resolve(again.process(textItem(0, "x"), contextWith()));
  await clock.runUntil(() => Bun.peek.status(pending) === "fulfilled");
  expect(attempts).toEqual([1, 2, 3, 4, 5]);
  const outcome = await pending;
  if (outcome.status !== "ok") throw new Error("it was to succeed at last");
  // Each says when it began itself, and how long it took, not how long it was waited for.
  const at = (ms: number): string => new Date(ms).toISOString();
  const [refused, failed] = [
    { kind: "http_429", message: "", duration_ms: 10, waited_ms: 100 },
    { kind: "http_500", message: "no", duration_ms: 10, waited_ms: 0 },
  ];
  expect([outcome.attempts, outcome.retries]).toEqual([
    5,
    [
      { ...refused, started_at: at(0) },
      { ...refused, started_at: at(110) },
      { ...failed, started_at: at(220) },
      { ...refused, started_at: at(230) },
    ],
  ]);
});

test("while the run is paused no retry begins; it begins when the run goes on", async () => {
  const { processor, attempts } = scripted([FAILED]);
  const { clock, processor: again } = retried(processor, 2);
  const resumed = Promise.withResolvers<void>();
  let isAsked = false;
  const untilResumed = (): Promise<void> => {
    isAsked = true;
    return resumed.promise;
  };
  const pending = Promise.resolve(again.process(textItem(0, "x"), { ...contextWith(), untilResumed }));
  await clock.runUntil(() => isAsked);
  expect(attempts).toEqual([1]);
  resumed.resolve();
  await clock.runUntil(() => Bun.peek.status(pending) === "fulfilled");
  expect(attempts).toEqual([1, 2]);
  expect(await pending).toMatchObject({ status: "ok", attempts: 2 });
});
