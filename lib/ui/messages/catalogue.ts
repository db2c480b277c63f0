// The shape of everything ckpt says to people. Both languages have this type, so that a text missing in one does not compile.
// Texts are plain: no colour, no line end. Values that come from outside are made safe (escape.ts) before they get here.
import type { BackupNameFault } from "../../core/backup-name.ts";
import type { ErrorName, ErrorParams } from "../../core/errors.ts";
import type { InputRemark } from "../../core/input-remark.ts";
import type { Kept, Maker } from "../../core/job.ts";
import type { Problem } from "../../core/problem.ts";
import type { PlanCounts, StopReason, WaitReason } from "../../run/progress.ts";
import type { RunEnd } from "../../core/status.ts";
import type { Language } from "../language.ts";

/** What could not be done and what was found; what to do now. */
export type ErrorText = { readonly message: string; readonly hint: string };

export type ErrorTexts = { readonly [K in ErrorName]: (params: ErrorParams[K]) => ErrorText };

/** What is wrong, as part of a sentence. */
export type ProblemText = (problem: Problem) => string;

export type NameFaultTexts = { readonly [K in BackupNameFault]: string };

/** A label and its value; values are aligned by whoever prints them. */
export type Row = readonly [label: string, value: string];

export type CommonTexts = {
  /** Milliseconds as people say them. */
  readonly duration: (ms: number) => string;
  readonly items: (count: number) => string;
  readonly time: (time: number | string) => string;
};

/** The state of a checkpoint as `info` says it. */
export type ShownState =
  | "damaged"
  | "held"
  | "interrupted"
  | "stopped"
  /** All was attempted, but the output could not be written. */
  | "unwritten"
  | "finished"
  /** All done, the checkpoint still in place. */
  | "done"
  /** Moved into a backup: all done; or the failures accepted. */
  | "complete"
  | "accepted";

export type InputNow = "same" | "size" | "time" | "missing" | "kept" | "unknown";

export type InfoTexts = {
  /** The block of the user guide, line by line; the Chinese one is to the letter. */
  readonly block: (values: {
    readonly savedAt: string;
    readonly sessionId: string;
    readonly completed: number;
    readonly total: number;
    readonly percent: string;
    readonly batchSize: number;
    readonly saved: number;
  }) => readonly string[];
  readonly labels: {
    readonly state: string;
    readonly items: string;
    readonly failed: string;
    readonly input: string;
    readonly processor: string;
    readonly runs: string;
    readonly speed: string;
    readonly spent: string;
    readonly size: string;
    readonly backups: string;
    readonly heldBy: string;
    readonly going: string;
    readonly output: string;
    readonly keptIn: string;
  };
  readonly state: { readonly [K in ShownState]: string };
  readonly counts: (counts: {
    readonly completed: number;
    readonly failed: number;
    readonly pending: number;
    readonly gone: number;
  }) => string;
  /** Facts about the input, below its path. */
  readonly input: (format: string, bytes: string, now: InputNow) => string;
  /** `kind` as in the status file: command, shell, module, … */
  readonly processor: (kind: string, shown: string) => string;
  /** After a repair that found no status. */
  readonly sourceUnknown: string;
  /** Where a completed session is; null: nowhere any more. */
  readonly keptIn: (backup: string | null, intact: boolean) => string;
  readonly run: (run: {
    readonly startedAt: string;
    readonly active: string;
    readonly attempted: number;
    readonly failed: number;
    readonly ended: RunEnd | null;
    readonly current: boolean;
  }) => string;
  readonly earlierRuns: (count: number) => string;
  readonly speed: (perS: string, active: string) => string;
  readonly spent: (tokens: string | null, cost: string | null) => string;
  readonly spentLastRun: (spent: string) => string;
  readonly size: (log: string, whole: string) => string;
  readonly backups: (
    count: number,
    bytes: string,
    newest: { readonly name: string; readonly at: string } | null,
  ) => string;
  /** Of the run that is going on, as it was saved last. */
  readonly going: (perS: string, eta: string, savedAt: string) => string;
  readonly noRate: string;
  readonly heldBy: (pid: number | null, host: string | null, since: string | null) => string;
  readonly plotTitle: (bucket: string, highest: string) => string;
};

export type PlanTexts = {
  readonly line: (counts: PlanCounts) => string;
  readonly nothingToDo: string;
  /** The first item's command, expanded. */
  readonly firstCommand: string;
  /** The same of any item, by its id or number (`--dry-run`). */
  readonly itemCommand: (item: string) => string;
  readonly limited: (pending: number, limit: number) => string;
  readonly remark: (remark: InputRemark, path: string) => string;
  /** What a run would ask an endpoint for; tokens of the answers at most, null when nothing bounds them. */
  /** Options of a settings file that say nothing beside what was typed. */
  readonly dropped: (options: string) => string;
  readonly estimate: (estimate: {
    readonly requests: number;
    readonly input_tokens: number;
    readonly output_tokens: number | null;
  }) => string;
};

