// The types of the columns of a Parquet output, from the values of all rows. A value never loses a digit to its column: numbers that a type cannot
// hold with all their digits make the column a text.
import { wellFormedJson } from "../core/json-line.ts";
import { fieldText } from "./row-fields.ts";

/** `json`: the JSON text of values of which at least one is an object or an array; `text`: strings, and values of several kinds. */
export type ColumnType = "boolean" | "int64" | "double" | "text" | "json";

/** What the values of a column are: a sum of these. */
const BOOLEAN = 1;
/** A whole number that a double holds, too. */
const WHOLE = 2;
/** A whole number that only an int64 holds. */
const LONG = 4;
/** Any other number that a double holds with all its digits. */
const REAL = 8;
/** A number that neither holds. */
const DIGITS = 16;
const STRING = 32;
const NESTED = 64;

/** Columns whose type does not depend on the rows: two outputs of one job have the same. Values of another kind (an item's own `cost`) count all the same. */
const EXPECTED: ReadonlyMap<string, number> = new Map([
  ["index", WHOLE],
  ["repeat", WHOLE],
  ["error", NESTED],
]);
const EXPECTED_META: ReadonlyMap<string, number> = new Map([
  ["attempts", WHOLE],
  ["duration_ms", WHOLE],
  ["input_tokens", WHOLE],
  ["output_tokens", WHOLE],
  ["cost", REAL],
  ["marks", NESTED],
]);

/** Gathers what the values of each column are. */
export class ColumnTypes {
  readonly #kinds = new Map<string, number>();
  readonly #withMeta: boolean;

  /** @param withMeta whether the names of META_FIELDS are those of results */
  constructor(withMeta: boolean) {
    this.#withMeta = withMeta;
  }

  add(name: string, json: string): void {
    const known = this.#kinds.get(name) ?? 0;
    const kinds = known | kindOf(json);
    if (kinds !== known) this.#kinds.set(name, kinds);
  }

  /** The type for all values so far. A column without values is a text. */
  typeOf(name: string): ColumnType {
    const expected = EXPECTED.get(name) ?? (this.#withMeta ? EXPECTED_META.get(name) : undefined);
    return typeFor((this.#kinds.get(name) ?? 0) | (expected ?? 0));
  }
}

function typeFor(kinds: number): ColumnType {
  if ((kinds & NESTED) !== 0) return "json";
  if (kinds === BOOLEAN) return "boolean";
  if (kinds !== 0 && (kinds & ~(WHOLE | LONG)) === 0) return "int64";
  if (kinds !== 0 && (kinds & ~(WHOLE | REAL)) === 0) return "double";
  return "text";
}

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
/** Whole numbers of so many characters are below 2^53. */
const WHOLE_LENGTH_MAX = 15;

/** @param json JSON text of a value; null counts as no value */
function kindOf(json: string): number {
  switch (json[0]) {
    case '"':
      return STRING;
    case "{":
    case "[":
      return NESTED;
    case "t":
    case "f":
      return BOOLEAN;
    case "n":
      return 0;
    default:
      return numberKind(json);
  }
}

function numberKind(text: string): number {
  if (!/^-?\d+$/.test(text) || text === "-0") return isDouble(text) ? REAL : DIGITS;
  if (text.length <= WHOLE_LENGTH_MAX || Number.isSafeInteger(Number(text))) return WHOLE;
  const value = BigInt(text);
  return value >= INT64_MIN && value <= INT64_MAX ? LONG : DIGITS;
}

/** What Number.prototype.toExponential can show. */
const SHOWN_DIGITS_MAX = 101;
/** Every decimal of so many digits survives in a double, unless its exponent is out of range. */
const SURE_DIGITS = 15;

/** Whether a double has all digits of the number. Those that a program printed of a double, however many, do. */
function isDouble(text: string): boolean {
  const value = Number(text);
  const [mantissa = ""] = text.replace("-", "").split(/e/i);
  const digits = mantissa.replace(".", "").replace(/^0+/, "").replace(/0+$/, "");
  if (digits === "") return true;
  if (!Number.isFinite(value) || value === 0) return false;
  if (digits.length <= SURE_DIGITS && Math.abs(value) >= Number.MIN_VALUE / Number.EPSILON) return true;
  if (digits.length > SHOWN_DIGITS_MAX) return false;
  const [shown = ""] = Math.abs(value)
    .toExponential(digits.length - 1)
    .split("e");
  return shown.replace(".", "") === digits;
}

/** What the writer takes for a value: BigInt for int64, text for text and JSON. */
export type ColumnValue = boolean | bigint | number | string | null;

/** @param json JSON text of one of the values that the column has its type from */
export function columnValue(type: ColumnType, json: string): ColumnValue {
  if (json === "null") return null;
  switch (type) {
    case "boolean":
      return json === "true";
    case "int64":
      return BigInt(json);
    case "double":
      return Number(json);
    case "text":
      return fieldText(json);
    case "json":
      return wellFormedJson(json);
  }
}
