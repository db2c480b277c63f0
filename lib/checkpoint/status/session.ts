// An open session: results go into the log, commits make them durable, and the status states what the log holds. The plan (core/plan.ts) owns the
// states and counts of units. It learns of a result when its record has been added, so a status never counts records whose bytes are not in the log.
import { CkptError, isDiskFull } from "../../core/errors.ts";
import { EndpointTally } from "../../core/endpoint-tally.ts";
import { VersionTally } from "../../core/model-versions.ts";
import type { Plan } from "../../core/plan.ts";
import type { ItemError, RecordKey, Result, Usage } from "../../core/record.ts";
import {
  countInTimeline,
  type JobScope,
  type LogPosition,
  NO_USAGE,
  type OutputFacts,
  type RunEnd,
  type OwnRunEntry,
  type RunEntry,
  RUNS_MAX,
  scopeOf,
  type SessionState,
  type Status,
} from "../../core/status.ts";
import { type TimeCounts, TimeTally } from "../../core/time-tally.ts";
import { addUsage } from "../../core/usage.ts";
import type { Clock } from "../../io/clock.ts";
import { makeFolder, naming, syncFolder } from "../../io/file.ts";
import { type FileSystem, O } from "../../io/fs.ts";
import type { CommitFailure } from "./commit.ts";
import { type Committer, directCommitter } from "./committer.ts";
import { LogWriter } from "../log/log-writer.ts";
import { recordUsage } from "../record/parse-record.ts";
import type { CheckpointPaths } from "../names.ts";
import type { Owner } from "../owner.ts";
import { FailureExamples } from "./failure-examples.ts";
import { finishAdoption } from "../log/recovery.ts";
import { Ownership } from "./ownership.ts";
import { encodeStatus } from "./status-file.ts";

/** The parts of a status that each run sets; everything else is carried over or counted. */
export type SessionFacts = Pick<
  Status,
  | "v"
  | "session"
  | "input"
  | "processor"
  | "fingerprint"
  | "words"
  | "cwd"
  | keyof JobScope
  | "batch_size"
  | "output"
> & {
  /** The previous status when the session is resumed; null for a new session. */
  readonly earlier: Status | null;
  /** The plan, with the states of all units. */
  readonly plan: Plan;
};

const FIRST_BUCKET_MS = 1000;

export class Session {
  readonly #fs: FileSystem;
  readonly #paths: CheckpointPaths;
  readonly #clock: Clock;
  readonly #committer: Committer;
  readonly #log: LogWriter;
  readonly #facts: SessionFacts;
  readonly #ownership: Ownership;
  readonly #examples: FailureExamples;
  readonly #runStartMs: number;
  /** Updated in place: a new object per result would cost more than the record's checksum. */
  readonly #run: { -readonly [K in keyof OwnRunEntry]: OwnRunEntry[K] };
  #toDo: number | null = null;
  #ratePerS: number | null = null;
  #output: OutputFacts | null;
  #words: Status["words"];
  #usage = NO_USAGE;
  /** Times to the first token of the session, and of this run. */
  readonly #ttft: TimeTally;
  readonly #ttftOfRun: TimeTally = new TimeTally();
  #timeline: Status["timeline"];
  /** Which versions of the model have answered, over the session. */
  readonly versions: VersionTally;
  readonly #endpoints: EndpointTally;
  /** Active time of earlier runs. */
  readonly #activeBeforeMs: number;
  /** Results of this run in the timeline, and committed ones. */
  #inTimeline = 0;
  #inCommit = 0;
  #committed: Status;