export type PromptTexts = {
  readonly found: string;
  readonly goOn: string;
  /** Behind a question that `y`, `n` and Enter answer. */
  readonly yesByDefault: string;
  readonly noByDefault: string;
  readonly yes: string;
  readonly no: string;
  readonly counts: (done: number, failed: number, left: number) => string;
  readonly savedAt: (time: string) => string;
  readonly resume: string;
  readonly restart: string;
  readonly restartNote: string;
  readonly keys: string;
  readonly changed: string;
  readonly part: (name: string) => string;
  readonly before: string;
  readonly after: string;
  readonly absent: string;
  readonly morePart: (count: number) => string;
  readonly askChanged: string;
  readonly keep: string;
  readonly keepNote: string;
  readonly cancel: string;
  readonly cancelNote: string;
  readonly inputChanged: string;
  readonly inputCounts: (counts: {
    readonly kept: number;
    readonly fresh: number;
    readonly changed: number;
    readonly gone: number;
  }) => string;
  readonly failuresFound: (failed: number) => string;
  readonly askFailures: string;
  readonly retry: string;
  readonly finish: string;
  readonly finishNote: string;
  readonly otherJob: string;
  readonly otherJobHolds: (input: string, results: number, total: number, savedAt: string) => string;
  readonly otherJobNote: string;
  readonly askOtherJob: string;
  readonly outputExists: (path: string) => string;
  /** Whose results it holds; null: nothing is on record. */
  readonly outputHolds: (maker: Maker | null) => string;
  readonly askOutput: string;
  readonly writeOther: (path: string) => string;
  /** With what becomes of the results in it; null: they are nowhere else. */
  readonly replace: (kept: Kept | null) => string;
  readonly cancelled: string;
  /** For a terminal that cannot move its cursor: the choices are numbered. */
  readonly chooseNumber: (highest: number, byDefault: number) => string;
};

/** Why an endpoint does not answer. */
export type TroubleTexts = {
  readonly refused: string;
  readonly noHost: string;
  readonly noRoute: string;
  readonly timeout: string;
  readonly cut: string;
};

export type ProgressTexts = {
  readonly rate: (perS: string) => string;
  readonly eta: (duration: string) => string;
  readonly failed: (count: number) => string;
  readonly jobs: (inFlight: number, allowed: number) => string;
  readonly saved: (count: number) => string;
  readonly waiting: { readonly [K in WaitReason]: string };
  /** The endpoint is down: since when, how long it is waited for, why. `short` is for a moving line. */
  readonly outage: (since: string, max: string, why: string) => string;
  readonly outageShort: (since: string, max: string, why: string) => string;
  readonly tokens: (perS: string) => string;
  readonly cost: (cost: string) => string;
  readonly elapsed: (duration: string) => string;
};

export type FailureTexts = {
  /** Failed items of one reason; `example` is null where none could be read. */
  readonly group: (
    kind: string,
    count: number,
    example: { readonly item: string; readonly message: string } | null,
  ) => string;
  /** Those of all reasons that have no line of their own. */
  readonly others: (count: number) => string;
};

export type SummaryTexts = {
  readonly complete: (total: number) => string;
  readonly alreadyComplete: (total: number) => string;
  readonly alreadyFailed: (total: number, failed: number) => string;
  readonly completedAt: (time: string) => string;
  readonly attemptAgain: string;
  readonly failed: (completed: number, total: number, failed: number) => string;
  readonly stopped: (reason: string) => string;
  readonly reason: (stop: StopReason) => string;
  /** What to do about the reason before going on; null when nothing needs to be done. */
  readonly advice: (stop: StopReason) => string | null;
  readonly thisRun: (attempted: number, failed: number, elapsed: string, perS: string | null) => string;
  /** How far the session is; the end of a run that was stopped. */
  readonly saved: (counts: {
    readonly completed: number;
    readonly total: number;
    readonly percent: string;
    readonly failed: number;
    readonly pending: number;
  }) => string;
  /** Of this run, and of all runs where there were more. */
  readonly spent: (run: string, session: string | null) => string;
  readonly output: (path: string) => string;
  readonly backup: (name: string) => string;
  readonly backupEarlier: (name: string) => string;
  readonly exportSoFar: (command: string) => string;
  readonly goOn: (command: string) => string;
  readonly tryAgain: (command: string) => string;
  readonly acceptFailures: string;
};

