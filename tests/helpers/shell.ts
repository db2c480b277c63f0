// Runs the shell lines that a page of the docs shows.
import * as path from "node:path";
import { ENV, EXECUTABLE, type Ran } from "./ckpt.ts";

/** Runs a script in which `ckpt` is the compiled executable; nothing is on its standard input. */
export async function shell(cwd: string, script: string, env: Record<string, string> = {}): Promise<Ran> {
  const child = Bun.spawn(["sh", "-c", script], {
    cwd,
    env: { ...ENV, PATH: `${path.dirname(EXECUTABLE)}:${ENV["PATH"]}`, HOME: cwd, ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return { code, out, err };
}
