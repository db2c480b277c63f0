// Types that the steps of `ckpt run` pass to each other.
import type { Recovered } from "../checkpoint/locked-checkpoint.ts";
import type { PresentFingerprint } from "../core/fingerprint.ts";
import type { Checks } from "../processors/check/with-checks.ts";
import type { Pace } from "../processors/pace/pace.ts";
import type { Processor } from "../processors/processor.ts";
import type { Reporter } from "../run/progress.ts";
import type { RunArguments } from "./arguments/run-arguments.ts";
import type { RunEndReport } from "./session/error-summary.ts";
import type { AttemptLimit } from "./make-processor.ts";
import type { Context } from "../cli/context.ts";
import type { Notes } from "../ui/notes.ts";
import type { InputSource } from "./input/input-source.ts";
import type { ReadyInput } from "./input/ready-input.ts";
import type { RunSettings } from "./run-settings.ts";
import type { OutputPlace } from "./output/job-output.ts";
import type { Work } from "./plan/join-records.ts";

/** What all steps of a run need. */
export type RunSetup = {
  readonly context: Context;
  readonly settings: RunSettings;
  /** The words of the command line without `run`, for the printed resume command. */
  readonly words: readonly string[];
  /** Those that are recorded for `ckpt run` without arguments. */
  readonly recordedWords: readonly string[];
  /** Options that were changed while the run went on (`ckpt set`). */
  readonly changed: Map<keyof RunArguments, string>;
  /** The same with those of `--import` and `--reshard-from`, recorded until their results are committed: after a kill, the next run takes the rest. */
  readonly passingWords: readonly string[];
  /** Options of the settings file that have no effect because of what was typed. */
  readonly dropped: readonly string[];
  readonly source: InputSource;
  readonly processor: Processor;
  /** Null: attempts are limited only by `--jobs`. */
  readonly pace: Pace | null;
  /** The limit of one attempt, which may be changed while the run goes on. */
  readonly attemptLimit: AttemptLimit;
  /** How many connections to endpoints this process may open at once. */
  readonly connections: number;
  /** The checks of outputs; null without any. */
  readonly checks: Checks | null;
  readonly fingerprint: PresentFingerprint;
  readonly output: OutputPlace;
  /** For the report at the end of the run. */
  readonly notes: Notes;
  /** Takes how the run has ended. Not called for one that was refused before it began. */
  readonly ended: (end: RunEndReport) => void;
  /** For reports during the run. */
  readonly reporter: Reporter;
};

/** The state of the job before the run: the input, the recovered checkpoint, and the plan from both. */
export type JobState = {
  readonly ready: ReadyInput;
  /** Null when there is no checkpoint. */
  readonly recovered: Recovered | null;
  readonly work: Work;
};
