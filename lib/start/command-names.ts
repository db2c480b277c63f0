// The names of all commands, and the error for an unknown one.
import { commandOfAnotherTool } from "../cli/other-tools.ts";
import { CkptError } from "../core/errors.ts";
import { nearestOf } from "../core/nearest.ts";

export const COMMAND_NAMES = [
  "run",
  "info",
  "view",
  "set",
  "show",
  "export",
  "diff",
  "merge",
  "list",
  "backup",
  "restore",
  "verify",
  "clear",
  "completion",
  "version",
] as const;

/** The error for an unknown command; `others` may stand there as well. It suggests a similar name, or ckpt's name for a command of another tool. */
export function unknownCommand(name: string, others: readonly string[] = []): CkptError {
  const nearest = commandOfAnotherTool(name) ?? nearestOf(name, [...COMMAND_NAMES, "help", ...others]);
  return new CkptError("usage.unknownCommand", { command: name, nearest });
}
