// Which failures somebody can do something about.
import { causeText, CkptError, isDiskFull, systemCode } from "../core/errors.ts";
import { NotRegularError } from "./file.ts";

/**
 * The error as a CkptError; null for a bug. System errors (permissions, a full disk) are not bugs.
 * @param dir the path to show when the system error has none
 */
export function expectedError(error: unknown, dir: string): CkptError | null {
  if (error instanceof CkptError) return error;
  if (error instanceof NotRegularError) {
    return new CkptError("checkpoint.notOurs", { path: error.file, found: error.found });
  }
  if (!(error instanceof Error) || systemCode(error) === null) return null;
  const { syscall = "use", path: file = dir } = error as NodeJS.ErrnoException;
  const params = { what: syscall, path: file, cause: causeText(error) };
  // A failed sync is final, whatever its error code.
  if (isDiskFull(systemCode(error)) && !syscall.includes("sync"))
    return new CkptError("checkpoint.diskFull", params, { cause: error });
  return new CkptError("system.failed", params, { cause: error });
}
