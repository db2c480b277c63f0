// One run of ckpt under the tracer (tracer.ts): which calls it made on the files of a folder, and what became of it when one was meddled with.
import * as fs from "node:fs";
import * as path from "node:path";
import { EXECUTABLE } from "../helpers/ckpt.ts";
import { JOB_ENV, stdinOf, WORK } from "./sweep-job.ts";
import type { ErrorCode } from "./syscalls.ts";

/** A call on a watched file: its name, the part its file plays, and the how-manyeth of the same it is, from 1, over all threads. */
export type TracedCall = { readonly call: string; readonly role: string; readonly nth: number };

/** What happens at a point. `times`: to how many calls of the same name, from there on. */
export type Effect =
  | { readonly kind: "kill"; readonly times: number }
  | { readonly kind: "error"; readonly code: ErrorCode; readonly times: number }
  | { readonly kind: "short"; readonly times: number };

export type TraceJob = {
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Absolute, without links. */
  readonly watched: string;
  readonly point: TracedCall | null;
  readonly effect: Effect;
  /** Where what was seen is written. */
  readonly seen: string;
};

export type Seen = {
  readonly calls: readonly TracedCall[];
  /** How many calls were meddled with. */
  readonly hits: number;
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
};

export type TracedRun = Seen & { readonly errors: string };

export const UNTOUCHED: Effect = { kind: "kill", times: 0 };

const TRACER = path.join(import.meta.dir, "tracer.ts");

/** Runs a command of a job (sweep-job.ts) and meddles at a point; null: nowhere. */
export async function runTraced(
  folder: string,
  args: readonly string[],
  point: TracedCall | null,
  effect: Effect,
): Promise<TracedRun> {
  const seen = path.join(folder, "seen.json");
  const watched = path.join(folder, WORK);
  const job: TraceJob = { words: [EXECUTABLE, ...args], env: JOB_ENV, watched, point, effect, seen };
  const tracer = Bun.spawn([process.execPath, TRACER, JSON.stringify(job)], {
    cwd: folder,
    env: JOB_ENV,
    stdin: stdinOf(folder, args),
    stdout: "ignore",
    stderr: "pipe",
  });
  const [errors] = await Promise.all([tracer.stderr.text(), tracer.exited]);
  if (!fs.existsSync(seen)) throw new Error(`the tracer failed: ${errors}`);
  const found = JSON.parse(fs.readFileSync(seen, "utf8")) as Seen;
  fs.unlinkSync(seen);
  return { ...found, errors };
}
