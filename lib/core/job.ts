// A job as a session has it on record: what its results depend on, which input they are of, and where they were written.
import {
  type InputFacts,
  type JobScope,
  type OutputFacts,
  scopeOf,
  type Status,
  versionFor,
} from "./status.ts";

export type JobFacts = JobScope & {
  /** Id of the fingerprint. */
  readonly fp: string;
  readonly input: InputFacts;
  readonly processor: Status["processor"];
  readonly output: OutputFacts | null;
};

export function jobOf(
  status: Pick<Status, "fingerprint" | "input" | "processor" | "output" | keyof JobScope>,
): JobFacts {
  const { fingerprint, input, processor, output } = status;
  return { fp: fingerprint.id, input, processor, output, ...scopeOf(status) };
}

/** Whether a job is about all of its input, once. */
export function isWhole(scope: JobScope): boolean {
  return versionFor(scope) === 1;
}

/** What tells one input from another. */
export type InputIdentity = Pick<InputFacts, "path" | "sha256">;

/** The same input, which may have been edited since: the same bytes, or a file in the same place. */
export function isSameInput(a: InputIdentity, b: InputIdentity): boolean {
  return (a.sha256 === b.sha256 && a.sha256 !== "") || isSameFile(a.path, b.path);
}

/** Whether two inputs lie in the same place; `-`, standard input, is none. */
export function isSameFile(a: string, b: string): boolean {
  return a === b && a !== "-" && a !== "";
}

/** Whose results a file holds, as people are told. */
export type Maker = Status["processor"] & {
  readonly input: string;
  /** ISO time at which its session was put on record. */
  readonly at: string;
  /** An earlier session of the very job that is run now. */
  readonly own: boolean;
  /** The file is no longer what that session wrote there. */
  readonly changed: boolean;
};

/** Where else the results in a file are kept: in a backup, or (null) with the checkpoint in place. */
export type Kept = { readonly backup: string | null };
