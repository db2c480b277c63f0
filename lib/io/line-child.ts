// A long-lived child process that communicates in lines over standard input and standard output. It leads a process group of its own, which is ended
// with it. Its standard error goes to a file.
import { causeText } from "../core/errors.ts";
import { tailText, Utf8Pieces } from "../core/utf8.ts";
import { childWords } from "./child-words.ts";
import { type NotStarted, STDERR_TAIL_BYTES, whyNotStarted } from "./child-trouble.ts";
import { readFully } from "./file.ts";
import { O, realFileSystem as fs } from "./fs.ts";
import { openPipe } from "./named-pipe.ts";
import { GONE_MS, TERM_MS } from "./process-group.ts";
import { heldSpawn, type ProcessTree, processTree } from "./process-tree.ts";

export type LineChildRequest = {
  readonly argv: readonly string[];
  /** The whole environment. */
  readonly env: { readonly [name: string]: string };
  /** File for standard error; appended to. */
  readonly stderrFile: string;
  /** Temporary name of the pipe for standard output. */
  readonly pipeFile: string;
  /** Maximum length of a line of output, in characters. */
  readonly maxLineLength: number;
  /** A line of standard output, without its end. */
  readonly onLine: (line: string) => void;
  /** Standard output is invalid: not UTF-8, a line that is too long, or closed. The child keeps running. */
  readonly onFault: (message: string) => void;
  /** The child has ended, and all it wrote has been passed on. Called once. */
  readonly onEnd: (end: ChildStatus) => void;
};

/** How a child ended: its exit status, or the name of a signal. */
export type ChildStatus = { readonly status: number | null; readonly signal: string | null };

/** A larger log is truncated at the next start of its worker. */
const STDERR_MAX_BYTES = 16 << 20;

/** Starts a child, or returns why it could not be started. @throws errors of open(2) for the standard error file */
export function startLineChild(request: LineChildRequest): LineChild | NotStarted {
  const words = childWords(request, request.env);
  if ("end" in words) return words;
  const stderr = openLog(request.stderrFile);
  const logStart = fs.fstatSync(stderr).size;
  const pipe = openPipe(request.pipeFile);
  try {
    const subprocess = Bun.spawn({
      ...words,
      env: request.env,
      stdio: ["pipe", pipe?.writeFd ?? "pipe", stderr],
      ...heldSpawn(),
    });
    return new LineChild(request, subprocess, pipe?.readFd ?? null, logStart);
  } catch (error) {
    if (pipe !== null) fs.closeSync(pipe.readFd);
    return whyNotStarted(request.argv[0] ?? "", request.env, error);
  } finally {
    if (pipe !== null) fs.closeSync(pipe.writeFd);
    fs.closeSync(stderr);
  }
}

function openLog(file: string): number {
  const fd = fs.openSync(file, O.O_WRONLY | O.O_CREAT | O.O_APPEND | O.O_NOFOLLOW, 0o600);
  if (fs.fstatSync(fd).size > STDERR_MAX_BYTES) fs.ftruncateSync(fd, 0);
  return fd;
}

type Reader = {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
  cancel(): Promise<void>;
};
type Started = Bun.Subprocess<"pipe", "pipe" | number, number>;

export class LineChild {
  readonly #request: LineChildRequest;
  readonly #subprocess: Started;
  readonly #tree: ProcessTree;
  readonly #stdout: Reader;
  /** The pipe of standard output; null when it is Bun's own. */
  readonly #stdoutFd: number | null;
  /** Size of the log when this child was started. Its own output follows. */
  readonly #logStart: number;
  readonly #ended: Promise<void>;
  #rest = "";
  #pending = "";
  #flushPlanned = false;
  #killTimer: Timer | undefined;
  #closedTimer: Timer | undefined;
  #gone = false;

  constructor(request: LineChildRequest, subprocess: Started, stdoutFd: number | null, logStart: number) {
    this.#request = request;
    this.#subprocess = subprocess;
    this.#tree = processTree(subprocess);
    this.#stdout = readerOf(subprocess, stdoutFd);
    this.#stdoutFd = stdoutFd;
    this.#logStart = logStart;
    this.#ended = this.#untilEnd();
  }

