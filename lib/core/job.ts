// A job as recorded by a session: its fingerprint, its input, and its output.
import type { Of } from "./shape.ts";
import {
  INPUT,
  type InputFacts,
  type JobScope,
  OUTPUT,
  PROCESSOR,
  SCOPE,
  scopeOf,
  type Status,
} from "./status.ts";

const JOB_OWN = {
  /** Id of the fingerprint. */
  fp: "string",
  input: INPUT as typeof INPUT,
  processor: PROCESSOR as typeof PROCESSOR,
  "output|null": OUTPUT as typeof OUTPUT,
} as const;
export const JOB: typeof JOB_OWN & typeof SCOPE = { ...JOB_OWN, ...SCOPE };
export type JobFacts = Of<typeof JOB>;

export function jobOf(
  status: Pick<Status, "fingerprint" | "input" | "processor" | "output" | keyof JobScope>,
): JobFacts {
  const { fingerprint, input, processor, output } = status;
  return { fp: fingerprint.id, input, processor, output, ...scopeOf(status) };
}

/** Whether the job is about all that the input has, or what was chosen of it: no shard. A rerun does not change what the job is. */
export function isWhole({ shard }: JobScope): boolean {
  return shard === undefined;
}

/** How many answers a job wants of each item, at least 1. */
export function repeatsOf({ repeat = 1 }: Pick<JobScope, "repeat">): number {
  return repeat;
}

/** What identifies an input. */
export type InputIdentity = Pick<InputFacts, "path" | "sha256">;

/** Whether two inputs are the same, possibly edited in between: the same bytes, or the same path. */
export function isSameInput(a: InputIdentity, b: InputIdentity): boolean {
  return (a.sha256 === b.sha256 && a.sha256 !== "") || isSameFile(a.path, b.path);
}

/** Whether two inputs have the same path. `-`, standard input, never does. */
export function isSameFile(a: string, b: string): boolean {
  return a === b && a !== "-" && a !== "";
}

/** The session whose results a file holds, as messages describe it. */
export type Maker = Status["processor"] & {
  readonly input: string;
  /** ISO time at which its session was recorded. */
  readonly at: string;
  /** It is an earlier session of the job of this run. */
  readonly own: boolean;
  /** The file has been changed since that session wrote it. */
  readonly changed: boolean;
};

/** Where else the results in a file are kept: in a backup, or (null) in the current checkpoint. */
export type Kept = { readonly backup: string | null };
