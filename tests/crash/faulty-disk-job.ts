// One job on a disk that is struck again and again: its power is cut, or its device fails. What ckpt had reported as saved must be there when the disk is
// back, what was found then must be found for ever after, and no item whose record was there is run again.
import * as fs from "node:fs";
import * as path from "node:path";
import { checkpointPaths } from "../../lib/checkpoint/names.ts";
import { writeLines } from "../helpers/ckpt.ts";
import { hasUncommitted, recordedSessions, statusIn } from "./recorded-sessions.ts";
import { reportedError } from "./reported-error.ts";
import { WatchedRun } from "./watched-run.ts";

const FIXTURES = path.join(import.meta.dir, "../fixtures");

export type FaultyDiskProcessor = "command" | "worker";

const WORDS: Readonly<Record<FaultyDiskProcessor, readonly string[]>> = {
  command: ["--", path.join(FIXTURES, "processors/mark-and-pad.sh")],
  worker: ["--worker", "--", path.join(FIXTURES, "workers/mark-and-pad.sh")],
};

export type FaultyDiskJobOptions = {
  readonly name: string;
  readonly at: string;
  /** What happens to the disk, and what brings it back without what was only in memory. */
  readonly strike: () => void;
  /** `renew` leaves what is only in memory: what no commit vouches for may be there or not. Default: false. */
  readonly staysInMemory?: boolean;
  readonly renew: () => Promise<void>;
  /** Elsewhere: for the input and the marks. */
  readonly folder: string;
  readonly processor: FaultyDiskProcessor;
  readonly batch: number;
  readonly items: number;
  /** Folder of the output; default: the disk. */
  readonly outputFolder?: string;
};

/** When the disk is struck; resolves at that moment. */
export type Moment = (run: WatchedRun) => Promise<unknown>;

export type StrikeOptions = { readonly exact?: boolean; readonly ms: number };

export type Struck = {
  readonly doing: string;
  /** Null when it had to be killed. */
  readonly code: number | null;
  readonly errors: string;
};

export class FaultyDiskJob {
  readonly #options: FaultyDiskJobOptions;
  readonly #dir: string;
  readonly #output: string;
  readonly #marks: string;
  /** Blows by what ckpt was doing. */
  readonly blows: Map<string, number> = new Map();
  readonly faults: string[] = [];
  /** Items found in the session's log when the disk was back. */
  #found: ReadonlySet<number> = new Set();
  #reported = 0;

