// A condition on a named field, as it is typed: `FIELD=VALUE` (the text of the field is VALUE) or `FIELD~REGEX` (it has a match). The first `=` or `~` divides it.
import { CkptError } from "./errors.ts";

export type Condition = {
  /** Name of the field; dots lead into objects. */
  readonly field: string;
  /** @param text of the field: a string as it is, any other value as JSON text */
  readonly holds: (text: string) => boolean;
};

/** @param option as it was typed, for the error @throws usage.badValue, usage.badPattern */
export function parseCondition(option: string, typed: string): Condition {
  const [, field = "", operator, value = ""] = /^([^=~]+)([=~])(.*)$/s.exec(typed) ?? [];
  if (operator === "=") return { field, holds: (text) => text === value };
  if (operator === undefined)
    throw new CkptError("usage.badValue", { option, value: typed, expected: "FIELD=VALUE, FIELD~REGEX" });
  const pattern = typedRegex(option, value);
  return { field, holds: (text) => pattern.test(text) };
}

/** @param option as it was typed, for the error @throws usage.badPattern with the place where it goes wrong */
export function typedRegex(option: string, source: string): RegExp {
  const pattern = regexOf(source);
  if (pattern !== null) return pattern;
  const at = faultOf(Array.from(source));
  throw new CkptError("usage.badPattern", { option, pattern: source, at });
}

/** What may complete the beginning of a regular expression, before its open groups are closed. */
const ENDINGS = ["", "a", "]", "a]", "\\]", ":", "=", "a>", "<a>", "0}", "41", "{L}", "L}"];

/**
 * The character, from 1, with which a pattern cannot be completed any more; null where something is only missing at its end. No engine tells: beginnings
 * of the pattern are tried.
 */
function faultOf(characters: readonly string[]): number | null {
  for (let end = 1; end <= characters.length; end++) {
    const start = characters.slice(0, end).join("");
    const groups = characters.slice(0, end).filter((character) => character === "(").length;
    const isOpen = ENDINGS.some((ending) => {
      for (let open = 0; open <= groups; open++)
        if (regexOf(start + ending + ")".repeat(open)) !== null) return true;
      return false;
    });
    if (!isOpen) return end;
  }
  return null;
}

/** With the flag `u`, for `\p{Script=Han}` and whole characters; without it where the pattern has escapes that `u` does not allow. Null: no regular expression. */
export function regexOf(source: string): RegExp | null {
  for (const flags of ["u", ""]) {
    try {
      return new RegExp(source, flags);
    } catch {
      // The next flags, or null.
    }
  }
  return null;
}
