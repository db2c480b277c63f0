// A JSON Schema (`--validate`), compiled once. ajv is loaded only with this file. Nothing is ever fetched: a reference leads to a place in the same file.
// The dialect is that of `$schema`: 2020-12 (also without one) or draft-07. `format` and unknown keywords are annotations, which check nothing.
import { Ajv, type ErrorObject, type Options, type ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import { cutText } from "../../core/cut-text.ts";
import { regexOf } from "../../core/condition.ts";
import { CkptError, causeText } from "../../core/errors.ts";
import { fieldStep, jsonPathOf } from "../../core/json-path-text.ts";

export type Schema = {
  /** What is wrong with a value, in English: the path, what the schema asks for, and an excerpt. Null: nothing. */
  readonly faultOf: (value: unknown) => string | null;
  /** Keywords that check nothing because no dialect has them, such as misspelt ones. */
  readonly ignored: readonly string[];
  readonly dialect: "2020-12" | "draft-07";
};

const EXCERPT_LENGTH = 100;
const RULE_LENGTH = 300;

const DIALECTS = {
  "https://json-schema.org/draft/2020-12/schema": "2020-12",
  "http://json-schema.org/draft-07/schema": "draft-07",
} as const;

/** `multipleOf` allows for this much of a double's error: 19.99 is a multiple of 0.01. */
const MULTIPLE_OF_DIGITS = 6;

const OPTIONS: Options = {
  ownProperties: true,
  multipleOfPrecision: MULTIPLE_OF_DIGITS,
  strict: false,
  strictSchema: "log",
  validateFormats: false,
  allErrors: false,
  code: { regExp: Object.assign(regexOrThrow, { code: "regexOf" }) },
};

/** With the rules of `--match`: patterns of other languages may have escapes that the flag `u` does not allow. */
function regexOrThrow(pattern: string): RegExp {
  const regex = regexOf(pattern);
  if (regex === null) throw new BadPattern(pattern);
  return regex;
}

class BadPattern extends Error {
  readonly pattern: string;

  constructor(pattern: string) {
    super(`no regular expression: ${cutText(pattern, RULE_LENGTH, "…")}`);
    this.pattern = pattern;
  }
}

/** @param path of the file, for errors @throws check.badSchema, check.reference, check.dialect */
export function readSchema(text: string, path: string): Schema {
  const bad = (place: string, cause: string): CkptError =>
    new CkptError("check.badSchema", { path, place, cause });
  let schema: unknown;
  try {
    schema = JSON.parse(text);
  } catch (error) {
    throw bad("", causeText(error));
  }
  if (typeof schema !== "boolean" && (typeof schema !== "object" || schema === null || Array.isArray(schema)))
    throw bad("$", `must be object,boolean, found ${excerptOf(schema)}`);
  const { $schema: named, ...rest } = typeof schema === "boolean" ? {} : (schema as Record<string, unknown>);
  const dialect = dialectOf(named, path);
  const ignored = new Set<string>();
  const note = (message: unknown): void => {
    const keyword = /unknown keyword: "(.*)"/.exec(String(message))?.[1];
    if (keyword !== undefined && !keyword.startsWith("x-")) ignored.add(keyword);
  };
  const options = { ...OPTIONS, logger: { log: note, warn: note, error: note } };
  const ajv = dialect === "draft-07" ? new Ajv(options) : new Ajv2020(options);
  const bare = typeof schema === "boolean" ? schema : rest;
  if (ajv.validateSchema(bare) !== true) {
    const { place, what } = shownFault(ajv.errors ?? [], bare);
    throw bad(place, what);
  }
  const validate = compiled(ajv, bare, path);
  return {
    faultOf: (value) => {
      if (validate(value)) return null;
      const { place, what } = shownFault(validate.errors ?? [], value);
      return `${place} ${what}`;
    },
    ignored: [...ignored],
    dialect,
  };
}

/** @throws check.dialect */
function dialectOf(named: unknown, path: string): Schema["dialect"] {
  if (named === undefined) return "2020-12";
  const uri = typeof named === "string" ? named : JSON.stringify(named);
  const known = uri.replace(/#$/, "").replace(/^https(?=:\/\/json-schema\.org\/draft-0)/, "http");
  const dialect = (DIALECTS as Readonly<Record<string, Schema["dialect"]>>)[known];
  if (dialect === undefined) throw new CkptError("check.dialect", { path, dialect: uri });
  return dialect;
}

function compiled(ajv: Ajv | Ajv2020, schema: boolean | object, path: string): ValidateFunction {
  try {
    const validate = ajv.compile(schema);
    if ("$async" in validate) throw new Error("$async is not supported");
    // A schema that refers to itself without end would fail with each answer.
    validate(null);
    return validate;
  } catch (error) {
    if (error instanceof Ajv.MissingRefError) {
      const reference = cutText(error.missingRef, RULE_LENGTH, "…");
      throw new CkptError("check.reference", { path, reference }, { cause: error });
    }
    const place = error instanceof BadPattern ? placeOfPattern(schema, error.pattern, "$") : null;
    const cause = error instanceof RangeError ? "it refers to itself without end" : causeText(error);
    throw new CkptError("check.badSchema", { path, place: place ?? "", cause }, { cause: error });
  }
}

/** Where a pattern stands in a schema; null where it does not. */
function placeOfPattern(at: unknown, pattern: string, path: string): string | null {
  if (typeof at !== "object" || at === null) return null;
  for (const [name, value] of Object.entries(at)) {
    const below = Array.isArray(at) ? `${path}[${name}]` : path + fieldStep(name);
    if (
      (name === "pattern" && value === pattern) ||
      (path.endsWith(".patternProperties") && name === pattern)
    )
      return below;
    const found = placeOfPattern(value, pattern, below);
    if (found !== null) return found;
  }
  return null;
}

type Fault = { readonly place: string; readonly what: string };

/** Keywords about all alternatives: the last error. What is wrong with one of them says more. */
const ALTERNATIVES: ReadonlySet<string> = new Set(["anyOf", "oneOf"]);
/** Faults by which alternatives are told apart. */
const TAGS: ReadonlySet<string> = new Set(["const", "enum"]);

function shownFault(errors: readonly ErrorObject[], value: unknown): Fault {
  // `if` only says that what follows it failed.
  const own = errors.filter(({ keyword }) => keyword !== "if");
  const last = own.at(-1);
  if (last === undefined) throw new Error("a value is refused without an error");
  const shown = faultOf(last, value);
  if (!ALTERNATIVES.has(last.keyword)) return shown;
  const depth = ({ instancePath }: ErrorObject): number => instancePath.split("/").length;
  const deeper = own.filter((error) => depth(error) > depth(last) && !TAGS.has(error.keyword));
  const [nearest] = deeper.toSorted((a, b) => depth(b) - depth(a));
  if (nearest === undefined) return shown;
  const { place, what } = faultOf(nearest, value);
  return { ...shown, what: `${shown.what}; for one of them: ${place} ${what}` };
}

function faultOf(error: ErrorObject, value: unknown): Fault {
  const { path: place, at } = jsonPathOf(error.instancePath, value);
  return { place, what: `${cutText(ruleOf(error), RULE_LENGTH, "…")}, found ${excerptOf(at)}` };
}

/** ajv's words, with the name or the values that it leaves out. */
function ruleOf({ keyword, message = "", params }: ErrorObject): string {
  const { additionalProperty, unevaluatedProperty, allowedValues, allowedValue, propertyName } =
    params as Readonly<Record<string, unknown>>;
  const name = additionalProperty ?? unevaluatedProperty;
  if (typeof name === "string") return `${message} (${fieldStep(name).replace(/^\./, "")})`;
  if (keyword === "enum") return `must be one of ${excerptOf(allowedValues)}`;
  if (keyword === "const") return `must be ${excerptOf(allowedValue)}`;
  if (keyword === "propertyNames") return `${message} (${excerptOf(propertyName)})`;
  return message;
}

function excerptOf(value: unknown): string {
  return cutText(JSON.stringify(value) ?? "nothing", EXCERPT_LENGTH, "…");
}
