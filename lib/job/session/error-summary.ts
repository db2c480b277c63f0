// How a run ended that an error has ended: its summary, and the error. For `--notify`; on the screen such a run shows the error alone.
import { causeText, EXIT, exitCodeOf } from "../../core/errors.ts";
import { expectedError } from "../../io/expected-error.ts";
import type { Summary } from "../../run/progress.ts";
import type { Catalogue } from "../../ui/messages/en.ts";

/** The end of a run, for programs. */
export type RunEndReport = Summary | ErrorSummary;

export type ErrorSummary = Omit<Summary, "outcome"> & {
  readonly outcome: "error";
  /** As `--json` prints it; a bug of ckpt has the code `internal`. */
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly hint: string | null;
    readonly path: string | null;
  };
};

/** @param summary what can be said without the error @param dir of the checkpoint */
export async function errorSummary(
  summary: Summary,
  thrown: unknown,
  dir: string,
  catalogue: Catalogue,
): Promise<ErrorSummary> {
  const { errorJson } = await import("../../ui/render-error.ts"); // with all their texts
  const expected = expectedError(thrown, dir);
  const outcome = "error";
  if (expected === null) {
    const error = { code: "internal", message: causeText(thrown), hint: null, path: null };
    return { ...summary, outcome, exit_code: EXIT.fatal, error };
  }
  return { ...summary, outcome, exit_code: exitCodeOf(expected.code), ...errorJson(expected, catalogue) };
}
