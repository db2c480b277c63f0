// The argv of a child: its own, or that of a shell that restores what Bun takes away from children and then execs it.
import { cmdQuote } from "../core/cmd-quote.ts";
import { type NotStarted, unsafeArgument } from "./child-trouble.ts";
import { trapCommand } from "./ignored-signals.ts";
import { ulimitCommand } from "./open-files.ts";
import { PLATFORM, type Platform } from "./platform.ts";
import { programFile, systemProgram } from "./system-program.ts";

/** As Bun.spawn takes them. */
export type ChildWords = { readonly cmd: string[]; readonly windowsVerbatimArguments?: true };

export type GivenWords = {
  readonly argv: readonly string[];
  /** They are joined as they are: whoever gives them has quoted them. Windows only. */
  readonly verbatim?: true;
};

type Env = { readonly [name: string]: string };

/**
 * An argv that starts a program with the ignored signals and the open-file limit that ckpt itself was started with. It is the argv itself if nothing
 * has to be restored, or if the program does not exist: starting it then gives the error. A batch file is run by cmd.exe with each word quoted for
 * it: Windows itself would hand them over as they are, and run what stands in them.
 */
export function childWords(
  { argv, verbatim }: GivenWords,
  env: Env,
  { shell }: Pick<Platform, "shell"> = PLATFORM,
): ChildWords | NotStarted {
  if (verbatim === true) return { cmd: [...argv], windowsVerbatimArguments: true };
  if (shell === "cmd") return windowsWords(argv, env);
  const commands = [trapCommand(), ulimitCommand()].filter((command) => command !== null);
  const isThere = commands.length > 0 && programFile(argv[0] ?? "", env) !== null;
  return {
    cmd: isThere ? ["/bin/sh", "-c", [...commands, 'exec "$@"'].join("; "), "sh", ...argv] : [...argv],
  };
}

function windowsWords(argv: readonly string[], env: Env): ChildWords | NotStarted {
  const [program = "", ...rest] = argv;
  const file = programFile(program, env) ?? program;
  if (!/\.(?:bat|cmd)$/i.test(file)) return { cmd: [file, ...rest] };
  const quoted = [file, ...rest].map(cmdQuote);
  if (quoted.includes(null)) return unsafeArgument(program);
  const line = `"${quoted.join(" ")}"`;
  return {
    cmd: [systemProgram("cmd.exe"), "/d", "/v:off", "/s", "/c", line],
    windowsVerbatimArguments: true,
  };
}