  /** Writes a line with its line end. Lines of one turn are sent in one write. Lines that a dead child does not read are lost. */
  write(line: string): void {
    this.#pending += line;
    if (this.#flushPlanned) return;
    this.#flushPlanned = true;
    process.nextTick(() => this.#flush());
  }

  #flush(): void {
    this.#flushPlanned = false;
    const text = this.#pending;
    this.#pending = "";
    this.#quietly(() => this.#subprocess.stdin.write(text));
    this.#quietly(() => this.#subprocess.stdin.flush());
  }

  /** A closed pipe is reported late; the end of the child tells everything needed. */
  #quietly(call: () => unknown): void {
    try {
      const answer = call();
      if (answer instanceof Promise) answer.catch(() => undefined);
    } catch {
      // EPIPE: onEnd follows.
    }
  }

  /** Sends Sends Sends Sends Sends Sends SIGTERM, and SIGKILL if that does not help. */
  terminate(): void {
    if (this.#killTimer !== undefined) return;
    this.#tree.signal("SIGTERM");
    this.#killTimer = setTimeout(() => this.kill(), TERM_MS);
  }

  /** Sends SIGKILL to its process group. */
  kill(): void {
    this.#tree.signal("SIGKILL");
  }

  /** Closes its input and waits; then SIGTERM and SIGKILL if it keeps running. Resolves when it is gone. */
  async close(): Promise<void> {
    if (this.#flushPlanned) this.#flush();
    this.#quietly(() => this.#subprocess.stdin.end());
    const timer = setTimeout(() => this.terminate(), TERM_MS);
    await this.#ended;
    clearTimeout(timer);
  }

  /** The last 8 KiB of its standard error; empty when the log cannot be read. */
  stderrTail(): string {
    try {
      const fd = fs.openSync(this.#request.stderrFile, O.O_RDONLY | O.O_NOFOLLOW);
      try {
        const { size } = fs.fstatSync(fd);
        const from = Math.max(size - STDERR_TAIL_BYTES, Math.min(this.#logStart, size));
        return tailText(readFully(fs, fd, from, size - from));
      } finally {
        fs.closeSync(fd);
      }
    } catch {
      return ""; // a failing disk; the items of the worker are handled all the same
    }
  }

  async #untilEnd(): Promise<void> {
    const read = this.#read();
    await this.#subprocess.exited;
    this.#gone = true;
    clearTimeout(this.#closedTimer);
    if (this.#killTimer !== undefined) await this.#tree.untilGone(TERM_MS);
    clearTimeout(this.#killTimer);
    if (this.#tree.signal("SIGKILL")) await this.#tree.untilGone(GONE_MS);
    this.#tree.release();
    await Promise.race([read, Bun.sleep(GONE_MS)]);
    await this.#closeStdout(read);
    const { exitCode, signalCode } = this.#subprocess;
    this.#request.onEnd({ status: exitCode, signal: signalCode === null ? null : String(signalCode) });
  }

  /** Output of processes outside the group that keep it open is not read. */
  async #closeStdout(read: Promise<void>): Promise<void> {
    await this.#stdout.cancel().catch(() => undefined);
    await read;
    if (this.#stdoutFd !== null) fs.closeSync(this.#stdoutFd);
  }

  async #read(): Promise<void> {
    const pieces = new Utf8Pieces();
    try {
      for (;;) {
        const { value } = await this.#stdout.read();
        if (value === undefined) break;
        this.#take(pieces.decode(value));
        await nextTurn();
      }
    } catch (error) {
      this.#request.onFault(causeText(error));
    }
    // Usually the child ends now, too.
    const onClosed = (): void => this.#request.onFault("it has closed its standard output");
    if (!this.#gone) this.#closedTimer = setTimeout(onClosed, TERM_MS);
  }

  #take(text: string): void {
    const { onLine, onFault, maxLineLength } = this.#request;
    let start = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
      const rest = text.slice(start, end);
      const line = this.#rest === "" ? rest : this.#rest + rest;
      this.#rest = "";
      start = end + 1;
      onLine(line);
    }
    if (start < text.length) this.#rest += text.slice(start);
    if (this.#rest.length <= maxLineLength) return;
    this.#rest = "";
    onFault(`a line is longer than ${maxLineLength} characters`);
  }
}

function readerOf({ stdout }: Started, stdoutFd: number | null): Reader {
  if (stdoutFd !== null) return Bun.file(stdoutFd).stream().getReader();
  if (!(stdout instanceof ReadableStream)) throw new Error("a child without standard output");
  return stdout.getReader();
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