  /** Opens a session whose recovered and durable log ends at `position`. @throws checkpoint.takenOver, checkpoint.foreignWrite */
  constructor(
    fs: FileSystem,
    paths: CheckpointPaths,
    clock: Clock,
    committer: Committer,
    facts: SessionFacts,
    position: LogPosition,
    owner: Owner,
  ) {
    const found = facts.earlier?.v ?? facts.v;
    if (found !== facts.v)
      throw new Error(`a log of version ${found} takes no records of version ${facts.v}`);
    this.#fs = fs;
    this.#paths = paths;
    this.#clock = clock;
    this.#committer = committer;
    this.#facts = facts;
    this.#ownership = new Ownership(fs, paths, owner, facts.earlier);
    this.#examples = new FailureExamples(fs, paths.log, facts.plan);
    this.#runStartMs = clock.monotonic();
    this.#run = {
      started_at: this.#now(),
      ended_at: null,
      pid: owner.pid,
      host: owner.host,
      attempted: 0,
      succeeded: 0,
      failed: 0,
      active_ms: 0,
      ended: null,
      usage: NO_USAGE,
    };
    this.#output = facts.output;
    this.#words = facts.words;
    this.#usage = facts.earlier?.usage ?? NO_USAGE;
    this.#ttft = new TimeTally(facts.earlier?.ttft);
    this.#timeline = facts.earlier?.timeline ?? { bucket_ms: FIRST_BUCKET_MS, counts: [] };
    this.versions = new VersionTally(facts.earlier?.versions);
    this.#endpoints = new EndpointTally(facts.earlier?.endpoints);
    // The list of runs is bounded, but the timeline includes runs that are no longer listed.
    const listedMs = (facts.earlier?.runs ?? []).reduce((sum, { active_ms: ms }) => sum + ms, 0);
    this.#activeBeforeMs = Math.max(listedMs, (this.#timeline.counts.length - 1) * this.#timeline.bucket_ms);
    if (facts.earlier === null) createLog(fs, paths);
    const explain = (error: CkptError): CkptError => this.#ownership.explain(error);
    this.#log = new LogWriter(fs, paths.log, position, facts.v, explain);
    this.#log.assertUntouched();
    this.#committed = this.#snapshot("running", (facts.earlier?.generation ?? -1) + 1);
  }

  /** Commits the first status of this run (generation 0 for a new session). No attempt may start before it. */
  async begin(): Promise<void> {
    await this.#commit(directCommitter(this.#fs), this.#committed);
    finishAdoption(this.#fs, this.#paths);
  }

  /** The committed status. */
  get committed(): Status {
    return this.#committed;
  }

  /** Tokens and cost over the session, uncommitted results included. */
  get usage(): Status["usage"] {
    return this.#usage;
  }

  /** Times to the first token in this run; null without streamed answers. */
  get ttftOfRun(): TimeCounts | null {
    return this.#ttftOfRun.counts;
  }

  get run(): OwnRunEntry {
    return this.#run;
  }

  /** Number of results that are not committed yet. */
  get uncommitted(): number {
    return this.#run.attempted - this.#inCommit;
  }

  /** Adds a result to the log's buffer; `write` writes it to the file. */
  add(key: RecordKey, result: Result): void {
    const { plan, fingerprint } = this.#facts;
    const unit = plan.unitOf(key.index, key.repeat);
    if (unit === null) throw new Error("the record does not fit the plan");
    const offset = this.#log.add(key, result.imported?.fp ?? fingerprint.id, result);
    plan.settled(unit, result.status === "ok" ? null : result.error, offset);
    if (result.imported === undefined) this.#countInRun(result); // nobody has attempted anything
  }

  /**
   * Adds a copy of a record that another session has made of a unit. Nobody attempts anything; what it has cost counts in the usage of this session, but of no run.
   * @param line the record, without its end @param error null for a success @param from nonce of that session
   * @returns what it has cost
   */
  addCopy(line: Buffer, unit: number, error: ItemError | null, from: string): Usage | undefined {
    this.#facts.plan.recorded(unit, error, this.#log.addCopy(line, { from }));
    const usage = recordUsage(line);
    this.#usage = addUsage(this.#usage, usage);
    return usage;
  }

  #countInRun(result: Result): void {
    const run = this.#run;
    run.attempted++;
    if (result.status === "ok") run.succeeded++;
    else run.failed++;
    this.spend(result.usage);
    if (result.endpoint !== undefined) this.#endpoints.add(result.endpoint, result.status === "ok");
    if (result.answeredBy !== undefined) this.versions.add(result.answeredBy);
    if (result.ttftMs === undefined) return;
    this.#ttft.add(result.ttftMs);
    this.#ttftOfRun.add(result.ttftMs);
  }

  /** Counts usage; called directly for attempts of a unit that stays pending, which have no record. */
  spend(usage: Usage | undefined): void {
    this.#run.usage = addUsage(this.#run.usage, usage);
    this.#usage = addUsage(this.#usage, usage);
  }

  /** Records the planned number of items and the current rate for readers of the status. Committed with the next results. */
  noteProgress(toDo: number, ratePerS: number | null): void {
    this.#toDo = toDo;
    this.#ratePerS = ratePerS;
  }

  /** True once a sync or a truncation has failed: nothing more is written or reported as saved. */
  get poisoned(): boolean {
    return this.#log.poisoned;
  }

  get bufferIsFull(): boolean {
    return this.#log.isFull;
  }

  /**
   * Writes buffered results to the log.
   * @throws checkpoint.diskFull (may be tried again), checkpoint.writeFailed, checkpoint.foreignWrite, checkpoint.takenOver
   */
  write(): void {
    this.#log.write();
  }

  /**
   * Commits everything that has been added. When it resolves, the results may be reported as saved.
   * @throws checkpoint.diskFull (may be tried again), checkpoint.syncFailed, checkpoint.writeFailed, checkpoint.foreignWrite, checkpoint.takenOver
   */
  async commit(): Promise<void> {
    this.#log.write();
    await this.#commit(this.#committer, this.#next("running"));
  }

  /** The last commit of a run, with how it ended. Runs on the calling thread. */
  async end(state: SessionState, ended: RunEnd): Promise<void> {
    this.#log.write();
    Object.assign(this.#run, { ended_at: this.#now(), ended });
    await this.#commit(directCommitter(this.#fs), this.#next(state));
  }

  /** The words for the next run without any. */
  get words(): Status["words"] {
    return this.#words;
  }

  /** Records other words for the next run without any. Committed with the next results. */
  setWords(words: readonly string[] | undefined): void {
    this.#words = words;
  }

  /** Records the output's path and hash; they must be committed before the output is renamed into place. */
  setOutput(output: OutputFacts): void {
    this.#output = output;
  }

  async #commit(committer: Committer, status: Status): Promise<void> {
    const problem = this.#ownership.problem();
    if (problem !== null) throw this.#log.poison(problem);
    this.#log.assertUntouched();
    const attempted = this.#run.attempted;
    const statusBytes = encodeStatus(status);
    this.#ownership.replacing(statusBytes);
    const failure = await committer.commit({
      logFd: this.#log.fd,
      statusFile: this.#paths.status,
      statusBytes,
    });
    if (failure !== null) throw this.#explain(failure);
    this.#committed = status;
    this.#inCommit = attempted;
  }

  #explain(failure: CommitFailure): CkptError {
    const params = { path: failure.path, cause: failure.cause };
    if (failure.stage === "status") {
      // The old status is intact and covers everything committed before; a later commit may succeed.
      return new CkptError(
        isDiskFull(failure.code) ? "checkpoint.diskFull" : "checkpoint.writeFailed",
        params,
      );
    }
    return this.#log.poison(new CkptError("checkpoint.syncFailed", params));
  }

  #next(state: SessionState): Status {
    return this.#snapshot(state, this.#committed.generation + 1);
  }

  #snapshot(state: SessionState, generation: number): Status {
    const {
      v,
      plan,
      session,
      input,
      processor,
      fingerprint,
      cwd,
      batch_size: batchSize,
      earlier,
    } = this.#facts;
    const activeMs = Math.round(this.#clock.monotonic() - this.#runStartMs);
    this.#run.active_ms = activeMs;
    const earlierRuns = earlier?.runs ?? [];
    const { total, done, failed, gone } = plan.counts(true);
    this.#noteInTimeline(activeMs);
    const versions = this.versions.list();
    const endpoints = this.#endpoints.list();
    const ttft = this.#ttft.counts;
    return {
      v,
      kind: "status",
      generation,
      session,
      saved_at: this.#now(),
      state,
      input,
      processor,
      fingerprint,
      ...(this.#words === undefined ? {} : { words: this.#words }),
      ...(cwd === undefined ? {} : { cwd }),
      ...scopeOf(this.#facts),
      batch_size: batchSize,
      total,
      completed: done,
      failed,
      results_saved: plan.withResult,
      gone,
      log: this.#log.position,
      output: this.#output,
      usage: this.#usage,
      ...(ttft === null ? {} : { ttft }),
      runs: [...earlierRuns, this.#entry()].slice(-RUNS_MAX),
      errors: plan.errors.list((group) => this.#examples.of(group)),
      timeline: this.#timeline,
      ...(versions.length === 0 ? {} : { versions }),
      ...(endpoints.length === 0 ? {} : { endpoints }),
    };
  }

  #noteInTimeline(activeMs: number): void {
    const results = this.#run.attempted - this.#inTimeline;
    if (results > 0)
      this.#timeline = countInTimeline(this.#timeline, this.#activeBeforeMs + activeMs, results);
    this.#inTimeline = this.#run.attempted;
  }

  #entry(): RunEntry {
    const [run, toDo, ratePerS] = [this.#run, this.#toDo, this.#ratePerS];
    if (run.ended !== null || toDo === null) return { ...run };
    const rate = ratePerS === null ? {} : { rate_per_s: Number(ratePerS.toPrecision(3)) };
    return { ...run, to_do: toDo, ...rate };
  }

  #now(): string {
    return new Date(this.#clock.now()).toISOString();
  }

  close(): void {
    this.#committer.close();
    this.#log.close();
  }
}

/** Creates the empty log of a new session durably; its first status follows. */
function createLog(fs: FileSystem, paths: CheckpointPaths): void {
  makeFolder(fs, paths.dir);
  const fd = fs.openSync(paths.log, O.O_WRONLY | O.O_CREAT | O.O_TRUNC | O.O_NOFOLLOW, 0o600);
  try {
    naming(paths.log, () => fs.fsyncSync(fd));
  } finally {
    fs.closeSync(fd);
  }
  syncFolder(fs, paths.dir);
}
