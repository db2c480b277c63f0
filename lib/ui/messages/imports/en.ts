// English: results of other tools that are imported.
import { formatNumber } from "../../format.ts";
import { counted, few } from "../common/en.ts";

/** What was found in the files: how many rows have each fate. */
export type ImportFacts = {
  readonly files: readonly string[];
  readonly rows: number;
  readonly counts: {
    readonly [
      fate in "matched" | "failed" | "unreadable" | "unmatched" | "differing" | "twice" | "contradicting"
    ]: number;
  };
};

const rows = (count: number): string => counted(count, "row", "rows");

const leftOut = (
  count: number,
  [one, many]: readonly [string, string],
  examples: readonly string[],
): string => `Not imported: ${rows(count)} ${count === 1 ? one : many}: ${few(examples, count)}`;

/** Why rows that have a result are left out, of one row and of several. */
const REASONS = {
  unmatched: ["matches no item", "match no item"],
  differing: [
    "has the id of an item that has other content now",
    "have the ids of items that have other content now",
  ],
  twice: [
    "repeats the result of an item that has it from another row",
    "repeat results that other rows have",
  ],
  contradicting: [
    "differs from another row of the same item",
    "differ from other rows of the same items; none of them is taken",
  ],
  unreadable: ["has no result in a known form", "have no result in a known form"],
} as const;
export type LeftOut = keyof typeof REASONS;

const keptNote = (already: number): string =>
  already === 0
    ? ""
    : `; ${already === 1 ? "1 item has a result already, and keeps it" : `${formatNumber(already)} items have a result already, and keep it`}`;

export const imports = {
  matched: ({ files, rows: all, counts: { matched, failed } }: ImportFacts): string =>
    `Import of ${few(files)}: ${rows(all)}, ${formatNumber(matched)} with the result of an item${
      failed === 0 ? "" : `, ${formatNumber(failed)} without a result (their items stay pending)`
    }`,
  /** What is left out and why, with examples: id or start of the row, and its line. */
  leftOut: (reason: LeftOut, count: number, examples: readonly string[]): string =>
    leftOut(count, REASONS[reason], examples),
  /** Of a shard: rows whose items are in other shards, or nowhere. */
  elsewhere: (count: number): string =>
    `${rows(count)} ${count === 1 ? "matches" : "match"} no item of this shard`,
  /** @param file null where there is only one */
  example: (label: string, file: string | null, line: number): string =>
    `${label} (${file === null ? `line ${line}` : `${file}:${line}`})`,
  question: "Import the others, and run what is left?",
  /** @param already items that have a good result, which they keep */
  imported: (count: number, already: number): string =>
    `Imported ${counted(count, "result", "results")}${keptNote(already)}.`,
  held: (max: string): string => `The disk is full. Waiting for room, up to ${max}.`,
  wouldImport: (count: number, already: number): string =>
    `The run would import ${counted(count, "result", "results")}${keptNote(already)}.`,
  wouldAsk: "The run would first ask whether to import the others.",
};
