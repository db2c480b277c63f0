// Ends ckpt by SIGKILL at a chosen place: before a system call on a path (by strace), or once a condition holds.
import * as fs from "node:fs";
import * as path from "node:path";
import { checkpointPaths } from "../../lib/checkpoint/names.ts";
import type { Status } from "../../lib/core/status.ts";
import { ENV, EXECUTABLE, start } from "./ckpt.ts";
import { expectWholeTrace } from "./strace.ts";

/**
 * Before which call ckpt is to die: the `when`-th (in one thread) of these system calls that concerns one of the paths. Of a rename
 * strace looks at the old name alone.
 */
export type KillPoint = {
  readonly calls: string;
  readonly paths: readonly string[];
  readonly when: number;
};

/** How a run ended: null when it was killed. */
export type Ended = { readonly exitCode: number | null; readonly errors: string };

/** Runs ckpt to the kill point, or to its end. @throws StraceFailed */
export function runTo(cwd: string, args: readonly string[], point: KillPoint): Promise<Ended> {
  return runInjected(cwd, args, point, "signal=KILL");
}

/**
 * Runs ckpt while strace meddles with system calls. The children of ckpt are not traced.
 * @param effect what happens to the `when`-th call, as in strace(1): `signal=KILL`, `error=EIO`; default of `when`: each call
 * @throws StraceFailed
 */
export async function runInjected(
  cwd: string,
  args: readonly string[],
  point: Omit<KillPoint, "when"> & { readonly when?: number | string },
  effect: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const paths = point.paths.flatMap((file) => ["-P", file]);
  const inject = `inject=${point.calls}:${effect}${point.when === undefined ? "" : `:when=${point.when}`}`;
  // -D: strace is a grandchild, so that the exit code is that of ckpt even when strace itself fails.
  const tracer = ["strace", "-D", "-f", "-qq", "-b", "execve", "-o", "/dev/null", ...paths];
  const child = Bun.spawn([...tracer, "-e", `trace=${point.calls}`, "-e", inject, EXECUTABLE, ...args], {
    cwd,
    env: { ...ENV, ...env },
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
  });
  const [errors] = await Promise.all([child.stderr.text(), child.exited]);
  expectWholeTrace(errors);
  return {
    exitCode: child.signalCode === "SIGKILL" || child.exitCode === 137 ? null : child.exitCode,
    errors,
  };
}

/** Runs ckpt until the condition holds (looked at each millisecond), or to its end. */
export async function runUntil(
  cwd: string,
  args: readonly string[],
  condition: () => boolean,
): Promise<Ended> {
  const child = start(cwd, args);
  const errors = child.stderr.text();
  const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null;
  while (!isOver() && !condition()) await Bun.sleep(1);
  child.kill("SIGKILL");
  await child.exited;
  return { exitCode: child.signalCode === "SIGKILL" ? null : child.exitCode, errors: await errors };
}

/** A number for each answer of an item: the index, and a million more for each answer behind the first one. */
export function answerNumber(index: number, repeat: number): number {
  return index + (repeat - 1) * 1_000_000;
}

/** What the checkpoint in `folder` holds, as it lies there. */
export type Found = {
  /** Items, or answers by their numbers. Null when there is no log in its place. */
  readonly recorded: ReadonlySet<number> | null;
  /** Whether there are records that no commit covers. */
  readonly uncommitted: boolean;
  readonly status: Status | null;
};

export function lookAt(folder: string): Found {
  const paths = checkpointPaths(path.join(folder, "checkpoints"));
  const log = textOf(paths.log);
  // In the middle of an adoption the records that are written anew stand in the copy alone, behind its head.
  const [, ...copied] = wholeLines(textOf(paths.recovering));
  const answers = [...wholeLines(log), ...copied].map(answerIn);
  const statusText = textOf(paths.status);
  const status = statusText === null ? null : (JSON.parse(statusText) as Status);
  return {
    recorded: log === null ? null : new Set(answers),
    uncommitted: status !== null && Buffer.byteLength(log ?? "") > status.log.bytes,
    status,
  };
}

/** The number of the answer that a record is of. */
export function answerIn(line: string): number {
  const { index, repeat = 1 } = JSON.parse(line) as { readonly index: number; readonly repeat?: number };
  return answerNumber(index, repeat);
}

function textOf(file: string): string | null {
  return fs.existsSync(file) ? fs.readFileSync(file, "utf8") : null;
}

function wholeLines(text: string | null): string[] {
  return text?.split("\n").slice(0, -1) ?? [];
}
