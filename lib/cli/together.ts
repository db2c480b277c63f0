// Which options may stand together: what `needs` and `excludes` of a declaration say of a command line and of a settings file.
import { CkptError } from "../core/errors.ts";
import type { ArgumentSet } from "./declaration.ts";
import type { GivenOption, Line } from "./line.ts";

/** What stands for a command behind `--` among the names of options. */
export const REST = "--";

/**
 * Refuses what was typed and does not go together.
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
    const missing = needsOf(name, args).find((needed) => !present.has(needed));
    if (missing !== undefined)
      throw new CkptError("usage.needs", { option: shown, needed: shownName(missing) });
  }
}

export type MergedLine = {
  readonly line: Line;
  /** Names of options of the file that say nothing beside what was typed. */
  readonly dropped: readonly string[];
};

/**
 * Lays what was typed over what a settings file says. What was typed wins; an option of the file that it excludes, or that lacks what it needs, is dropped.
 * @param file options of the file by name
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
  // What is dropped may be what another one needs.
  for (let before = -1; before !== kept.size;) {
    before = kept.size;
    for (const name of kept.keys()) {
      const isMet = needsOf(name, args).every((needed) => ownNames.has(needed) || kept.has(needed));
      if (!isMet) drop(name);
    }
  }
  return { line: { ...typed, options: new Map([...kept, ...typed.options]) }, dropped };
}

function presentNames(line: Line): Set<string> {
  return new Set([...(line.rest === null ? [] : [REST]), ...line.options.keys()]);
}

/** The first of `present` that an option excludes, or that excludes it. */
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

function shownName(name: string): string {
  return name === REST ? "-- COMMAND" : `--${name}`;
}
