// Joins the results of two sources, A and B, by the keys of their units, and tells what each pair is. About 80 bytes per unit, no objects: outputs are known by 64 bits of
// a hash, and read again only where they are shown.
import type { Key } from "./record-key.ts";
import { RecordTable } from "./record-table.ts";

/** What a pair of results can be, in the order in which it is shown. */
export const COMPARISONS = [
  "same",
  "different",
  "failed_in_a",
  "failed_in_b",
  "failed_in_both",
  "only_in_a",
  "only_in_b",
] as const;
export type Comparison = (typeof COMPARISONS)[number];

/** Whether a pair counts as a difference: two failures have no output to compare. */
export function isDifference(comparison: Comparison): boolean {
  return comparison !== "same" && comparison !== "failed_in_both";
}

/** The result of a unit in one of the sources. */
export type ComparedResult = {
  /** Position of the item in the input of its source. */
  readonly index: number;
  /** Which of the answers wanted for the item, from 1. */
  readonly repeat: number;
  readonly place: number;
  readonly failed: boolean;
  /** 64 bits of a hash of the output, as two words. */
  readonly digest: readonly [number, number];
};

/** A unit that at least one of the sources has. */
export type ComparedUnit = {
  readonly comparison: Comparison;
  readonly index: number;
  /** Where its result stands; null where the source has none. */
  readonly placeA: number | null;
  readonly placeB: number | null;
};

const START_UNITS = 512;
const NOWHERE = -1;

export class ComparedUnits {
  readonly #table = new RecordTable();
  #placeA = new Float64Array(START_UNITS);
  #placeB = new Float64Array(START_UNITS);
  #index = new Float64Array(START_UNITS);
  #repeat = new Uint32Array(START_UNITS);
  #comparison = new Uint8Array(START_UNITS);
  #size = 0;
  readonly #counts: number[] = COMPARISONS.map(() => 0);

  /** All results of A are added before the first one of B. */
  addA(key: Key, result: ComparedResult): void {
    const unit = this.#append(result, "only_in_a");
    this.#placeA[unit] = result.place;
    if (this.#table.has(key)) return; // of equal content under ids of its own
    const { failed, digest: content } = result;
    this.#table.set(key, { offset: unit, failed, rejected: false, errorGroup: 0, content });
  }

  addB(key: Key, result: ComparedResult): void {
    const ofA = this.#table.take(key);
    const unit = ofA === null ? this.#append(result, "only_in_b") : ofA.offset;
    this.#placeB[unit] = result.place;
    if (ofA === null) return;
    this.#count("only_in_a", -1);
    const isEqual = ofA.content[0] === result.digest[0] && ofA.content[1] === result.digest[1];
    this.#compare(unit, comparisonOf(ofA.failed, result.failed, isEqual));
  }

  count(comparison: Comparison): number {
    return this.#counts[COMPARISONS.indexOf(comparison)] ?? 0;
  }

  /** The units of these comparisons in the order of their items: in A, or where A has none, in B. */
  *inOrder(wanted: (comparison: Comparison) => boolean): Generator<ComparedUnit, void> {
    for (const unit of this.#sorted(wanted)) {
      yield {
        comparison: this.#comparisonAt(unit),
        index: this.#index[unit] ?? 0,
        placeA: placeIn(this.#placeA, unit),
        placeB: placeIn(this.#placeB, unit),
      };
    }
  }

  #sorted(wanted: (comparison: Comparison) => boolean): Uint32Array {
    let count = 0;
    for (const comparison of COMPARISONS) if (wanted(comparison)) count += this.count(comparison);
    const units = new Uint32Array(count);
    let filled = 0;
    for (let unit = 0; unit < this.#size; unit++)
      if (wanted(this.#comparisonAt(unit))) units[filled++] = unit;
    const [index, repeat, placeA] = [this.#index, this.#repeat, this.#placeA];
    const before = (a: number, b: number): number =>
      (index[a] ?? 0) - (index[b] ?? 0) ||
      Number(placeA[a] === NOWHERE) - Number(placeA[b] === NOWHERE) ||
      (repeat[a] ?? 0) - (repeat[b] ?? 0);
    // Results of one run are often in order already, and a sort takes a copy.
    const isOrdered = units.every((unit, at) => at === 0 || before(units[at - 1] ?? 0, unit) <= 0);
    return isOrdered ? units : units.sort(before);
  }

  #append({ index, repeat }: ComparedResult, comparison: Comparison): number {
    if (this.#size === this.#index.length) this.#grow();
    const unit = this.#size++;
    this.#placeA[unit] = NOWHERE;
    this.#placeB[unit] = NOWHERE;
    this.#index[unit] = index;
    this.#repeat[unit] = repeat;
    this.#compare(unit, comparison);
    return unit;
  }

  #compare(unit: number, comparison: Comparison): void {
    this.#comparison[unit] = COMPARISONS.indexOf(comparison);
    this.#count(comparison, 1);
  }

  #count(comparison: Comparison, by: number): void {
    this.#counts[COMPARISONS.indexOf(comparison)] = this.count(comparison) + by;
  }

  #comparisonAt(unit: number): Comparison {
    return COMPARISONS[this.#comparison[unit] ?? 0] ?? "same";
  }

  #grow(): void {
    const units = this.#size * 2;
    const grown = <T extends Uint8Array | Uint32Array | Float64Array>(larger: T, old: T): T => {
      larger.set(old);
      return larger;
    };
    this.#placeA = grown(new Float64Array(units), this.#placeA);
    this.#placeB = grown(new Float64Array(units), this.#placeB);
    this.#index = grown(new Float64Array(units), this.#index);
    this.#repeat = grown(new Uint32Array(units), this.#repeat);
    this.#comparison = grown(new Uint8Array(units), this.#comparison);
  }
}

function comparisonOf(failedA: boolean, failedB: boolean, isEqual: boolean): Comparison {
  if (failedA) return failedB ? "failed_in_both" : "failed_in_a";
  if (failedB) return "failed_in_b";
  return isEqual ? "same" : "different";
}

function placeIn(places: Float64Array, unit: number): number | null {
  const place = places[unit] ?? NOWHERE;
  return place === NOWHERE ? null : place;
}