  constructor(options: FaultyDiskJobOptions) {
    this.#options = options;
    this.#dir = path.join(options.at, "c");
    this.#output = path.join(options.outputFolder ?? options.at, "out.jsonl");
    this.#marks = path.join(options.folder, "marks");
    fs.writeFileSync(this.#marks, "");
    writeLines(
      options.folder,
      "q.txt",
      Array.from({ length: options.items }, (_, i) => `q${i}`),
    );
  }

  get runWords(): readonly string[] {
    const { batch, processor } = this.#options;
    const options = ["-j", "4", "-b", `${batch}`, "-o", this.#output, "--progress", "json"];
    return ["run", "q.txt", "--dir", this.#dir, ...options, ...WORDS[processor]];
  }

  /** The words of a run that imports the results of these items. Writes them, as an output of ckpt has them. */
  importWords(items: readonly number[]): readonly string[] {
    const row = (index: number): object => ({
      index,
      status: "ok",
      output: expectedOutput(index),
      item: `q${index}`,
    });
    writeLines(
      this.#options.folder,
      "old.jsonl",
      items.map((index) => JSON.stringify(row(index))),
    );
    const [run = "", input = "", ...rest] = this.runWords;
    return [run, input, "--import", "old.jsonl", ...rest];
  }

  /** The words of another command on this checkpoint. */
  words(...command: readonly string[]): readonly string[] {
    return [...command, "--dir", this.#dir];
  }

  get dir(): string {
    return this.#dir;
  }

  get isStaged(): boolean {
    return fs.readdirSync(path.dirname(this.#output)).some((name) => name.startsWith(".out.jsonl."));
  }

  get hasUncommitted(): boolean {
    return hasUncommitted(this.#dir);
  }

  get isInPlace(): boolean {
    return statusIn(this.#dir) !== null;
  }

  get marks(): readonly number[] {
    return fs.readFileSync(this.#marks, "utf8").split("\n").filter(Boolean).map(Number);
  }

  get everyItemMarked(): boolean {
    return new Set(this.marks).size === this.#options.items;
  }

  /** What the fixtures need to know. */
  get env(): Record<string, string> {
    return { MARKS: this.#marks };
  }

  start(words: readonly string[]): WatchedRun {
    return new WatchedRun(this.#options.folder, words, this.env);
  }

  /** Runs a command to its end, undisturbed. @param codes what it may end with */
  async finish(words: readonly string[], codes: readonly number[] = [0]): Promise<void> {
    const before = this.#recorded();
    const marksBefore = this.marks.length;
    const run = this.start(words);
    const { code, err } = await run.end();
    this.#reported = Math.max(this.#reported, run.reported);
    if (!codes.includes(code ?? -1)) this.fault(`${words[0]}: exit ${code}: ${err.slice(-400)}`);
    this.#expectNotAgain(before, marksBefore);
  }

  /** Kills the run at a moment, and leaves what the kernel has in memory. */
  async kill(moment: Moment): Promise<void> {
    const before = this.#recorded();
    const marksBefore = this.marks.length;
    const run = this.start(this.runWords);
    await moment(run);
    await run.kill();
    this.#reported = Math.max(this.#reported, run.reported);
    this.#expectNotAgain(before, marksBefore);
  }

  /**
   * Starts a command, strikes the disk at a moment, and brings the disk back when the command has ended.
   * @param exact stops the process before the blow, so that it falls just where the moment says
   * @param ms how long the process may go on with such a disk before it is killed
   */
  async strike(words: readonly string[], moment: Moment, options: StrikeOptions): Promise<Struck> {
    const before = this.#recorded();
    const marksBefore = this.marks.length;
    const run = this.start(words);
    await moment(run);
    if (options.exact === true) run.stop();
    const doing = this.#doing(words, run, marksBefore);
    // What `ckpt info` would say now.
    const seen = this.#seenPosition();
    this.#options.strike();
    if (options.exact === true && options.ms > 0) run.proceed();
    await run.over(options.ms);
    const isOver = run.isOver;
    await run.kill();
    const { code, err } = await run.end();
    this.blows.set(doing, (this.blows.get(doing) ?? 0) + 1);
    this.#reported = Math.max(this.#reported, run.reported);
    await this.#options.renew();
    this.#expectNotAgain(before, marksBefore);
    this.#expectKept(seen, doing);
    return { doing, code: isOver ? code : null, errors: err };
  }

  #doing(words: readonly string[], run: WatchedRun, marksBefore: number): string {
    const [command = ""] = words;
    if (run.hasEnded) return "after the end";
    if (command !== "run") return command;
    const paths = checkpointPaths(this.#dir);
    if (fs.existsSync(paths.intent)) return "move";
    if (this.isStaged) return "output";
    if (fs.existsSync(paths.recovering) || fs.existsSync(`${paths.recovering}.tmp`)) return "recovery";
    if (this.marks.length === marksBefore) return "start";
    // The checkpoint has been moved away: all is done, but for the process itself.
    return this.isInPlace ? "attempts" : "after the end";
  }

  #seenPosition(): string | null {
    const log = statusIn(this.#dir)?.log;
    return log === undefined || log.records === 0 ? null : `${log.bytes} ${log.last_sum}`;
  }

  #recorded(): ReadonlySet<number> {
    const kept = recordedSessions(this.#dir);
    const { staysInMemory = false } = this.#options;
    return kept.reduce(
      (all, { outputs, committed }) => all.union(staysInMemory ? committed : outputs),
      new Set<number>(),
    );
  }

  #expectNotAgain(recorded: ReadonlySet<number>, marksBefore: number): void {
    const again = this.marks.slice(marksBefore).filter((index) => recorded.has(index));
    if (again.length > 0) this.fault(`run again though recorded: ${again.join()}`);
  }

  /** Looks whether all is there that was reported as saved. @param reported by a run that was not started here */
  expectReported(reported: number = 0): void {
    this.#reported = Math.max(this.#reported, reported);
    this.#expectKept(null, "afterwards");
  }

  #expectKept(seen: string | null, doing: string): void {
    const kept = recordedSessions(this.#dir);
    const recorded = this.#recorded();
    const lost = [...this.#found].filter((index) => !recorded.has(index));
    if (lost.length > 0) this.fault(`${doing}: lost what was there after an earlier blow: ${lost.join()}`);
    this.#found = recorded;
    const most = Math.max(0, ...kept.map(({ status }) => status.results_saved));
    if (most < this.#reported) this.fault(`${doing}: ${this.#reported} reported as saved, ${most} are`);
    if (seen !== null && !kept.some(({ ends }) => ends.has(seen)))
      this.fault(`${doing}: the log no longer has the record at which the status ended (${seen})`);
    for (const { outputs } of kept) {
      for (const [index, output] of outputs) {
        if (output !== expectedOutput(index))
          this.fault(`${doing}: item ${index} has the output ${JSON.stringify(output)}`);
      }
    }
    if (fs.existsSync(this.#output)) this.expectOutput();
  }

  /** The output is whole and exact. */
  expectOutput(): void {
    const lines = Array.from({ length: this.#options.items }, (_, index) =>
      JSON.stringify({ index, status: "ok", output: expectedOutput(index) }),
    );
    const found = fs.existsSync(this.#output) ? fs.readFileSync(this.#output, "utf8") : "no output";
    if (found !== `${lines.join("\n")}\n`) this.fault(`output differs: ${found.slice(0, 200)}`);
  }

  /** Notes a broken promise. */
  fault(text: string): void {
    this.faults.push(`${this.#options.name}: ${text}`);
  }
}

/** A message that names the cause and says what to do, and is no stack. */
export function expectSaid(job: FaultyDiskJob, errors: string, cause: string | RegExp): void {
  if (/^ {4}at /m.test(errors)) job.fault(`a stack is shown: ${errors.slice(-1500)}`);
  const { message, hint } = reportedError(errors);
  const namesCause = typeof cause === "string" ? message.includes(cause) : cause.test(message);
  if (!namesCause || hint === "")
    job.fault(`what happened and what to do is not said: ${errors.slice(-600)}`);
}

/** @param ms after the condition began to hold; it does not wait for a command that has ended */
export function soonAfter(condition: () => boolean, ms: number): Moment {
  return async (run: WatchedRun) => {
    await run.until(condition);
    await run.over(ms);
  };
}

/** What the fixtures answer to the item of that index. */
function expectedOutput(index: number): string {
  return `answer ${String(index).padStart(((index * 37) % 900) + 1, "0")}`;
}
