// Macros, called by the bundler: everything made from all declarations, so that a start does not load them.
import { COMMON_ARGUMENTS } from "../cli/common-arguments.ts";
import type { Declared } from "../cli/completion/wanted.ts";
import { commandHelp, HELP, programHelp, topicHelp } from "../cli/help.ts";
import { ALL_COMMANDS } from "./all-commands.ts";
import { TOPICS } from "./topics.ts";

/** Texts by language and command or topic, such as `en run`; `en ` is the help of the whole program. */
export function renderHelp(): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const language of ["en", "zh"] as const) {
    texts[`${language} `] = programHelp(ALL_COMMANDS, TOPICS, language);
    for (const command of ALL_COMMANDS)
      texts[`${language} ${command.meta.name}`] = commandHelp(command, language);
    for (const topic of TOPICS) texts[`${language} ${topic.name}`] = topicHelp(topic, language);
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

/** The declarations without what the commands do, that of `help` among them. */
export function renderDeclared(): Declared {
  const commands = ALL_COMMANDS.map(({ meta, args, rest }) =>
    rest === undefined ? { meta, args } : { meta, args, rest },
  );
  const words = [...commands.map(({ meta }) => meta.name), ...TOPICS.map(({ name }) => name)];
  const topic = { ...HELP.topic, complete: { words } };
  const help = { meta: HELP.meta, args: { topic, ...COMMON_ARGUMENTS } };
  return { commands: [...commands, help], common: COMMON_ARGUMENTS };
}
