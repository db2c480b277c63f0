// The help of every command in both languages, made from the declarations. At most 80 columns wide.
import type { Language } from "../ui/language.ts";
import { padColumns, wrapColumns } from "../ui/width.ts";
import type { Both, Topic } from "./topic.ts";
import { COMMON_ARGUMENTS } from "./common-arguments.ts";
import {
  type Argument,
  type ArgumentSet,
  type Command,
  type Group,
  hasNegative,
  type PositionalArgument,
} from "./declaration.ts";

const COLUMNS = 80;
/** Column of the texts. */
const TEXT_AT = 26;

export const GROUP_TITLES: Readonly<Record<Group, Both>> = {
  input: { en: "Input", zh: "输入" },
  process: { en: "What to run", zh: "运行什么" },
  endpoint: { en: "Endpoint", zh: "接口" },
  pace: { en: "Pace", zh: "节奏" },
  stopping: { en: "Stopping", zh: "停止" },
  resuming: { en: "Resuming", zh: "续传" },
  output: { en: "Output", zh: "输出" },
  everywhere: { en: "Everywhere", zh: "通用" },
};
const TITLES = {
  usage: { en: "Usage", zh: "用法" },
  commands: { en: "Commands", zh: "命令" },
  options: { en: "Options", zh: "选项" },
  examples: { en: "Examples", zh: "示例" },
  topics: { en: "Topics", zh: "主题" },
} as const;
const MORE: Both = {
  en: 'The options of a command: "ckpt COMMAND --help" or "ckpt help COMMAND".',
  zh: "某条命令的选项：ckpt COMMAND --help，或 ckpt help COMMAND。",
};

/** `help` is answered before any command is loaded (lib/start/about.ts), so it is declared by its words alone. */
export const HELP: { readonly meta: Command["meta"]; readonly topic: Omit<PositionalArgument, "complete"> } =
  {
    meta: {
      name: "help",
      description: "this help, or that of a command or topic",
      zh: "显示本帮助，或某条命令、某个主题的帮助",
    },
    topic: {
      type: "positional",
      required: false,
      valueHint: "COMMAND",
      description: "the command or topic",
      zh: "命令或主题",
    },
  };

/** The help of the whole program: its commands and the common options. */
export function programHelp(
  commands: readonly Command[],
  topics: readonly Topic[],
  language: Language,
): string {
  return [
    `${titled(TITLES.usage, language)} ckpt COMMAND [options]`,
    "",
    titled(TITLES.commands, language),
    ...commands.map(({ meta }) => row(meta.name, language === "zh" ? meta.zh : meta.description)),
    row(
      `${HELP.meta.name} [${HELP.topic.valueHint}]`,
      language === "zh" ? HELP.meta.zh : HELP.meta.description,
    ),
    "",
    titled(GROUP_TITLES.everywhere, language),
    ...argumentRows(COMMON_ARGUMENTS, language),
    "",
    MORE[language],
    `${titled(TITLES.topics, language)} ckpt help ${topics.map(({ name }) => name).join("|")}`,
    "",
  ].join("\n");
}

/** The help of a topic: its rows, and what they do not say. */
export function topicHelp({ title, rows, note }: Topic, language: Language): string {
  const plain = (text: string): string => text.replaceAll("`", "");
  const last = note === undefined ? [] : ["", wrapColumns(`  ${plain(note[language])}`, COLUMNS)];
  return [
    titled(title, language),
    ...rows.map(({ term, text }) => row(term, plain(text[language]))),
    ...last,
    "",
  ].join("\n");
}

/** The help of one command: usage, description, options by group, examples. */
export function commandHelp(command: Command, language: Language): string {
  const { meta, examples } = command;
  const description = language === "zh" ? meta.zh : meta.description;
  const shown = examples.flatMap((example) => [
    `  ${example.line}`,
    wrapColumns(`      ${language === "zh" ? example.zh : example.description}`, COLUMNS),
  ]);
  return [
    wrapColumns(`${titled(TITLES.usage, language)} ${usageLine(command)}`, COLUMNS),
    "",
    wrapColumns(`  ${description}`, COLUMNS),
    ...optionSections(command, language),
    "",
    titled(TITLES.examples, language),
    ...shown,
    "",
  ].join("\n");
}

