// The recorded command line of a run. `ckpt run` without arguments resumes with it; options typed now override it.
import * as path from "node:path";
import { openCheckpoint } from "../checkpoint/checkpoint.ts";
import { latestResults } from "../checkpoint/results.ts";
import type { CommonOptions } from "../cli/common-arguments.ts";
import type { Context } from "../cli/context.ts";
import type { ArgumentSet, Command, Invocation } from "../cli/declaration.ts";
import type { Line } from "../cli/line.ts";
import { noteLine } from "../ui/reporters/json.ts";
import { optionValue, ownWords } from "../cli/own-words.ts";
import { readStrictly } from "../cli/strict-reading.ts";
import { mergeFile } from "../cli/together.ts";
import { CkptError } from "../core/errors.ts";
import { statOf } from "../io/file.ts";
import { IMPORT_OPTIONS } from "./imports/imports.ts";
import { RESHARD_OPTIONS } from "./shards/reshard.ts";
import { type RunArguments, RUN_ARGUMENTS } from "./arguments/run-arguments.ts";

/**
 * The command line with which `ckpt run` resumes without an input: that of the checkpoint, or of the last completed session, overridden by what was typed. It is shown, and the process
 * changes to the folder in which it was typed.
 * @throws checkpoint.none, checkpoint.noWords, checkpoint.folderGone, checkpoint.damaged, usage.missingInput
 */
export async function wordsOnRecord(
  { typed }: Pick<Invocation<RunArguments>, "typed">,
  options: CommonOptions,
  command: Pick<Command, "meta" | "args" | "rest">,
  context: Context,
): Promise<string[]> {
  const { host, catalogue, screen } = context;
  const checkpoint = openCheckpoint(host.fs, options.dir).settled();
  // A command was given, so the input was forgotten.
  const isPresent = checkpoint.exists();
  if (!isPresent && lastingWords(typed, command.args).length > 0)
    throw new CkptError("usage.missingInput", {});
  const { words, cwd, input } = latestResults(checkpoint).status;
  // A completed job looks at its input again: standard input is not waited for without being asked to.
  if (!isPresent && input.path === "-") throw new CkptError("usage.missingInput", {});
  if (words === undefined || cwd === undefined)
    throw new CkptError("checkpoint.noWords", { dir: options.dir });
  if (statOf(host.fs, cwd)?.isDirectory() !== true)
    throw new CkptError("checkpoint.folderGone", { path: cwd });
  const resumed = laidOver(words, cwd === host.cwd ? typed : whole(typed, options.dir, host.cwd), command);
  if (cwd !== host.cwd) host.enter(cwd);
  const notes = await context.notes(options);
  // The run creates its own reporter later; with JSON lines, this is the first event.
  if (optionValue(ownWords(resumed), "--progress") === "json")
    notes.showBy((note) => screen.write(noteLine(note)));
  notes.note(catalogue.run.onRecord(host.ckptLine(["run", ...resumed])));
  return resumed;
}

/** The line, with the whole paths of what is read before another folder is entered: the checkpoint and the settings file. */
function whole(typed: Line, dir: string, from: string): Line {
  const file = typed.options.get("config")?.values[0] ?? "";
  const config = { shown: "--config", values: [path.resolve(from, file)] };
  const options = new Map([
    ...typed.options,
    ["dir", { shown: "--dir", values: [dir] }],
    ...(file === "" ? [] : [["config", config] as const]),
  ]);
  return { ...typed, options };
}

/** What they name is read once, before the first attempt. */
export const PASSING_OPTIONS: readonly string[] = [...IMPORT_OPTIONS, ...RESHARD_OPTIONS];

/** Longer command lines are not recorded, so that the status stays small. */
const RECORDED_BYTES_MAX = 64 << 10;

/** The words of a line to record; none when it is too long. @param also options that are recorded although they apply to one start only */
export function wordsToRecord(line: Line, args: ArgumentSet, also: readonly string[] = []): string[] {
  const words = lastingWords(line, args, also);
  return Buffer.byteLength(words.join(" ")) > RECORDED_BYTES_MAX ? [] : words;
}

/** The words of a line without options that apply to one start only. */
function lastingWords(line: Line, args: ArgumentSet, also: readonly string[] = []): string[] {
  const lasting = [...line.options].filter(([name]) => {
    const argument = args[name];
    return (
      argument !== undefined &&
      argument.type !== "positional" &&
      (argument.once !== true || also.includes(name)) &&
      argument.secret !== true
    );
  });
  return wordsOf({ ...line, options: new Map(lasting) });
}

/**
 * The recorded command line, overridden by what was typed: typed options win, and options that they exclude are dropped.
 * @throws usage.* when this version does not accept the recorded words
 */
function laidOver(
  recorded: readonly string[],
  typed: Line,
  command: Pick<Command, "meta" | "args" | "rest">,
): string[] {
  const before = readStrictly(recorded, command);
  const excluded = [...typed.options.keys()].some((name) => excludesRest(command.args, name));
  const rest = typed.rest ?? (excluded ? null : before.rest);
  const { line } = mergeFile({ ...typed, rest }, before.options, command.args);
  const positional = typed.positional.length > 0 ? typed.positional : before.positional;
  return wordsOf({ ...line, positional });
}

/** A whole line of `ckpt run`, as far as reading it needs a declaration. */
const LINE: Pick<Command, "meta" | "args" | "rest"> = {
  meta: { name: "run", description: "", zh: "" },
  args: RUN_ARGUMENTS,
  rest: { valueHint: "", description: "", zh: "" },
};

/** Changed options of `ckpt run`, by their names: what was typed for them at last. */
export type ChangedOptions = ReadonlyMap<keyof RunArguments, string>;

/** A command line with other values of some options. */
export function withOptions(words: readonly string[], changed: ChangedOptions): readonly string[] {
  if (changed.size === 0) return words;
  const line = readStrictly(words, LINE);
  const options = new Map(line.options);
  for (const [name, value] of changed) {
    const { shown = `--${name}` } = options.get(name) ?? {};
    options.set(name, { shown, values: [value] });
  }
  return wordsOf({ ...line, options });
}

/** Those that apply to more than one start. */
export function lastingOf(changed: ChangedOptions): ChangedOptions {
  const lasts = (name: keyof RunArguments): boolean => !("once" in RUN_ARGUMENTS[name]);
  return new Map([...changed].filter(([name]) => lasts(name)));
}

function excludesRest(args: ArgumentSet, name: string): boolean {
  const argument = args[name];
  return (
    argument !== undefined && argument.type !== "positional" && argument.excludes?.includes("--") === true
  );
}

function wordsOf({ options, positional, rest }: Line): string[] {
  const words = [...options.values()].flatMap(({ shown, values }) =>
    values.length === 0 ? [shown] : values.flatMap((value) => valued(shown, value)),
  );
  return [...positional, ...words, ...(rest === null ? [] : ["--", ...rest])];
}

/** As users type it: as two words, unless the value would be mistaken for an option. */
function valued(shown: string, value: string): string[] {
  return value.startsWith("-") ? [`${shown}=${value}`] : [shown, value];
}
