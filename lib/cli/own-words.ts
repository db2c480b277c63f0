// The words of the command line as far as they can be read before the command is known.

/** The words that are for ckpt itself: those before `--`. */
export function ownWords(words: readonly string[]): readonly string[] {
  const end = words.indexOf("--");
  return end < 0 ? words : words.slice(0, end);
}

/** Where the command's name stands: behind options that may come first. */
export function commandAt(own: readonly string[]): number {
  let at = 0;
  while (at < own.length && (own[at] ?? "").startsWith("-"))
    at += own[at] === "--dir" || own[at] === "--lang" ? 2 : 1;
  return at;
}

/** Value of an option that counts before the command is known. */
export function optionValue(
  own: readonly string[],
  name: "--config" | "--dir" | "--lang" | "--progress",
): string | undefined {
  const at = own.indexOf(name);
  if (at >= 0) return own[at + 1];
  return own.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** The words without an option that has a value; what stands behind `--` is left as it is. */
export function withoutOption(words: readonly string[], name: string): string[] {
  const own = ownWords(words);
  const kept = own.filter(
    (word, at) => word !== name && own[at - 1] !== name && !word.startsWith(`${name}=`),
  );
  return [...kept, ...words.slice(own.length)];
}
