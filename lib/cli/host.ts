// Everything of the process that commands may use, in one object. Only cli.ts and start.ts use `process` as well.
import * as path from "node:path";
import type { ReadStream, WriteStream } from "node:tty";
import { windowsWords } from "../core/cmd-quote.ts";
import { shellWords } from "../core/shell-quote.ts";
import { STOP_SIGNALS, type StopSignal } from "../core/stop-signals.ts";
import { type Clock, type Random, systemClock } from "../io/clock.ts";
import { executeAnew } from "../io/execute-anew.ts";
import { type FileSystem, realFileSystem } from "../io/fs.ts";
import { ignoredAtStart } from "../io/ignored-signals.ts";
import { PLATFORM } from "../io/platform.ts";
import { isTerminal } from "../io/terminal.ts";
import { isExecutable, programWords } from "./program.ts";

export type Host = {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The current folder. */
  readonly cwd: string;
  /** The folder in which the process was started. */
  readonly startFolder: string;
  /**
   * Begins the program anew in this process, from the folder of the start, with further variables. Returns only where that cannot be done; nothing has changed
   * then.
   */
  executeAnew(variables: Readonly<Record<string, string>>): void;
  /** Changes the current folder of this process and its children. @throws errors of chdir(2) */
  enter(folder: string): void;
  readonly pid: number;
  /** The words that call the program, for commands that are printed to be copied. */
  readonly program: readonly string[];
  /** Words as they are typed on a command line here. For showing, not for running. */
  readonly commandLine: (words: readonly string[]) => string;
  /** A command of ckpt that is printed to be copied. Where another folder was entered, it begins with the step into it. */
  readonly ckptLine: (words: readonly string[]) => string;
  /** The streams are created on first use: each takes milliseconds, and a short answer needs none. */
  readonly stdin: ReadStream;
  readonly stdout: WriteStream;
  readonly stderr: WriteStream;
  /** Whether a descriptor (0, 1, 2) is a terminal. */
  isTerminal(fd: 0 | 1 | 2): boolean;
  readonly fs: FileSystem;
  readonly clock: Clock;
  readonly random: Random;
  readonly processors: number;
  readonly platform: { readonly os: string; readonly arch: string };
  nextTurn(action: () => void): void;
  /** Calls `action` for each of the three signals instead of dying, except for those that were ignored at the start. Returns a function that undoes this. */
  onSignal(action: (signal: StopSignal) => void): () => void;
  /** Calls `action` for errors that a user's module throws outside any call. Returns a function that undoes this. */
  onStray(action: (error: unknown) => void): () => void;
  /** Dies by a signal, as shells expect. */
  dieBy(signal: StopSignal): void;
};

const LINES = { sh: shellWords, cmd: windowsWords } as const;
const ENTER = { sh: ["cd"], cmd: ["cd", "/d"] } as const;

/** Determined only when a command is shown. @param left the folder of the start, where another one was entered */
function calledBy(left: string | null): readonly string[] {
  const { argv0, execPath, env } = process;
  const isPath = /[\\/]/.test(argv0);
  return programWords({
    main: Bun.main,
    argv0: left !== null && isPath ? path.resolve(left, argv0) : argv0,
    execPath,
    cwd: process.cwd(),
    searchPath: env["PATH"] ?? "",
  });
}

/** The words that this process was started with. */
function startWords(): string[] {
  const { argv, argv0, execArgv } = process;
  const script = isExecutable(Bun.main) ? [] : [...execArgv, Bun.main];
  return [argv0, ...script, ...argv.slice(2)];
}

/** The real process. */
export function processHost(): Host {
  const commandLine = LINES[PLATFORM.shell];
  let left: string | null = null;
  return {
    env: process.env,
    get cwd() {
      return process.cwd();
    },
    get startFolder() {
      return left ?? process.cwd();
    },
    executeAnew: (variables) => {
      const here = process.cwd();
      if (left !== null) process.chdir(left);
      executeAnew(startWords(), variables);
      process.chdir(here);
    },
    enter: (folder) => {
      left ??= process.cwd();
      process.chdir(folder);
    },
    pid: process.pid,
    get program() {
      return calledBy(left);
    },
    commandLine,
    ckptLine: (words) => {
      const line = commandLine([...calledBy(left), ...words]);
      return left === null ? line : `${commandLine([...ENTER[PLATFORM.shell], process.cwd()])} && ${line}`;
    },
    get stdin() {
      return process.stdin;
    },
    get stdout() {
      return process.stdout;
    },
    get stderr() {
      return process.stderr;
    },
    isTerminal,
    fs: realFileSystem,
    clock: systemClock,
    random: Math.random,
    processors: navigator.hardwareConcurrency,
    platform: { os: process.platform, arch: process.arch },
    nextTurn: (action) => void setImmediate(action),
    onSignal: (action) => {
      const ignored = ignoredAtStart();
      const heeded = STOP_SIGNALS.filter((signal) => !ignored.has(signal));
      for (const signal of heeded) process.on(signal, action);
      return () => {
        for (const signal of heeded) process.off(signal, action);
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
      // Where there are no groups there are no signals either: kill() would end the process with another status.
      if (PLATFORM.trees === "group") process.kill(process.pid, signal);
      else process.exit(process.exitCode);
    },
  };
}
