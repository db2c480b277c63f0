// Whether a run may replace the file that stands where its output is to go. Pure. A file is replaced without a word only by the session that wrote it:
// resumed, or gone on from after it was completed. Who begins anew by saying so (`--no-resume`, or `n` to the question) agrees to replace what this
// job wrote, and nobody else's file. Everything else is asked, or refused.
import * as path from "node:path";
import type { JobFacts } from "../core/job.ts";
import type { OutputFacts } from "../core/status.ts";

/** A session as far as its output concerns other runs. */
export type Writer = {
  readonly nonce: string;
  readonly job: Pick<JobFacts, "fp" | "input">;
  readonly output: OutputFacts | null;
};

/** Where the results of a run come from. */
export type Origin = {
  /** The session that it resumes or goes on from; null for a new one. */
  readonly session: Pick<Writer, "nonce" | "output"> | null;
  /** A new session that somebody asked for, though there was one to resume from. */
  readonly anew: boolean;
  /** Of a session that is being started over. */
  readonly startedOver: string | null;
};

/** The outputs that a run may replace. @param isThisJob whether a session is one of the job that is run */
export function ownOutputs(
  origin: Origin,
  recorded: readonly Writer[],
  isThisJob: (job: Writer["job"]) => boolean,
): readonly OutputFacts[] {
  const { session, anew, startedOver } = origin;
  const isOwn = ({ nonce, job }: Writer): boolean =>
    nonce === session?.nonce || nonce === startedOver || (anew && isThisJob(job));
  return [session?.output ?? [], ...recorded.filter(isOwn).map(({ output }) => output ?? [])].flat();
}

export type ExistingFile = {
  /** Absolute. */
  readonly path: string;
  /** 64 hex digits; null when it cannot be read. */
  readonly sha256: string | null;
};

/** Whether a file is one of these outputs: the same bytes under the same name. Its folder may have been moved. */
export function isOneOf(outputs: readonly OutputFacts[], { path: file, sha256 }: ExistingFile): boolean {
  if (sha256 === null) return false;
  const name = path.basename(file);
  return outputs.some(
    (output) =>
      path.basename(output.path) === name && (output.sha256 === sha256 || output.replaces === sha256),
  );
}

export function mayReplace(
  file: ExistingFile,
  own: readonly OutputFacts[],
  options: { readonly force: boolean; readonly interactive: boolean },
): "replace" | "ask" | "refuse" {
  if (options.force || isOneOf(own, file)) return "replace";
  return options.interactive ? "ask" : "refuse";
}
