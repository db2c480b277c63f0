// Everything of the process that commands may touch, in one object. The only other place that knows `process` is cli.ts.
import * as os from "node:os";
import * as path from "node:path";
import type { ReadStream, WriteStream } from "node:tty";
import type { Owner } from "../checkpoint/folder.ts";
import { type Clock, type Random, systemClock } from "../io/clock.ts";
import { type FileSystem, realFileSystem } from "../io/fs.ts";

export type Signal = "SIGINT" | "SIGTERM" | "SIGHUP";

export type Host = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly pid: number;
  readonly hostname: string;
  /** How to call the program, in words, for commands that are to be copied. */
  readonly program: readonly string[];
  readonly stdin: ReadStream;
  readonly stdout: WriteStream;
  readonly stderr: WriteStream;
  readonly fs: FileSystem;
  readonly clock: Clock;
  readonly random: Random;
  readonly processors: number;
  nextTurn(action: () => void): void;
  /** Calls `action` at each of the three signals instead of dying. Returns what takes that back. */
  onSignal(action: (signal: Signal) => void): () => void;
  /** Calls `action` for what a user's module throws outside any call. Returns what takes that back. */
  onStray(action: (error: unknown) => void): () => void;
  /** Dies by a signal, as a shell expects it. */
  dieBy(signal: Signal): void;
};

const SIGNALS: readonly Signal[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/** The real process. */
export function processHost(): Host {
  return {
    env: process.env,
    cwd: process.cwd(),
    pid: process.pid,
    hostname: os.hostname(),
    program: programWords(),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    fs: realFileSystem,
    clock: systemClock,
    random: Math.random,
    processors: os.availableParallelism(),
    nextTurn: (action) => void setImmediate(action),
    onSignal: (action) => {
      for (const signal of SIGNALS) process.on(signal, action);
      return () => {
        for (const signal of SIGNALS) process.off(signal, action);
      };
    },
    onStray: (action) => {
      process.on("uncaughtException", action);
      process.on("unhandledRejection", action);
      return () => {
        process.off("uncaughtException", action);
        process.off("unhandledRejection", action);
      };
    },
    dieBy: (signal) => {
      process.kill(process.pid, signal);
    },
  };
}

/** `ckpt` when compiled; from the sources (`bun run demo`), where there may be none, the file that was run. */
function programWords(): string[] {
  return Bun.main.startsWith("/$bunfs/") ? ["ckpt"] : ["bun", path.relative(process.cwd(), Bun.main)];
}

/** Who takes the lock, for messages to others. */
export function ownerOf(host: Host): Owner {
  return { pid: host.pid, host: host.hostname, started_at: new Date(host.clock.now()).toISOString() };
}
