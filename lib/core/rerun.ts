// What is run again although it has a result (`--rerun`): parsing of its words, and which results they mean. A result is due while it is the newest one of
// its unit that counts, was made before the rerun began, and matches. Whatever the rerun makes of a unit has a later number, so nothing is run twice.
import { typedRegex } from "./condition.ts";
import { isReason } from "./reasons.ts";
import type { ResultEntry } from "./result-source.ts";

/** none: there is no rerun, or it made the result; earlier: made before the rerun, and not meant by it; due: to be run again. */
export const RERUN_MARKS = ["none", "earlier", "due"] as const;
export type RerunMark = (typeof RERUN_MARKS)[number];

/** Whether a result is meant. */
type Matcher = (entry: ResultEntry) => boolean;

const OUTPUT = "output~";
const ERROR = "error~";
const NUMBER = /^#([1-9]\d{0,14})$/;

export class Rerun {
  /** As typed. */
  readonly what: readonly string[];
  /** The number of the last result that was there before; Infinity for a rerun that is about to begin. */
  readonly toSeq: number;
  readonly #matchers: readonly Matcher[];
  /** Ids that were typed, and whether a result has them. */
  readonly #ids = new Map<string, boolean>();
  /** Items that were typed by their number, by index. */
  readonly #numbers = new Set<number>();

  /** @throws usage.badValue */
  constructor(what: readonly string[], toSeq: number) {
    this.what = what;
    this.toSeq = toSeq;
    this.#matchers = what.flatMap((word) => this.#matcherOf(word) ?? []);
  }

  /** Whether it is about to begin. */
  get isNew(): boolean {
    return this.toSeq === Number.POSITIVE_INFINITY;
  }

  /** Items by number are not judged here, but by `hasNumber`: the number is that in the present input. */
  markOf(entry: ResultEntry): RerunMark {
    // Every matcher is asked, so that each id that is there is noted.
    const isMeant = this.#matchers.filter((matches) => matches(entry)).length > 0;
    if (entry.seq > this.toSeq) return "none";
    return isMeant ? "due" : "earlier";
  }

  /** Whether the item at an index was typed by its number. */
  hasNumber(index: number): boolean {
    return this.#numbers.has(index);
  }

  /** The items that were typed and are not there. Known when all results have been judged. @param count items of the input */
  missing(count: number): string[] {
    const ids = [...this.#ids].filter(([, isThere]) => !isThere).map(([id]) => id);
    return [...ids, ...[...this.#numbers].filter((index) => index >= count).map((index) => `#${index + 1}`)];
  }

  /** Null for a word that has only numbers. */
  #matcherOf(word: string): Matcher | null {
    if (word === "all") return () => true;
    if (word === "failed") return ({ failed }) => failed;
    if (word.startsWith(OUTPUT)) return textMatcher(word, OUTPUT, outputText);
    if (word.startsWith(ERROR)) return textMatcher(word, ERROR, errorText);
    if (isReason(word))
      return (entry) => (entry.failed ? entry.error()?.kind === word : entry.marks().includes(word));
    const ids = word.split(",").filter((item) => item !== "" && !this.#noteNumber(item));
    for (const id of ids) this.#ids.set(id, false);
    return ids.length === 0 ? null : (entry) => this.#isTyped(entry.identity().id, ids);
  }

  #isTyped(id: string | null, ids: readonly string[]): boolean {
    const isTyped = id !== null && ids.includes(id);
    if (isTyped) this.#ids.set(id, true);
    return isTyped;
  }

  #noteNumber(item: string): boolean {
    const digits = NUMBER.exec(item)?.[1];
    if (digits !== undefined) this.#numbers.add(Number(digits) - 1);
    return digits !== undefined;
  }
}

/** The word for failures whose error matches. */
export function errorWord(regex: string): string {
  return ERROR + regex;
}

/** Whether an id, typed as a word, means the item and nothing else. */
export function isIdWord(id: string): boolean {
  const isOther = ["all", "failed"].includes(id) || isReason(id) || NUMBER.test(id);
  return !isOther && id !== "" && !/^-|^(?:output|error)~|[,\p{C}]/u.test(id);
}

/** A result whose text matches. @param textOf null: there is none */
function textMatcher(word: string, prefix: string, textOf: (entry: ResultEntry) => string | null): Matcher {
  const pattern = typedRegex("--rerun", word.slice(prefix.length));
  return (entry) => {
    const text = textOf(entry);
    return text !== null && pattern.test(text);
  };
}

/** A text as it is, any other value as JSON text. */
function outputText(entry: ResultEntry): string | null {
  const json = entry.outputJson();
  return json?.startsWith('"') === true ? String(JSON.parse(json)) : json;
}

/** As a table has it. */
function errorText(entry: ResultEntry): string | null {
  const error = entry.error();
  return error === null ? null : `${error.kind}: ${error.message}`;
}
