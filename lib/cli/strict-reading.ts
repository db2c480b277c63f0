// The command line, taken apart strictly: unknown options, missing values and contradictions are refused.
import { CkptError } from "../core/errors.ts";
import { nearestOf } from "../core/nearest.ts";

/** An option. `value`: it takes one; `repeat`: it may stand more than once; `negated`: `--no-NAME` exists. */
export type OptionSpec = {
  readonly value: boolean;
  readonly alias?: string;
  readonly repeat?: boolean;
  readonly negated?: boolean;
};

export type OptionSpecs = { readonly [name: string]: OptionSpec };

export type Arguments = {
  readonly positional: readonly string[];
  /** Everything behind `--`; null when there is no `--`. */
  readonly rest: readonly string[] | null;
  /** Value of an option, or undefined. */
  text(name: string): string | undefined;
  texts(name: string): readonly string[];
  /** True for `--name`, false for `--no-name`, undefined without. */
  flag(name: string): boolean | undefined;
};

/**
 * Parses the words of the command line but the command's name.
 * @throws usage.unknownOption, usage.missingValue, usage.unexpectedValue, usage.repeated, usage.conflict
 */
export function parseArguments(words: readonly string[], specs: OptionSpecs): Arguments {
  const end = words.indexOf("--");
  const rest = end < 0 ? null : words.slice(end + 1);
  const { tokens, positional } = tokenize(end < 0 ? words : words.slice(0, end), specs);
  const repeated = new Map<string, string[]>();
  const seen = new Map<string, Token>();
  for (const token of tokens) {
    if (specs[token.name]?.repeat === true) {
      repeated.set(token.name, [...(repeated.get(token.name) ?? []), token.value ?? ""]);
      continue;
    }
    const before = seen.get(token.name);
    if (before !== undefined && before.shown !== token.shown) {
      throw new CkptError("usage.conflict", { first: before.shown, second: token.shown });
    }
    if (before !== undefined && token.value !== null)
      throw new CkptError("usage.repeated", { option: token.shown });
    seen.set(token.name, token);
  }
  return {
    positional,
    rest,
    text: (name) => seen.get(name)?.value ?? undefined,
    texts: (name) => repeated.get(name) ?? [],
    flag: (name) => {
      const token = seen.get(name);
      return token === undefined ? undefined : token.shown === `--${name}`;
    },
  };
}

/** `shown`: `--name`, or `--no-name`. */
type Token = { readonly name: string; readonly shown: string; readonly value: string | null };

function tokenize(words: readonly string[], specs: OptionSpecs): { tokens: Token[]; positional: string[] } {
  const tokens: Token[] = [];
  const positional: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    if (word === "-" || !word.startsWith("-")) {
      positional.push(word);
      continue;
    }
    const { name, shown, inline } = word.startsWith("--")
      ? longOption(word, specs)
      : shortOption(word, specs);
    const takesValue = specs[name]?.value === true;
    if (!takesValue) {
      if (inline !== null) throw new CkptError("usage.unexpectedValue", { option: shown });
      tokens.push({ name, shown, value: null });
      continue;
    }
    const value = inline ?? words[++at];
    if (value === undefined || (inline === null && isOption(value, specs))) {
      throw new CkptError("usage.missingValue", { option: shown });
    }
    tokens.push({ name, shown, value });
  }
  return { tokens, positional };
}

/** Whether a word in the place of a value is really the next option, the value having been forgotten. */
function isOption(word: string, specs: OptionSpecs): boolean {
  const name = word.split("=", 1)[0] ?? "";
  if (!name.startsWith("--")) return false;
  const positive = name.startsWith("--no-") ? name.slice(5) : "";
  return (
    Object.hasOwn(specs, name.slice(2)) ||
    (Object.hasOwn(specs, positive) && specs[positive]?.negated === true)
  );
}

type Named = { readonly name: string; readonly shown: string; readonly inline: string | null };

function longOption(word: string, specs: OptionSpecs): Named {
  const equals = word.indexOf("=");
  const shown = equals < 0 ? word : word.slice(0, equals);
  const inline = equals < 0 ? null : word.slice(equals + 1);
  const name = shown.slice(2);
  if (Object.hasOwn(specs, name)) return { name, shown, inline };
  const positive = name.startsWith("no-") ? name.slice(3) : "";
  if (Object.hasOwn(specs, positive) && specs[positive]?.negated === true)
    return { name: positive, shown, inline };
  throw new CkptError("usage.unknownOption", { option: shown, nearest: nearestOf(shown, allNames(specs)) });
}

/** `-j 4`, `-j4`, `-j=4`. */
function shortOption(word: string, specs: OptionSpecs): Named {
  const letter = word[1] ?? "";
  const found = Object.entries(specs).find(([, spec]) => spec.alias === letter);
  if (found === undefined) {
    throw new CkptError("usage.unknownOption", {
      option: word,
      nearest: nearestOf(`-${word}`, allNames(specs)),
    });
  }
  const behind = word.slice(2);
  const inline = behind === "" ? null : behind.startsWith("=") ? behind.slice(1) : behind;
  return { name: found[0], shown: `--${found[0]}`, inline };
}

function allNames(specs: OptionSpecs): string[] {
  return Object.entries(specs).flatMap(([name, spec]) =>
    spec.negated === true ? [`--${name}`, `--no-${name}`] : [`--${name}`],
  );
}

/** The arguments that are no options, at most so many. @throws usage.extraArgument for a word too many, or a `--` */
export function argumentsUpTo(max: number, args: Arguments): readonly string[] {
  const extra = args.positional[max] ?? (args.rest === null ? undefined : "--");
  if (extra !== undefined) throw new CkptError("usage.extraArgument", { argument: extra });
  return args.positional;
}

/** @throws usage.extraArgument when there is anything but options */
export function noArguments(args: Arguments): void {
  argumentsUpTo(0, args);
}

/** The value of an option, or null. @throws usage.missingValue when it is empty */
export function nonEmpty(args: Arguments, name: string): string | null {
  const value = args.text(name);
  if (value === "") throw new CkptError("usage.missingValue", { option: `--${name}` });
  return value ?? null;
}
