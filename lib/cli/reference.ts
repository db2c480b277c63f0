// The reference of all commands and options as Markdown, made from the declarations: the tables of README.md, README.zh.md and docs/options*.md.
import type { Language } from "../ui/language.ts";
import type { Argument, ArgumentSet, Command, Group } from "./declaration.ts";
import type { Topic } from "./topic.ts";
import { argumentTexts, GROUP_TITLES, usageLine } from "./help.ts";

const HEADS = {
  commands: { en: "| command | what it does |", zh: "| 命令 | 作用 |" },
  options: { en: "| option | what it says |", zh: "| 选项 | 含义 |" },
  own: { en: "Options", zh: "选项" },
  examples: { en: "Examples", zh: "示例" },
} as const;
const LINE = "|---|---|";

/** One row per command: its usage and description. */
export function commandTable(commands: readonly Command[], language: Language): string {
  const rows = commands.map(
    (command) => `| ${code(usageLine(command))} | ${cell(describe(command.meta, language))} |`,
  );
  return [HEADS.commands[language], LINE, ...rows].join("\n");
}

/** A row for each term of a topic, with its name where it has one, in English. @param heads what the columns are called */
export function topicTable({ rows }: Topic, heads: readonly string[]): string {
  const lines = rows.map(({ term, name, text }) => {
    const first =
      name === undefined ? term.split(", ").map(code).join(", ") : `${cell(term)} | ${code(name)}`;
    return `| ${first} | ${cell(text.en)} |`;
  });
  return [`| ${heads.join(" | ")} |`, `|${"---|".repeat(heads.length)}`, ...lines].join("\n");
}

/** Every option of every command, by group. Common options are listed once, at the end. */
export function optionReference(
  commands: readonly Command[],
  common: ArgumentSet,
  language: Language,
): string {
  const sections = commands.map((command) => commandSection(command, common, language));
  const everywhere = `## ${GROUP_TITLES.everywhere[language]}\n\n${optionTable(common, language)}`;
  return [...sections, everywhere].join("\n\n");
}

function commandSection(command: Command, common: ArgumentSet, language: Language): string {
  const own = Object.entries(command.args).filter(([name]) => !Object.hasOwn(common, name));
  const groups = Map.groupBy(own, ([, argument]) => groupOf(argument));
  const rest = command.rest === undefined ? [] : [restRow(command.rest, language)];
  const titles: readonly (readonly [Group | "options", string])[] = [
    ["options", HEADS.own[language]],
    ...(Object.entries(GROUP_TITLES) as [Group, Record<Language, string>][]).map(
      ([group, title]) => [group, title[language]] as const,
    ),
  ];
  const tables = titles.flatMap(([group, title]) => {
    const args = Object.fromEntries(groups.get(group) ?? []);
    const behind = group === "process" ? rest : [];
    if (Object.keys(args).length + behind.length === 0) return [];
    return [`**${title}**`, optionTable(args, language, behind)];
  });
  const examples = command.examples.map(
    ({ line, description, zh }) => `${line}  # ${language === "zh" ? zh : description}`,
  );
  return [
    `## ${code(`ckpt ${command.meta.name}`)}`,
    `${capital(describe(command.meta, language))}${language === "zh" ? "：" : ":"} ${code(usageLine(command))}`,
    ...tables,
    `**${HEADS.examples[language]}**`,
    ["```sh", ...examples, "```"].join("\n"),
  ].join("\n\n");
}

function groupOf(argument: Argument): Group | "options" {
  return argument.type === "positional" ? "input" : (argument.group ?? "options");
}

function optionTable(args: ArgumentSet, language: Language, first: readonly string[] = []): string {
  const rows = Object.entries(args).flatMap(([name, argument]) =>
    argumentTexts(name, argument, language).map(([spelled, text]) => tableRow(spelled, text)),
  );
  return [HEADS.options[language], LINE, ...first, ...rows].join("\n");
}

function restRow(rest: NonNullable<Command["rest"]>, language: Language): string {
  return tableRow(`-- ${rest.valueHint}`, describe(rest, language));
}

const tableRow = (name: string, text: string): string => `| ${code(name)} | ${cell(text)} |`;
const describe = (texts: { readonly description: string; readonly zh: string }, language: Language): string =>
  language === "zh" ? texts.zh : texts.description;
const code = (text: string): string => `\`${cell(text)}\``;
const cell = (text: string): string => text.replaceAll("|", "\\|");
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
