// Small pieces that the texts of both languages are put together from.
import type { ShownLine } from "../../core/file-line.ts";
import { formatNumber } from "../format.ts";

/** How many examples a message shows. */
const SHOWN_MAX = 5;

/**
 * The first few values joined, and how many more there are.
 * @param count how many there are in all, where `values` holds only examples
 */
export function firstFew(
  values: readonly string[],
  count: number,
  joiner: string,
  more: (count: number) => string,
): string {
  const shown = values.slice(0, SHOWN_MAX);
  const left = count - shown.length;
  return shown.join(joiner) + (left > 0 ? more(left) : "");
}

/** What a word of the program is called; one that has no name here is shown as it is. */
export function nameOf(names: { readonly [word: string]: string }, word: string): string {
  return (Object.hasOwn(names, word) ? names[word] : undefined) ?? word;
}

/** The phrase about the nearest right name; nothing when there is none. */
export function nearest(name: string | null, phrase: (name: string) => string): string {
  return name === null ? "" : phrase(name);
}

/** A confirmation: what will happen, and the question below it. */
export type ConfirmText = { readonly note: string; readonly question: string };

/** The line above and below a title, as in the user guide: 50 columns. */
export const RULE: string = "=".repeat(50);

/**
 * How a command on the checkpoint in hand is typed: by the name of the program that was typed, and with the folder and the shard that were.
 * @param words safe to copy
 */
export type Call = (words: string, of?: CallOf) => string;

/** `shard`: another one, or a variable of the shell; `dir`: another folder, of which no shard is meant. */
export type CallOf = { readonly shard: string } | { readonly dir: string };

/** Which checkpoint an error is about; undefined: the one in hand. */
export const folderOf = ({ folder }: { readonly folder?: string }): CallOf | undefined =>
  folder === undefined ? undefined : { dir: folder };

/** For who has typed no words. */
export const plainCall: Call = (words, of) =>
  ["ckpt", words, ...Object.entries(of ?? {}).map(([name, value]) => `--${name} ${value}`)].join(" ");

/** A line's number as a number, `FILE:LINE` as it is. */
export function shownLine(line: ShownLine): string {
  return typeof line === "number" ? formatNumber(line) : line;
}
