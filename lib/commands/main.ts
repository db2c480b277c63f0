// The way of every command: choose language and command, run it, turn what it throws into a message and the documented exit code. Parts
// are loaded when a command needs them, so that `--version` and `info` start at once.
import { causeText, CkptError, EXIT, exitCodeOf, isDiskFull, systemCode } from "../core/errors.ts";
import { NotRegularError } from "../io/file.ts";
import { writeStdout } from "../io/stdout.ts";
import { chooseLanguage } from "../ui/language.ts";
import { loadCatalogue } from "../ui/messages/load.ts";
import { type Context, type Ending, makeContext } from "./context.ts";
import type { Host } from "./host.ts";
import { VERSION } from "./version.ts";

const COMMANDS = ["run", "info", "clear", "backup", "list", "restore", "export", "verify"] as const;
type Command = (typeof COMMANDS)[number];

/** Runs the command line and gives back how it ended. Never throws. */
export async function main(words: readonly string[], host: Host): Promise<Ending> {
  const end = words.indexOf("--");
  const own = end < 0 ? words : words.slice(0, end);
  if (own[0] === "--version") {
    writeStdout(host.fs, Buffer.from(`ckpt ${VERSION}\n`));
    return { exitCode: EXIT.ok };
  }
  const language = chooseLanguage(optionValue(own, "--lang"), host.env);
  const context = makeContext(host, await loadCatalogue(language));
  try {
    return await dispatch(words, own, context);
  } catch (error) {
    const dir = optionValue(own, "--dir") ?? host.env["CKPT_DIR"] ?? "checkpoints";
    return report(error, dir, own.includes("--json"), context);
  }
}

/** Where the command's name stands: behind options that may come first. */
function commandAt(words: readonly string[]): number {
  let at = 0;
  while (at < words.length && (words[at] ?? "").startsWith("-"))
    at += words[at] === "--dir" || words[at] === "--lang" ? 2 : 1;
  return at;
}

function optionValue(words: readonly string[], name: string): string | undefined {
  const at = words.indexOf(name);
  if (at >= 0) return words[at + 1];
  return words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
}

async function dispatch(words: readonly string[], own: readonly string[], context: Context): Promise<Ending> {
  const at = commandAt(own);
  const name = own[at];
  const behind = [...words.slice(0, at), ...words.slice(at + 1)];
  const wantsHelp = own.includes("--help") || own.includes("-h");
  if (wantsHelp) {
    const { helpText } = await import("../ui/messages/help.ts");
    writeStdout(context.host.fs, Buffer.from(helpText(name ?? null, context.catalogue.language)));
    return { exitCode: EXIT.ok };
  }
  if (name === undefined) return (await import("./state.ts")).state(behind, context);
  const command = COMMANDS.find((known) => known === name);
  if (command === undefined) {
    const { nearestOf } = await import("../core/nearest.ts");
    throw new CkptError("usage.unknownCommand", { command: name, nearest: nearestOf(name, COMMANDS) });
  }
  return perform(command, behind, context);
}

async function perform(command: Command, words: readonly string[], context: Context): Promise<Ending> {
  const { parseArguments } = await import("./arguments.ts");
  switch (command) {
    case "run": {
      const { RUN_OPTIONS } = await import("./run-options.ts");
      const args = parseArguments(words, RUN_OPTIONS);
      return (await import("./run.ts")).run(args, words, context);
    }
    case "info": {
      const { COMMON_OPTIONS } = await import("./common-options.ts");
      return (await import("./info.ts")).info(parseArguments(words, COMMON_OPTIONS), context);
    }
    case "clear": {
      const { CLEAR_OPTIONS, clear } = await import("./clear.ts");
      return clear(parseArguments(words, CLEAR_OPTIONS), context);
    }
    case "backup": {
      const { BACKUP_OPTIONS, backup } = await import("./backup.ts");
      return backup(parseArguments(words, BACKUP_OPTIONS), context);
    }
    case "list": {
      const { COMMON_OPTIONS } = await import("./common-options.ts");
      return (await import("./list.ts")).list(parseArguments(words, COMMON_OPTIONS), context);
    }
    case "restore": {
      const { RESTORE_OPTIONS, restore } = await import("./restore.ts");
      return restore(parseArguments(words, RESTORE_OPTIONS), context);
    }
    case "verify": {
      const { VERIFY_OPTIONS, verify } = await import("./verify.ts");
      return verify(parseArguments(words, VERIFY_OPTIONS), context);
    }
    case "export": {
      const { EXPORT_OPTIONS, exportResults } = await import("./export.ts");
      return exportResults(parseArguments(words, EXPORT_OPTIONS), context);
    }
  }
}

/** Says what went wrong: an expected failure in words, a bug with its stack. */
async function report(thrown: unknown, dir: string, json: boolean, context: Context): Promise<Ending> {
  const { host, catalogue, screen } = context;
  const error = expected(thrown, dir);
  if (error === null) {
    const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    screen.write(`ckpt: internal error\n${text}\n`);
    return { exitCode: EXIT.fatal };
  }
  const { errorJson, renderError } = await import("../ui/error.ts");
  if (json) writeStdout(host.fs, Buffer.from(`${JSON.stringify(errorJson(error, catalogue))}\n`));
  else screen.write(renderError(error, catalogue, screen));
  return { exitCode: exitCodeOf(error.code) };
}

/**
 * The failure as one with words; null for a bug. What the system refuses (a right, a full disk) is none.
 * @param dir named where the system names no file
 */
function expected(error: unknown, dir: string): CkptError | null {
  if (error instanceof CkptError) return error;
  if (error instanceof NotRegularError) {
    return new CkptError("checkpoint.notOurs", { path: error.file, found: error.found });
  }
  if (!(error instanceof Error) || systemCode(error) === null) return null;
  const { syscall = "use", path: file = dir } = error as NodeJS.ErrnoException;
  const params = { what: syscall, path: file, cause: causeText(error) };
  // A sync that failed is final, whatever the reason it names.
  if (isDiskFull(systemCode(error)) && !syscall.includes("sync"))
    return new CkptError("checkpoint.diskFull", params, { cause: error });
  return new CkptError("system.failed", params, { cause: error });
}
