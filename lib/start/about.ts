// What ckpt says of itself: `--version` and `--help`. It needs nothing but words, so that it is there at once.
import { wroteAtOnce } from "../io/stdout-at-once.ts";
import { chooseLanguage, type Environment } from "../ui/language.ts";
import { VERSION } from "./version.ts";
import { commandAt, optionValue, ownWords } from "../cli/own-words.ts";

/** The text that was asked for; null when something else was. */
export async function aboutText(words: readonly string[], env: Environment): Promise<string | null> {
  const own = ownWords(words);
  if (own[0] === "--version") return `ckpt ${VERSION}\n`;
  if (!own.includes("--help") && !own.includes("-h")) return null;
  const { helpText } = await import("../cli/help.ts");
  return helpText(own[commandAt(own)] ?? null, chooseLanguage(optionValue(own, "--lang"), env));
}

/** Says it, if it was asked for and can be written. False: everything is still to be done. */
export async function saidAbout(words: readonly string[], env: Environment): Promise<boolean> {
  const text = await aboutText(words, env);
  return text !== null && (await wroteAtOnce(text));
}
