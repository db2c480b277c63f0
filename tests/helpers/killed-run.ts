// One job that is killed again and again: chooses where to kill next, counts by phase, and looks after each kill that nothing recorded is lost or
// run again. What is a phase is known from the call before which ckpt died, not guessed.
import { expect } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { checkpointPaths, type CheckpointPaths } from "../../lib/checkpoint/names.ts";
import { read } from "./ckpt.ts";
import { type Ended, type KillPoint, lookAt, runTo, runUntil } from "./kill.ts";

export const PHASES = ["attempt", "save", "commit", "recovery", "output", "move"] as const;
export type Phase = (typeof PHASES)[number];

export type KilledJob = {
  /** A folder of its own; the processor appends the item's index to the file `marks` in it. */
  readonly folder: string;
  readonly args: readonly string[];
  readonly output: string;
  readonly items: number;
  readonly jobs: number;
  readonly batch: number;
  /** Kills wanted between the first record and the last. */
  readonly kills: number;
  readonly random: () => number;
};

export class KilledRun {
  readonly #job: KilledJob;
  readonly #paths: CheckpointPaths;
  readonly counts: Record<Phase, number> = {
    attempt: 0,
    save: 0,
    commit: 0,
    recovery: 0,
    output: 0,
    move: 0,
  };
  /** Kills at which the log held a record and lacked one. */
  between = 0;
  #recorded: ReadonlySet<number> = new Set();
  #marks = 0;
  /** A run came to its end before it came to where it was to be killed. */
  #over = false;

  constructor(job: KilledJob) {
    this.#job = job;
    this.#paths = checkpointPaths(path.join(job.folder, "checkpoints"));
  }

  /** Kills until there have been as many as wanted, then in the output and in the move, then lets it end. */
  async performMove(): Promise<void> {
    const { kills, items, random } = this.#job;
    const first = Math.floor(random() * 4);
    for (let round = 0; this.between < kills && this.#recorded.size < items - 1 && !this.#over; round++) {
      const choice = round === 0 ? 1 : (first + round) % 4;
      if (choice === 0) await this.#killInAttempt();
      else if (choice === 1) await this.#killAt("save", this.#savePoint());
      else if (choice === 2) await this.#killAt("commit", this.#commitPoint());
      else await this.#killInRecovery();
    }
    for (const point of this.#outputPoints()) await this.#killAt("output", point);
    for (const point of this.#movePoints()) await this.#killAt("move", point);
    await this.#round(() => runUntil(this.#job.folder, this.#job.args, () => false), "attempt");
  }

  /** Items to be recorded until the next kill, so that the kills are spread over the whole run. */
  get #stride(): number {
    const left = this.#job.items - this.#recorded.size;
    return Math.max(1, Math.floor((this.#job.random() * 2 * left) / (this.#job.kills - this.between + 2)));
  }

  async #killInAttempt(): Promise<void> {
    const target = this.#marks + this.#stride;
    const { folder, args } = this.#job;
    await this.#round(() => runUntil(folder, args, () => this.#marksNow().length >= target), "attempt");
  }

  #savePoint(): KillPoint {
    const when = 1 + Math.ceil(this.#stride / this.#job.jobs);
    return { calls: "write", paths: [this.#paths.log], when };
  }

  #commitPoint(): KillPoint {
    const { log, status } = this.#paths;
    const { items, jobs, batch, random } = this.#job;
    // The first commit of a run is the one with which it begins; a later one comes before the end only where batches are small.
    const when = batch <= 10 && items - this.#recorded.size > 50 * jobs ? 1 + Math.floor(random() * 2) : 1;
    const steps = [
      { calls: "fdatasync", paths: [log] },
      { calls: "write", paths: [`${status}.tmp`] },
      { calls: "fsync", paths: [`${status}.tmp`] },
      { calls: "rename", paths: [`${status}.tmp`] },
    ];
    return { ...pick(steps, random), when };
  }

  /** Where records wait for being adopted; else the kill falls into the first commit. */
  async #killInRecovery(): Promise<void> {
    if (!lookAt(this.#job.folder).uncommitted) return this.#killAt("commit", this.#commitPoint());
    const { log, recovering } = this.#paths;
    const steps = [
      { calls: "write", paths: [`${recovering}.tmp`], when: 1 },
      { calls: "write", paths: [`${recovering}.tmp`], when: 2 },
      { calls: "fsync", paths: [`${recovering}.tmp`], when: 2 },
      { calls: "rename", paths: [`${recovering}.tmp`], when: 1 },
      { calls: "ftruncate", paths: [log], when: 1 },
      { calls: "fdatasync", paths: [log], when: 1 },
      { calls: "write", paths: [log], when: 1 },
      { calls: "fdatasync", paths: [log], when: 2 },
      { calls: "unlink", paths: [recovering], when: 1 },
    ];
    await this.#killAt("recovery", pick(steps, this.#job.random));
  }

  #outputPoints(): KillPoint[] {
    const nonce = lookAt(this.#job.folder).status?.session.nonce ?? "";
    const staged = path.join(this.#job.folder, `.${this.#job.output}.${nonce.slice(0, 8)}.ckpt.tmp`);
    return ["write", "fsync", "rename"].map((calls) => ({ calls, paths: [staged], when: 1 }));
  }

  /** In the order in which a move reaches them; from the third on, the command that comes next has to finish the move. */
  #movePoints(): KillPoint[] {
    const { intent, log, receipt } = this.#paths;
    return [
      { calls: "fsync", paths: [`${intent}.tmp`], when: 1 },
      { calls: "rename", paths: [`${intent}.tmp`], when: 1 },
      { calls: "rename", paths: [log], when: 1 },
      { calls: "rename", paths: [`${receipt}.tmp`], when: 1 },
      { calls: "unlink", paths: [intent], when: 1 },
    ];
  }

  #killAt(phase: Phase, point: KillPoint): Promise<void> {
    const { folder, args } = this.#job;
    return this.#round(() => runTo(folder, args, point), phase);
  }

  async #round(run: () => Promise<Ended>, phase: Phase): Promise<void> {
    const marksBefore = this.#marksNow().length;
    const { exitCode, errors } = await run();
    const marks = this.#marksNow();
    const again = marks.slice(marksBefore).filter((index) => this.#recorded.has(index));
    expect({ phase, again }).toEqual({ phase, again: [] });
    this.#over = exitCode !== null;
    if (exitCode !== null) expect({ phase, exitCode, errors }).toMatchObject({ phase, exitCode: 0 });
    const { recorded } = lookAt(this.#job.folder);
    if (recorded !== null) {
      const lost = [...this.#recorded].filter((index) => !recorded.has(index));
      expect({ phase, lost }).toEqual({ phase, lost: [] });
      const inFlight = marks.slice(marksBefore).some((index) => !recorded.has(index));
      if (exitCode === null && (phase !== "attempt" || inFlight)) this.#count(phase, recorded.size);
      this.#recorded = recorded;
    } else if (exitCode === null) {
      this.#count(phase, 0);
    }
    this.#marks = marks.length;
  }

  #count(phase: Phase, recorded: number): void {
    this.counts[phase]++;
    if (recorded > 0 && recorded < this.#job.items) this.between++;
  }

  #marksNow(): number[] {
    if (!fs.existsSync(path.join(this.#job.folder, "marks"))) return [];
    return read(this.#job.folder, "marks").split("\n").filter(Boolean).map(Number);
  }
}

function pick<T>(values: readonly T[], random: () => number): T {
  const value = values[Math.floor(random() * values.length)];
  if (value === undefined) throw new Error("nothing to pick from");
  return value;
}
