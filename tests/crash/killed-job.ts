// One job that is killed at moments drawn at random, by a plain SIGKILL, until it has had its share; now and then by way of two processes that try
// at once. After each kill: nothing recorded is lost or run again, no item is in the log twice, and no process of an earlier run goes on once a
// later run attempts anything. At the end: each item once in the output. Where several answers are wanted of each item, all of that holds of the answers.
import * as fs from "node:fs";
import * as path from "node:path";
import { checkpointPaths } from "../../lib/checkpoint/names.ts";
import { newFolder, read, start, writeLines } from "../helpers/ckpt.ts";
import { answerIn, answerNumber, type Found, lookAt } from "../helpers/kill.ts";
import { type Kind, type Mark, type Subject, subjectOf, textsOf } from "./kill-subjects.ts";

/** What a kill fell into, by what it left on the disk. */
export const PHASES = ["start", "attempt", "save", "commit", "recovery", "output", "move"] as const;
export type Phase = (typeof PHASES)[number];

export type Setting = {
  readonly kind: Kind;
  readonly items: number;
  readonly jobs: number;
  readonly batch: number;
  readonly inflight: number;
  /** The first so many items have results of another tool, which are imported. An even number: so equal items are together. */
  readonly imported: number;
  /** Answers that are wanted of each item. */
  readonly repeats: number;
  readonly kills: number;
};

type Child = ReturnType<typeof start>;
type Ended = { readonly code: number | null; readonly run: number; readonly errors: string };

const OUTPUT = "out.jsonl";
const LOCKED = 11;
/** How long a job that nobody kills has its attempts going. */
const WHOLE_MS = 1200;
const START_MS = 150;
const END_MS = 40;
/** A process that finds the lock taken tries for a second; far beyond that it has hung. */
const REFUSAL_MS = 20_000;
const RUN_MS = 60_000;

export class KilledJob {
  readonly #setting: Setting;
  readonly #random: () => number;
  readonly #folder: string;
  readonly #latencyMs: number;
  readonly counts: Record<Phase, number> = {
    start: 0,
    attempt: 0,
    save: 0,
    commit: 0,
    recovery: 0,
    output: 0,
    move: 0,
  };
  readonly faults: string[] = [];
  /** Two processes at once: rounds, those refused with 11, those that took over from one that was killed. */
  readonly two = { rounds: 0, refused: 0, tookOver: 0 };
  kills = 0;
  attempts = 0;
  /** Attempts at answers that had been recorded before. */
  again = 0;
  #runs = 0;
  #over = false;
  #recorded: ReadonlySet<number> = new Set();

  constructor(setting: Setting, random: () => number) {
    this.#setting = setting;
    this.#random = random;
    this.#folder = newFolder();
    const slots = setting.jobs * setting.inflight;
    this.#latencyMs = Math.max(2, Math.min(100, Math.round((WHOLE_MS * slots) / this.#answers)));
  }

