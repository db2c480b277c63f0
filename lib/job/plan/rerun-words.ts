// What `--rerun` is given so that it means the failures of one reason and no other result: their kind where no other reason has it, the ids of a few, or a
// pattern of their messages. A pattern is tried on all failures before it is offered.
import { ErrorTally } from "../../core/error-tally.ts";
import { errorPattern } from "../../core/error-pattern.ts";
import type { ItemError } from "../../core/record.ts";
import { isReason } from "../../core/reasons.ts";
import { errorWord, isIdWord, Rerun } from "../../core/rerun.ts";
import type { KeptResults, ResultEntry } from "../../core/result-source.ts";

/** More ids than these nobody wants to see in a command. */
const IDS_MAX = 12;
/** The shortest pattern that tells the reason apart is taken. */
const PATTERN_LENGTHS = [30, 80, 300] as const;
/** White space is one space in nearly all messages. */
const SPACES = [" ", String.raw`\s+`] as const;

type Reason = {
  readonly kind: string;
  /** Of its messages (error-pattern.ts). */
  readonly pattern: string;
  count: number;
  /** Null: not all have one that can be typed, or they are too many. */
  ids: string[] | null;
};

/** Gathers the failures by the number of their group in the tally. Memory does not grow with them. */
export class RerunWords {
  readonly #reasons = new Map<number, Reason>();
  /** How many failures have a kind that can be typed: there are few. */
  readonly #kinds = new Map<string, number>();
  /** A rerun by id means all answers to an item. */
  #hasRepeats = false;

  add(group: number, entry: ResultEntry, error: ItemError): void {
    if (isReason(error.kind)) this.#kinds.set(error.kind, (this.#kinds.get(error.kind) ?? 0) + 1);
    this.#hasRepeats ||= entry.repeat() > 1;
    const reason = this.#reasons.get(group) ?? newReason(error);
    this.#reasons.set(group, reason);
    reason.count++;
    const { id } = entry.identity();
    if (id === null || !isIdWord(id) || reason.count > IDS_MAX) reason.ids = null;
    else reason.ids?.push(id);
  }

  /**
   * The word for each of the groups; those for which there is none are left out.
   * @param groups numbers of groups with a reason of their own
   */
  wordsFor(groups: readonly number[], source: Pick<KeptResults, "logs">): ReadonlyMap<number, string> {
    const words = new Map<number, string>();
    const unnamed: number[] = [];
    for (const group of groups) {
      const word = this.#shortWord(group);
      if (word === null) unnamed.push(group);
      else words.set(group, word);
    }
    if (unnamed.length > 0)
      for (const [group, word] of this.#patterns(unnamed, source)) words.set(group, word);
    return words;
  }

  #shortWord(group: number): string | null {
    const reason = this.#reasons.get(group);
    if (reason === undefined) return null;
    if (this.#kinds.get(reason.kind) === reason.count) return reason.kind;
    if (reason.ids === null || this.#hasRepeats) return null;
    return reason.ids.toReversed().join(",");
  }

  #patterns(groups: readonly number[], source: Pick<KeptResults, "logs">): ReadonlyMap<number, string> {
    const candidates = groups.flatMap((group) => {
      const reason = this.#reasons.get(group);
      return reason === undefined ? [] : wordsOf(reason).map((word) => new Candidate(group, word));
    });
    // A new tally gives the same numbers to the same failures.
    const tally = new ErrorTally();
    const judge = (entry: ResultEntry): void => {
      const error = entry.error();
      if (error === null) return;
      const group = tally.add(error);
      for (const candidate of candidates) candidate.judge(entry, group);
    };
    for (const { results } of source.logs) if (results.counts.entries > 0) results.eachNewest(judge);
    const good = candidates.filter(({ isWrong }) => !isWrong);
    // Of several for a group, the first one is the shortest.
    return new Map(good.toReversed().map(({ group, word }) => [group, word]));
  }
}

class Candidate {
  readonly group: number;
  readonly word: string;
  /** It has missed one of the group, or means one of another. */
  isWrong = false;
  readonly #rerun: Rerun;

  constructor(group: number, word: string) {
    this.group = group;
    this.word = word;
    this.#rerun = new Rerun([word], Number.POSITIVE_INFINITY);
  }

  judge(entry: ResultEntry, group: number): void {
    if (!this.isWrong) this.isWrong = (this.#rerun.markOf(entry) === "due") !== (group === this.group);
  }
}

function newReason({ kind, message }: ItemError): Reason {
  return { kind, pattern: errorPattern(message), count: 0, ids: [] };
}

function wordsOf({ kind, pattern }: Reason): readonly string[] {
  const patterns = new Set(
    SPACES.flatMap((space) => PATTERN_LENGTHS.map((length) => regexFor(pattern.slice(0, length), space))),
  );
  return [...patterns].map((source) => errorWord(`^${escaped(kind)}: ${source}`));
}

/** A regular expression for the messages of a pattern. */
function regexFor(pattern: string, space: string): string {
  return pattern
    .split(/([*#]+| )/)
    .map((piece) => (/^[*#]/.test(piece) ? ".*" : piece === " " ? space : escaped(piece)))
    .join("")
    .replace(/(?: |\.\*)+$/, "");
}

/** A character that would change the screen is any character. */
function escaped(text: string): string {
  return text.replaceAll(/[\\^$.|?+()[\]{}]/g, String.raw`\$&`).replaceAll(/\p{C}/gu, ".");
}
