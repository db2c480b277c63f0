// The words of a run on record in its status: by them a bare `ckpt run` resumes, with what is typed now laid over.
import { openCheckpoint } from "../checkpoint/checkpoint.ts";
import type { CommonOptions } from "../cli/common-arguments.ts";
import type { Context } from "../cli/context.ts";
import type { ArgumentSet, Command, Invocation } from "../cli/declaration.ts";
import type { Line } from "../cli/line.ts";
import { noteLine } from "../ui/reporters/json.ts";
import { optionValue, ownWords, withoutOption } from "../cli/own-words.ts";
import { readStrictly } from "../cli/strict-reading.ts";
import { mergeFile } from "../cli/together.ts";
import { CkptError } from "../core/errors.ts";
import { statOf } from "../io/file.ts";
import type { RunArguments } from "./arguments/run-arguments.ts";

/**
 * The words with which a `ckpt run` without an input resumes: those on record, with what was typed laid over. They are shown, and the process enters the
 * folder in which they were typed.
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
  if (checkpoint.readStatus().kind === "absent") {
    // Who says how a job is to be run has forgotten its input.
    const isBare = lastingWords(typed, command.args).length === 0;
    throw isBare
      ? new CkptError("checkpoint.none", { dir: options.dir })
      : new CkptError("usage.missingInput", {});
  }
  const { words, cwd } = checkpoint.status();
  if (words === undefined || cwd === undefined)
    throw new CkptError("checkpoint.noWords", { dir: options.dir });
  const resumed = laidOver(words, typed, command);
  const text = catalogue.run.onRecord(host.commandLine([...host.program, "run", ...resumed]));
  const notes = await context.notes(options);
  // The run will have its own way of showing notes; of JSON lines, this is the first one.
  if (optionValue(ownWords(resumed), "--progress") === "json")
    notes.showBy((note) => screen.write(noteLine(note)));
  notes.note(text);
  if (cwd === host.cwd) return resumed;
  if (statOf(host.fs, cwd)?.isDirectory() !== true)
    throw new CkptError("checkpoint.folderGone", { path: cwd });
  host.enter(cwd);
  return [`--dir=${options.dir}`, ...withoutOption(resumed, "--dir")];
}

/** A status stays small: longer command lines are not put on record. */
const RECORDED_BYTES_MAX = 64 << 10;

/** What of a line is put on record: nothing where it is too long. */
export function wordsToRecord(line: Line, args: ArgumentSet): string[] {
  const words = lastingWords(line, args);
  return Buffer.byteLength(words.join(" ")) > RECORDED_BYTES_MAX ? [] : words;
}

/** The words of a line without the options that are about one start alone. */
function lastingWords(line: Line, args: ArgumentSet): string[] {
  const lasting = [...line.options].filter(([name]) => {
    const argument = args[name];
    return (
      argument !== undefined &&
      argument.type !== "positional" &&
      argument.once !== true &&
      argument.secret !== true
    );
  });
  return wordsOf({ ...line, options: new Map(lasting) });
}

/**
 * The words of the run that is on record, with what was typed now laid over: what was typed wins, and what it excludes is left out.
 * @throws usage.* when the words on record are none of this version
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

/** As people type it: in two words, but where the value would be taken for an option. */
function valued(shown: string, value: string): string[] {
  return value.startsWith("-") ? [`${shown}=${value}`] : [shown, value];
}
