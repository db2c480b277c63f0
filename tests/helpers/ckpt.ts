// Runs the compiled executable in a folder of its own, with a fixed environment.
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

const ROOT = path.resolve(import.meta.dir, "../..");
export const EXECUTABLE: string = path.join(ROOT, "dist/ckpt");

export type Ran = { readonly code: number; readonly out: string; readonly err: string };

/** A new empty folder. */
export function newFolder(): string {
  return fs.mkdtempSync(path.join(os.tmpdir(), "ckpt-test-"));
}

/** The environment of every child of a test, the same on every machine. */
export const ENV: Readonly<Record<string, string>> = {
  PATH: process.env["PATH"] ?? "/usr/bin:/bin",
  HOME: os.tmpdir(),
  TMPDIR: os.tmpdir(),
  LANG: "C.UTF-8",
  TZ: "UTC",
  NO_COLOR: "1",
};

/** Starts ckpt; nothing is on its standard input. */
export function start(
  cwd: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Bun.Subprocess<"ignore", "pipe", "pipe"> {
  return Bun.spawn([EXECUTABLE, ...args], {
    cwd,
    env: { ...ENV, ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
}

/** Runs ckpt to its end. */
export async function ckpt(
  cwd: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Ran> {
  const child = start(cwd, args, env);
  const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return { code, out, err };
}

/** Writes lines into a file of a folder; returns its path. */
export function writeLines(folder: string, name: string, lines: readonly string[]): string {
  const file = path.join(folder, name);
  fs.writeFileSync(file, lines.map((line) => `${line}\n`).join(""));
  return file;
}

export function read(folder: string, name: string): string {
  return fs.readFileSync(path.join(folder, name), "utf8");
}
