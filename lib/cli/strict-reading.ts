// Reads the words of a command strictly by its declaration, before citty does. Everything that citty would accept by mistake is refused here: unknown
// options, missing values, repetitions, extra words. The result is passed to citty in an unambiguous form.
import { CkptError } from "../core/errors.ts";
import { nearestOf } from "../core/nearest.ts";
import { type Argument, type ArgumentSet, type Command, hasNegative, optionNames } from "./declaration.ts";
import type { GivenOption, Line } from "./line.ts";
import { wordOfAnotherTool } from "./other-tools.ts";

/**
 * @param words after the command's name
 * @throws usage.unknownOption, usage.missingValue, usage.unexpectedValue, usage.badValue, usage.repeated, usage.conflict, usage.extraArgument,
 * usage.needs
 */
export function readStrictly(
  words: readonly string[],
  command: Pick<Command, "meta" | "args" | "rest">,
): Line {
  const { args } = command;
  const end = words.indexOf("--");
  const own = end < 0 ? words : words.slice(0, end);
  const options = new Map<string, GivenOption>();
  const positional: string[] = [];
  for (let at = 0; at < own.length; at++) {
    const word = own[at] ?? "";
    if (word === "-" || !word.startsWith("-")) {
      positional.push(word);
      continue;
    }
    const { name, shown, inline, argument } = optionOf(word, args);
    if (argument.type === "boolean") {
      if (inline !== null) throw new CkptError("usage.unexpectedValue", { option: shown });
      addFlag(options, name, shown);
      continue;
    }
    const value = inline ?? own[++at];
    if (value === undefined || (inline === null && isOption(value, args)))
      throw new CkptError("usage.missingValue", { option: shown });
    addValue(options, name, shown, value, argument);
  }
  const line = { options, positional, rest: end < 0 ? null : words.slice(end + 1) };
  checkPositional(line, command);
  for (const [name, given] of options) checkWords(args[name], given);
  return line;
}

function addFlag(options: Map<string, GivenOption>, name: string, shown: string): void {
  const before = options.get(name);
  if (before !== undefined && before.shown !== shown)
    throw new CkptError("usage.conflict", { first: before.shown, second: shown });
  options.set(name, { shown, values: [] });
}

function addValue(
  options: Map<string, GivenOption>,
  name: string,
  shown: string,
  value: string,
  argument: Exclude<Argument, { type: "boolean" }>,
): void {
  const before = options.get(name)?.values ?? [];
  if (before.length > 0 && argument.repeat !== true) throw new CkptError("usage.repeated", { option: shown });
  options.set(name, { shown, values: [...before, value] });
}

/** Refuses a value that is not one of the option's choices. */
function checkWords(argument: Argument | undefined, { shown, values }: GivenOption): void {
  if (argument?.type !== "enum") return;
  const { options } = argument;
  const value = values.find((each) => !options.includes(each));
  if (value !== undefined)
    throw new CkptError("usage.badValue", { option: shown, value, expected: options.join(", ") });
}

function checkPositional(line: Line, { meta, args, rest }: Pick<Command, "meta" | "args" | "rest">): void {
  const declared = Object.values(args).filter((argument) => argument.type === "positional");
  const takesMany = declared.some((argument) => argument.repeat === true);
  const extra = takesMany ? undefined : line.positional[declared.length];
  if (extra !== undefined) throw new CkptError("usage.extraArgument", { argument: extra });
  if (rest === undefined && line.rest !== null)
    throw new CkptError("usage.extraArgument", { argument: "--" });
  const missing = declared[line.positional.length];
  if (missing?.required === true)
    throw new CkptError("usage.missingArgument", { command: meta.name, argument: missing.valueHint });
}

type Found = {
  readonly name: string;
  readonly shown: string;
  readonly inline: string | null;
  readonly argument: Argument;
};

function optionOf(word: string, args: ArgumentSet): Found {
  if (!word.startsWith("--")) return shortOption(word, args);
  const equals = word.indexOf("=");
  const shown = equals < 0 ? word : word.slice(0, equals);
  const inline = equals < 0 ? null : word.slice(equals + 1);
  const found = longOption(shown, args);
  if (found === null) throw unknownOption(shown, shown, args);
  return { ...found, shown, inline };
}

function unknownOption(option: string, spelled: string, args: ArgumentSet): CkptError {
  // Of `-P8`, the letter.
  const word = option.startsWith("--") ? option : option.slice(0, 2);
  const nearest = wordOfAnotherTool(word) ?? nearestOf(spelled, optionNames(args));
  return new CkptError("usage.unknownOption", { option, nearest });
}

function longOption(shown: string, args: ArgumentSet): { name: string; argument: Argument } | null {
  const name = shown.slice(2);
  const argument = Object.hasOwn(args, name) ? args[name] : undefined;
  if (argument !== undefined && argument.type !== "positional") return { name, argument };
  const positive = name.startsWith("no-") ? name.slice(3) : "";
  const negated = Object.hasOwn(args, positive) ? args[positive] : undefined;
  return negated !== undefined && hasNegative(negated) ? { name: positive, argument: negated } : null;
}

/** `-j 4`, `-j4`, `-j=4`. */
function shortOption(word: string, args: ArgumentSet): Found {
  const letter = word[1] ?? "";
  const found = Object.entries(args).find(([, argument]) => "alias" in argument && argument.alias === letter);
  if (found === undefined) throw unknownOption(word, `-${word}`, args);
  const [name, argument] = found;
  const behind = word.slice(2);
  const inline = behind === "" ? null : behind.startsWith("=") ? behind.slice(1) : behind;
  return { name, shown: `--${name}`, inline, argument };
}

/** Whether a word in the place of a value is the next option, because the value was forgotten. */
function isOption(word: string, args: ArgumentSet): boolean {
  return word.startsWith("--") && longOption(word.split("=", 1)[0] ?? "", args) !== null;
}
