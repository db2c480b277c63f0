// Standard output without node:fs, which takes longer to load than a short answer to give: for the start of the program alone.

/** O_NONBLOCK of Linux (asm-generic/fcntl.h). */
const O_NONBLOCK = 0o4000;

/** Writes all of `text`. False when that was refused, or cannot be done well: whoever asked then goes the way of stdout.ts, which can, or says why. */
export async function wroteAtOnce(text: string): Promise<boolean> {
  try {
    if (!(await waits())) return false;
    await Bun.write(Bun.stdout, text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Whether a write waits where the reader is slow. Where somebody has made the descriptor non-blocking, Bun.write asks again without a pause, and sends again
 * what was taken already (oven-sh/bun#35953).
 */
async function waits(): Promise<boolean> {
  const flags = /^flags:\s*([0-7]+)/m.exec(await Bun.file("/proc/self/fdinfo/1").text())?.[1];
  return flags !== undefined && (Number.parseInt(flags, 8) & O_NONBLOCK) === 0;
}
