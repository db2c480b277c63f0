// Runs a command with the words after its name: strict reading, the settings file, then citty, which reads the values and calls the command.
import type { Context, CommandEnd } from "./context.ts";
import { cittyCommand, type Command } from "./declaration.ts";
import { namingFile, readSettingsFile } from "./settings-file.ts";
import { type CittyValues, settingsOf } from "./settings.ts";
import { type Line, spelledOptions } from "./line.ts";
import { readStrictly } from "./strict-reading.ts";
import { checkTogether, mergeFile, type MergedLine } from "./together.ts";

/** @throws usage.*, and whatever the command throws */
export async function runCommand(
  command: Command,
  words: readonly string[],
  context: Context,
): Promise<CommandEnd> {
  const { args } = command;
  const typed = readStrictly(words, command);
  const file = readSettingsFile(typed, command, context.host, context.optionNames);
  if (file === null) return runMerged(command, { line: typed, dropped: [] }, { words, typed }, context);
  const merged = mergeFile(typed, file.options, args);
  await context.follow(merged.line);
  try {
    return await runMerged(command, merged, { words, typed }, context);
  } catch (error) {
    throw namingFile(error, file, typed, args);
  }
}

async function runMerged(
  command: Command,
  { line, dropped }: MergedLine,
  { words, typed }: { readonly words: readonly string[]; readonly typed: Line },
  context: Context,
): Promise<CommandEnd> {
  const { args } = command;
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
