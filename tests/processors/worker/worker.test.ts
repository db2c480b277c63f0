// Needs python3, jq.
import { afterAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { JsonValue } from "../../../lib/core/item.ts";
import { systemClock } from "../../../lib/io/clock.ts";
import type { Outcome, Processor } from "../../../lib/processors/processor.ts";
import { workerProcessor, type WorkerSettings } from "../../../lib/processors/worker/worker.ts";
import {
  contextWith,
  isRunning,
  jsonItem,
  newNonce,
  SESSION,
  temporaryFolder,
  textItem,
} from "../../helpers/attempts.ts";
import { ENV } from "../../helpers/ckpt.ts";
import { until } from "../../helpers/until.ts";

const BEHAVE = ["python3", join(import.meta.dir, "../../fixtures/workers/behave.py")];

const opened: Processor[] = [];
const folders: Disposable[] = [];

// Not after each test: those that wait go on beside each other.
afterAll(async () => {
  await Promise.all(opened.splice(0).map((processor) => processor.close()));
  for (const folder of folders.splice(0)) folder[Symbol.dispose]();
});

function newFolder(): string {
  const folder = temporaryFolder();
  folders.push(folder);
  return folder.path;
}

async function open(
  changes: Partial<WorkerSettings> = {},
  argv: readonly string[] = BEHAVE,
): Promise<Processor> {
  const settings = { workers: 1, inflight: 1, env: ENV, timeoutMs: null, maxOutputBytes: 1 << 20 };
  const processor = workerProcessor(argv, {
    ...settings,
    logFolder: newFolder(),
    clock: systemClock,
    ...changes,
  });
  opened.push(processor);
  await processor.open(newNonce());
  return processor;
}

/** Has all items processed at once, in one session. */
function all(processor: Processor, values: readonly JsonValue[]): Promise<Outcome[]> {
  const nonce = newNonce();
  return Promise.all(
    values.map(async (value, index) => processor.process(jsonItem(index, value), contextWith({ nonce }))),
  );
}

function kinds(outcomes: readonly Outcome[]): string[] {
  return outcomes.map((outcome) =>
    outcome.status === "ok"
      ? outcome.outputJson
      : outcome.status === "aborted"
        ? "aborted"
        : outcome.error.kind,
  );
}

const ECHO = (text: string): JsonValue => ({ text });

describe("a worker", () => {
  test("is asked with index, id, attempt and the item as it was written", async () => {
    const processor = await open();
    const text = '{"do":"request","n":12345678901234567890,"x":1.10}';
    const item = jsonItem(7, { do: "request" }, "q7", text);
    const outcome = await processor.process(item, contextWith({ attempt: 2 }));
    expect(outcome).toMatchObject({ status: "ok" });
    const asked: unknown = outcome.status === "ok" ? JSON.parse(outcome.outputJson) : null;
    expect(asked).toBe(`{"index":7,"id":"q7","attempt":2,"item":${text}}\n`);
  });

  test("is given a text as a string, and no id as null", async () => {
    const processor = await open({}, [
      "sh",
      "-c",
      String.raw`read -r line; printf '%s' "$line" | jq -c '{index, output: [.id, .item]}'; cat > /dev/null`,
    ]);
    expect(kinds([await processor.process(textItem(0, 'a "line"'), contextWith())])).toEqual([
      '[null,"a \\"line\\""]',
    ]);
  });

  test.each([
    ['"x"', '"x"'],
    ["12345678901234567890", "12345678901234567890"],
    ["1.10", "1.10"],
    ['{"a": [1.0, {"b": null}], "c": 1e400}', '{"a":[1.0,{"b":null}],"c":1e400}'],
    ['5, "usage": {"input_tokens": 3}', "5"],
    ["null", "null"],
    ["1e5 ", "1e5"],
    ['2, "output": 3.0', "3.0"],
    ['{"a": 1}, "output": 7', "7"],
    ['[1], "output": [2.50]', "[2.50]"],
    ['"x", "output": "y"', '"y"'],
  ])("whose output is %s has it kept digit for digit", async (written, kept) => {
    const processor = await open();
    expect(kinds(await all(processor, [{ do: "raw", text: written }]))).toEqual([kept]);
  });

  test("that dies when its log can neither be read nor opened again (a disk that fails) ends the run, and leaves no item waiting", async () => {
    const logFolder = newFolder();
    const script = 'read -r line; rm -r "$0"; exit 3';
    const processor = await open({ inflight: 2, logFolder }, ["sh", "-c", script, logFolder]);
    const outcomes = await Promise.allSettled(
      ["a", "b", "c"].map(async (text, index) =>
        processor.process(jsonItem(index, ECHO(text)), contextWith({ nonce: newNonce() })),
      ),
    );
    const rejected = outcomes.filter((outcome) => outcome.status === "rejected");
    expect(rejected.map(({ reason }) => String(reason))).toEqual([expect.stringContaining("ENOENT")]);
  });

  test("may answer out of order, and holds as many items as it may", async () => {
    const script = String.raw`read -r a; read -r b; read -r c; for line in "$c" "$a" "$b"; do printf '%s\n' "$line"; done | jq -c '{index, output: .item.text}'; cat > /dev/null`;
    const processor = await open({ inflight: 3 }, ["sh", "-c", script]);
    expect(kinds(await all(processor, ["a", "b", "c"].map(ECHO)))).toEqual(['"a"', '"b"', '"c"']);
  });

  test("never holds two answers of one item; the items behind do not wait for that", async () => {
    // Reads two lines before it answers either of them, then one by one.
    const script = String.raw`read -r a; read -r b; printf '%s\n%s\n' "$b" "$a" | jq -c '{index, output: [.item.text, .repeat]}'; while read -r line; do printf '%s\n' "$line" | jq -c '{index, output: [.item.text, .repeat]}'; done`;
    const processor = await open({ inflight: 2 }, ["sh", "-c", script]);
    const nonce = newNonce();
    const order: string[] = [];
    const ask = async (index: number, repeat: number): Promise<void> => {
      const item = jsonItem(index, ECHO(index === 0 ? "a" : "b"));
      order.push(...kinds([await processor.process(item, contextWith({ nonce, repeat }))]));
    };
    await Promise.all([ask(0, 1), ask(0, 2), ask(0, 3), ask(1, 1)]);
    expect(order.slice(0, 2).toSorted()).toEqual(['["a",1]', '["b",1]']);
    expect(order.slice(2)).toEqual(['["a",2]', '["a",3]']);
  });

  test("that says error has failed the item, and says whether another attempt may help", async () => {
    const processor = await open();
    const [first, second] = await all(processor, [{ do: "fail" }, { do: "fail", retryable: false }]);
    expect(first).toEqual({
      status: "failed",
      error: { kind: "no_luck", message: "no luck today" },
      retryable: true,
    });
    expect(second).toMatchObject({ retryable: false });
  });

  test("knows its number and its session", async () => {
    const processor = await open({ workers: 2 });
    const found = kinds(await all(processor, [{ do: "env" }, { do: "env" }])).toSorted();
    expect(found).toEqual([`["1","${SESSION}"]`, `["2","${SESSION}"]`]);
  });

  test.concurrent("that dies of an item is started again; the item fails after three deaths alone, the others succeed", async () => {
    const processor = await open({ inflight: 4 });
    expect(kinds(await all(processor, [ECHO("first")]))).toEqual(['"first"']);
    const outcomes = await all(processor, [ECHO("a"), { do: "die" }, ECHO("b"), ECHO("c"), ECHO("d")]);
    expect(kinds(outcomes)).toEqual(['"a"', "worker_died", '"b"', '"c"', '"d"']);
    expect(outcomes[1]).toMatchObject({ status: "failed", retryable: false });
    const error = outcomes[1]?.status === "failed" ? outcomes[1].error : null;
    expect(error?.message).toContain("exit status 9: dying of item 1");
    expect(error?.stderr).toContain("dying of item 1");
  });

  test("that dies before any has answered stops the run", async () => {
    const processor = await open({}, ["sh", "-c", "echo cannot load >&2; exit 3"]);
    const [outcome] = await all(processor, [ECHO("a")]);
    expect(outcome).toMatchObject({ status: "outside", error: { kind: "worker_not_running" } });
    expect(JSON.stringify(outcome)).toContain("cannot load");
  });

  test.concurrent("that dies of the very first items continues with the others", async () => {
    const processor = await open();
    const outcomes = await all(processor, [{ do: "die" }, { do: "die" }, ECHO("a")]);
    expect(kinds(outcomes)).toEqual(["worker_died", "worker_died", '"a"']);
  });

  test.concurrent("that dies of whatever it is given stops the run after two items", async () => {
    const processor = await open();
    const outcomes = await all(processor, [{ do: "die" }, { do: "die" }, { do: "die" }, ECHO("a")]);
    expect(outcomes.map(({ status }) => status)).toEqual(["failed", "failed", "outside", "aborted"]);
  });

  test.concurrent("that closes its standard output and continues is ended, and another worker tries its item", async () => {
    const processor = await open({ inflight: 2 });
    const outcomes = await all(processor, [ECHO("a"), { do: "close" }, ECHO("b")]);
    expect(kinds(outcomes)).toEqual(['"a"', "bad_output", '"b"']);
    expect(JSON.stringify(outcomes[1])).toContain("closed its standard output");
  });

  test("that cannot be started stops the run", async () => {
    const processor = await open({}, ["no-such-worker"]);
    expect(await all(processor, [ECHO("a")])).toMatchObject([
      { status: "outside", error: { kind: "command_not_found" } },
    ]);
  });

  test.concurrent.each([["garbage"], ["stranger"], ["endless"]])(
    "that answers with %s fails just that item, and is started again",
    async (what) => {
      const processor = await open({ inflight: 3, maxOutputBytes: 1000 });
      const outcomes = await all(processor, [ECHO("a"), { do: what }, ECHO("b"), ECHO("c")]);
      expect(kinds(outcomes)).toEqual(['"a"', "bad_output", '"b"', '"c"']);
      expect(outcomes[1]).toMatchObject({ status: "failed", retryable: true });
    },
  );

  test.concurrent("that is silent past the limit fails that item, and the others it holds are retried", async () => {
    const processor = await open({ inflight: 3, timeoutMs: 1000 });
    // Started by now: to start takes part of an item's time, too.
    await all(processor, [ECHO("first")]);
    const outcomes = await all(processor, [ECHO("a"), { do: "hang" }, ECHO("b"), ECHO("c")]);
    expect(kinds(outcomes)[0]).toBe('"a"');
    expect(kinds(outcomes)[1]).toBe("timeout");
    for (const later of kinds(outcomes).slice(2)) expect(['"b"', '"c"', "timeout"]).toContain(later);
  });

  test("ends with the run: what is in flight is aborted, and no process is left", async () => {
    const mark = join(newFolder(), "mark");
    const stop = new AbortController();
    const processor = await open();
    const outcome = processor.process(
      jsonItem(0, { do: "hang", mark }),
      contextWith({ signal: stop.signal }),
    );
    const pids = (): number[] => readPids(mark);
    await until(() => pids().length > 0);
    stop.abort("stop");
    expect(await outcome).toEqual({ status: "aborted" });
    await processor.close();
    expect(pids().filter((pid) => isRunning(pid))).toEqual([]);
  });

  test("keeps what it writes to standard error in a log of its own", async () => {
    const logFolder = newFolder();
    const processor = await open({ logFolder }, [
      "sh",
      "-c",
      "echo loaded >&2; exec jq --unbuffered -c '{index, output: 1}'",
    ]);
    await all(processor, [ECHO("a")]);
    await processor.close();
    expect(readFileSync(join(logFolder, "worker-1.log"), "utf8")).toBe("loaded\n");
  });
});

function readPids(mark: string): number[] {
  try {
    return readFileSync(mark, "utf8")
      .trim()
      .split("\n")
      .map((line) => Number(line.split(" ")[0]));
  } catch {
    return []; // not there yet
  }
}
