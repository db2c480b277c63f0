// Quoting for Windows. There each program reads its command line by itself; nearly all do as Microsoft's C library does ("Parsing C command-line arguments").
// In front of it stands cmd.exe for `--shell` and for batch files, which reads by rules of its own and has no way to write every character.

/**
 * A value as one word for cmd.exe and for the program behind it; null where there is no way that holds. Between double quotes cmd takes all but three things as
 * they are: `%`, which it replaces before it looks at quotes; the quote itself, which it knows no way to write within quotes; and a line's end, behind which it
 * reads no further. Other control characters are refused with them.
 */
export function cmdQuote(value: string): string | null {
  return isPlainInCmd(value) ? `"${value}${trailingBackslashes(value)}"` : null;
}

/** Whether cmd.exe takes a value between double quotes as it is, read once or again (as behind a pipe). */
export function isPlainInCmd(value: string): boolean {
  // oxlint-disable-next-line no-control-regex -- it is control characters that are looked for
  return !/["%\u0000-\u0008\u000A-\u001F\u007F]/.test(value);
}

/** Those at the end of a text: before a quote they are written twice, or the quote would be part of the word. */
export function trailingBackslashes(text: string): string {
  return /\\*$/.exec(text)?.[0] ?? "";
}

/** An argument list as people would type it there: words that need no quotes have none. For showing, not for running. */
export function windowsWords(argv: readonly string[]): string {
  return argv.map((word) => (/^[\w.,:/\\@+={}#~-]+$/.test(word) ? word : windowsQuote(word))).join(" ");
}

/** As the C library reads it: a quote within has a backslash before it, and backslashes before a quote are written twice. */
function windowsQuote(word: string): string {
  const escaped = word.replaceAll(/(\\*)"/g, String.raw`$1$1\"`);
  return `"${escaped}${trailingBackslashes(escaped)}"`;
}
