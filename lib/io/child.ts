// Runs one child process to its end. Its standard streams are unnamed files, not pipes: a grandchild that keeps one open delays nothing, nothing can
// block, and `echo x > /dev/stderr` works. The child leads a process group of its own, which is ended with it.
import * as os from "node:os";
import { TIMER_MS_MAX } from "../core/durations.ts";
import { tailText } from "../core/utf8.ts";
import { childWords } from "./child-words.ts";
import { type NotStarted, STDERR_TAIL_BYTES, whyNoFiles, whyNotStarted } from "./child-trouble.ts";
import { readFully } from "./file.ts";
import { O, realFileSystem as fs } from "./fs.ts";
import { GONE_MS, TERM_MS } from "./process-group.ts";
import { heldSpawn, type ProcessTree, processTree } from "./process-tree.ts";
import { endSurvivors } from "./survivors.ts";
import { fillFromStart, openTemporary } from "./temporary-file.ts";

export type ChildRequest = {
  /** Program and arguments; no shell is involved. */
  readonly argv: readonly string[];
  /** Windows: the words are joined as they are. */
  readonly verbatim?: true;
  /** The whole environment. */
  readonly env: { readonly [name: string]: string };
  /** The text on its standard input. */
  readonly input: string;
  /** Null: no limit. */
  readonly timeoutMs: number | null;
  /** Limit of standard output, in bytes; null: nobody reads it, so that it goes nowhere. */
  readonly maxOutputBytes: number | null;
  /** Aborted with reason "kill": SIGKILL at once; with any other: SIGTERM first. */
  readonly signal: AbortSignal;
  /** What it has started may go on after it, if it has ended by itself. Not on Windows. */
  readonly leavesOthers?: true;
};

export type ChildEnd =
  | { readonly end: "exited"; readonly status: number; readonly stdout: Buffer; readonly stderr: string }
  | { readonly end: "signalled"; readonly signal: string; readonly stderr: string }
  | { readonly end: "timeout"; readonly stderr: string }
  | { readonly end: "output_too_large"; readonly stderr: string }
  | { readonly end: "aborted" }
  | NotStarted;

/** How often the size of the output is checked: at 2 GB/s a runaway child writes 100 MB in that time. */
const WATCH_MS = 50;

/** Standard error longer than this is truncated to its tail, so that it cannot fill the disk. */
const STDERR_MAX_BYTES = 1 << 20;

/** How often its end is read again while the child keeps writing. */
const CUT_LOOKS_MAX = 8;

type Files = { readonly stdin: number; readonly stdout: number; readonly stderr: number };

/** The children of one processor. `close` ends them, and processes that have left their group but still have the session's nonce in their environment. */
export class Children {
  readonly #running = new Set<RunningChild>();
  readonly #closing = new AbortController();
  #folder: string;
  #nonce: string | null = null;

  /** @param folder for the files of its standard streams; default: the folder for temporary files */
  constructor(folder: string = os.tmpdir()) {
    this.#folder = folder;
  }

  /** Another folder for the files of children that start from now on. */
  use(folder: string): void {
    this.#folder = folder;
  }

