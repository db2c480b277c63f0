// A clock whose time passes only when nothing else can happen, and an endpoint that lives in it: hours of pace in a moment.
import type { Clock } from "../../lib/io/clock.ts";
import type { Outcome, Processor, Trouble } from "../../lib/processors/processor.ts";
import { contextWith, textItem } from "./attempts.ts";

export type SimulatedClock = Clock & {
  /** Lets time pass until `done` holds. @throws when nothing is left to happen */
  runUntil(done: () => boolean): Promise<void>;
};

export function simulatedClock(): SimulatedClock {
  let nowMs = 0;
  let count = 0;
  type Timer = { readonly atMs: number; readonly order: number; readonly action: () => void };
  const timers = new Set<Timer>();
  const after = (ms: number, action: () => void): (() => void) => {
    const timer = { atMs: nowMs + Math.max(0, ms), order: count++, action };
    timers.add(timer);
    return () => timers.delete(timer);
  };
  return {
    now: () => nowMs,
    monotonic: () => nowMs,
    after,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const cancel = after(ms, resolve);
        signal?.addEventListener("abort", () => (cancel(), resolve()), { once: true });
      }),
    async runUntil(done) {
      for (;;) {
        // Promises that follow from the last event settle first; a long chain of them gets a turn of the real event loop.
        for (let turn = 0; turn < 12; turn++) await Promise.resolve();
        if (timers.size === 0) await new Promise((resolve) => setImmediate(resolve));
        if (done()) return;
        let next: Timer | null = null;
        for (const timer of timers) {
          if (
            next === null ||
            timer.atMs < next.atMs ||
            (timer.atMs === next.atMs && timer.order < next.order)
          )
            next = timer;
        }
        if (next === null) throw new Error(`nothing is left to happen at ${nowMs} ms`);
        timers.delete(next);
        nowMs = Math.max(nowMs, next.atMs);
        next.action();
      }
    },
  };
}

export type SimulatedRequest = {
  readonly atMs: number;
  readonly refused: boolean;
  readonly latencyMs: number;
};

export type SimulatedEndpoint = {
  readonly processor: Processor;
  /** When each request came, what became of it, and how long its answer took. */
  readonly requests: SimulatedRequest[];
};

export type SimulatedLimits = {
  readonly latencyMs: number;
  readonly slots?: number;
  /** How long an answer takes with so many in flight, instead of `latencyMs`. */
  readonly latencyAt?: (inFlight: number) => number;
  /** Requests a second, by a bucket that holds `burst`. */
  readonly perS?: number;
  readonly burst?: number;
  /** What a refusal asks for, in ms; null: nothing. */
  readonly waitMs?: (lackMs: number) => number | null;
  /** Trouble that takes the place of an answer at a time, to an item. */
  readonly trouble?: (nowMs: number, index: number) => Trouble | null;
};

export function simulatedEndpoint(clock: Clock, limits: SimulatedLimits): SimulatedEndpoint {
  const { slots = Number.POSITIVE_INFINITY, perS, burst = 1, waitMs = () => null } = limits;
  const { latencyAt = () => limits.latencyMs } = limits;
  let inFlight = 0;
  let level = burst;
  let atMs = clock.monotonic();
  const requests: SimulatedRequest[] = [];
  const lackMs = (): number => {
    if (perS === undefined) return 0;
    const nowMs = clock.monotonic();
    level = Math.min(burst, level + ((nowMs - atMs) * perS) / 1000);
    atMs = nowMs;
    if (level < 1 - 1e-9) return ((1 - level) * 1000) / perS;
    level -= 1;
    return 0;
  };
  const failure = (trouble: Trouble): Outcome => {
    const error = { kind: trouble.kind, message: trouble.kind };
    return { status: "failed", error, retryable: true, trouble };
  };
  const processor: Processor = {
    kind: "endpoint",
    open: () => Promise.resolve(),
    close: () => Promise.resolve(),
    preview: () => [],
    fieldPaths: [],
    usesIndex: false,
    fingerprintParts: () => Promise.resolve([]),
    process: async ({ index }) => {
      inFlight++;
      const latencyMs = latencyAt(inFlight);
      const lack = inFlight > slots ? latencyMs : lackMs();
      requests.push({ atMs: clock.monotonic(), refused: lack > 0, latencyMs });
      const trouble = limits.trouble?.(clock.monotonic(), index) ?? null;
      await clock.sleep(lack > 0 ? 1 : latencyMs);
      inFlight--;
      if (lack > 0) return failure({ kind: "limited", waitMs: waitMs(lack) });
      return trouble === null ? { status: "ok", outputJson: "1" } : failure(trouble);
    },
  };
  return { processor, requests };
}

/** Sends `items` through a processor as the run loop does: never more at once than the pace allows. Outcomes by item. */
export async function sendAll(
  clock: SimulatedClock,
  processor: Processor,
  pace: { readonly concurrency: number },
  items: number,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  let launched = 0;
  let inFlight = 0;
  const launch = (): void => {
    while (launched < items && inFlight < pace.concurrency) {
      const at = launched++;
      inFlight++;
      const context = contextWith({ isLast: () => launched === items });
      void Promise.resolve(processor.process(textItem(at, `item ${at}`), context)).then((outcome) => {
        outcomes[at] = outcome;
        inFlight--;
        launch();
      });
    }
  };
  // What is allowed may have grown meanwhile.
  const tick = (): void => {
    launch();
    cancelTick = clock.after(1000, tick);
  };
  let cancelTick = (): void => undefined;
  tick();
  await clock.runUntil(() => launched === items && inFlight === 0);
  cancelTick();
  return outcomes;
}
