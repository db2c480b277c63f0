// Reads the command line before the command is known.
import { COMMON_ARGUMENTS } from "./common-arguments.ts";

/** The options of every command that take a value. */
const WITH_VALUE: readonly string[] = Object.entries(COMMON_ARGUMENTS)
  .filter(([, { type }]) => type !== "boolean")
  .map(([name]) => `--${name}`);

/** The words for ckpt itself: those before `--`. */
export function ownWords(words: readonly string[]): readonly string[] {
  const end = words.indexOf("--");
  return end < 0 ? words : words.slice(0, end);
}

/** The position of the command's name: after options that may come first. */
export function commandAt(own: readonly string[]): number {
  let at = 0;
  while (at < own.length && (own[at] ?? "").startsWith("-")) at += WITH_VALUE.includes(own[at] ?? "") ? 2 : 1;
  return at;
}

/** The value of an option that is needed before the command is known. */
export function optionValue(
  own: readonly string[],
  name: "--config" | "--dir" | "--lang" | "--progress" | "--shard",
): string | undefined {
  const at = own.indexOf(name);
  if (at >= 0) return own[at + 1];
  return own.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** The words that are no option, nor the value of one that every command has. */
export function plainWords(own: readonly string[]): readonly string[] {
  return WITH_VALUE.reduce(withoutOption, [...own]).filter((word) => !word.startsWith("-"));
}

/** The words without an option and its value. Words after `--` are unchanged. */
export function withoutOption(words: readonly string[], name: string): string[] {
  const own = ownWords(words);
  const kept = own.filter(
    (word, at) => word !== name && own[at - 1] !== name && !word.startsWith(`${name}=`),
  );
  return [...kept, ...words.slice(own.length)];
}
