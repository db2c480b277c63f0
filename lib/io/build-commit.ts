// Called by the bundler (a macro): the commit that the executable is built from.
import * as path from "node:path";

const ROOT = path.resolve(import.meta.dir, "../..");

/** Its hash, with `-dirty` behind it where files differ from it; null without git, or where the sources are not a checkout of their own. */
export function commitAtBuild(): string | null {
  const top = git("rev-parse", "--show-toplevel");
  if (top === null || path.resolve(top) !== ROOT) return null;
  return git("describe", "--always", "--dirty", "--abbrev=40", "--exclude=*");
}

function git(...words: readonly string[]): string | null {
  try {
    const { success, stdout } = Bun.spawnSync(["git", ...words], {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "ignore"],
    });
    return success ? stdout.toString().trim() : null;
  } catch {
    return null; // there is no git
  }
}
