// Settings in a file (`--config FILE`, CKPT_CONFIG): TOML, one key per option. No file is read unless it is named, because it could run programs.
import * as path from "node:path";
import { causeText, CkptError, isError } from "../core/errors.ts";
import { nearestOf } from "../core/nearest.ts";
import { readNamedFile } from "../io/file.ts";
import { type Argument, type Command, hasNegative } from "./declaration.ts";
import type { Host } from "./host.ts";
import type { GivenOption, Line } from "./line.ts";
import { wordOfAnotherTool } from "./other-tools.ts";

export type SettingsFile = {
  readonly path: string;
  /** By option name, in the form in which they would be typed. */
  readonly options: ReadonlyMap<string, GivenOption>;
};

/**
 * Reads the named settings file; null without one. It may contain options of other commands: one file serves a whole job.
 * @param known names of the options of all commands
 * @throws usage.settingsFile when it cannot be read, usage.settingsKey for a key that is not an option, usage.settingsValue for a value of a wrong
 * type
 */
export function readSettingsFile(
  typed: Line,
  { args }: Pick<Command, "args">,
  host: Host,
  known: readonly string[],
): SettingsFile | null {
  const option = typed.options.get("config")?.values[0];
  const named = option ?? host.env["CKPT_CONFIG"] ?? "";
  if (named === "") return null;
  // A variable belongs to the folder of the start, an option to that of the command line, which may be one on record.
  const file = path.resolve(option === undefined ? host.startFolder : host.cwd, named);
  const values = parseToml(named, readText(named, file, host));
  const options = new Map<string, GivenOption>();
  for (const [key, value] of Object.entries(values)) {
    const argument = Object.hasOwn(args, key) ? args[key] : undefined;
    if (argument === undefined && known.includes(key)) continue;
    if (argument === undefined || !mayStand(key, argument)) throw unknownKey(named, key, known);
    const given = givenOption(key, value, argument);
    if (given === undefined)
      throw new CkptError("usage.settingsValue", { path: named, key, expected: expectedOf(argument) });
    if (given !== null) options.set(key, given);
  }
  return { path: named, options };
}

/** A conflict of options of which some stand in the file, said with the file; any other error as it is. */
export function namingFile(
  error: unknown,
  { path: file, options }: SettingsFile,
  typed: Line,
  args: Command["args"],
): unknown {
  if (!isError(error, "usage.conflict")) return error;
  const { first, second } = error.params;
  const fromFile = [first, second].filter((shown) => {
    const [, long, letter] = /^--(?:no-)?([\w-]+)|^-(\w)/.exec(shown) ?? [];
    const isNamed = (name: string): boolean => {
      const argument = args[name];
      return name === long || (argument !== undefined && "alias" in argument && argument.alias === letter);
    };
    return [...options.keys()].some((name) => isNamed(name) && !typed.options.has(name));
  });
  return fromFile.length === 0 ? error : new CkptError("usage.conflict", { first, second, file, fromFile });
}

function readText(named: string, file: string, host: Host): string {
  try {
    const bytes = readNamedFile(host.fs, file);
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new CkptError("usage.settingsFile", { path: named, cause: causeText(error) }, { cause: error });
  }
}

function parseToml(named: string, text: string): object {
  try {
    return Bun.TOML.parse(text);
  } catch (error) {
    throw new CkptError("usage.settingsFile", { path: named, cause: causeText(error) }, { cause: error });
  }
}

/** Options that make no sense in a file: a further file, and what is answered before any file is read. */
const NEVER: ReadonlySet<string> = new Set(["config", "help", "version"]);

/** What a file may set: options only, but no secrets. */
function mayStand(key: string, argument: Argument): boolean {
  return argument.type !== "positional" && argument.secret !== true && !NEVER.has(key);
}

function unknownKey(named: string, key: string, known: readonly string[]): CkptError {
  const others = known.filter((name) => !NEVER.has(name));
  const nearest = wordOfAnotherTool(`--${key}`)?.replace(/^--/, "") ?? nearestOf(key, others);
  return new CkptError("usage.settingsKey", { path: named, key, nearest });
}

/** The option for a value in the file; null for a flag that is off; undefined for an invalid value. */
function givenOption(key: string, value: unknown, argument: Argument): GivenOption | null | undefined {
  if (argument.type === "boolean") {
    if (value === true) return { shown: `--${key}`, values: [] };
    if (value !== false) return undefined;
    return hasNegative(argument) ? { shown: `--no-${key}`, values: [] } : null;
  }
  const given: readonly unknown[] = argument.repeat === true && Array.isArray(value) ? value : [value];
  const keys = argument.type === "string" ? (argument.table ?? []) : [];
  const values = given.map((one) => textOf(one) ?? tableText(one, keys));
  if (values.includes(null)) return undefined;
  const texts = values.filter((text) => text !== null);
  if (argument.type === "enum" && texts.some((text) => !argument.options.includes(text))) return undefined;
  return { shown: `--${key}`, values: texts };
}

/** A text or a number as it would be typed. */
function textOf(value: unknown): string | null {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "bigint" ? String(value) : null;
}

/** A table as it would be typed: `key=value,key=value`. Null for what is none of these keys and values. */
function tableText(value: unknown, keys: readonly string[]): string | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const parts = Object.entries(value).map(([key, one]) => [key, textOf(one)] as const);
  if (parts.length === 0 || parts.some(([key, text]) => text === null || !keys.includes(key))) return null;
  return parts.map(([key, text]) => `${key}=${text}`).join(",");
}

function expectedOf(argument: Argument): string {
  if (argument.type === "boolean") return "true, false";
  const one =
    argument.type === "enum" ? argument.options.map((word) => `"${word}"`).join(", ") : argument.valueHint;
  const keys = argument.type === "string" && argument.table !== undefined ? argument.table : [];
  const table = keys.length === 0 ? "" : `, or a table of ${keys.join(", ")}`;
  return argument.repeat === true ? `${one}${table}, or an array` : one;
}
