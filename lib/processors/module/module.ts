// `--module FILE`: a user's function, called in this process. A synchronous answer costs almost nothing: promises, timers and AbortControllers are
// created only when there is something to wait for.
import * as path from "node:path";
import { causeText, CkptError } from "../../core/errors.ts";
import type { Item, JsonValue } from "../../core/item.ts";
import { mayBeStopped } from "../../core/stop-signals.ts";
import { catchOutput } from "../../io/module-output.ts";
import { nameChildren } from "../../io/name-children.ts";
import { guardProcessExit } from "../../io/process-exit.ts";
import { endSurvivors } from "../../io/survivors.ts";
import { kindPart, modulePart } from "../fingerprint-parts.ts";
import { Call, Waiting } from "./module-call.ts";
import { asksForPause, childEndIn, describeThrown, refusesRetry, troubleIn } from "./module-error.ts";
import { loadModule, requireModule, type UserModule } from "./module-load.ts";
import { ABORTED, failed, outputTooLarge, outside, PAUSE } from "../outcomes.ts";
import type { AttemptContext, Outcome, Processor } from "../processor.ts";
import { isStoppedBySignal } from "../stopped-by-signal.ts";

export type ModuleSettings = {
  /** The module's path as the user gave it. */
  readonly file: string;
  /** Limit of one attempt; null: none. */
  readonly timeoutMs: number | null;
  /** Limit of an output's JSON text, in bytes. */
  readonly maxOutputBytes: number;
  /** Receives each line that the module prints. */
  readonly print: (line: string) => void;
};

/** Time limit of `teardown`: it must not hold up the end of a run. */
const TEARDOWN_MS = 10_000;

export function moduleProcessor(settings: ModuleSettings): Processor {
  const attempts = new ModuleAttempts(settings);
  const file = path.resolve(settings.file);
  return {
    kind: "module",
    open: (nonce) => attempts.open(nonce),
    process: (item, context) => attempts.process(item, context),
    close: () => attempts.close(),
    preview: (item) => [`${settings.file}: process(${item.text})`],
    fieldPaths: [],
    usesIndex: false,
    fingerprintParts: () => {
      // A missing context changes and plans nothing.
      requireModule(file, settings.file);
      return Promise.resolve([kindPart("module"), modulePart(file)]);
    },
  };
}

class ModuleAttempts {
  readonly #settings: ModuleSettings;
  readonly #file: string;
  readonly #folder: string;
  readonly #waiting = new Set<Waiting>();
  /** Signals with a listener: one listener per run, not one per item. */
  readonly #heard = new WeakSet<AbortSignal>();
  readonly #closing = new AbortController();
  #module: UserModule | null = null;
  #nonce: string | null = null;
  /** Undoes the changes to this process for the module, such as the guard of process.exit(). */
  #leave: (() => void) | null = null;

  constructor(settings: ModuleSettings) {
    this.#settings = settings;
    this.#file = path.resolve(settings.file);
    this.#folder = path.dirname(this.#file);
  }