  /** Runs a child to its end. Never throws for anything that a command can cause. `nonce` is put into its environment. */
  async run(request: ChildRequest, nonce: string): Promise<ChildEnd> {
    if (request.signal.aborted || this.#closing.signal.aborted) return { end: "aborted" };
    this.#nonce = nonce;
    const started = start(request, this.#folder);
    if (!(started instanceof RunningChild)) return started;
    this.#running.add(started);
    try {
      return await started.untilEnd();
    } finally {
      this.#running.delete(started);
    }
  }

  /** Kills everything at once; resolves when all processes are gone. May be called twice. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([...this.#running].map((child) => child.kill()));
    if (this.#nonce !== null) await endSurvivors(this.#nonce);
    this.#nonce = null;
  }
}

function start(request: ChildRequest, folder: string): RunningChild | ChildEnd {
  const words = childWords(request, request.env);
  if ("end" in words) return words;
  let files: Files;
  try {
    files = openFiles(request, folder);
  } catch (error) {
    return whyNoFiles(error);
  }
  try {
    const subprocess = Bun.spawn({
      ...words,
      env: request.env,
      stdio: [files.stdin, files.stdout, files.stderr],
      ...heldSpawn(),
    });
    fs.closeSync(files.stdin);
    return new RunningChild(request, files, subprocess);
  } catch (error) {
    for (const fd of Object.values(files)) fs.closeSync(fd);
    return whyNotStarted(request.argv[0] ?? "", request.env, error);
  }
}

function openFiles({ input, maxOutputBytes }: ChildRequest, folder: string): Files {
  const opened: number[] = [];
  const noted = (fd: number): number => {
    opened.push(fd);
    return fd;
  };
  const open = (flags: number): number => noted(openTemporary(flags, folder));
  try {
    const stdin = open(0);
    fillFromStart(stdin, Buffer.from(input));
    const stdout = maxOutputBytes === null ? noted(fs.openSync(os.devNull, O.O_RDWR)) : open(O.O_APPEND);
    return { stdin, stdout, stderr: open(O.O_APPEND) };
  } catch (error) {
    for (const fd of opened) fs.closeSync(fd);
    throw error;
  }
}

class RunningChild {
  readonly #request: ChildRequest;
  readonly #files: Files;
  readonly #subprocess: Bun.Subprocess;
  readonly #tree: ProcessTree;
  /** Why ckpt ends the child. */
  #cause: "timeout" | "output_too_large" | "aborted" | null = null;
  #killTimer: Timer | undefined;
  #stderrTail: Buffer = Buffer.alloc(0);
  /** A call on one of its files failed. */
  #trouble: unknown = null;

  constructor(request: ChildRequest, files: Files, subprocess: Bun.Subprocess) {
    this.#request = request;
    this.#files = files;
    this.#subprocess = subprocess;
    this.#tree = processTree(subprocess);
  }

  async untilEnd(): Promise<ChildEnd> {
    const { signal, timeoutMs } = this.#request;
    const abort = (): void => this.#end("aborted", signal.reason !== "kill");
    signal.addEventListener("abort", abort);
    const timer =
      timeoutMs === null
        ? undefined
        : setTimeout(() => this.#end("timeout", true), Math.min(timeoutMs, TIMER_MS_MAX));
    const watch = setInterval(() => this.#watch(), WATCH_MS);
    await this.#subprocess.exited;
    clearInterval(watch);
    clearTimeout(timer);
    // After SIGTERM the leader may be gone at once while others of the group still clean up; the timer kills those.
    if (this.#killTimer !== undefined) await this.#tree.untilGone(TERM_MS);
    clearTimeout(this.#killTimer);
    signal.removeEventListener("abort", abort);
    const isLeft = this.#request.leavesOthers === true && this.#cause === null;
    if (!isLeft && this.#tree.signal("SIGKILL")) await this.#tree.untilGone(GONE_MS);
    this.#tree.release();
    try {
      return this.#trouble === null ? this.#result() : whyNoFiles(this.#trouble);
    } catch (error) {
      return whyNoFiles(error);
    } finally {
      fs.closeSync(this.#files.stdout);
      fs.closeSync(this.#files.stderr);
    }
  }

  /** Kills the child at once; resolves when the process is gone. */
  async kill(): Promise<void> {
    this.#end("aborted", false);
    await this.#subprocess.exited;
  }

  #end(cause: "timeout" | "output_too_large" | "aborted", gently: boolean): void {
    this.#cause ??= cause;
    if (!gently) {
      this.#tree.signal("SIGKILL");
    } else if (this.#killTimer === undefined) {
      this.#tree.signal("SIGTERM");
      this.#killTimer = setTimeout(() => this.#tree.signal("SIGKILL"), TERM_MS);
    }
  }

  #watch(): void {
    try {
      if (this.#stdoutBytes() > this.#maxOutputBytes) this.#end("output_too_large", false);
      if (fs.fstatSync(this.#files.stderr).size > STDERR_MAX_BYTES) this.#cutStderr();
    } catch (error) {
      this.#trouble = error;
      this.#end("aborted", false);
    }
  }

  #result(): ChildEnd {
    if (this.#cause === "aborted") return { end: "aborted" };
    const stderr = tailText(this.#readStderrTail());
    if (this.#cause === "timeout") return { end: "timeout", stderr };
    if (this.#cause === "output_too_large") return { end: "output_too_large", stderr };
    const stdout = readWhole(this.#files.stdout, this.#maxOutputBytes);
    if (stdout === null) return { end: "output_too_large", stderr };
    const { exitCode, signalCode } = this.#subprocess;
    if (signalCode !== null) return { end: "signalled", signal: String(signalCode), stderr };
    return { end: "exited", status: exitCode ?? 0, stdout, stderr };
  }

  get #maxOutputBytes(): number {
    return this.#request.maxOutputBytes ?? Number.POSITIVE_INFINITY;
  }

  #stdoutBytes(): number {
    return fs.fstatSync(this.#files.stdout).size;
  }

  /** Keeps the tail, including what is written during the read, and truncates the file. The file is open for appending, so the child continues at the new end. */
  #cutStderr(): void {
    const { stderr } = this.#files;
    let tail = this.#readStderrTail();
    for (let looks = 0; looks < CUT_LOOKS_MAX; looks++) {
      const before = tail;
      tail = this.#readStderrTail();
      if (tail.equals(before)) break;
    }
    fs.ftruncateSync(stderr, 0);
    this.#stderrTail = tail;
  }

  #readStderrTail(): Buffer {
    const { stderr } = this.#files;
    let bytes = readWhole(stderr, STDERR_TAIL_BYTES);
    if (bytes === null) {
      const { size } = fs.fstatSync(stderr);
      bytes = readFully(fs, stderr, size - STDERR_TAIL_BYTES, STDERR_TAIL_BYTES);
    }
    if (this.#stderrTail.length === 0) return bytes;
    return Buffer.concat([this.#stderrTail, bytes]).subarray(-STDERR_TAIL_BYTES);
  }
}

const scratch = Buffer.allocUnsafeSlow(64 << 10);

/** The content of a file; null when it is larger than `maxBytes`. Most files are small: one read gives size and content. */
function readWhole(fd: number, maxBytes: number): Buffer | null {
  const count = fs.readSync(fd, scratch, 0, scratch.length, 0);
  if (count > maxBytes) return null;
  if (count < scratch.length) return Buffer.from(scratch.subarray(0, count));
  const { size } = fs.fstatSync(fd);
  return size > maxBytes ? null : readFully(fs, fd, 0, size);
}
