// `ckpt __complete SHELL …`, which the scripts of `ckpt completion` call at each Tab: what may stand at the cursor. It says nothing of what is wrong: somebody
// is in the middle of a line. It reads little, asks no network and runs nothing.
import { fixedFor } from "../cli/completion/fixed.ts";
import { type Found, type Wanted, wantedAt } from "../cli/completion/wanted.ts";
import { type Place, replyTo } from "../cli/completion/reply.ts";
import {
  readTypedLine,
  readTypedWords,
  SHELLS,
  type Shell,
  type TypedLine,
} from "../cli/completion/typed-line.ts";
import { systemClock } from "../io/clock.ts";
import { realFileSystem } from "../io/fs.ts";
import { writeStdout } from "../io/stdout.ts";
import { chooseLanguage, type Environment } from "../ui/language.ts";
import { DECLARED } from "./declared.ts";

/** @param words behind `__complete`: `bash WORDBREAKS LINE`, `zsh WORD…` (those behind `ckpt`), or `fish LINE` */
export async function complete(words: readonly string[], env: Environment): Promise<void> {
  const place = {
    fs: realFileSystem,
    cwd: process.cwd(),
    searchPath: env["PATH"] ?? "",
    home: env["HOME"] ?? "",
  };
  try {
    writeStdout(place.fs, Buffer.from(await completed(words, env, place)));
  } catch {
    // The shell has an answer or not; a message would end up in the middle of the line.
  }
  process.exit(); // what is still being read of an input is not waited for
}

/** The answer, as the shell's script reads it; empty where nothing can be said. */
export async function completed(words: readonly string[], env: Environment, place: Place): Promise<string> {
  const [name, ...behind] = words;
  const shell = SHELLS.find((known) => known === name);
  if (shell === undefined) return "";
  const line = typedLine(shell, behind, env);
  const language = (option: string | null): ReturnType<typeof chooseLanguage> => chooseLanguage(option, env);
  const wanted = wantedAt(line, DECLARED, language);
  if (wanted === null) return "";
  const typed = (line.open.value ?? "").slice(wanted.prefix.length);
  const found = await lookedUp(wanted, typed, { env, place });
  return replyTo(shell, { wanted, found, line, place }, behind[0] ?? "");
}

/** What a fish may have in front of the command of a line. */
const BEFORE_COMMAND = /^(?:\w+=.*|command|builtin|exec|time|not|and|or|begin|if|while|else)$/s;

function typedLine(shell: Shell, words: readonly string[], env: Environment): TypedLine {
  if (shell === "zsh") return readTypedWords(["ckpt", ...words], { shell, env });
  if (shell === "bash") return readTypedLine(words[1] ?? "", { shell, env, breaks: words[0] ?? "" });
  const line = readTypedLine(words[0] ?? "", { shell, env });
  const first = line.words.findIndex((word) => word === null || !BEFORE_COMMAND.test(word));
  return first <= 0 ? line : { ...line, words: line.words.slice(first), starts: line.starts.slice(first) };
}

/** Loads what looks things up only where something is to be looked up. */
async function lookedUp(
  { lookUp: kind, values }: Wanted,
  typed: string,
  { env, place }: { readonly env: Environment; readonly place: Place },
): Promise<Found> {
  const fixed = fixedFor(kind, typed);
  if (typeof fixed === "object") return fixed;
  const { lookUp } = await import("../job/completion/look-up.ts");
  const host = { ...place, env, clock: systemClock };
  return lookUp(fixed, typed, { host, values, language: chooseLanguage(values.lang, env) });
}
