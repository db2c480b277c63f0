// Quoting for a POSIX shell: between single quotes every character stands for itself, except the single quote.

/** The value as one word of a shell command, always quoted: unquoted, `2` before `>` or a leading `if` would mean something else. */
export function shellQuote(value: string): string {
  return `'${value.replaceAll("'", String.raw`'\''`)}'`;
}

/** The value as one word of a command that a person pastes: quoted unless it is plain in every shell. */
export function pastedWord(value: string): string {
  return /^[\w.,:@][\w.,:@-]*$/.test(value) ? value : shellQuote(value);
}

/** An argument list as a user would type it: only words that need quotes have them. For display, not for execution. */
export function shellWords(argv: readonly string[]): string {
  return argv.map((word) => (/^[\w.,:/@%+={}#-]+$/.test(word) ? word : shellQuote(word))).join(" ");
}