  async open(nonce: string): Promise<void> {
    const shownPath = this.#settings.file;
    this.#nonce = nonce;
    this.#enter(nonce);
    const loaded = await loadModule(this.#file, shownPath);
    try {
      await loaded.setup?.();
    } catch (error) {
      const cause = describeThrown(error, this.#folder);
      throw new CkptError("module.setupFailed", { path: shownPath, cause }, { cause: error });
    }
    this.#module = loaded;
  }

  #enter(nonce: string): void {
    const allowExit = guardProcessExit();
    const unname = nameChildren(nonce);
    const letPrint = catchOutput(this.#settings.print);
    this.#leave = () => {
      allowExit();
      unname();
      letPrint();
    };
  }

  process(item: Item, context: AttemptContext): Promise<Outcome> | Outcome {
    if (this.#module === null) throw new Error("process() before open()");
    if (context.signal.aborted) return ABORTED;
    const call = new Call(item, context, this.#settings.timeoutMs !== null);
    let answer: unknown;
    try {
      answer = this.#module.process(valueFor(item, context.attempt), call);
      if (isPromiseLike(answer)) return this.#wait(answer, call, context);
    } catch (error) {
      return this.#thrown(error, context);
    }
    return this.#answered(answer);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    for (const waiting of this.#waiting) waiting.settle(ABORTED);
    const loaded = this.#module;
    this.#module = null;
    try {
      if (loaded?.teardown) await withinMs(TEARDOWN_MS, loaded.teardown());
    } catch (error) {
      const cause = describeThrown(error, this.#folder);
      throw new CkptError("module.teardownFailed", { path: this.#settings.file, cause }, { cause: error });
    } finally {
      this.#leave?.();
      this.#leave = null;
      if (this.#nonce !== null) await endSurvivors(this.#nonce);
      this.#nonce = null;
    }
  }

  #wait(answer: PromiseLike<unknown>, call: Call, context: AttemptContext): Promise<Outcome> {
    const { signal } = context;
    this.#listen(signal);
    return new Promise((resolve) => {
      const waiting = new Waiting(call, signal, (outcome) => {
        this.#waiting.delete(waiting);
        resolve(outcome);
      });
      this.#waiting.add(waiting);
      const { timeoutMs } = this.#settings;
      if (timeoutMs !== null) waiting.limit(timeoutMs);
      answer.then(
        (value) => waiting.settle(waiting.stopping ? ABORTED : this.#answered(value)),
        async (error: unknown) => {
          waiting.ended();
          waiting.settle(waiting.stopping ? ABORTED : await this.#thrown(error, context));
        },
      );
    });
  }

  #listen(signal: AbortSignal): void {
    if (this.#heard.has(signal)) return;
    this.#heard.add(signal);
    const abort = (): void => {
      for (const waiting of this.#waiting) if (waiting.signal === signal) waiting.stop(signal.reason);
    };
    signal.addEventListener("abort", abort, { once: true, signal: this.#closing.signal });
  }

  #answered(value: unknown): Outcome {
    let outputJson: string | undefined;
    try {
      outputJson = typeof value === "number" && !Number.isFinite(value) ? undefined : JSON.stringify(value);
    } catch (error) {
      return failed("bad_output", `process() returned what JSON cannot hold: ${causeText(error)}`, true);
    }
    if (outputJson === undefined) {
      const found = typeof value === "number" ? String(value) : typeof value;
      return failed("bad_output", `process() returned ${found}, which is no JSON value`, true);
    }
    return isLonger(outputJson, this.#settings.maxOutputBytes)
      ? outputTooLarge(this.#settings.maxOutputBytes)
      : { status: "ok", outputJson };
  }

  /** The outcome of a thrown error. It is held back when a child of the module may have been stopped together with ckpt. */
  #thrown(error: unknown, { told }: AttemptContext): Promise<Outcome> | Outcome {
    const outcome = this.#failed(error);
    if (!mayBeStopped(childEndIn(error))) return outcome;
    return isStoppedBySignal(told).then((isTold) => (isTold ? ABORTED : outcome));
  }

  #failed(error: unknown): Outcome {
    if (asksForPause(error)) return outside(PAUSE, describeThrown(error, this.#folder));
    const trouble = troubleIn(error);
    const outcome = failed("exception", describeThrown(error, this.#folder), !refusesRetry(error));
    return trouble === null ? outcome : { ...outcome, trouble };
  }
}

/** The item's value. It is parsed again for a retry, because the earlier attempt may have changed it. */
function valueFor(item: Item, attempt: number): JsonValue | undefined {
  return attempt > 1 && item.form === "json" ? (JSON.parse(item.text) as JsonValue) : item.value;
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

/** Whether a text is longer in UTF-8; a UTF-16 unit takes at most 3 bytes. */
function isLonger(text: string, maxBytes: number): boolean {
  return text.length * 3 > maxBytes && Buffer.byteLength(text) > maxBytes;
}

/** Resolves when the promise settles or the time is up; later results are dropped. */
async function withinMs(ms: number, value: unknown): Promise<void> {
  let timer: Timer | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  try {
    await Promise.race([value, limit]);
  } finally {
    clearTimeout(timer);
  }
}
