// The manual page (`man ckpt`) in both languages, made of the declarations: man(7) macros, which groff and mandoc know.
import type { Language } from "../ui/language.ts";
import type { ArgumentSet, Command } from "./declaration.ts";
import { argumentTexts, usageLine } from "./help.ts";
import type { Both, Topic } from "./topic.ts";

export type ManualContent = {
  readonly version: string;
  /** `2026-11-28`. */
  readonly date: string;
  readonly commands: readonly Command[];
  /** Options that all commands have. */
  readonly common: ArgumentSet;
  readonly topics: readonly Topic[];
  /** Where the docs are. */
  readonly homepage: string;
};

const TITLES = {
  manual: { en: "User Commands", zh: "用户命令" },
  name: { en: "NAME", zh: "名称" },
  synopsis: { en: "SYNOPSIS", zh: "用法" },
  description: { en: "DESCRIPTION", zh: "描述" },
  commands: { en: "COMMANDS", zh: "命令" },
  common: { en: "OPTIONS OF EVERY COMMAND", zh: "所有命令的选项" },
  examples: { en: "EXAMPLES", zh: "示例" },
  seeAlso: { en: "SEE ALSO", zh: "参见" },
} as const;

const SHORT: Both = {
  en: "run a large set of items; resume after any interruption",
  zh: "处理大量条目，可从任何中断处继续",
};
const ABOUT: readonly Both[] = [
  {
    en: "ckpt hands each item of an input to a command, a worker, a module or a chat endpoint, and saves every result as it arrives. The same command resumes after any interruption: no saved result is lost, and no recorded item is run twice.",
    zh: "ckpt 把输入的每个条目交给命令、常驻进程、模块或聊天接口处理，并立即保存每个结果。中断后再次输入同一条命令即可继续：已保存的结果不会丢失，有记录的条目不会重复处理。",
  },
  {
    en: "An item is a line of a text file, a value of a JSON or JSON lines file, or a row of a table.",
    zh: "条目是文本文件的一行、JSON 或 JSON Lines 文件的一个值，或表格的一行。",
  },
];

const DOCS: Both = {
  en: "The guide, the formats of all files (docs/format.md) and everything else in docs/:",
  zh: "使用指南、各文件的格式（docs/format.md）以及 docs/ 中的其他文档：",
};

/** The source of the page: UTF-8, the same bytes for the same content. */
export function manualPage(content: ManualContent, language: Language): string {
  const { version, date, commands, common, topics, homepage } = content;
  const title = (both: Both): string => heading(both, language);
  const lines = [
    "'\\\" -*- coding: UTF-8 -*-",
    `.TH CKPT 1 ${date} "ckpt ${version}" "${roff(TITLES.manual[language])}"`,
    ".nh",
    ".ad l",
    title(TITLES.name),
    `ckpt \\- ${roff(SHORT[language])}`,
    title(TITLES.synopsis),
    ...commands.flatMap((command) => [
      `\\fBckpt\\fR ${roff(usageLine(command).replace(/^ckpt /, ""))}`,
      ".br",
    ]),
    `\\fBckpt help\\fR [COMMAND]`,
    title(TITLES.description),
    ABOUT.map((text) => filled(roff(text[language]))).join("\n.PP\n"),
    title(TITLES.commands),
    ...commands.flatMap((command) => commandLines(command, common, language)),
    title(TITLES.common),
    ...optionLines(common, language),
    ...topics.flatMap((topic) => topicLines(topic, language)),
    title(TITLES.examples),
    ...commands.flatMap((command) =>
      command.examples.flatMap((example, at) => [
        ...(at === 0 && command === commands[0] ? [] : [".PP"]),
        `${roff(language === "zh" ? example.zh : example.description)}:`,
        ".PP",
        ".RS 4",
        ".nf",
        roff(example.line),
        ".fi",
        ".RE",
      ]),
    ),
    title(TITLES.seeAlso),
    filled(roff(DOCS[language])),
    ".br",
    roff(homepage),
  ];
  return `${lines.join("\n")}\n`;
}

const heading = (both: Both, language: Language): string => `.SH ${roff(both[language].toUpperCase())}`;

function topicLines({ title, rows, note }: Topic, language: Language): string[] {
  const tags = rows.flatMap(({ term, text }) => tagged(`\\fB${roff(term)}\\fR`, prose(text[language])));
  const last = note === undefined ? [] : [".PP", filled(prose(note[language]))];
  return [heading(title, language), ...tags, ...last];
}

function commandLines(command: Command, common: ArgumentSet, language: Language): string[] {
  const { meta, args, rest } = command;
  const own = Object.fromEntries(Object.entries(args).filter(([name]) => !Object.hasOwn(common, name)));
  const behind =
    rest === undefined
      ? []
      : tagged(
          `\\fB\\-\\-\\fR \\fI${roff(rest.valueHint)}\\fR`,
          roff(language === "zh" ? rest.zh : rest.description),
        );
  return [
    `.SS "ckpt ${meta.name}"`,
    roff(language === "zh" ? meta.zh : meta.description),
    ...behind,
    ...optionLines(own, language),
  ];
}

function optionLines(args: ArgumentSet, language: Language): string[] {
  return Object.entries(args).flatMap(([name, argument]) =>
    argumentTexts(name, argument, language).flatMap(([spelled, text]) =>
      tagged(spelling(spelled), roff(text)),
    ),
  );
}

/** `-j, --jobs N`: what is typed as it is bold, what stands for a value in italics. */
function spelling(spelled: string): string {
  const [, options = "", value = ""] = /^((?:-\w, )?(?:--?[\w-]+)?) ?(.*)$/s.exec(spelled) ?? [];
  const parts = [
    ...(options === ""
      ? []
      : [
          options
            .split(", ")
            .map((option) => `\\fB${roff(option)}\\fR`)
            .join(", "),
        ]),
    ...(value === "" ? [] : [`\\fI${roff(value)}\\fR`]),
  ];
  return parts.join(" ");
}

const tagged = (term: string, text: string): string[] => [".TP", term, filled(text)];

const LINE_LENGTH_MAX = 78;

/** Source lines of a length that can be read; the formatter joins them again. */
function filled(text: string): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > LINE_LENGTH_MAX) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].join("\n").replace(/^(?=[.'])/gm, "\\&");
}

/** Text in which words between backquotes are bold. */
function prose(text: string): string {
  return text
    .split("`")
    .map((part, at) => (at % 2 === 1 ? `\\fB${roff(part)}\\fR` : roff(part)))
    .join("");
}

const ESCAPES: { readonly [character: string]: string | undefined } = {
  "\\": "\\e",
  "-": "\\-",
  "'": "\\(aq",
  "`": "\\(ga",
  "^": "\\(ha",
  "~": "\\(ti",
  '"': "\\(dq",
};

/** Behind these a line of Chinese may be broken, where the next one is no closing punctuation; without a word of it groff breaks at spaces alone. */
const BREAKABLE = /([\p{Script=Han}，。、；：）！？])(?=[\p{Script=Han}（\w])/gu;

/** Text as it is to be read. */
function roff(text: string): string {
  return text
    .replaceAll(/[\\\-'`^~"]/g, (character) => ESCAPES[character] ?? character)
    .replaceAll(BREAKABLE, "$1\\:")
    .replace(/^(?=\.)/gm, "\\&");
}
