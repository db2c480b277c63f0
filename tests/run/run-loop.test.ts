// The window over the items, with a processor that answers when the test says so and a session that only remembers.
import { describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import { recordIdentity } from "../../lib/checkpoint/record/read-record.ts";
import { CkptError } from "../../lib/core/errors.ts";
import type { FormatVersion } from "../../lib/core/format-version.ts";
import type { Item } from "../../lib/core/item.ts";
import { Plan } from "../../lib/core/plan.ts";
import { STATE } from "../../lib/core/unit-state.ts";
import type { Input } from "../../lib/input/input.ts";
import type { AttemptContext, Outcome, Processor } from "../../lib/processors/processor.ts";
import { type RunOptions, RunLoop, type RunResult } from "../../lib/run/run-loop.ts";
import type { WaitReason } from "../../lib/run/progress.ts";
import { textItem } from "../helpers/attempts.ts";
import { newPaths, openSession, recoverAll } from "../helpers/checkpoint.ts";
import { FakeClock, settle } from "../helpers/fake-clock.ts";
import { FaultyFileSystem } from "../helpers/faulty-fs.ts";
import { specOf } from "../helpers/inputs.ts";
import { rejection } from "../helpers/rejection.ts";

const OPTIONS: RunOptions = {
  jobs: 2,
  batchSize: 10,
  limit: null,
  retryFailed: true,
  shuffle: false,
  itemsTogether: 1,
  maxFailures: null,
  maxTimeMs: null,
  timeoutMs: null,
  graceMs: 10_000,
  budget: { cost: null, tokens: null },
  imported: 0,
};
const OK: Outcome = { status: "ok", outputJson: '"x"' };
const FAILED: Outcome = { status: "failed", error: { kind: "exit", message: "exit 1" }, retryable: false };

type Answer = (item: Item, signal: AbortSignal) => Outcome | Promise<Outcome>;

/** An input of which only `read` is there. */
function inputOf(items: readonly Item[], failAt: number = -1): Input {
  const absent = (): never => {
    throw new Error("not part of this test");
  };
  return {
    spec: specOf("", { shownPath: "", format: "txt" }),
    parts: [],
    ofSeveral: false,
    moved: absent,
    sizeBytes: absent,
    hash: absent,
    scan: absent,
    read: async function* (want) {
      for (const item of items) {
        if (item.index === failAt) throw new CkptError("input.changedDuringRun", { path: "q" });
        if (want(item.index)) yield [item];
      }
    },
  };
}

function processorOf(answer: Answer, asked: Setting["asked"]): Processor {
  return {
    kind: "module",
    open: () => Promise.resolve(),
    close: () => Promise.resolve(),
    process: (item, context) => {
      asked?.(item, context);
      return answer(item, context.signal);
    },
    preview: () => [],
    fieldPaths: [],
    usesIndex: false,
    fingerprintParts: () => Promise.resolve([]),
  };
}

type Setting = {
  readonly count?: number;
  readonly options?: Partial<RunOptions>;
  readonly failAt?: number;
  readonly plan?: Plan;
  readonly items?: readonly Item[];
  readonly version?: FormatVersion;
  readonly asked?: (item: Item, context: AttemptContext) => void;
};

async function newLoop(answer: Answer, setting: Setting = {}) {
  const { count = 6, options = {}, failAt, plan = new Plan(count), version = 1 } = setting;
  const items = setting.items ?? Array.from({ length: count }, (_, i) => textItem(i, `q${i}`));
  const clock = new FakeClock();
  const faulty = new FaultyFileSystem();
  const paths = newPaths();
  const session = openSession(paths, { fs: faulty.fs, clock, total: count, plan, version });
  await session.begin();
  const waits: (WaitReason | null)[] = [];
  const parts = {
    input: inputOf(items, failAt),
    plan,
    processor: processorOf(answer, setting.asked),
    session,
    pace: null,
    identity: { id: "s", nonce: "n" },
    clock,
    nextTurn: (action: () => void) => void setImmediate(action),
  };
  const loop = new RunLoop(
    parts,
    { ...OPTIONS, ...options },
    {
      progress: (progress) => void waits.push(progress.waiting),
      first: () => undefined,
      nobodyAnswers: () => undefined,
      remark: () => undefined,
      versionChanged: () => undefined,
      budgetWarning: () => undefined,
      result: () => undefined,
    },
  );
  const recorded = (): number[] =>
    fs
      .readFileSync(paths.log, "utf8")
      .split("\n")
      .slice(0, -1)
      .map((line) => (JSON.parse(line) as { index: number }).index);
  return { loop, clock, faulty, paths, session, plan, recorded, waits };
}

/** A processor whose attempts end when they are told to. */
function byHand(): {
  readonly answer: Answer;
  readonly open: Map<number, (outcome: Outcome) => void>;
  readonly started: number[];
} {
  const open = new Map<number, (outcome: Outcome) => void>();
  const started: number[] = [];
  const answer: Answer = (item, signal) =>
    new Promise((resolve) => {
      started.push(item.index);
      open.set(item.index, (outcome) => {
        open.delete(item.index);
        resolve(outcome);
      });
      signal.addEventListener("abort", () => resolve({ status: "aborted" }));
    });
  return { answer, open, started };
}

describe("RunLoop", () => {
  test("answers at once and later, all items are recorded and the run is over", async () => {
    const { loop, recorded, plan } = await newLoop((item) =>
      item.index % 2 === 0 ? OK : Promise.resolve(OK),
    );
    expect((await loop.run()).stop).toBeNull();
    expect(recorded().toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(plan.counts(true).pending).toBe(0);
  });

  test("as many attempts as there are jobs, and the next as soon as one ends: no barrier", async () => {
    const { answer, open, started } = byHand();
    const { loop, recorded } = await newLoop(answer, { options: { jobs: 2 } });
    const running = loop.run();
    await settle();
    expect(started).toEqual([0, 1]);
    for (const next of [2, 3, 4, 5]) {
      open.get(next - 1)?.(OK);
      await settle();
      await settle();
      expect(started.at(-1)).toBe(next);
      expect(recorded()).toContain(next - 1);
    }
    expect(open.has(0)).toBe(true);
    open.get(0)?.(OK);
    open.get(5)?.(OK);
    await running;
    expect(recorded()).toEqual([1, 2, 3, 4, 0, 5]);
  });

  test("no attempt is started in the place of one whose result is not in the log yet", async () => {
    const { answer, open, started } = byHand();
    const loggedAtStart: (readonly number[])[] = [];
    const { loop, recorded } = await newLoop(
      (item, signal) => {
        loggedAtStart.push(recorded());
        return answer(item, signal);
      },
      { count: 4, options: { jobs: 1 } },
    );
    const running = loop.run();
    for (const index of [0, 1, 2, 3]) {
      while (started.at(-1) !== index) await settle();
      open.get(index)?.(OK);
    }
    await running;
    expect(loggedAtStart).toEqual([[], [0], [0, 1], [0, 1, 2]]);
  });

  test("in a turn that takes long, what has come is written and what takes its place begun before its end", async () => {
    const { answer, open, started } = byHand();
    const { loop, clock, recorded } = await newLoop(answer, { count: 6, options: { jobs: 3 } });
    const running = loop.run();
    await settle();
    open.get(0)?.(OK);
    await Promise.resolve();
    expect({ started, recorded: recorded() }).toEqual({ started: [0, 1, 2], recorded: [] });
    const slowly = clock.advance(0.3);
    open.get(1)?.(OK);
    for (let i = 0; i < 20; i++) await Promise.resolve(); // the same turn still
    expect({ started, recorded: recorded() }).toEqual({ started: [0, 1, 2, 3, 4], recorded: [0, 1] });
    await slowly;
    for (const index of [2, 3, 4, 5]) {
      while (!open.has(index)) await settle();
      open.get(index)?.(OK);
    }
    await running;
    expect(recorded()).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test("a module that computes for long, and waits for nothing, lets turns end: signals and timers come in between", async () => {
    const begun: number[] = [0]; // between two looks, of which there is one a turn; the last ones first
    let move: () => void = () => undefined;
    const { loop, clock } = await newLoop(
      async ({ index }) => {
        begun[0] = (begun[0] ?? 0) + 1;
        for (let i = 0; i < 10 * (index % 4); i++) await Promise.resolve();
        move();
        return OK;
      },
      { count: 100, options: { jobs: 4 } },
    );
    move = () => void clock.advance(5);
    let over = false;
    const look = (): void => {
      begun.unshift(0);
      if (!over) setImmediate(look);
    };
    look();
    await loop.run();
    over = true;
    expect(begun.reduce((sum, count) => sum + count)).toBe(100);
    expect(Math.max(...begun)).toBeLessThanOrEqual(2 * 4);
  });

  test("a limit ends the run after that many items", async () => {
    const { loop, recorded } = await newLoop(() => OK, { options: { limit: 4 } });
    expect((await loop.run()).stop).toEqual({ kind: "limit" });
    expect(recorded()).toEqual([0, 1, 2, 3]);
  });

  test("what failed in earlier runs comes after what is pending; what is rejected or done does not come", async () => {
    for (const retryFailed of [true, false]) {
      const plan = new Plan(6);
      plan.recorded(0, { kind: "exit", message: "exit 1" }, 0);
      plan.recorded(1, null, 0);
      plan.recorded(3, { kind: "input", message: "not JSON" }, 0);
      plan.joined(4, { offset: 0, failed: false, rejected: false, errorGroup: 0 }, false);
      const { loop, recorded } = await newLoop(() => OK, { plan, options: { retryFailed, jobs: 1 } });
      await loop.run();
      expect(recorded()).toEqual(retryFailed ? [2, 4, 5, 0] : [2, 4, 5]);
    }
  });

  test("each answer that is wanted of an item is attempted by itself, item by item; what failed comes last", async () => {
    const plan = new Plan(0, { repeats: 3, isPart: true });
    for (const index of [1, 4, 5]) plan.add(index);
    plan.recorded(0, null, 0); // the first answer of item 1
    plan.recorded(2, { kind: "exit", message: "exit 1" }, 0);
    for (const unit of [3, 4, 5]) plan.recorded(unit, null, 0);
    const asked: (number | undefined)[][] = [];
    const { loop, paths } = await newLoop(() => OK, {
      plan,
      options: { jobs: 1 },
      version: 2,
      asked: (item, { repeat }) => asked.push([item.index, repeat]),
    });
    await loop.run();
    const order = [
      [1, 2],
      [5, 1],
      [5, 2],
      [5, 3],
      [1, 3],
    ];
    expect(asked).toEqual(order);
    const lines = fs.readFileSync(paths.log, "utf8").trimEnd().split("\n");
    const identities = lines.map((line) => recordIdentity(Buffer.from(line)));
    expect(identities.map(({ index, repeat }) => [index, repeat])).toEqual(order);
    expect(plan.counts(true)).toMatchObject({ total: 9, done: 9, pending: 0 });
  });

  test("a limit and the rate count answers", async () => {
    const plan = new Plan(2, { repeats: 3, isPart: false });
    const { loop, recorded } = await newLoop(() => OK, { plan, version: 2, options: { limit: 4, jobs: 1 } });
    expect((await loop.run()).stop).toEqual({ kind: "limit" });
    expect(recorded()).toEqual([0, 0, 0, 1]);
  });

  test("without repeats a processor is told of none", async () => {
    const asked: boolean[] = [];
    const { loop } = await newLoop(() => OK, {
      count: 1,
      asked: (_item, context) => asked.push("repeat" in context),
    });
    await loop.run();
    expect(asked).toEqual([false]);
  });

  test("an item that failed in this run is not retried in it", async () => {
    const { loop, recorded, plan } = await newLoop(() => FAILED, { count: 3, options: { jobs: 1 } });
    await loop.run();
    expect(recorded()).toEqual([0, 1, 2]);
    expect(plan.state(0)).toBe(STATE.failedNow);
  });

  test("a piece of input that is no item is recorded as failed without an attempt", async () => {
    const started: number[] = [];
    const items = [textItem(0, "a"), { ...textItem(1, "{"), defect: "not JSON" }];
    const { loop, recorded, plan } = await newLoop(
      (item) => {
        started.push(item.index);
        return OK;
      },
      { count: 2, items },
    );
    await loop.run();
    expect([started, recorded(), plan.state(1)]).toEqual([[0], [0, 1], STATE.rejected]);
  });

  test("a cause outside the items stops the run; what is in flight may end and is kept, the item stays pending", async () => {
    const { answer, open } = byHand();
    const { loop, recorded, plan } = await newLoop(answer);
    const running = loop.run();
    await settle();
    open.get(0)?.({ status: "outside", error: { kind: "not_found", message: "no such command" } });
    await settle();
    open.get(1)?.(OK);
    expect((await running).stop).toMatchObject({ kind: "outside", item: "#1", errorKind: "not_found" });
    expect([recorded(), plan.state(0)]).toEqual([[1], STATE.fresh]);
  });

  describe("what attempts have spent counts for the session though their item stays pending:", () => {
    const usage = { input_tokens: 3, output_tokens: 2, cost: 0.5 };
    const error = { kind: "endpoint_down", message: "no answer" };

    test.each<[string, Outcome]>([
      ["a cause outside the items", { status: "outside", error, usage }],
      ["a stop", { status: "aborted", usage }],
      ["a doubt that nobody settles", { status: "outside", error, usage, reconsider: () => OK }],
    ])("%s", async (_name, outcome) => {
      const { answer, open } = byHand();
      const { loop, session, recorded } = await newLoop(answer, { options: { jobs: 1 } });
      const running = loop.run();
      await settle();
      loop.stop({ kind: "signal", signal: "SIGINT" });
      const undecided = outcome.status === "outside" && outcome.reconsider !== undefined;
      open.get(0)?.(undecided ? { ...outcome, reconsider: () => outcome } : outcome);
      await running;
      await session.end("stopped", "signal");
      expect(recorded()).toEqual([]);
      expect(session.committed).toMatchObject({ usage, results_saved: 0, runs: [{ attempted: 0, usage }] });
    });
  });

  describe("a cause that may lie with the item, as others will tell,", () => {
    /** Items up to here give it; it lies with them once another has been served. */
    const doubtful = (upTo: number): { readonly answer: Answer; readonly started: number[] } => {
      const started: number[] = [];
      let isServed = false;
      const error = { kind: "key_refused", message: "no" };
      const outside = (): Outcome => (isServed ? FAILED : { status: "outside", error, reconsider: outside });
      const answer: Answer = ({ index }) => {
        started.push(index);
        if (index <= upTo) return Promise.resolve(outside());
        isServed = true;
        return Promise.resolve(OK);
      };
      return { answer, started };
    };

    test.each([1, 2, 8])(
      "lets others be asked first: one that is served puts it down to its item (%d at once)",
      async (jobs) => {
        const { answer, started } = doubtful(1);
        const { loop, plan } = await newLoop(answer, { count: 6, options: { jobs } });
        expect((await loop.run()).stop).toBeNull();
        expect(started).toEqual([0, 1, 2, 3, 4, 5]);
        expect([0, 1, 2].map((index) => plan.state(index))).toEqual([
          STATE.failedNow,
          STATE.failedNow,
          STATE.done,
        ]);
      },
    );

    test.each([
      [1, null, 3],
      [2, null, 3],
      [8, null, 3],
      [1, 2, 2],
    ])("stops the run when nobody is served: %d at once, limit %p, %d asked", async (jobs, limit, asked) => {
      const { answer, started } = doubtful(99);
      const { loop, recorded } = await newLoop(answer, { count: 20, options: { jobs, limit } });
      expect((await loop.run()).stop).toMatchObject({
        kind: "outside",
        item: "#1",
        errorKind: "key_refused",
      });
      expect(started.length).toBe(asked);
      expect(recorded()).toEqual([]);
    });

    test("is left pending by a run that is stopped meanwhile", async () => {
      const first = doubtful(0).answer;
      const others = byHand();
      const answer: Answer = (item, signal) => (item.index === 0 ? first : others.answer)(item, signal);
      const { loop, clock, recorded, plan } = await newLoop(answer, { options: { jobs: 1 } });
      const running = loop.run();
      while (others.started.length === 0) await settle();
      loop.stop({ kind: "signal", signal: "SIGINT" });
      await clock.advance(OPTIONS.graceMs);
      expect((await running).stop).toMatchObject({ kind: "signal" });
      expect([recorded(), plan.state(0)]).toEqual([[], STATE.fresh]);
    });
  });

  test("stopped: what is in flight has the grace time, and is then aborted and not recorded", async () => {
    const { answer, open, started } = byHand();
    const { loop, clock, recorded } = await newLoop(answer);
    const running = loop.run();
    await settle();
    loop.stop({ kind: "signal", signal: "SIGINT" });
    loop.stop({ kind: "limit" });
    open.get(0)?.(OK);
    await clock.advance(9999);
    expect(loop.inFlight).toBe(1);
    await clock.advance(1);
    expect((await running).stop).toEqual({ kind: "signal", signal: "SIGINT" });
    expect([started, recorded()]).toEqual([[0, 1], [0]]);
  });

  test("a cause outside the items: what is in flight has --timeout, where there is one; a signal then sets the grace time", async () => {
    const outside: Outcome = { status: "outside", error: { kind: "key_refused", message: "no" } };
    for (const hasSignal of [false, true]) {
      const { answer, open } = byHand();
      const { loop, clock, recorded } = await newLoop(answer, { options: { timeoutMs: 60_000 } });
      const running = loop.run();
      await settle();
      open.get(0)?.(outside);
      await clock.advance(20_000);
      expect(loop.inFlight).toBe(1);
      if (hasSignal) loop.stop({ kind: "signal", signal: "SIGINT" });
      await clock.advance(10_000);
      if (!hasSignal) open.get(1)?.(OK);
      expect((await running).stop).toMatchObject({ kind: "outside" });
      expect(recorded()).toEqual(hasSignal ? [] : [1]);
    }
  });

  test("the time of a run is over: it stops", async () => {
    const { answer, open } = byHand();
    const { loop, clock } = await newLoop(answer, { options: { maxTimeMs: 1000 } });
    const running = loop.run();
    await clock.advance(1000);
    for (const end of open.values()) end(OK);
    expect((await running).stop).toEqual({ kind: "max-time", ms: 1000 });
  });

  test("an input that changes under the run stops it", async () => {
    const { loop, recorded } = await newLoop(() => OK, { failAt: 3 });
    expect((await loop.run()).stop).toEqual({ kind: "input-changed", path: "q" });
    expect(recorded()).toEqual([0, 1, 2]);
  });

  for (const [name, answer] of [
    [
      "throws",
      () => {
        throw new Error("bug");
      },
    ],
    ["rejects", () => Promise.reject(new Error("bug"))],
  ] as const) {
    test(`a processor that ${name} is a bug: the run ends with it, and what was recorded stays`, async () => {
      const { loop, recorded } = await newLoop((item) => (item.index === 2 ? answer() : OK));
      expect(String(await rejection(loop.run()))).toContain("bug");
      expect(recorded().every((index) => index < 2)).toBe(true);
    });
  }

  test("a full disk holds the run; with room again all is recorded, each item run once", async () => {
    const started: number[] = [];
    const { loop, clock, faulty, recorded, paths, session } = await newLoop(
      (item) => {
        started.push(item.index);
        return settle().then(() => OK);
      },
      { count: 8 },
    );
    faulty.fail({ call: "write", name: "checkpoint_results.jsonl", code: "ENOSPC", bytes: 40 });
    let result: RunResult | null = null;
    const running = loop.run().then((ended) => (result = ended));
    for (let turn = 0; turn < 10; turn++) await settle();
    expect(result).toBeNull();
    expect(started.length).toBeLessThan(8);
    expect(recorded()).toEqual([]);
    faulty.heal();
    await clock.advance(1000);
    await running;
    expect(result).toMatchObject({ stop: null });
    expect(started.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    await session.end("finished", "complete");
    expect(recoverAll(paths)).toMatchObject({ recovered: { adopted: 0, status: { completed: 8 } } });
  });

  test("a run that waits for room on the disk says so each second", async () => {
    const { loop, clock, faulty, waits } = await newLoop(() => settle().then(() => OK));
    faulty.fail({ call: "write", name: "checkpoint_results.jsonl", code: "ENOSPC" });
    const running = loop.run();
    for (let turn = 0; turn < 10; turn++) await settle();
    waits.length = 0;
    for (let second = 0; second < 3; second++) await clock.advance(1000);
    expect(waits).toEqual(["disk full", "disk full", "disk full"]);
    faulty.heal();
    await clock.advance(1000);
    await running;
  });

  test("a buffer that is full on a full disk is held as well, not given up", async () => {
    const large: Outcome = { status: "ok", outputJson: JSON.stringify("x".repeat(100_000)) };
    const { loop, clock, faulty, recorded } = await newLoop(() => large, { count: 8, options: { jobs: 1 } });
    faulty.fail({ call: "write", name: "checkpoint_results.jsonl", code: "ENOSPC" });
    const running = loop.run();
    for (let turn = 0; turn < 5; turn++) await settle();
    faulty.heal();
    await clock.advance(1000);
    expect((await running).stop).toBeNull();
    expect(recorded()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test("a failed sync ends the run with it: nothing is reported as saved from then on", async () => {
    const { loop, clock, faulty, session } = await newLoop(() => Promise.resolve(OK), {
      count: 8,
      options: { batchSize: 2 },
    });
    faulty.fail({ call: "fdatasync", code: "EIO", times: 1 });
    const failure = rejection(loop.run());
    await clock.advance(10_000);
    expect(await failure).toMatchObject({ code: "checkpoint.syncFailed" });
    expect([session.poisoned, session.committed.completed]).toEqual([true, 0]);
  });
});
