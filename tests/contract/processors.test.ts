// One suite over every kind of processor: what lib/processors/processor.ts promises. A kind is a row that says how each behaviour is had
// from it; a new kind is one more row.
// Needs python3.
import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../lib/io/clock.ts";
import { readSchema } from "../../lib/processors/check/schema.ts";
import { type Checks, withChecks } from "../../lib/processors/check/with-checks.ts";
import { commandProcessor } from "../../lib/processors/command/command.ts";
import { moduleProcessor } from "../../lib/processors/module/module.ts";
import type { Outcome, Processor } from "../../lib/processors/processor.ts";
import { shellProcessor } from "../../lib/processors/command/shell.ts";
import { workerProcessor } from "../../lib/processors/worker/worker.ts";
import {
  contextWith,
  FIXTURES,
  isRunning,
  jsonItem,
  newNonce,
  pidsIn,
  temporaryFolder,
} from "../helpers/attempts.ts";
import { ENV } from "../helpers/ckpt.ts";
import { until } from "../helpers/until.ts";

/** What a processor under test does with an item `{text, mark}`. */
type Behaviour =
  /** Answers with the item's text. */
  | "echo"
  /** Fails, and says "no luck today". */
  | "fail"
  /** Leaves a mark (with its pids, where it has some), then never ends. */
  | "forever"
  /** The same, and does not heed what asks it to end. */
  | "deaf"
  /** Answers with 2 000 000 characters. */
  | "large"
  /** Answers with what is no output. */
  | "bad"
  /** Answers with the number of the answer that is wanted. */
  | "which";

type Limits = { readonly timeoutMs: number | null; readonly maxOutputBytes: number };

type Row = { readonly name: string; readonly make: (behaviour: Behaviour, limits: Limits) => Processor };

const ARGUMENTS: { readonly [behaviour in Behaviour]: readonly string[] } = {
  echo: [join(FIXTURES, "say.sh"), "{text}"],
  fail: [join(FIXTURES, "fail.sh")],
  forever: [join(FIXTURES, "forever.sh"), "{mark}"],
  deaf: [join(FIXTURES, "ignore-term.sh"), "{mark}"],
  large: [join(FIXTURES, "large.sh"), "2000000"],
  bad: [join(FIXTURES, "not-utf8.sh")],
  which: [join(FIXTURES, "which.sh")],
};

const MODULES: { readonly [behaviour in Behaviour]: string } = {
  echo: "echo.ts",
  fail: "fail.ts",
  forever: "forever.ts",
  deaf: "forever.ts",
  large: "two-million.ts",
  bad: "answers-nothing.ts",
  which: "which.ts",
};

const children = { env: ENV, parse: "text", hasId: false } as const;

const ANYTHING: Checks = {
  schema: { ...readSchema("true", "any.json"), path: "any.json", sha256: "0".repeat(64) },
  match: { source: "(?:)", regex: /(?:)/u },
};

const ROWS: readonly Row[] = [
  {
    name: "command",
    make: (behaviour, limits) =>
      commandProcessor(["sh", ...ARGUMENTS[behaviour]], { ...children, ...limits }),
  },
  {
    name: "shell",
    make: (behaviour, limits) =>
      shellProcessor(`exec sh ${ARGUMENTS[behaviour].join(" ")}`, { ...children, ...limits }),
  },
  {
    name: "module",
    make: (behaviour, limits) =>
      moduleProcessor({ file: join(FIXTURES, MODULES[behaviour]), print: () => {}, ...limits }),
  },
  {
    name: "worker",
    make: (behaviour, limits) =>
      workerProcessor(["python3", join(FIXTURES, "worker.py"), behaviour], {
        workers: 4,
        inflight: 1,
        env: ENV,
        logFolder: mkdtempSync(join(tmpdir(), "ckpt-test-")),
        clock: systemClock,
        ...limits,
      }),
  },
  // Checks that accept everything change nothing.
  {
    name: "command, its outputs checked",
    make: (behaviour, limits) =>
      withChecks(commandProcessor(["sh", ...ARGUMENTS[behaviour]], { ...children, ...limits }), ANYTHING),
  },
  {
    name: "module, its outputs checked",
    make: (behaviour, limits) =>
      withChecks(
        moduleProcessor({ file: join(FIXTURES, MODULES[behaviour]), print: () => {}, ...limits }),
        ANYTHING,
      ),
  },
];

const NO_LIMITS: Limits = { timeoutMs: null, maxOutputBytes: 1 << 24 };
const TIMEOUT_MS = 100;

