// What may stand where the cursor is: the declarations decide, and what is typed already. Nothing is looked up here.
import type { Argument, ArgumentSet, Command, FixedCompletion } from "../declaration.ts";
import { hasNegative } from "../declaration.ts";
import { argumentTexts } from "../help.ts";
import { excludedBy, REST } from "../together.ts";
import type { Language } from "../../ui/language.ts";
import type { TypedLine, TypedWord } from "./typed-line.ts";

/** A command as completion sees it: its declaration without what it does. */
export type DeclaredCommand = Pick<Command, "meta" | "args" | "rest">;

export type Declared = {
  readonly commands: readonly DeclaredCommand[];
  /** What stands before a command, and what it is called with alone. */
  readonly common: ArgumentSet;
};

export type Candidate = {
  readonly word: string;
  /** What it is, in the language of the person; empty where there is nothing to say. */
  readonly text: string;
  /** More of the same word follows: no space behind it. */
  readonly isOpen?: true;
};

/** What was looked up. */
export type Found = {
  readonly candidates: readonly Candidate[];
  /** Files may stand there as well, preferably those with one of these extensions; null: folders alone. */
  readonly files?: readonly string[] | null;
  /** What stands in front of their names. */
  readonly filePrefix?: string;
};

/** What of the line values depend on: the folder of the checkpoint, the inputs and how they are read. Null: not there, or not known. */
export type TypedValues = {
  readonly inputs: readonly string[];
} & {
  readonly [
    name in "dir" | "shard" | "format" | "encoding" | "delimiter" | "jsonPath" | "query" | "import" | "lang"
  ]: string | null;
};

export type Wanted = {
  /** What stands in front of every candidate: `--id=`. */
  readonly prefix: string;
  /** What is known without a look at anything. */
  readonly candidates: readonly Candidate[];
  /** What is to be looked up. */
  readonly lookUp: FixedCompletion;
  /** Index of the first word of the command behind `--`, which has a completion of its own; null when this is about ckpt's own words. */
  readonly commandAt: number | null;
  readonly values: TypedValues;
};

/** @param line `words[0]` is ckpt itself */
export function wantedAt(
  line: TypedLine,
  declared: Declared,
  chooseLanguage: (option: string | null) => Language,
): Wanted | null {
  const typed = line.open.value;
  if (typed === null) return null;
  const read = readDone(line.words, declared);
  const values = typedValues(read);
  const wanted = { prefix: "", candidates: [], commandAt: null, values };
  if (line.isRedirected) return { ...wanted, lookUp: "file" };
  if (read.restAt !== null) return { ...wanted, lookUp: "template", commandAt: read.restAt };
  const language = chooseLanguage(values.lang);
  const value =
    read.pending === null ? inlineValue(typed, read.args) : { prefix: "", argument: read.pending };
  if (value !== null) return { ...wanted, prefix: value.prefix, ...valueOf(value.argument, read) };
  if (typed.startsWith("-"))
    return { ...wanted, candidates: optionsOf(read, typed, language), lookUp: "none" };
  if (read.command === null) return { ...wanted, candidates: commandsOf(declared, language), lookUp: "none" };
  const argument = nextPositional(read);
  if (argument !== null) return { ...wanted, ...valueOf(argument, read) };
  return { ...wanted, candidates: typed === "" ? optionsOf(read, "--", language) : [], lookUp: "none" };
}

type Read = {
  command: DeclaredCommand | null;
  args: ArgumentSet;
  readonly positional: TypedWord[];
  readonly options: Map<string, TypedWord>;
  pending: Exclude<Argument, { type: "boolean" }> | null;
  restAt: number | null;
};

/** Reads the finished words as far as they can be read: nothing is refused here. */
function readDone(words: readonly TypedWord[], declared: Declared): Read {
  const read: Read = {
    command: null,
    args: declared.common,
    positional: [],
    options: new Map(),
    pending: null,
    restAt: null,
  };
  let pendingName = "";
  for (const [at, word] of words.entries()) {
    if (at === 0) continue;
    if (word === "--") return { ...read, pending: null, restAt: at + 1 };
    if (read.pending !== null) {
      read.options.set(pendingName, word);
      read.pending = null;
    } else if (word !== null && word.startsWith("-") && word !== "-") {
      const found = optionOf(word, read.args);
      if (found === null) continue;
      read.options.set(found.name, found.inline);
      if (found.argument.type === "boolean" || found.inline !== null) continue;
      read.pending = found.argument;
      pendingName = found.name;
    } else if (read.command === null) chooseCommand(read, word, declared);
    else read.positional.push(word);
  }
  return read;
}

