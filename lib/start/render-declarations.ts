// Macros, called by the bundler: everything made from all declarations, so that a start does not load them.
import { COMMON_ARGUMENTS } from "../cli/common-arguments.ts";
import type { Declared } from "../cli/completion/wanted.ts";
import { ABOUT, commandHelp, programHelp } from "../cli/help.ts";
import { ALL_COMMANDS } from "./all-commands.ts";

/** Texts by language and command, such as `en run`; `en ` is the help of the whole program. */
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

/** The declarations without what the commands do, those of `help` and `version` among them. */
export function renderDeclared(): Declared {
  const commands = ALL_COMMANDS.map(({ meta, args, rest }) =>
    rest === undefined ? { meta, args } : { meta, args, rest },
  );
  const names = [...commands, ...ABOUT].map(({ meta }) => meta.name);
  const about = ABOUT.map(({ meta, topic }) => ({
    meta,
    args:
      topic === null
        ? COMMON_ARGUMENTS
        : { topic: { ...topic, complete: { words: names } }, ...COMMON_ARGUMENTS },
  }));
  return { commands: [...commands, ...about], common: COMMON_ARGUMENTS };
}
