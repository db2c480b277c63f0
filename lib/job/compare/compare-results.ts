// Compares the results of two sides: each unit of one is matched with that of the other by id, or by content where both know it.
import { type ComparedResult, ComparedUnits } from "../../core/compared-units.ts";
import { CkptError } from "../../core/errors.ts";
import { canonicalJson } from "../../core/json-text.ts";
import { OccurrenceTable } from "../../core/occurrences.ts";
import { type Key, recordedKey, unitKey, type UnitIdentity } from "../../core/record-key.ts";
import type { ResultEntry } from "../../core/result-source.ts";
import { collectGarbage } from "../../io/garbage.ts";
import { safePath } from "../../ui/escape.ts";
import type { ComparedSide } from "./compared-side.ts";

export type JoinedBy = "id" | "content";

export type ComparedResults = {
  readonly joinedBy: JoinedBy;
  readonly units: ComparedUnits;
  /** Results of both sides. */
  readonly results: readonly [number, number];
  /** Those of them that have no id to match by, and are left out. */
  readonly withoutId: readonly [number, number];
};

/** @throws output.noIds, output.notResults, checkpoint.damaged */
export async function compareResults(a: ComparedSide, b: ComparedSide): Promise<ComparedResults> {
  const joinedBy = joinOf(a, b);
  const isTyped = a.isTyped && b.isTyped;
  const units = new ComparedUnits();
  const ofA = await eachCompared(a, joinedBy, isTyped, (key, result) => units.addA(key, result));
  const ofB = await eachCompared(b, joinedBy, isTyped, (key, result) => units.addB(key, result));
  return {
    joinedBy,
    units,
    results: [ofA.count, ofB.count],
    withoutId: [ofA.withoutId, ofB.withoutId],
  };
}

/** @throws output.noIds */
function joinOf(a: ComparedSide, b: ComparedSide): JoinedBy {
  const without = [a, b].find(({ ids }) => ids === "none");
  if (without === undefined) return "id";
  if (a.hasContent && b.hasContent) return "content";
  throw new CkptError("output.noIds", { path: safePath(without.results.resultsFile) });
}

/** A scan has no await: after so many results, what they left is collected. Nothing else is in memory that a collection would look through. */
const COLLECT_RESULTS = 1 << 10;
const COLLECT_REST = 0;

async function eachCompared(
  side: ComparedSide,
  joinedBy: JoinedBy,
  isTyped: boolean,
  add: (key: Key, result: ComparedResult) => void,
): Promise<{ readonly count: number; readonly withoutId: number }> {
  const keyOf = keysOf(side, joinedBy);
  let count = 0;
  let withoutId = 0;
  await side.results.eachLatest((entry) => {
    if (++count % COLLECT_RESULTS === 0) collectGarbage(COLLECT_REST);
    const result = comparedResult(entry, isTyped);
    const key = keyOf(entry.identity());
    if (key === null) withoutId++;
    else add(key, result);
  });
  return { count, withoutId };
}

/** The key of each result of a side, in order; null where it cannot be matched. */
function keysOf({ ids }: ComparedSide, joinedBy: JoinedBy): (identity: UnitIdentity) => Key | null {
  if (joinedBy === "id") return (identity) => (identity.id === null ? null : unitKey(identity));
  if (ids === "none") return unitKey;
  // Results with ids have no occurrence on record: equal contents are counted as they come.
  const seen = new OccurrenceTable();
  return ({ hash, repeat }) => {
    const [high = 0, low = 0] = recordedKey(hash, 1, repeat).slice(1, 3);
    return recordedKey(hash, seen.add(high, low), repeat);
  };
}

function comparedResult(entry: ResultEntry, isTyped: boolean): ComparedResult {
  const { index, place, failed } = entry;
  return { index, place, failed, repeat: entry.repeat(), digest: digestOf(entry.outputJson(), isTyped) };
}

const NO_OUTPUT: ComparedResult["digest"] = [0, 0];

function digestOf(outputJson: string | null, isTyped: boolean): ComparedResult["digest"] {
  if (outputJson === null) return NO_OUTPUT;
  const hash = Bun.hash(comparable(outputJson, isTyped));
  return [Number(hash >> 32n), Number(hash & 0xffffffffn)];
}

/**
 * A text that is the same for outputs that count as equal: the order of keys, white space and escapes do not matter, digits do.
 * @param isTyped false: one of the sides is a table, in which the text "18" and the number look alike
 */
function comparable(outputJson: string, isTyped: boolean): string {
  if (!outputJson.startsWith('"')) return canonicalJson(outputJson);
  const text = (JSON.parse(outputJson) as string).toWellFormed();
  if (isTyped) return `"${text}`;
  return /^[{[]/.test(text) ? canonicalOr(text) : text;
}

/** A cell that holds JSON as the JSON; another text as it is. */
function canonicalOr(text: string): string {
  try {
    return canonicalJson(text);
  } catch {
    return text; // it only begins as JSON does
  }
}
