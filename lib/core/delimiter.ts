// The delimiter between the cells of a table: its names, and how it is detected from the first lines of a file. Pure.

/** The delimiters that `auto` looks for. On a tie, the earlier one wins. */
const CANDIDATES = [",", ";", "\t", "|"] as const;

const NAMES: { readonly [name: string]: string | undefined } = {
  comma: ",",
  semicolon: ";",
  tab: "\t",
  "\\t": "\t",
  bar: "|",
  pipe: "|",
  space: " ",
};

/** The words that name one, as they are typed. */
export const DELIMITER_NAMES: readonly string[] = Object.keys(NAMES).filter((name) => /^\w+$/.test(name));

/** The delimiter that a word names or is; null when it is neither. A delimiter is one character, but not a quote, CR or LF. */
export function delimiterOf(word: string): string | null {
  const named = Object.hasOwn(NAMES, word) ? NAMES[word] : undefined;
  if (named !== undefined) return named;
  return word.length === 1 && !/["\r\n\0\uFEFF\p{Surrogate}]/u.test(word) ? word : null;
}

/** The delimiter as `--delimiter` accepts it: its name if it has one. */
export function delimiterWord(delimiter: string): string {
  return Object.entries(NAMES).find(([, character]) => character === delimiter)?.[0] ?? delimiter;
}

/** The default delimiter of a format. */
export function usualDelimiter(format: string): string {
  return format === "tsv" ? "\t" : ",";
}

/** What stands around a cell that holds delimiters or line ends; doubled within it. */
export const CELL_QUOTE = '"';

/** How often each candidate occurs outside of quotes in the first line that is not blank. */
function countInHeader(text: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>(CANDIDATES.map((candidate) => [candidate, 0]));
  let isCellStart = true;
  for (let at = text.search(/[^\r\n]/); at >= 0 && at < text.length; at++) {
    const character = text[at] ?? "";
    if (character === "\n" || character === "\r") break;
    if (character === CELL_QUOTE && isCellStart) {
      at = quotedEnd(text, at) - 1;
      isCellStart = false;
      continue;
    }
    const count = counts.get(character);
    isCellStart = count !== undefined;
    if (count !== undefined) counts.set(character, count + 1);
  }
  return counts;
}

/** Where a quoted cell that begins at `open` ends: behind its closing quote, or at the end of the text. */
export function quotedEnd(text: string, open: number): number {
  let quote = text.indexOf(CELL_QUOTE, open + 1);
  while (quote !== -1 && text[quote + 1] === CELL_QUOTE) quote = text.indexOf(CELL_QUOTE, quote + 2);
  return quote === -1 ? text.length : quote + 1;
}

/** A first line that tells Excel the delimiter: `sep=;`. */
const SEP_LINE = /^"?sep=([^"\r\n])"?(?:[\r\n]|$)/i;

/** Whether a row is such a line. */
export function isSepRow(cells: readonly string[], delimiter: string): boolean {
  return SEP_LINE.test(cells.join(delimiter));
}

/** The delimiter that the first lines of a table show; null when they show none. @param head the start of the file, with the whole first line if possible */
export function delimiterIn(head: string): string | null {
  const [, said] = SEP_LINE.exec(head) ?? [];
  if (said !== undefined) return said;
  let [found, most]: [string | null, number] = [null, 0];
  for (const [candidate, count] of countInHeader(head)) {
    if (count > most) [found, most] = [candidate, count];
  }
  return found;
}

/** Whether the file starts with a line that names the delimiter. */
export function hasSepLine(head: string): boolean {
  return SEP_LINE.test(head);
}
