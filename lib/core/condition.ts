// A condition on a named field, as it is typed: `FIELD=VALUE` (the text of the field is VALUE) or `FIELD~REGEX` (it has a match). The first `=` or `~` divides it.
import { CkptError } from "./errors.ts";

export type Condition = {
  /** Name of the field; dots lead into objects. */
  readonly field: string;
  /** @param text of the field: a string as it is, any other value as JSON text */
  readonly holds: (text: string) => boolean;
};

/** @param option as it was typed, for the error @throws usage.badValue */
export function parseCondition(option: string, typed: string): Condition {
  const [, field = "", operator, value = ""] = /^([^=~]+)([=~])(.*)$/s.exec(typed) ?? [];
  if (operator === "=") return { field, holds: (text) => text === value };
  const pattern = operator === undefined ? null : regexOf(value);
  if (pattern !== null) return { field, holds: (text) => pattern.test(text) };
  const expected = operator === undefined ? "FIELD=VALUE, FIELD~REGEX" : "FIELD~REGEX";
  throw new CkptError("usage.badValue", { option, value: typed, expected });
}

/** With the flag `u`, for `\p{Han}` and whole characters; without it where the pattern has escapes that `u` does not allow. Null: no regular expression. */
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
