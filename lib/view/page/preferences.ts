// Language and theme, as the user chose them in this browser. A browser may refuse to keep the choice, for example for a page from a file: then it holds until the page is closed.
import { effect, type Signal, signal } from "@preact/signals";
import type { Language } from "../../ui/language.ts";

export type Theme = "auto" | "light" | "dark";

const THEMES: readonly Theme[] = ["auto", "light", "dark"];

function kept(name: string): string | null {
  try {
    return localStorage.getItem(`ckpt-${name}`);
  } catch {
    return null; // not allowed: nothing is kept
  }
}

function keep(name: string, value: string): void {
  try {
    localStorage.setItem(`ckpt-${name}`, value);
  } catch {
    // not allowed: it holds until the page is closed
  }
}

const keptLanguage = kept("language");
export const language: Signal<Language> = signal(
  keptLanguage === "en" || keptLanguage === "zh" ? keptLanguage : languageOfBrowser(),
);
export const theme: Signal<Theme> = signal(THEMES.find((one) => one === kept("theme")) ?? "auto");

function languageOfBrowser(): Language {
  const first = navigator.languages.find((tag) => /^(?:en|zh)\b/i.test(tag)) ?? "en";
  return /^zh/i.test(first) ? "zh" : "en";
}

const darkSystem = matchMedia("(prefers-color-scheme: dark)");
const isSystemDark = signal(darkSystem.matches);
darkSystem.addEventListener("change", () => {
  isSystemDark.value = darkSystem.matches;
});

export function isDark(): boolean {
  return theme.value === "dark" || (theme.value === "auto" && isSystemDark.value);
}

export function switchLanguage(): void {
  language.value = language.value === "en" ? "zh" : "en";
  keep("language", language.value);
}

export function switchTheme(): void {
  theme.value = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? "auto";
  keep("theme", theme.value);
}

effect(() => {
  document.documentElement.dataset["theme"] = isDark() ? "dark" : "light";
});
