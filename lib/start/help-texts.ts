// Rendered help: made from the declarations when the executable is built, so `--help` loads no command.
import type { Language } from "../ui/language.ts";
import { renderHelp } from "./render-declarations.ts" with { type: "macro" };

const TEXTS: Readonly<Record<string, string>> = renderHelp();

/** The help of a command or topic, or of the whole program; null when there is no such command. */
export function helpText(command: string | null, language: Language): string | null {
  const key = `${language} ${command ?? ""}`;
  return Object.hasOwn(TEXTS, key) ? (TEXTS[key] ?? null) : null;
}

/** Whatever there is help about. */
export function helpNames(): readonly string[] {
  const keys = Object.keys(TEXTS).filter((key) => key.startsWith("en ") && key !== "en ");
  return keys.map((key) => key.slice("en ".length));
}
