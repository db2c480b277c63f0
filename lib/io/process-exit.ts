// Keeps code that runs inside this process from ending it: process.exit() becomes an exception like any other.

/** What process.exit() throws while it is guarded. */
class ExitCalledError extends Error {
  override readonly name = "ExitCalledError";
}

/** From now on process.exit() throws an ExitCalledError. Returns what takes that back. */
export function guardProcessExit(): () => void {
  const exit = process.exit.bind(process);
  process.exit = (code) => {
    throw new ExitCalledError(`process.exit(${code ?? ""}) was called; throw an error or return instead`);
  };
  return () => {
    process.exit = exit;
  };
}
