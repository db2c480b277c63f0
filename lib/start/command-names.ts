// The names of all commands, and which command a name means.
import { commandOfAnotherTool } from "../cli/other-tools.ts";
import { CkptError } from "../core/errors.ts";
import { nearestOf } from "../core/nearest.ts";

export const COMMAND_NAMES = [
  "run",
  "info",
  "export",
  "list",
  "backup",
  "restore",
  "verify",
  "clear",
  "completion",
] as const;

/** The error for a name that no command has; names what is called like it, or what another tool calls so. */
export function unknownCommand(name: string): CkptError {
  const nearest = commandOfAnotherTool(name) ?? nearestOf(name, [...COMMAND_NAMES, "help", "version"]);
  return new CkptError("usage.unknownCommand", { command: name, nearest });
}
