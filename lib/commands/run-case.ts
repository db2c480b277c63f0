// What the steps of `ckpt run` pass to each other.
import type { Recovered } from "../checkpoint/recovery.ts";
import type { PresentFingerprint } from "../core/fingerprint.ts";
import type { Pace } from "../processors/pace.ts";
import type { Processor } from "../processors/processor.ts";
import type { Reporter } from "../run/progress.ts";
import type { Context } from "./context.ts";
import type { InputSource, ReadyInput } from "./run-input.ts";
import type { RunSettings } from "./run-options.ts";
import type { OutputPlace } from "./run-output.ts";
import type { Work } from "./run-work.ts";

/** What all steps of a run need. */
export type RunCase = {
  readonly context: Context;
  readonly settings: RunSettings;
  /** The words of the command line but `run`, for the command that goes on. */
  readonly words: readonly string[];
  readonly source: InputSource;
  readonly processor: Processor;
  /** Null: attempts are only bounded by `--jobs`. */
  readonly pace: Pace | null;
  readonly fingerprint: PresentFingerprint;
  readonly output: OutputPlace;
  readonly reporter: Reporter;
};

/** What was found, joined to the input. */
export type FoundWork = {
  readonly ready: ReadyInput;
  /** Null when there is no checkpoint. */
  readonly recovered: Recovered | null;
  readonly work: Work;
};
