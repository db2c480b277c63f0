// What every target has to do on a machine: run, be killed, resume, back up, restore, end whole trees of processes, refuse a second run.
import * as fs from "node:fs";
import * as path from "node:path";
import { allPids } from "../../lib/io/proc.ts";
import { newFolder, type Ran, read, writeLines } from "../helpers/ckpt.ts";
import { killAll } from "../helpers/processes.ts";
import { until } from "../helpers/until.ts";
import type { Machine } from "./target-machines.ts";

const ITEMS = 6;
const WORDS: readonly string[] = Array.from({ length: ITEMS }, (_, index) => `w${index}`);
const HOSTILE = "x & echo INJECTED | y > z.txt ^ (z) $(echo INJECTED) `echo INJECTED`";
const UNSAFE = "%PATH% & echo INJECTED";
const DONE = WORDS.map((word) => `done ${word}`);

/** Words of ckpt that do something to each item. */
type Work = {
  /** A program that notes the item in marks.txt and prints `done ITEM`; behind the first two items it waits for a file `go`. */
  readonly program: { readonly name: string; readonly text: string };
  readonly step: readonly string[];
  /** Prints `done ITEM`, by the system's shell. */
  readonly shell: readonly string[];
  /** Starts a process that starts another; neither ends. Both have `mark` in their command lines. */
  readonly tree: (mark: string) => readonly string[];
};

const POSIX: Work = {
  program: {
    name: "step.sh",
    text: `echo "$1" >> marks.txt
case "$1" in w0 | w1) ;; *) until [ -e go ]; do sleep 0.05; done ;; esac
echo "done $1"
`,
  },
  step: ["--", "/bin/sh", "step.sh", "{word}"],
  shell: ["--shell", "echo done {word}"],
  tree: (mark) => ["--", "/bin/sh", "-c", `sleep ${mark} & sleep ${mark}`],
};

const WINDOWS: Work = {
  program: {
    name: "step.cmd",
    text: `@echo off
echo %~1>> marks.txt
if "%~1"=="w0" goto end
if "%~1"=="w1" goto end
:wait
if exist go goto end
ping -n 2 127.0.0.1 > nul
goto wait
:end
echo done %~1
`.replaceAll("\n", "\r\n"),
  },
  step: ["--", ".\\step.cmd", "{word}"],
  shell: ["--shell", "echo done {word}"],
  tree: (mark) => {
    const ping = `ping -n 5000 -w ${mark} 127.0.0.1`;
    return ["--", "cmd.exe", "/d", "/c", `cmd /d /c ${ping} & ${ping}`];
  },
};

/** No call takes as long on the busiest machine. */
const LIMIT_MS = 200_000;

/** A number that stands in the command lines of what is to be found again. */
let mark = 40_000_000 + (process.pid % 10_000) * 100;

export type Flow = { readonly checks: number; readonly faults: readonly string[] };

/** Goes through all of it in a folder of its own. */
export async function targetFlow(machine: Machine): Promise<Flow> {
  const flow = new TargetFlow(machine);
  await flow.identity();
  await flow.killedAndResumed();
  await flow.backups();
  await flow.shell();
  await flow.timeout();
  await flow.leftBehind();
  return flow;
}

class TargetFlow implements Flow {
  checks = 0;
  readonly faults: string[] = [];
  readonly #machine: Machine;
  readonly #work: Work;
  readonly #folder = newFolder();