export type StateTexts = {
  readonly noCheckpoint: (dir: string) => string;
  readonly lastRun: (values: {
    readonly session: string;
    readonly at: string;
    readonly completed: number;
    readonly failed: number;
    readonly total: number;
  }) => string;
  readonly lastOutput: (path: string) => string;
  readonly lastBackup: (name: string) => string;
  /** Said once, after the first signal: what is in flight gets this long. */
  readonly stopping: (signal: string, inFlight: number, grace: string) => string;
  readonly survivorsEnded: (count: number) => string;
  /** The checkpoint's folder lies on a network file system of that name. */
  readonly wholeUrl: (baseUrl: string) => string;
  readonly certificatesUnchecked: (variable: string) => string;
  readonly networkFolder: (fileSystem: string, folder: string) => string;
  /** The command that a `ckpt run` without words resumes with. */
  readonly onRecord: (command: string) => string;
  readonly tornTail: (bytes: string) => string;
  readonly recovered: (records: number) => string;
  readonly moveFinished: string;
  /** Nobody answers at that address, from the first request on. */
  readonly nobodyAnswers: (url: string, reason: string, max: string) => string;
  readonly budgetWarning: (budget: "cost" | "tokens", spent: string, allowed: string) => string;
  readonly exported: (rows: number, path: string) => string;
  readonly backedUp: (name: string, results: number, bytes: string) => string;
  /** Older automatic backups are still there. */
  readonly backupsNotDeleted: (cause: string) => string;
  readonly movedToBackup: (name: string) => string;
  /** `parts` of the fingerprint have changed, and there are failures only. */
  readonly nothingToProtect: (parts: readonly string[]) => string;
  /** The checkpoint in place is another job's, and holds failures only. */
  readonly nothingOfAnother: string;
  readonly cleared: (name: string | null) => string;
  /** A completed session was cleared; the backup that has its results, null when that is gone. */
  readonly clearedCompleted: (name: string | null) => string;
  /** A completed session is gone on from: its input has grown, or its failures are tried again. */
  readonly goesOnFrom: (name: string) => string;
  readonly restored: (name: string, results: number, total: number) => string;
  readonly restoredDone: (name: string, total: number) => string;
  readonly backupDeleted: (name: string) => string;
  readonly noBackups: string;
};

export type VerifyTexts = {
  readonly intact: (what: string | null, records: number, items: number) => string;
  readonly uncommitted: (records: number) => string;
  readonly torn: (bytes: string) => string;
  readonly found: (what: string | null, count: number) => string;
  readonly moreProblems: (count: number) => string;
  readonly provable: (records: number, items: number) => string;
  /** Items whose results are lost; `known` are those that can still be named. */
  readonly lost: (items: number, known: readonly string[]) => string;
  readonly repairHint: string;
  readonly restoreHint: (backup: string) => string;
  /** `pending`: items; null when that is not known. */
  readonly repaired: (records: number, pending: number | null) => string;
  readonly nothingToRepair: string;
};

/** A confirmation: what will happen, and the question below it. */
export type ConfirmText = { readonly note: string; readonly question: string };

export type ConfirmTexts = {
  readonly clear: (results: number, bytes: string) => ConfirmText;
  readonly clearCompleted: (results: number, backup: string | null) => ConfirmText;
  readonly clearForGood: (results: number, bytes: string) => ConfirmText;
  readonly restore: (name: string) => ConfirmText;
  readonly restoreNow: string;
  readonly restoreThen: string;
  readonly restoreSide: (session: string, saved: string, results: number, total: number) => string;
  readonly restoreNothing: string;
  readonly restoreBroken: string;
  readonly repair: (records: number, lost: number) => ConfirmText;
  readonly deleteBackup: (name: string, results: number, bytes: string) => ConfirmText;
};

export type ListTexts = {
  readonly headers: {
    readonly name: string;
    readonly created: string;
    readonly progress: string;
    readonly results: string;
    readonly size: string;
    readonly kind: string;
    readonly state: string;
  };
  readonly manual: string;
  readonly automatic: string;
  readonly intact: string;
  readonly damaged: string;
};

export type Catalogue = {
  readonly language: Language;
  readonly common: CommonTexts;
  readonly info: InfoTexts;
  readonly plan: PlanTexts;
  readonly prompts: PromptTexts;
  readonly progress: ProgressTexts;
  readonly trouble: TroubleTexts;
  readonly failures: FailureTexts;
  readonly summary: SummaryTexts;
  readonly states: StateTexts;
  readonly confirm: ConfirmTexts;
  readonly list: ListTexts;
  readonly verify: VerifyTexts;
  readonly problem: ProblemText;
};