function chooseCommand(read: Read, word: TypedWord, { commands }: Declared): void {
  const command = commands.find(({ meta }) => meta.name === word);
  if (command === undefined) return;
  read.command = command;
  read.args = command.args;
}

type FoundOption = { readonly name: string; readonly argument: Argument; readonly inline: string | null };

function optionOf(word: string, args: ArgumentSet): FoundOption | null {
  if (!word.startsWith("--")) {
    const [name, argument] = shortOption(word, args) ?? [];
    if (name === undefined || argument === undefined) return null;
    return { name, argument, inline: word.length > 2 ? word.slice(2).replace(/^=/, "") : null };
  }
  const [, spelled = "", inline = null] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
  const positive = spelled.replace(/^no-/, "");
  for (const name of [spelled, positive]) {
    const argument = Object.hasOwn(args, name) ? args[name] : undefined;
    if (argument === undefined || argument.type === "positional") continue;
    if (name === spelled || hasNegative(argument)) return { name, argument, inline };
  }
  return null;
}

function shortOption(word: string, args: ArgumentSet): [string, Argument] | undefined {
  return Object.entries(args).find(([, argument]) => "alias" in argument && argument.alias === word[1]);
}

/** The option whose value is being typed in the same word: `--id=`, `-j`. */
function inlineValue(
  typed: string,
  args: ArgumentSet,
): { readonly prefix: string; readonly argument: Argument } | null {
  const prefix = /^--[^=]+=/.exec(typed)?.[0] ?? /^-[^-]=?/.exec(typed)?.[0];
  if (prefix === undefined || (prefix.length === 2 && typed.length === 2)) return null;
  const found = optionOf(prefix, args);
  return found === null || found.argument.type === "boolean" ? null : { prefix, argument: found.argument };
}

function valueOf(
  argument: Argument,
  { options }: Pick<Read, "options">,
): Pick<Wanted, "candidates" | "lookUp"> {
  if (argument.type === "boolean") return { candidates: [], lookUp: "none" };
  if (argument.type === "enum") return { candidates: plain(argument.options), lookUp: "none" };
  const rule = argument.type === "string" ? argument.value : "string";
  const words = typeof rule === "object" && rule.kind === "count" ? (rule.words ?? []) : [];
  const { complete } = argument;
  const lookUp =
    typeof complete === "object" && "onlyWith" in complete
      ? options.has(complete.onlyWith)
        ? complete.complete
        : "none"
      : complete;
  return { candidates: plain(words), lookUp };
}

const plain = (words: readonly string[]): Candidate[] => words.map((word) => ({ word, text: "" }));

/** Options that may still be given: not those that stand there already, unless they repeat, nor those that another one excludes. */
function optionsOf({ args, options, command }: Read, typed: string, language: Language): Candidate[] {
  const present = new Set(options.keys());
  const found = Object.entries(args).flatMap(([name, argument]): Candidate[] => {
    if (argument.type === "positional") return [];
    const mayRepeat = argument.type !== "boolean" && argument.repeat === true;
    if ((present.has(name) && !mayRepeat) || excludedBy(name, present, args) !== null) return [];
    const [text = "", negative] = argumentTexts(name, argument, language).map(([, each]) => each);
    const spelled =
      typed === "-" && typeof argument.alias === "string"
        ? [`-${argument.alias}`, `--${name}`]
        : [`--${name}`];
    const candidates = spelled.map((word) => ({ word, text }));
    if (negative !== undefined) candidates.push({ word: `--no-${name}`, text: negative });
    return candidates;
  });
  const rest = command?.rest;
  if (rest === undefined || excludedBy(REST, present, args) !== null) return found;
  return [...found, { word: "--", text: language === "zh" ? rest.zh : rest.description }];
}

function commandsOf({ commands }: Declared, language: Language): Candidate[] {
  return commands.map(({ meta }) => ({
    word: meta.name,
    text: language === "zh" ? meta.zh : meta.description,
  }));
}

function nextPositional({ command, positional }: Read): Argument | null {
  if (command === null) return null;
  const declared = Object.values(command.args).filter((argument) => argument.type === "positional");
  const last = declared.at(-1);
  return declared[positional.length] ?? (last?.repeat === true ? last : null);
}

function typedValues({ options, positional, command }: Read): TypedValues {
  const option = (name: string): string | null => options.get(name) ?? null;
  const hasInput = command !== null && Object.hasOwn(command.args, "input");
  return {
    dir: option("dir"),
    shard: option("shard"),
    inputs: hasInput ? positional.filter((word) => word !== null) : [],
    format: option("format"),
    encoding: option("encoding"),
    delimiter: option("delimiter"),
    jsonPath: option("json-path"),
    query: option("query"),
    import: option("import"),
    lang: option("lang"),
  };
}