  constructor(machine: Machine) {
    this.#machine = machine;
    this.#work = machine.platform.os === "win32" ? WINDOWS : POSIX;
    fs.writeFileSync(path.join(this.#folder, this.#work.program.name), this.#work.program.text);
    writeLines(
      this.#folder,
      "q.jsonl",
      WORDS.map((word) => JSON.stringify({ id: `id-${word}`, word })),
    );
  }

  async identity(): Promise<void> {
    const said = this.#json(await this.#ckpt("version", "--json")) as { platform?: unknown };
    this.#check("version --json names the platform", same(said.platform, this.#machine.platform), said);
  }

  async killedAndResumed(): Promise<void> {
    const args = ["run", "q.jsonl", "--id", "id", "-j", "1", "-b", "1", "-o", "o.jsonl", ...this.#work.step];
    const child = this.#start(args);
    await this.#untilRunning(child, () => this.#records().length >= 2);
    const second = await this.#ckpt(...args);
    this.#check("a second run is refused with 11", second.code === 11, second);
    const held = this.#json(await this.#ckpt("info", "--json")) as { locked_by?: unknown };
    this.#check(
      "info says who holds the checkpoint",
      typeof held.locked_by === "object" && held.locked_by !== null,
      held,
    );
    await this.#kill(child);
    const recorded = this.#records();
    const free = this.#json(await this.#ckpt("info", "--json")) as { locked_by?: unknown };
    this.#check("info says that nobody does after a kill -9", free.locked_by === null, free);

    fs.writeFileSync(path.join(this.#folder, "go"), "");
    const resumed = await this.#ckpt(...args);
    this.#check("the same command resumes and ends with 0", resumed.code === 0, resumed);
    const outputs = resumed.code === 0 ? this.#outputs("o.jsonl") : [];
    this.#check("all results are there, in order", same(outputs, DONE), outputs);
    const marks = read(this.#folder, "marks.txt")
      .split("\n")
      .map((line) => line.replaceAll('"', "").trim());
    const again = recorded.filter((word) => marks.filter((marked) => marked === word).length !== 1);
    this.#check("no recorded item is run again", recorded.length >= 2 && again.length === 0, {
      recorded,
      marks,
    });
  }

  async backups(): Promise<void> {
    const steps = [
      ["list", "--json"],
      ["restore", "latest", "--yes"],
      ["verify"],
      ["backup", "kept"],
      ["verify", "kept"],
      ["export", "-o", "again.jsonl"],
      ["clear", "--yes"],
      ["restore", "kept", "--yes"],
    ];
    for (const step of steps) {
      const ran = await this.#ckpt(...step);
      this.#check(`${step.join(" ")} ends with 0`, ran.code === 0, ran);
    }
    const isEqual =
      fs.existsSync(path.join(this.#folder, "again.jsonl")) &&
      read(this.#folder, "again.jsonl") === read(this.#folder, "o.jsonl");
    this.#check("what is exported from a restored backup is the output", isEqual, "again.jsonl");
  }

  /** A value is a value to the system's shell, whatever stands in it; what cannot be one is refused. */
  async shell(): Promise<void> {
    const lines = [HOSTILE, UNSAFE].map((word, at) => JSON.stringify({ id: `h${at}`, word }));
    writeLines(this.#folder, "h.jsonl", lines);
    const words = ["run", "h.jsonl", "--id", "id", "--dir", "s", "-o", "s.jsonl", ...this.#work.shell];
    const ran = await this.#ckpt(...words);
    const isRefused = this.#machine.platform.os === "win32";
    this.#check("--shell ends with 0, or 3 where a value is refused", ran.code === (isRefused ? 3 : 0), ran);
    const outputs = fs.existsSync(path.join(this.#folder, "s.jsonl")) ? this.#outputs("s.jsonl") : [];
    const wanted = [`done ${HOSTILE}`, isRefused ? "argument_unsafe" : `done ${UNSAFE}`];
    this.#check("--shell gives each item its value", same(outputs, wanted), outputs);
  }

  async timeout(): Promise<void> {
    const tree = String(mark++);
    const ran = await this.#ckpt(
      ...this.#ofItsOwn("t"),
      "--timeout",
      "1s",
      "--retries",
      "0",
      "--limit",
      "1",
      "--json",
      ...this.#work.tree(tree),
    );
    const { errors } = this.#json(ran) as { errors?: readonly { readonly kind: string }[] };
    this.#check("--timeout fails the item", errors?.[0]?.kind === "timeout", ran);
    const left = await this.#goneOf(tree);
    this.#check("--timeout ends the whole tree", left.length === 0, left);
  }

  async leftBehind(): Promise<void> {
    const tree = String(mark++);
    const child = this.#start([...this.#ofItsOwn("k"), ...this.#work.tree(tree)]);
    // ckpt's own words, which an emulator's processes repeat, have the mark as well: what ckpt has started is without its options.
    await this.#untilRunning(child, () => commandLinesWith(tree, "--dir").length >= 2);
    await this.#kill(child);
    const cleared = await this.#ckpt("clear", "--dir", "k", "--yes");
    this.#check("clear after a kill -9 ends with 0", cleared.code === 0, cleared);
    const left = await this.#goneOf(tree);
    this.#check("nothing that a killed run started goes on", left.length === 0, left);
  }

  #ofItsOwn(dir: string): readonly string[] {
    return ["run", "q.jsonl", "--id", "id", "-j", "1", "--dir", dir, "-o", `${dir}.jsonl`];
  }

  #check(what: string, holds: boolean, seen: unknown): void {
    this.checks++;
    if (!holds) this.faults.push(`${what}: ${JSON.stringify(seen).slice(0, 1500)}`);
  }

  /** The words of the items in the log, of whole records. */
  #records(): readonly string[] {
    const log = path.join(this.#folder, "checkpoints/checkpoint_results.jsonl");
    if (!fs.existsSync(log)) return [];
    return fs
      .readFileSync(log, "utf8")
      .split("\n")
      .slice(0, -1)
      .map((line) => (JSON.parse(line) as { id: string }).id.slice("id-".length));
  }

  /** Output of each item, or the kind of its error. Quotes that a shell prints are left out. */
  #outputs(name: string): readonly string[] {
    return read(this.#folder, name)
      .trim()
      .split("\n")
      .map((line) => {
        const { output, error } = JSON.parse(line) as { output?: string; error?: { kind: string } };
        return output?.replaceAll('"', "").trim() ?? error?.kind ?? line;
      });
  }

  #json({ out }: Ran): object {
    try {
      return JSON.parse(out) as object;
    } catch {
      return { out };
    }
  }

  async #ckpt(...args: readonly string[]): Promise<Ran> {
    const child = this.#start(args);
    // An emulator may hang: that is to be seen, not waited for.
    const limit = setTimeout(() => child.kill("SIGKILL"), LIMIT_MS);
    const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
    clearTimeout(limit);
    return { code, out, err };
  }

  #start(args: readonly string[]): Bun.Subprocess<"ignore", "pipe", "pipe"> {
    const { words, env } = this.#machine;
    // Pid and words are those of what runs it: under wine that is a process of wine's.
    return Bun.spawn([...words, ...args], {
      cwd: this.#folder,
      env,
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
  }

  async #untilRunning(child: Bun.Subprocess<"ignore", "pipe", "pipe">, holds: () => boolean): Promise<void> {
    await until(() => holds() || child.exitCode !== null);
    if (!holds())
      throw new Error(
        `ckpt ended with ${child.exitCode}: ${await child.stderr.text()}${await child.stdout.text()}`,
      );
  }

  /** SIGKILL to ckpt, wherever it runs: what it has started has no `ckpt` in its words. */
  async #kill(child: Bun.Subprocess): Promise<void> {
    const executable = path.basename(this.#machine.words.at(-1) ?? "");
    killAll([child.pid, ...commandLinesWith(executable).filter((pid) => cwdOf(pid) === this.#folder)]);
    await child.exited;
  }

  /** Pids of a tree that are left. They end a moment after they were ended. */
  async #goneOf(tree: string): Promise<readonly number[]> {
    try {
      await until(() => commandLinesWith(tree).length === 0);
    } catch {
      // It is for the caller to say.
    }
    const left = commandLinesWith(tree);
    killAll(left);
    return left;
  }
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Pids of processes that have a text in their command lines, and not the other; what has ended has none. */
function commandLinesWith(text: string, but?: string): readonly number[] {
  return allPids().filter((pid) => {
    try {
      const line = fs.readFileSync(`/proc/${pid}/cmdline`, "latin1");
      return pid !== process.pid && line.includes(text) && (but === undefined || !line.includes(but));
    } catch {
      return false; // gone
    }
  });
}

function cwdOf(pid: number): string | null {
  try {
    return fs.readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return null; // gone, or another user's
  }
}
