// Runs a command with the words after its name: strict reading, the settings file, then citty, which reads the values and calls the command.
import type { Context, CommandEnd } from "./context.ts";
import { cittyCommand, type Command } from "./declaration.ts";
import { readSettingsFile } from "./settings-file.ts";
import { type CittyValues, settingsOf } from "./settings.ts";
import { spelledOptions } from "./line.ts";
import { readStrictly } from "./strict-reading.ts";
import { checkTogether, mergeFile } from "./together.ts";

/** @throws usage.*, and whatever the command throws */
export async function runCommand(
  command: Command,
  words: readonly string[],
  context: Context,
): Promise<CommandEnd> {
  const { args } = command;
  const typed = readStrictly(words, command);
  const file = readSettingsFile(typed, command, context.host, context.optionNames);
  const { line, dropped } =
    file === null ? { line: typed, dropped: [] } : mergeFile(typed, file.options, args);
  if (file !== null) await context.follow(line);
  if (command.isPartial?.(line) !== true) checkTogether(line, args);
  const run = (values: CittyValues): Promise<CommandEnd> | CommandEnd =>
    command.run(
      { settings: settingsOf(args, values, line), rest: line.rest, words, typed, dropped },
      context,
    );
  // Without any words, citty is not loaded: together with node:util it takes longer than the rest of `ckpt info`.
  if (line.options.size === 0 && line.positional.length === 0) return run({});
  const leaf = cittyCommand(command, ({ args: values }) => run(values));
  const { runCommand: runLeaf } = await import("citty");
  // The form that citty reads unambiguously: joined values, and arguments after `--`.
  const rawArgs = [...spelledOptions(line.options), "--", ...line.positional];
  return (await runLeaf(leaf, { rawArgs })).result as CommandEnd;
}
