// Where programs are: those that are looked for in the search path, and those of Windows itself.
import * as path from "node:path";
import { PLATFORM } from "./platform.ts";

type Variables = { readonly [name: string]: string | undefined };

/** The file that a program's name stands for in an environment; null where there is none. */
export function programFile(program: string, env: Variables): string | null {
  return Bun.which(program, { PATH: variable(env, "PATH") ?? "" });
}

/**
 * A program of Windows by its whole path: by its name alone one in the current folder would be taken first.
 * @param env where the system says which folder is its own
 */
export function systemProgram(name: string, env: Variables = process.env): string {
  return path.win32.join(variable(env, "SystemRoot") ?? "C:\\Windows", "System32", name);
}

/** Names of variables are the same in capitals and small letters on Windows, where `Path` is usual; elsewhere the exact one counts. */
function variable(env: Variables, name: string): string | undefined {
  const exact = env[name];
  if (exact !== undefined || PLATFORM.files !== "windows") return exact;
  const other = Object.keys(env).find((key) => key.toLowerCase() === name.toLowerCase());
  return other === undefined ? undefined : env[other];
}
