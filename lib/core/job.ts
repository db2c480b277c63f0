// A job as a session has it on record: what its results depend on, which input they are of, and where they were written.
import type { InputFacts, OutputFacts, Status } from "./status.ts";

export type JobFacts = {
  /** Id of the fingerprint. */
  readonly fp: string;
  readonly input: InputFacts;
  readonly processor: Status["processor"];
  readonly output: OutputFacts | null;
};

export function jobOf(status: Pick<Status, "fingerprint" | "input" | "processor" | "output">): JobFacts {
  const { fingerprint, input, processor, output } = status;
  return { fp: fingerprint.id, input, processor, output };
}
