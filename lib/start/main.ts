// Runs a command: chooses language and command, runs it, and turns errors into messages and documented exit codes. Commands are loaded when needed,
// except `info`: loading it separately takes longer than its whole work.
import { jsonLine } from "../core/json-line.ts";
import { EXIT, exitCodeOf } from "../core/errors.ts";
import { expectedError } from "../io/expected-error.ts";
import { writeStdout } from "../io/stdout.ts";
import { aboutText, isHelpCommand } from "./about.ts";
import { type Context, type CommandEnd, makeContext } from "../cli/context.ts";
import { DIR_DEFAULT, givenDir } from "../cli/common-arguments.ts";
import type { Host } from "../cli/host.ts";
import { info } from "../commands/info.ts";
import type { Command } from "../cli/declaration.ts";
import { commandAt, optionValue, ownWords } from "../cli/own-words.ts";
import { runCommand } from "../cli/run-command.ts";
import { COMMAND_NAMES, unknownCommand } from "./command-names.ts";
import { OPTION_NAMES } from "./option-names.ts";

/** Runs the command line and returns how it ended. Never throws. */
export async function main(words: readonly string[], host: Host): Promise<CommandEnd> {
  const own = ownWords(words);
  const context = await makeContext(host, OPTION_NAMES, own);
  const end = await toEnd(words, own, context);
  for (const action of context.afterwards) await action();
  return end;
}

async function toEnd(
  words: readonly string[],
  own: readonly string[],
  context: Context,
): Promise<CommandEnd> {
  const { host } = context;
  try {
    const text = await aboutText(words, host.env); // when printAbout could not write it, and in tests
    if (text === null) return await dispatch(words, own, context);
    await showAbout(text, own, host);
    return { exitCode: EXIT.ok };
  } catch (error) {
    const dir = givenDir(optionValue(own, "--dir"), host) ?? DIR_DEFAULT;
    return report(error, dir, context);
  }
}

/** `ckpt help` is to be read in peace; what an option asks for is to be there at once. */
async function showAbout(text: string, own: readonly string[], host: Host): Promise<void> {
  if (!isHelpCommand(own)) writeStdout(host.fs, Buffer.from(text));
  else await (await import("../cli/paged-text.ts")).writePaged(text, host);
}

async function dispatch(
  words: readonly string[],
  own: readonly string[],
  context: Context,
): Promise<CommandEnd> {
  const at = commandAt(own);
  const name = own[at];
  const behind = [...words.slice(0, at), ...words.slice(at + 1)];
  return runCommand(await loadCommand(name), behind, context);
}

/** @throws usage.unknownCommand */
async function loadCommand(name: string | undefined): Promise<Command> {
  if (name === undefined) return (await import("./no-command.ts")).noCommand;
  const known = COMMAND_NAMES.find((candidate) => candidate === name);
  switch (known) {
    case "run":
      return (await import("../commands/run.ts")).run;
    case "info":
      return info;
    case "clear":
      return (await import("../commands/clear.ts")).clear;
    case "view":
      return (await import("../commands/view.ts")).view;
    case "set":
      return (await import("../commands/set.ts")).set;
    case "backup":
      return (await import("../commands/backup.ts")).backup;
    case "list":
      return (await import("../commands/list.ts")).list;
    case "restore":
      return (await import("../commands/restore.ts")).restore;
    case "verify":
      return (await import("../commands/verify.ts")).verify;
    case "show":
      return (await import("../commands/show.ts")).show;
    case "export":
      return (await import("../commands/export.ts")).exportCommand;
    case "diff":
      return (await import("../commands/diff.ts")).diff;
    case "merge":
      return (await import("../commands/merge.ts")).merge;
    case "completion":
      return (await import("../commands/completion.ts")).completion;
    case "version":
      return (await import("../commands/version.ts")).version;
    case undefined:
      throw unknownCommand(name);
  }
}

/** Reports an error: an expected failure as a message, a bug with its stack. */
async function report(thrown: unknown, dir: string, context: Context): Promise<CommandEnd> {
  const { host, catalogue, screen, errorPlaces } = context;
  const { json, events } = errorPlaces;
  const error = expectedError(thrown, dir);
  if (error === null) {
    const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    const bug = { event: "error", error: { code: "internal", message: text, hint: null, path: null } };
    // Written directly to the screen: the code that handles messages may be what is broken.
    screen.write(events ? jsonLine(bug) : `ckpt: internal error\n${text}\n`);
    return { exitCode: EXIT.fatal };
  }
  const { errorJson, renderError } = await import("../ui/render-error.ts");
  const isSaid = json && wroteJson(host, errorJson(error, catalogue));
  if (events) screen.write(jsonLine({ event: "error", ...errorJson(error, catalogue) }));
  else if (!isSaid) (await context.notes({ quiet: true })).error(renderError(error, catalogue, screen));
  return { exitCode: exitCodeOf(error.code) };
}

/** False when standard output cannot be written; the error then goes to standard error. */
function wroteJson(host: Host, value: object): boolean {
  try {
    writeStdout(host.fs, Buffer.from(jsonLine(value)));
    return true;
  } catch {
    return false;
  }
}
