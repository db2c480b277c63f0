// The words by which a child is started: its own, or a shell's that becomes it, where it has to be given what Bun takes away from children.
import { trapCommand } from "./ignored-signals.ts";
import { ulimitCommand } from "./open-files.ts";

/**
 * The words by which a program is started with the signals ignored, and the limit of open files, that ckpt was started with; the words themselves where
 * it has both anyway, or where there is no such program: the system says why then.
 */
export function childWords(argv: readonly string[], env: { readonly [name: string]: string }): string[] {
  const commands = [trapCommand(), ulimitCommand()].filter((command) => command !== null);
  const isThere = commands.length > 0 && Bun.which(argv[0] ?? "", { PATH: env["PATH"] ?? "" }) !== null;
  return isThere ? ["/bin/sh", "-c", [...commands, 'exec "$@"'].join("; "), "sh", ...argv] : [...argv];
}
