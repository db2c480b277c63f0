// Which options may be combined: applies `needs` and `excludes` of a declaration to a command line and a settings file.
import { CkptError } from "../core/errors.ts";
import type { ArgumentSet } from "./declaration.ts";
import type { GivenOption, Line } from "./line.ts";

/** Represents a command after `--` among option names. */
export const REST = "--";

/**
 * Refuses typed options that cannot be combined.
 * @throws usage.conflict, usage.needs
 */
export function checkTogether(line: Line, args: ArgumentSet): void {
  const present = presentNames(line);
  for (const name of present) {
    const other = excludedBy(name, present, args);
    if (other !== null)
      throw new CkptError("usage.conflict", { first: shownName(name), second: shownName(other) });
  }
  for (const [name, { shown }] of line.options) {
    const missing = needsOf(name, args).find((needed) => !isMet(needed, (other) => present.has(other)));
    if (missing !== undefined)
      throw new CkptError("usage.needs", { option: shown, needed: shownName(missing) });
  }
}

export type MergedLine = {
  readonly line: Line;
  /** Names of options in the file that have no effect because of what was typed. */
  readonly dropped: readonly string[];
};

/**
 * Merges typed options with a settings file. Typed options win. An option of the file is dropped if a typed one excludes it, or if an option that it
 * needs is missing.
 * @param file options in the file by name
 */
export function mergeFile(
  typed: Line,
  file: ReadonlyMap<string, GivenOption>,
  args: ArgumentSet,
): MergedLine {
  const ownNames = presentNames(typed);
  const kept = new Map([...file].filter(([name]) => !typed.options.has(name)));
  const dropped: string[] = [];
  const drop = (name: string): void => {
    kept.delete(name);
    dropped.push(name);
  };
  for (const name of kept.keys()) {
    if (excludedBy(name, ownNames, args) !== null) drop(name);
  }
  // A dropped option may be needed by another one.
  for (let before = -1; before !== kept.size;) {
    before = kept.size;
    for (const name of kept.keys()) {
      const has = (other: string): boolean => ownNames.has(other) || kept.has(other);
      if (!needsOf(name, args).every((needed) => isMet(needed, has))) drop(name);
    }
  }
  return { line: { ...typed, options: new Map([...kept, ...typed.options]) }, dropped };
}

function presentNames(line: Line): Set<string> {
  return new Set([...(line.rest === null ? [] : [REST]), ...line.options.keys()]);
}

/** The first of `present` that conflicts with an option. */
export function excludedBy(name: string, present: ReadonlySet<string>, args: ArgumentSet): string | null {
  for (const other of present) {
    if (other !== name && (excludesOf(name, args).includes(other) || excludesOf(other, args).includes(name)))
      return other;
  }
  return null;
}

const NONE: readonly string[] = [];

function excludesOf(name: string, args: ArgumentSet): readonly string[] {
  const argument = args[name];
  return argument === undefined || argument.type === "positional" ? NONE : (argument.excludes ?? NONE);
}

function needsOf(name: string, args: ArgumentSet): readonly string[] {
  const argument = args[name];
  return argument === undefined || argument.type === "positional" ? NONE : (argument.needs ?? NONE);
}

/** @param needed a name, or several of which one is enough */
function isMet(needed: string, has: (name: string) => boolean): boolean {
  return needed.split("|").some(has);
}

/** Of several that would do, the first. */
function shownName(names: string): string {
  const [name = ""] = names.split("|");
  return name === REST ? "-- COMMAND" : `--${name}`;
}