describe.concurrent.each(ROWS)("$name", ({ make }) => {
  const opened: Processor[] = [];

  async function open(behaviour: Behaviour, limits: Partial<Limits> = {}): Promise<Processor> {
    const processor = make(behaviour, { ...NO_LIMITS, ...limits });
    opened.push(processor);
    await processor.open(newNonce());
    return processor;
  }

  /** Starts an item that never ends; resolves when it is under way. */
  async function hang(
    processor: Processor,
    mark: string,
    signal: AbortSignal,
  ): Promise<{ readonly outcome: Promise<Outcome>; readonly pids: readonly number[] }> {
    const outcome = Promise.resolve(
      processor.process(jsonItem(0, { text: "", mark }), contextWith({ signal })),
    );
    await until(() => (processor.kind === "module" ? existsSync(mark) : pidsIn(mark).length > 0));
    return { outcome, pids: pidsIn(mark) };
  }

  // Not after each test: those that wait go on beside each other.
  afterAll(async () => {
    await Promise.all(opened.splice(0).map((processor) => processor.close()));
  });

  test("gives the output as JSON text", async () => {
    const processor = await open("echo");
    for (const text of ["18", "", "two\nlines", 'say "hi" \\', "谁？🔄", "-n", "$(id) `id` ; 'x'"]) {
      const outcome = await processor.process(jsonItem(0, { text }), contextWith());
      expect(outcome).toEqual({ status: "ok", outputJson: JSON.stringify(text) });
    }
  });

  test("works on 50 items at once, and each gets its own answer", async () => {
    const processor = await open("echo");
    const context = contextWith();
    const items = Array.from({ length: 50 }, (_, index) => jsonItem(index, { text: `answer ${index}` }));
    const outcomes = await Promise.all(items.map(async (item) => processor.process(item, context)));
    expect(outcomes).toEqual(items.map((_, index) => ({ status: "ok", outputJson: `"answer ${index}"` })));
  });

  test("is told which of the answers of an item is wanted; of the only one, that it is the first", async () => {
    const processor = await open("which");
    const item = jsonItem(0, { text: "" });
    const ask = async (repeat?: number): Promise<Outcome> =>
      processor.process(item, contextWith(repeat === undefined ? {} : { repeat }));
    const outcomes = await Promise.all([ask(3), ask(1), ask(2)]);
    expect([...outcomes, await ask()]).toEqual(
      ["3", "1", "2", "1"].map((number) => ({ status: "ok", outputJson: `"${number}"` })),
    );
  });

  test("fails an item with kind and message, and another attempt may help", async () => {
    const processor = await open("fail");
    const outcome = await processor.process(jsonItem(0, { text: "" }), contextWith());
    expect(outcome).toMatchObject({ status: "failed", retryable: true });
    const { error } = outcome as Outcome & { readonly status: "failed" };
    expect(["exit", "exception", "worker_error"]).toContain(error.kind);
    expect(error.message).toContain("no luck today");
  });

  test("continues after a failure", async () => {
    const processor = await open("fail");
    await processor.process(jsonItem(0, { text: "" }), contextWith());
    expect(await processor.process(jsonItem(1, { text: "" }), contextWith())).toMatchObject({
      status: "failed",
    });
  });

  test("fails an output that is none with kind bad_output", async () => {
    const processor = await open("bad");
    const outcome = await processor.process(jsonItem(0, { text: "" }), contextWith());
    expect(outcome).toMatchObject({ status: "failed", error: { kind: "bad_output" } });
  });

  test("fails an output over the limit with kind output_too_large, and takes one of just that size", async () => {
    const tight = await open("large", { maxOutputBytes: 1_999_999 });
    const outcome = await tight.process(jsonItem(0, { text: "" }), contextWith());
    expect(outcome).toMatchObject({ status: "failed", error: { kind: "output_too_large" } });
    const wide = await open("large", { maxOutputBytes: 2_000_002 });
    expect(await wide.process(jsonItem(0, { text: "" }), contextWith())).toMatchObject({ status: "ok" });
  });

  test.each(["forever", "deaf"] as const)(
    "ends an attempt (%s) at the timeout, and nothing of it is left",
    async (behaviour) => {
      using folder = temporaryFolder();
      const mark = join(folder.path, "mark");
      const processor = await open(behaviour, { timeoutMs: TIMEOUT_MS });
      const outcome = await processor.process(jsonItem(0, { text: "", mark }), contextWith());
      expect(outcome).toMatchObject({ status: "failed", error: { kind: "timeout" }, retryable: true });
      expect(pidsIn(mark).filter(isRunning)).toEqual([]);
    },
  );

  test.each([
    ["forever", "stop"],
    ["deaf", "stop"],
    ["forever", "kill"],
    ["deaf", "kill"],
  ] as const)(
    "ends an attempt (%s) when the run says %s, and nothing of it is left",
    async (behaviour, reason) => {
      using folder = temporaryFolder();
      const run = new AbortController();
      const { outcome, pids } = await hang(await open(behaviour), join(folder.path, "mark"), run.signal);
      run.abort(reason);
      expect(await outcome).toEqual({ status: "aborted" });
      expect(pids.filter(isRunning)).toEqual([]);
    },
  );

  test("starts nothing when the run has already stopped", async () => {
    using folder = temporaryFolder();
    const mark = join(folder.path, "mark");
    const processor = await open("forever");
    const signal = AbortSignal.abort("stop");
    expect(await processor.process(jsonItem(0, { text: "", mark }), contextWith({ signal }))).toEqual({
      status: "aborted",
    });
    expect(existsSync(mark)).toBe(false);
  });

  test("ends everything when it is closed, and may be closed twice", async () => {
    using folder = temporaryFolder();
    const processor = await open("deaf");
    const { signal } = new AbortController();
    const first = await hang(processor, join(folder.path, "first"), signal);
    const second = await hang(processor, join(folder.path, "second"), signal);
    await processor.close();
    await processor.close();
    expect(await Promise.all([first.outcome, second.outcome])).toEqual([
      { status: "aborted" },
      { status: "aborted" },
    ]);
    expect([...first.pids, ...second.pids].filter(isRunning)).toEqual([]);
  });

  test("shows what would be called for an item", async () => {
    const processor = await open("echo");
    expect(processor.preview(jsonItem(0, { text: "What?" })).join("\n")).toContain("What?");
  });

  test("names each part of its fingerprint once, its kind among them, and the same twice", async () => {
    const processor = await open("echo");
    const parts = await processor.fingerprintParts();
    const names = parts.map((part) => part.name);
    expect(names).toContain("kind");
    expect(new Set(names).size).toBe(names.length);
    expect(parts.every((part) => part.value !== "" && part.shown !== "")).toBe(true);
    expect(await processor.fingerprintParts()).toEqual(parts);
  });
});
