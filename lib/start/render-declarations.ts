// Called by the bundler (macros): what is made of all declarations, so that a start need not load them.
import { commandHelp, programHelp } from "../cli/help.ts";
import { ALL_COMMANDS } from "./all-commands.ts";

/** Texts by language and command, `en run`; `en ` is the help of the whole program. */
export function renderHelp(): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const language of ["en", "zh"] as const) {
    texts[`${language} `] = programHelp(ALL_COMMANDS, language);
    for (const command of ALL_COMMANDS)
      texts[`${language} ${command.meta.name}`] = commandHelp(command, language);
  }
  return texts;
}

/** The names of the options of all commands, each once. */
export function renderOptionNames(): string[] {
  const names = ALL_COMMANDS.flatMap(({ args }) =>
    Object.entries(args).flatMap(([name, argument]) => (argument.type === "positional" ? [] : [name])),
  );
  return [...new Set(names)];
}
