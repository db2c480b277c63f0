// Makes typed settings from the values that citty has read: each text is parsed by the rule in its declaration.
import { CkptError } from "../core/errors.ts";
import type { Argument, ArgumentSet, SettingsOf, ValueRule } from "./declaration.ts";
import type { Line } from "./line.ts";
import { parseCount, parseDecimal, parseDuration, parseSize } from "./values.ts";

/** The limit when a declaration has none. */
const COUNT_MAX = 1_000_000_000_000;

/** citty's values by argument name: a text, true or false, or nothing. */
export type CittyValues = { readonly [name: string]: unknown };

/** @param line for repeated options, of which citty keeps only the last value @throws usage.badValue, usage.missingValue */
export function settingsOf<T extends ArgumentSet>(args: T, values: CittyValues, line: Line): SettingsOf<T> {
  const settings = Object.entries(args).map(([name, argument]) => [
    settingName(name, argument),
    settingValue(name, argument, values[name], line),
  ]);
  // Names and types match SettingsOf, which is derived from the same declaration.
  return Object.fromEntries(settings) as SettingsOf<T>;
}

/** `max-time` becomes `maxTimeMs`: camelCase, with the unit last. */
function settingName(name: string, argument: Argument): string {
  const camel = name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  if (argument.type !== "string" || typeof argument.value === "string")
    return argument.type === "string" && argument.value === "duration" ? `${camel}Ms` : camel;
  return argument.value.kind === "size" ? `${camel}Bytes` : camel;
}

function settingValue(name: string, argument: Argument, value: unknown, line: Line): unknown {
  if (argument.type === "boolean")
    return typeof value === "boolean" ? value : argument.negativeDescription === undefined ? false : null;
  const read = (text: string): unknown =>
    argument.type === "string" ? readValue(`--${name}`, text, argument.value) : text;
  if (argument.repeat === true) {
    const given = argument.type === "positional" ? line.positional : (line.options.get(name)?.values ?? []);
    return given.map(read);
  }
  const given = typeof value === "string" ? value : argument.default;
  return given === undefined ? null : read(given);
}

/** @param shown the option or variable that the text comes from @throws usage.badValue, usage.missingValue */
function readValue(shown: string, text: string, rule: ValueRule): unknown {
  switch (rule) {
    case "string":
      return text;
    case "text":
      if (text === "") throw new CkptError("usage.missingValue", { option: shown });
      return text;
    case "decimal":
      return parseDecimal(shown, text);
    case "duration":
      return parseDuration(shown, text);
    default:
  }
  if (rule.kind === "size") return parseSize(shown, text, rule.max);
  return rule.words?.includes(text) === true
    ? text
    : parseCount(shown, text, rule.min, rule.max ?? COUNT_MAX);
}
