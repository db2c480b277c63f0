// strace(1): whether it is there, and what to do when it fails itself.
export const hasStrace: boolean = Bun.which("strace") !== null;

/** strace, not what it watched, failed: what it recorded is not whole. */
export class StraceFailed extends Error {}

/**
 * Throws StraceFailed when strace says that a call of its own failed. Version 6.1 did, about once in some thousand runs, when threads ended:
 * `strace: ptrace(PTRACE_LISTEN,pid:27013,sig:0): Input/output error`.
 * What it was to do to the program it may have left undone.
 * @param errors what came on standard error, of strace and what it watched
 */
export function expectWholeTrace(errors: string): void {
  const said = /^strace: .*ptrace\(.*$/m.exec(errors)?.[0];
  if (said !== undefined) throw new StraceFailed(said);
}

/** @param action from the beginning, in a folder of its own: done again, at most twice, when strace failed */
export async function withStrace<T>(action: () => Promise<T>, left = 2): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (left === 0 || !(error instanceof StraceFailed)) throw error;
    return withStrace(action, left - 1);
  }
}
