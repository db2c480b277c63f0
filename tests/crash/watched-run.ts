// A run of ckpt that a method of proof watches: what it reports as saved is kept, and all its processes can be ended.
import * as fs from "node:fs";
import { allPids, processState } from "../../lib/io/proc.ts";
import { start } from "../helpers/ckpt.ts";
import { type Reading, reading } from "../helpers/reading.ts";
import { until } from "../helpers/until.ts";

/** Stands in the environment of the run and of all it starts. */
const MARKER = "CKPT_TEST_MARKER";

/** So much before its end, waiting is done by looking all the time. */
const PRECISE_MS = 50;

export class WatchedRun {
  readonly #marker = `${MARKER}=${crypto.randomUUID()}`;
  readonly #child: Bun.Subprocess<"ignore", "pipe", "pipe">;
  readonly #out: Promise<string>;
  readonly #err: Reading;

  /** @param words as for ckpt; `--progress json` makes its reports readable here */
  constructor(cwd: string, words: readonly string[], env: Record<string, string> = {}) {
    const [name = "", value = ""] = this.#marker.split("=");
    this.#child = start(cwd, words, { ...env, [name]: value });
    this.#out = this.#child.stdout.text();
    this.#err = reading(this.#child.stderr);
  }

  get pid(): number {
    return this.#child.pid;
  }

  get isOver(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** It has ended, though the event loop may not have said so yet. */
  get hasEnded(): boolean {
    return this.isOver || (processState(this.pid)?.state ?? "Z") === "Z";
  }

  /** What it has written to standard error so far. */
  get errors(): string {
    return this.#err.text;
  }

  /** The most results that it has reported as saved so far. */
  get reported(): number {
    return mostReported(this.#err.text);
  }

  /** Its reports so far. */
  get reports(): readonly Report[] {
    return reportsIn(this.#err.text);
  }

  /** Waits for its end. */
  async end(): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
    const [out, err] = await Promise.all([this.#out, this.#err.all, this.#child.exited]);
    return { code: this.#child.exitCode, out, err };
  }

  /** Waits until the condition holds, it has ended, or the time is over. */
  async until(condition: () => boolean, ms: number = Number.POSITIVE_INFINITY): Promise<void> {
    const endMs = performance.now() + ms;
    while (!condition() && !this.isOver && performance.now() < endMs) await nextTurn();
  }

  /** Waits until it has ended, or the time is over. */
  async over(ms: number = Number.POSITIVE_INFINITY): Promise<void> {
    const endMs = performance.now() + ms;
    while (!this.isOver && performance.now() < endMs)
      await (endMs - performance.now() > PRECISE_MS ? Bun.sleep(1) : nextTurn());
  }

  stop(): void {
    this.#child.kill("SIGSTOP");
  }

  proceed(): void {
    this.#child.kill("SIGCONT");
  }

  /** Ends it and everything it has started, at once. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.end();
    for (const pid of this.#left()) endNow(pid);
    await until(() => this.#left().length === 0, "killed processes to end");
  }

  #left(): number[] {
    return allPids().filter((pid) => environOf(pid).includes(`${this.#marker}\0`));
  }
}

/** The most results that are reported as saved in what a run with `--progress json` wrote to standard error. */
export function mostReported(errors: string): number {
  return Math.max(0, ...reportsIn(errors).map(({ saved }) => saved));
}

export type Report = {
  readonly saved: number;
  readonly in_flight: number;
  /** Why it waits; null when it does not. */
  readonly waiting: string | null;
};

function reportsIn(errors: string): readonly Report[] {
  return errors
    .split("\n")
    .slice(0, -1)
    .filter((line) => line.startsWith('{"event":"progress"'))
    .map((line) => JSON.parse(line) as Report);
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function environOf(pid: number): string {
  try {
    return fs.readFileSync(`/proc/${pid}/environ`, "latin1");
  } catch {
    return ""; // it has ended
  }
}

function endNow(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // it has ended by itself
  }
}
