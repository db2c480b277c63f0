// Quoting for a POSIX shell: between single quotes every character stands for itself, except the single quote.

/** The value as one word of a shell command, always quoted: `2` before `>` or `if` in front would mean something else bare. */
export function shellQuote(value: string): string {
  return `'${value.replaceAll("'", String.raw`'\''`)}'`;
}

/** An argument list as people would type it: words that need no quotes have none. For showing, not for running. */
export function shellWords(argv: readonly string[]): string {
  return argv.map((word) => (/^[\w.,:/@%+={}#-]+$/.test(word) ? word : shellQuote(word))).join(" ");
}
