// Answers `--version`, `--help`, `version` and `help`. It depends on the command line only, so it can answer at once.
import { commandAt, optionValue, ownWords, plainWords } from "../cli/own-words.ts";
import { isExecutable } from "../cli/program.ts";
import { CkptError } from "../core/errors.ts";
import { wroteAtOnce } from "../io/stdout-at-once.ts";
import { chooseLanguage, type Environment } from "../ui/language.ts";
import { unknownCommand } from "./command-names.ts";
import { VERSION } from "../core/version.ts";

/** The requested text; null for any other command. @throws usage.bunOptions, usage.unknownCommand, usage.extraArgument */
export async function aboutText(words: readonly string[], env: Environment): Promise<string | null> {
  refuseBunOptions(env);
  const own = ownWords(words);
  const at = commandAt(own);
  const name = own[at] ?? null;
  const behind = plainWords(own.slice(at + 1));
  const isHelp = own.includes("--help") || own.includes("-h");
  const isVersion =
    own.includes("--version") || own.includes("-V") || (name === "version" && own.length === 1);
  if (isVersion) return `ckpt ${VERSION}\n`;
  if (name !== "help" && !isHelp) return null;
  if (name === "help") refuseExtra(behind[1]);
  const topic = name === "help" ? (behind[0] ?? null) : name;
  const { helpNames, helpText } = await import("./help-texts.ts");
  const text = helpText(topic, chooseLanguage(optionValue(own, "--lang"), env));
  if (text === null) throw unknownCommand(topic ?? "", name === "help" ? helpNames() : []);
  return text;
}

/** What Bun acts on in an executable: options, which may load code into it, and debuggers, which may run code in it. */
const BUN_VARIABLES = ["BUN_OPTIONS", "BUN_INSPECT", "BUN_INSPECT_CONNECT_TO"];

/** Those who run the sources with Bun may set them. */
function refuseBunOptions(env: Environment): void {
  if (!isExecutable(Bun.main)) return;
  for (const name of BUN_VARIABLES) {
    const value = env[name] ?? "";
    if (value.trim() !== "") throw new CkptError("usage.bunOptions", { name, value });
  }
}

function refuseExtra(word: string | undefined): void {
  if (word !== undefined) throw new CkptError("usage.extraArgument", { argument: word });
}

/** Whether the words call the command `help`. */
export function isHelpCommand(own: readonly string[]): boolean {
  return own[commandAt(own)] === "help";
}

/** On a terminal help may go through a pager. */
async function isOnTerminal(): Promise<boolean> {
  return (await import("../io/terminal.ts")).isTerminal(1);
}

/** Prints the text if it was requested and can be written. Returns false when main() still has to run. */
export async function printAbout(words: readonly string[], env: Environment): Promise<boolean> {
  try {
    const text = await aboutText(words, env);
    if (text === null || (isHelpCommand(ownWords(words)) && (await isOnTerminal()))) return false;
    return await wroteAtOnce(text);
  } catch {
    return false; // main() fails in the same way, and reports it
  }
}
