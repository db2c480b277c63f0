// Runs a pager: a program that takes a text by its standard input and shows it on the terminal, by the keys that it reads from there itself.

/**
 * Shows a text through a pager, and waits for its end.
 * @param words the program and its arguments; no shell is between
 * @returns false when it cannot be started
 */
export async function showThroughPager(
  words: readonly string[],
  text: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<boolean> {
  try {
    const child = Bun.spawn([...words], {
      stdin: Buffer.from(text),
      stdout: "inherit",
      stderr: "inherit",
      env: { ...env },
    });
    await child.exited;
    return true;
  } catch {
    return false; // there is no such program: the text is written as it is
  }
}
