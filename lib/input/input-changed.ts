// An input that is no longer what was planned: its file has changed, or its query gives other rows each time.
import { CkptError } from "../core/errors.ts";
import type { InputSpec } from "./input.ts";

/** The error about it, which stops a run. */
export function inputChanged({
  shownPath: path,
  query,
}: Pick<InputSpec, "shownPath" | "query">): CkptError<"input.changedDuringRun"> {
  return new CkptError("input.changedDuringRun", { path, ...(query === null ? null : { ofQuery: true }) });
}
