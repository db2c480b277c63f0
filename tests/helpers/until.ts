// Waiting in tests: for a condition, never for a time.

/** How long a condition may take to hold before the test fails: more than the busiest machine needs, less than a test may take in all. */
export const PATIENCE_MS = 50_000;
const EVERY_MS = 2;

/**
 * Resolves once `condition` holds.
 * @param what is waited for, as the failure names it; default: the text of the condition
 * @param everyMs how often it is looked at
 * @throws when it does not come to hold
 */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string | (() => string) = condition.toString(),
  everyMs: number = EVERY_MS,
): Promise<void> {
  for (const startMs = performance.now(); !(await condition()); await Bun.sleep(everyMs))
    if (performance.now() - startMs > PATIENCE_MS)
      throw new Error(`Waited in vain for ${typeof what === "string" ? what : what()}`);
}
