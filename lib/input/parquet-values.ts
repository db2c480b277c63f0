// Values of Parquet as JSON text: whole numbers and decimals with every digit, times as ISO text with microseconds, binary as base64, what is nested as
// objects and arrays.
import type { SchemaElement, SchemaTree } from "hyparquet";
import { compactJson, unquoted } from "../core/json-text.ts";

/** JSON text of a value as it was decoded. */
export type WriteValue = (value: unknown) => string;

/** Makes the decoder hand on as they are stored what it would round, refuse or interpret. To be called when all writers have been made. */
export function takeRawTypes(schema: readonly SchemaElement[]): void {
  for (const element of schema) {
    const logical = element.logical_type?.type;
    const isRaw =
      ["DECIMAL", "INTERVAL", "BSON"].includes(element.converted_type ?? "") ||
      ["DECIMAL", "INTERVAL", "BSON", "GEOMETRY", "GEOGRAPHY"].includes(logical ?? "");
    if (!isRaw) continue;
    delete element.converted_type;
    delete element.logical_type;
  }
}

/** The writer of a column, or of what is nested in one. */
export function writerOf(node: SchemaTree): WriteValue {
  const write = writerOfOne(node);
  // Repeated without being called a list.
  return node.element.repetition_type === "REPEATED" ? listOf(write) : orNull(write);
}

function writerOfOne(node: SchemaTree): WriteValue {
  const { element, children } = node;
  const [only] = children;
  if (only === undefined) return leafWriter(element);
  const logical = element.logical_type?.type;
  if (logical === "VARIANT") return anyValue;
  if (isOf(element, "LIST") && only.element.repetition_type === "REPEATED") {
    const [inner] = only.children;
    // The list of two levels that old writers made has its elements where others have a group of one.
    return listOf(orNull(writerOfOne(inner !== undefined && only.children.length === 1 ? inner : only)));
  }
  const [key, value] = only.children;
  const isMap = (isOf(element, "MAP") || isOf(element, "MAP_KEY_VALUE")) && only.children.length === 2;
  if (isMap && key !== undefined && value !== undefined) return mapOf(key.element, writerOf(value));
  return structOf(children);
}

function isOf({ converted_type: converted, logical_type: logical }: SchemaElement, type: string): boolean {
  return converted === type || logical?.type === type;
}

function orNull(write: WriteValue): WriteValue {
  return (value) => (value === null || value === undefined ? "null" : write(value));
}

function listOf(write: WriteValue): WriteValue {
  return orNull((values) => `[${Array.from(values as Iterable<unknown>, write).join(",")}]`);
}

function structOf(children: readonly SchemaTree[]): WriteValue {
  const fields = children.map((child) => ({
    name: child.element.name,
    before: `${JSON.stringify(child.element.name)}:`,
    write: writerOf(child),
  }));
  return (value) => {
    const object = value as Readonly<Record<string, unknown>>;
    return `{${fields.map(({ name, before, write }) => before + write(object[name])).join(",")}}`;
  };
}

/** The decoder has made names of the keys: those of other types are read back. */
function mapOf(key: SchemaElement, write: WriteValue): WriteValue {
  const writeKey = leafWriter(key);
  const isBytes = key.type === "FIXED_LEN_BYTE_ARRAY" || (key.type === "BYTE_ARRAY" && !isText(key));
  const nameOf = (name: string): string => {
    if (isText(key) || isOf(key, "UUID")) return name;
    if (isBytes) return unquoted(writeKey(Uint8Array.from(name.split(","), Number)));
    return /^-?\d+$/.test(name) ? unquoted(writeKey(BigInt(name))) : name;
  };
  return (value) =>
    `{${Object.entries(value as object)
      .map(([name, each]) => `${JSON.stringify(nameOf(name))}:${write(each)}`)
      .join(",")}}`;
}

const isText = (element: SchemaElement): boolean =>
  isOf(element, "UTF8") || isOf(element, "STRING") || isOf(element, "ENUM");

function leafWriter(element: SchemaElement): WriteValue {
  const { type, logical_type: logical, converted_type: converted } = element;
  if (isOf(element, "DECIMAL")) {
    const scale = (logical?.type === "DECIMAL" ? logical.scale : element.scale) ?? 0;
    return (value) => decimalText(unscaled(value), scale);
  }
  if (isOf(element, "INTERVAL")) return (value) => quoted(intervalText(value as Uint8Array));
  if (isOf(element, "DATE")) return (value) => quoted(dateText(BigInt(value as number)));
  if (type === "INT96") return (value) => quoted(timestampText(value as bigint, 9));
  const unit = unitOf(element);
  if (logical?.type === "TIMESTAMP" || converted?.startsWith("TIMESTAMP_") === true) {
    const isUtc = logical?.type === "TIMESTAMP" ? logical.isAdjustedToUTC : true;
    return (value) => quoted(timestampText(inUnit(value, unit), digitsOf(unit)) + (isUtc ? "Z" : ""));
  }
  if (logical?.type === "TIME" || converted?.startsWith("TIME_") === true)
    return (value) => quoted(timeText(inUnit(value, unit), digitsOf(unit)));
  if (isOf(element, "JSON")) return (value) => jsonInline(textOf(value));
  if (isText(element)) return (value) => quoted(textOf(value));
  if (type === "FLOAT") return (value) => realText(shortestFloat(value as number));
  if (type === "DOUBLE" || logical?.type === "FLOAT16") return (value) => realText(value as number);
  return anyValue;
}

