// Decides whether a run may replace an existing file in the place of its output. Pure. Only the session that wrote a file replaces it without asking:
// resumed, or continued after it was completed. Starting over on request (`--no-resume`, or `n` to the question) includes the permission to replace
// files of this job, but no others. Everything else is asked or refused.
import * as path from "node:path";
import type { JobFacts } from "../core/job.ts";
import type { OutputFacts } from "../core/status.ts";

/** A session and its output, as other runs see them. */
export type Writer = {
  readonly nonce: string;
  readonly job: Pick<JobFacts, "fp" | "input">;
  readonly output: OutputFacts | null;
};

/** The origin of a run's results. */
export type Origin = {
  /** The session that it resumes; null for a new one. */
  readonly session: Pick<Writer, "nonce" | "output"> | null;
  /** The user asked for a new session although there was one to resume. */
  readonly onRequest: boolean;
  /** Nonce of the session that is being started over. */
  readonly startedOver: string | null;
};

/** The outputs that a run may replace. @param isThisJob whether a session belongs to this job */
export function ownOutputs(
  origin: Origin,
  recorded: readonly Writer[],
  isThisJob: (job: Writer["job"]) => boolean,
): readonly OutputFacts[] {
  const { session, onRequest, startedOver } = origin;
  const isOwn = ({ nonce, job }: Writer): boolean =>
    nonce === session?.nonce || nonce === startedOver || (onRequest && isThisJob(job));
  return [session?.output ?? [], ...recorded.filter(isOwn).map(({ output }) => output ?? [])].flat();
}

export type ExistingFile = {
  /** Absolute. */
  readonly path: string;
  /** 64 hex digits; null when it cannot be read. */
  readonly sha256: string | null;
};

/** Whether a file is one of these outputs: the same bytes under the same name, in any folder. */
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