const titled = (title: Both, language: Language): string =>
  `${title[language]}${language === "zh" ? "：" : ":"}`;

/** `ckpt run [INPUT…] [options] [-- COMMAND…]` */
export function usageLine({ meta, args, rest }: Command): string {
  const positional = Object.values(args).flatMap((argument) => {
    if (argument.type !== "positional") return [];
    const word = `${argument.valueHint}${argument.repeat === true ? "…" : ""}`;
    return [argument.required === true ? word : `[${word}]`];
  });
  const behind = rest === undefined ? [] : [`[-- ${rest.valueHint}]`];
  return ["ckpt", meta.name, ...positional, "[options]", ...behind].join(" ");
}

function optionSections({ args, rest }: Command, language: Language): string[] {
  const sections = Map.groupBy(Object.entries(args), ([, argument]) =>
    argument.type === "positional" ? "input" : (argument.group ?? "options"),
  );
  const titles: readonly (readonly [Group | "options", Both])[] = [
    ["options", TITLES.options],
    ...(Object.entries(GROUP_TITLES) as [Group, Both][]),
  ];
  const behind =
    rest === undefined ? [] : [row(`-- ${rest.valueHint}`, language === "zh" ? rest.zh : rest.description)];
  const lines: string[] = [];
  for (const [group, title] of titles) {
    const rows = argumentRows(Object.fromEntries(sections.get(group) ?? []), language);
    if (group === "process") rows.unshift(...behind);
    if (rows.length > 0) lines.push("", titled(title, language), ...rows);
  }
  return lines;
}

function argumentRows(args: ArgumentSet, language: Language): string[] {
  return Object.entries(args).flatMap(([name, argument]) =>
    argumentTexts(name, argument, language).map(([spelled, text]) => row(spelled, text)),
  );
}

/** The forms of an argument, each with its text: `--no-NAME` is a separate form. */
export function argumentTexts(
  name: string,
  argument: Argument,
  language: Language,
): readonly (readonly [spelled: string, text: string])[] {
  const positive = [spelling(name, argument), argumentText(argument, language)] as const;
  if (!hasNegative(argument)) return [positive];
  const text = (language === "zh" ? argument.negativeZh : undefined) ?? argument.negativeDescription ?? "";
  return [positive, [`--no-${name}`, text]];
}

/** `-j, --jobs N`; for a positional argument only its hint. */
function spelling(name: string, argument: Argument): string {
  if (argument.type === "positional") return argument.valueHint;
  const alias = typeof argument.alias === "string" ? `-${argument.alias}, ` : "";
  return `${alias}--${name}${hintOf(argument)}`;
}

function hintOf(argument: Exclude<Argument, { type: "positional" }>): string {
  if (argument.type === "enum") return ` ${argument.options.join("|")}`;
  return argument.type === "string" ? ` ${argument.valueHint}` : "";
}

/** The description of an argument, and its default if it has one. */
function argumentText(argument: Argument, language: Language): string {
  const text = language === "zh" ? argument.zh : argument.description;
  const value = argument.type === "boolean" ? undefined : argument.default;
  if (value === undefined) return text;
  return language === "zh" ? `${text}（默认 ${value}）` : `${text} (default ${value})`;
}

/** A name and its text. The text starts on the next line when the name is too wide. */
function row(name: string, text: string): string {
  const indent = " ".repeat(TEXT_AT);
  const wrapped = wrapColumns(indent + text, COLUMNS);
  const isWide = Bun.stringWidth(name) > TEXT_AT - 4;
  return isWide ? `  ${name}\n${wrapped}` : padColumns(`  ${name}`, TEXT_AT) + wrapped.slice(TEXT_AT);
}
