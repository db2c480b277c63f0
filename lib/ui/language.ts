// Chooses the language of messages.

export type Language = "en" | "zh";

/** The environment's variables, as process.env. */
export type Environment = { readonly [name: string]: string | undefined };

/** The language of a locale name: `zh`, `zh_CN.UTF-8`, `zh-TW` → zh; everything else, C and POSIX too → en. */
function languageOf(locale: string): Language {
  return /^zh(?:[_.@-]|$)/i.test(locale) ? "zh" : "en";
}

/**
 * `--lang` first, then CKPT_LANG; else the first of LC_ALL, LC_MESSAGES, LANG that is not empty, as POSIX has it; else en.
 * @param option value of `--lang`, checked by the command line; null or undefined without it
 */
export function chooseLanguage(option: string | null | undefined, env: Environment): Language {
  const said = [option, env["CKPT_LANG"], env["LC_ALL"], env["LC_MESSAGES"], env["LANG"]];
  const first = said.find((value) => value !== undefined && value !== null && value.trim() !== "");
  return languageOf(first?.trim() ?? "");
}
