// Prevents code inside this process from ending it: process.exit() throws instead.

/** Thrown by process.exit() while it is guarded. */
class ExitCalledError extends Error {
  override readonly name = "ExitCalledError";
}

/** From now on, process.exit() throws an ExitCalledError. Returns a function that undoes this. */
export function guardProcessExit(): () => void {
  const exit = process.exit.bind(process);
  process.exit = (code) => {
    throw new ExitCalledError(`process.exit(${code ?? ""}) was called; throw an error or return instead`);
  };
  return () => {
    process.exit = exit;
  };
}
