// Standard output without node:fs, which takes longer to load than a short answer takes. Only for the start of the program.

/** O_NONBLOCK of Linux (asm-generic/fcntl.h). */
const O_NONBLOCK = 0o4000;

/** Writes all of `text`. Returns false when this failed or is not safe; the caller then uses stdout.ts, which works or reports why not. */
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
 * Whether a write blocks when the reader is slow. On a non-blocking descriptor, Bun.write retries without a pause and repeats data that was already
 * written (oven-sh/bun#35953).
 */
async function waits(): Promise<boolean> {
  const flags = /^flags:\s*([0-7]+)/m.exec(await Bun.file("/proc/self/fdinfo/1").text())?.[1];
  return flags !== undefined && (Number.parseInt(flags, 8) & O_NONBLOCK) === 0;
}