  /** How many answers there are in the end. */
  get #answers(): number {
    return this.#setting.items * this.#setting.repeats;
  }

  async performMove(): Promise<void> {
    const { kind, items, inflight, imported, kills } = this.#setting;
    const folder = this.#folder;
    const texts = textsOf(kind, items);
    writeLines(
      folder,
      "q.jsonl",
      texts.map((text) => JSON.stringify({ text })),
    );
    writeLines(
      folder,
      "old.jsonl",
      texts
        .slice(0, imported)
        .map((text, index) => JSON.stringify({ ...expectedRow(text, index, null), text })),
    );
    const subject = await subjectOf(kind, { folder, items, inflight, latencyMs: this.#latencyMs });
    try {
      while (this.kills < kills && !this.#over && this.faults.length === 0) await this.#round(subject);
      await this.#end(subject, texts);
    } finally {
      await subject.stop();
    }
    if (this.faults.length === 0) fs.rmSync(folder, { recursive: true });
  }

  async #round(subject: Subject): Promise<void> {
    const before = subject.attempts().length;
    const ended = this.#random() < 0.2 ? await this.#two(subject) : [await this.#one(subject)];
    const killed = ended.filter(({ code }) => code === null).length;
    this.kills += killed;
    this.#over = ended.some(({ code }) => code === 0);
    for (const { code, run, errors } of ended) {
      if (code !== null && code !== 0 && !(code === LOCKED && ended.length === 2))
        this.#fault(`run ${run} ended with ${code}: ${errors.slice(-600)}`);
    }
    const marks = subject.attempts().slice(before);
    const found = lookAt(this.#folder);
    this.#check(subject, marks, found);
    const phase = this.#phaseOf(marks, found);
    if (!this.#over) this.counts[phase] += killed;
    if (found.recorded !== null) this.#recorded = found.recorded;
  }

  /** Starts one, and kills it at a moment near its start, anywhere, or near its end. */
  async #one(subject: Subject): Promise<Ended> {
    const [child, ended] = this.#start(subject);
    const which = this.#random();
    if (which < 0.2) await within(child, this.#random() * START_MS);
    else if (which < 0.8) await within(child, this.#random() * this.#leftMs());
    else {
      await this.#untilRecorded(child);
      await within(child, this.#random() * END_MS);
    }
    child.kill("SIGKILL");
    return ended;
  }

  /** Two at once, on one checkpoint: either the second is waited for while the first goes on, or the first is killed while the second tries. */
  async #two(subject: Subject): Promise<readonly Ended[]> {
    this.two.rounds++;
    const [first, firstEnded] = this.#start(subject);
    await within(first, this.#random() < 0.5 ? 0 : this.#random() * 100);
    const [second, secondEnded] = this.#start(subject);
    if (this.#random() < 0.5) {
      await Promise.race([within(first, REFUSAL_MS), within(second, REFUSAL_MS)]);
      if (!isOver(first) && !isOver(second)) this.#fault("of two processes neither was refused nor ended");
      await within(first, this.#random() * 200);
    } else {
      await within(first, this.#random() * 600);
      first.kill("SIGKILL");
      await within(second, this.#random() * this.#leftMs());
    }
    first.kill("SIGKILL");
    second.kill("SIGKILL");
    const ended = await Promise.all([firstEnded, secondEnded]);
    this.two.refused += ended.filter(({ code }) => code === LOCKED).length;
    const attempted = new Set(subject.attempts().map(({ run }) => run));
    if (ended.every(({ run }) => attempted.has(run))) this.two.tookOver++;
    return ended;
  }

  get imports(): boolean {
    return this.#setting.imported > 0;
  }

  get repeats(): boolean {
    return this.#setting.repeats > 1;
  }

  #start(subject: Subject): [Child, Promise<Ended>] {
    const { jobs, batch, repeats } = this.#setting;
    const run = ++this.#runs;
    const options = [
      ...(this.imports ? ["--import", "old.jsonl"] : []),
      ...(this.repeats ? ["--repeat", `${repeats}`] : []),
      "-o",
      OUTPUT,
    ];
    const args = ["run", "q.jsonl", "-j", `${jobs}`, "-b", `${batch}`, ...options, ...subject.words];
    const child = start(this.#folder, args, subject.env(run));
    return [child, endOf(child, run)];
  }

  #leftMs(): number {
    const { jobs, inflight } = this.#setting;
    const left = this.#answers - this.#recorded.size;
    return START_MS + (left * this.#latencyMs) / (jobs * inflight) + END_MS;
  }

  async #untilRecorded(child: Child): Promise<void> {
    const { log } = checkpointPaths(path.join(this.#folder, "checkpoints"));
    for (const startMs = performance.now(); !isOver(child) && performance.now() - startMs < RUN_MS;) {
      if (linesOf(log) >= this.#answers) return;
      await Bun.sleep(3);
    }
  }

  #check(subject: Subject, marks: readonly Mark[], { recorded }: Found): void {
    const again = marks.filter((mark) => this.#wasRecorded(mark));
    this.again += again.length;
    if (again.length > 0) this.#fault(`recorded and run again: ${JSON.stringify(again)}`);
    if (recorded !== null) {
      const lost = [...this.#recorded].filter((index) => !recorded.has(index));
      if (lost.length > 0) this.#fault(`recorded and lost: ${lost.join(", ")}`);
    }
    const { log } = checkpointPaths(path.join(this.#folder, "checkpoints"));
    const answers = answersIn(log);
    if (new Set(answers).size < answers.length) this.#fault(`in the log twice: ${answers.join(", ")}`);
    const blocks = subject.traces().filter((run, at, all) => run !== all[at - 1]);
    if (new Set(blocks).size < blocks.length)
      this.#fault(`a process of an earlier run goes on beside a later one: ${blocks.join(", ")}`);
  }

  /** Whether an attempt is at an answer that was recorded before; where it cannot be told which, whether all of the item's were. */
  #wasRecorded({ index, repeat }: Mark): boolean {
    const all = Array.from({ length: this.#setting.repeats }, (_, at) => at + 1);
    return (repeat === null ? all : [repeat]).every((one) => this.#recorded.has(answerNumber(index, one)));
  }

  #phaseOf(marks: readonly Mark[], { recorded, status, uncommitted }: Found): Phase {
    const paths = checkpointPaths(path.join(this.#folder, "checkpoints"));
    if (fs.existsSync(paths.intent) || (recorded === null && this.#recorded.size > 0)) return "move";
    if ((status?.output?.sha256 ?? null) !== null || this.#hasStagedOutput()) return "output";
    if (fs.existsSync(paths.recovering) || fs.existsSync(`${paths.recovering}.tmp`)) return "recovery";
    if (fs.existsSync(`${paths.status}.tmp`)) return "commit";
    if (marks.length === 0) return "start";
    return uncommitted ? "save" : "attempt";
  }

  #hasStagedOutput(): boolean {
    return fs.readdirSync(this.#folder).some((name) => name.startsWith(`.${OUTPUT}.`));
  }

  /** Lets it come to its end, then asks for it once more. */
  async #end(subject: Subject, texts: readonly string[]): Promise<void> {
    const before = subject.attempts().length;
    for (const [again, mark] of [
      ["at the end", before],
      ["once more", -1],
    ] as const) {
      if (this.faults.length > 0) return;
      const had = mark < 0 ? subject.attempts().length : mark;
      const [child, ended] = this.#start(subject);
      await within(child, RUN_MS);
      child.kill("SIGKILL");
      const { code, errors } = await ended;
      if (code !== 0) this.#fault(`${again}: ended with ${code}: ${errors.slice(-600)}`);
      const marks = subject.attempts().slice(had);
      this.#check(subject, marks, lookAt(this.#folder));
      if ((mark < 0 || this.#over) && marks.length > 0)
        this.#fault(`complete and run again: ${marks.length}`);
    }
    this.#checkOutput(subject, texts);
  }

  #checkOutput(subject: Subject, texts: readonly string[]): void {
    const { items, jobs, inflight, imported, repeats } = this.#setting;
    const numbers = this.repeats ? Array.from({ length: repeats }, (_, at) => at + 1) : [null];
    const expected = texts.flatMap((text, index) =>
      numbers.map((repeat) => JSON.stringify(expectedRow(text, index, repeat))),
    );
    if (read(this.#folder, OUTPUT) !== `${expected.join("\n")}\n`)
      this.#fault("another output than expected");
    const attempts = subject.attempts();
    this.attempts = attempts.length;
    // What is imported are first answers.
    const isImported = ({ index, repeat }: Mark): boolean =>
      index < imported && (repeat === 1 || (repeat === null && !this.repeats));
    if (attempts.some(isImported)) this.#fault("an imported item was attempted");
    // A kill costs the attempts that were in flight, and no other.
    const least = items * repeats - imported;
    const most = least + this.kills * jobs * inflight;
    if (this.attempts < least || this.attempts > most)
      this.#fault(`${this.attempts} attempts for ${least} answers and ${this.kills} kills, ${most} at most`);
  }

  #fault(what: string): void {
    this.faults.push(`${JSON.stringify(this.#setting)} in ${this.#folder}: ${what}`);
  }
}

/** The row of an output that an item has. @param repeat null where one answer is wanted */
const expectedRow = (text: string, index: number, repeat: number | null): object => ({
  index,
  ...(repeat === null ? {} : { repeat }),
  status: "ok",
  output: `answer to ${text}`,
});

const isOver = (child: Child): boolean => child.exitCode !== null || child.signalCode !== null;

/** Waits for a time, or until the child has ended. */
async function within(child: Child, ms: number): Promise<void> {
  await Promise.race([child.exited, Bun.sleep(ms)]);
}

async function endOf(child: Child, run: number): Promise<Ended> {
  const [errors] = await Promise.all([child.stderr.text(), child.stdout.text(), child.exited]);
  return { code: child.signalCode === "SIGKILL" ? null : child.exitCode, run, errors };
}

function answersIn(log: string): readonly number[] {
  if (!fs.existsSync(log)) return [];
  return fs.readFileSync(log, "utf8").split("\n").slice(0, -1).map(answerIn);
}

function linesOf(log: string): number {
  return fs.existsSync(log) ? fs.readFileSync(log, "latin1").split("\n").length - 1 : 0;
}
