// What ckpt says of itself: `--version` and `--help`, `version` and `help`. It needs nothing but words, so that it is there at once.
import { commandAt, optionValue, ownWords } from "../cli/own-words.ts";
import { CkptError } from "../core/errors.ts";
import { wroteAtOnce } from "../io/stdout-at-once.ts";
import { chooseLanguage, type Environment } from "../ui/language.ts";
import { unknownCommand } from "./command-names.ts";
import { VERSION } from "../core/version.ts";

/** The text that was asked for; null when something else was. @throws usage.unknownCommand, usage.extraArgument */
export async function aboutText(words: readonly string[], env: Environment): Promise<string | null> {
  const own = ownWords(words);
  const at = commandAt(own);
  const name = own[at] ?? null;
  const behind = own.slice(at + 1).filter((word) => !word.startsWith("-"));
  if (name === "version" || own.includes("--version") || own.includes("-V")) {
    if (name === "version") refuseExtra(behind[0]);
    return `ckpt ${VERSION}\n`;
  }
  if (name !== "help" && !own.includes("--help") && !own.includes("-h")) return null;
  if (name === "help") refuseExtra(behind[1]);
  const topic = name === "help" ? (behind[0] ?? null) : name;
  const { helpText } = await import("./help-texts.ts");
  const text = helpText(topic, chooseLanguage(optionValue(own, "--lang"), env));
  if (text === null) throw unknownCommand(topic ?? "");
  return text;
}

function refuseExtra(word: string | undefined): void {
  if (word !== undefined) throw new CkptError("usage.extraArgument", { argument: word });
}

/** Says it, if it was asked for and can be written. False: everything is still to be done. */
export async function printAbout(words: readonly string[], env: Environment): Promise<boolean> {
  try {
    const text = await aboutText(words, env);
    return text !== null && (await wroteAtOnce(text));
  } catch {
    return false; // main() meets it again, and says it
  }
}
