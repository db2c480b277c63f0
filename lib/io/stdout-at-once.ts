// Standard output without node:fs, which takes longer to load than a short answer to give: for the start of the program alone.

/** Writes all of `text`. False when that was refused: whoever asked then goes the way of stdout.ts, which says why. */
export async function wroteAtOnce(text: string): Promise<boolean> {
  try {
    await Bun.write(Bun.stdout, text);
    return true;
  } catch {
    return false;
  }
}
