// What the steps of `ckpt run` pass to each other.
import type { Recovered } from "../checkpoint/locked-checkpoint.ts";
import type { PresentFingerprint } from "../core/fingerprint.ts";
import type { Pace } from "../processors/pace/pace.ts";
import type { Processor } from "../processors/processor.ts";
import type { Reporter } from "../run/progress.ts";
import type { Context } from "../cli/context.ts";
import type { Notes } from "../ui/notes.ts";
import type { InputSource, ReadyInput } from "./job-input.ts";
import type { RunSettings } from "./run-settings.ts";
import type { OutputPlace } from "./job-output.ts";
import type { Work } from "./join-records.ts";

/** What all steps of a run need. */
export type RunSetup = {
  readonly context: Context;
  readonly settings: RunSettings;
  /** The words of the command line but `run`, for the command that goes on. */
  readonly words: readonly string[];
  /** Those of them that are put on record, for a `ckpt run` without any. */
  readonly recordedWords: readonly string[];
  /** Options of the settings file that say nothing beside what was typed. */
  readonly dropped: readonly string[];
  readonly source: InputSource;
  readonly processor: Processor;
  /** Null: attempts are only bounded by `--jobs`. */
  readonly pace: Pace | null;
  readonly fingerprint: PresentFingerprint;
  readonly output: OutputPlace;
  /** By these, the run says how it ended. */
  readonly notes: Notes;
  /** By this, what it says while it goes on. */
  readonly reporter: Reporter;
};

/** What was found, joined to the input. */
export type JobState = {
  readonly ready: ReadyInput;
  /** Null when there is no checkpoint. */
  readonly recovered: Recovered | null;
  readonly work: Work;
};