const quoted = (text: string): string => JSON.stringify(text);
const textOf = (value: unknown): string =>
  value instanceof Uint8Array ? new TextDecoder().decode(value) : String(value);

/** JSON in a column of JSON is a value, with its digits; what is none stays text. */
function jsonInline(text: string): string {
  try {
    return compactJson(text);
  } catch {
    return quoted(text);
  }
}

/** Any value by what it is: numbers as they are, bytes as base64. */
const anyValue: WriteValue = (value) => {
  if (value === null || value === undefined) return "null";
  if (typeof value === "bigint" || typeof value === "boolean") return String(value);
  if (typeof value === "number")
    return Number.isFinite(value) ? JSON.stringify(value) : quoted(String(value));
  if (value instanceof Uint8Array) return quoted(Buffer.from(value).toString("base64"));
  if (Array.isArray(value)) return `[${value.map(anyValue).join(",")}]`;
  if (value instanceof Date) return quoted(value.toISOString());
  if (typeof value === "object") {
    const fields = Object.entries(value).map(([name, each]) => `${quoted(name)}:${anyValue(each)}`);
    return `{${fields.join(",")}}`;
  }
  return quoted(typeof value === "string" ? value : "");
};

/** A real number stays one (`1.0`); what JSON has no number for is text. */
function realText(value: number): string {
  if (!Number.isFinite(value)) return quoted(String(value));
  const text = JSON.stringify(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/** The shortest decimal that is this number of 32 bits. */
function shortestFloat(value: number): number {
  if (!Number.isFinite(value)) return value;
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number(value.toPrecision(9));
}

/** The whole number that a decimal is stored as: a number, or two's complement with the highest byte first. */
function unscaled(value: unknown): bigint {
  if (!(value instanceof Uint8Array)) return BigInt(value as number | bigint);
  return value.length === 0 ? 0n : BigInt.asIntN(value.length * 8, BigInt(`0x${value.toHex()}`));
}

function decimalText(value: bigint, scale: number): string {
  if (scale <= 0) return String(value * 10n ** BigInt(-scale));
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, "0");
  return `${value < 0n ? "-" : ""}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

type Unit = "MILLIS" | "MICROS" | "NANOS";

function unitOf({ logical_type: logical, converted_type: converted }: SchemaElement): Unit {
  if (logical?.type === "TIMESTAMP" || logical?.type === "TIME") return logical.unit;
  return converted?.endsWith("_MILLIS") === true ? "MILLIS" : "MICROS";
}

/** Microseconds, or nanoseconds where there are any. */
function inUnit(value: unknown, unit: Unit): bigint {
  const whole = BigInt(value as number | bigint);
  return unit === "MILLIS" ? whole * 1000n : whole;
}

const digitsOf = (unit: Unit): 6 | 9 => (unit === "NANOS" ? 9 : 6);
const DAY_SECONDS = 86_400n;

/** @param digits of a second that the value counts */
function timestampText(value: bigint, digits: 6 | 9): string {
  const perDay = DAY_SECONDS * 10n ** BigInt(digits);
  const days = floorDivide(value, perDay);
  return `${dateText(days)}T${timeText(value - days * perDay, digits)}`;
}

function timeText(value: bigint, digits: 6 | 9): string {
  const perSecond = 10n ** BigInt(digits);
  const seconds = value / perSecond;
  const two = (part: bigint): string => String(part).padStart(2, "0");
  const clock = `${two(seconds / 3600n)}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}`;
  return `${clock}.${String(value % perSecond).padStart(digits, "0")}`;
}

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value % by < 0n ? quotient - 1n : quotient;
}

/** A day as ISO has it; beyond what a date can be, its number. */
function dateText(days: bigint): string {
  const date = new Date(Number(days) * Number(DAY_SECONDS) * 1000);
  return Number.isNaN(date.getTime()) ? String(days) : date.toISOString().replace(/T.*/, "");
}

/** Months, days and milliseconds, each of 32 bits, as an ISO duration. */
function intervalText(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [months, days, millis] = [view.getUint32(0, true), view.getUint32(4, true), view.getUint32(8, true)];
  return `P${months}M${days}DT${millis / 1000}S`;
}
