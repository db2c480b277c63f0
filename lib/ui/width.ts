// Columns on the screen: a Chinese character or an emoji takes two, a combining mark none.

// Made when first needed: it takes longer than all the rest of a short answer.
let segmenter: Intl.Segmenter | undefined;

/** The text, or its beginning and `…`, at most `columns` wide (0 or less: nothing). */
export function fitColumns(text: string, columns: number): string {
  return cutText(text, columns, "…", (part) => Bun.stringWidth(part));
}

/** The width on a terminal that gives two columns to characters of doubtful width (`…`, `×`, `é`), as Chinese ones do. */
export function columnsAtMost(text: string): number {
  return Bun.stringWidth(text, { ambiguousIsNarrow: false });
}

/** The text, or its beginning and `...`, at most `columns` wide on any terminal: for a line that must not wrap. */
export function cutToColumns(text: string, columns: number): string {
  return cutText(text, columns, "...", columnsAtMost);
}

function cutText(text: string, columns: number, mark: string, widthOf: (text: string) => number): string {
  if (columns <= 0) return "";
  if (widthOf(text) <= columns) return text;
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  let width = 0;
  let end = 0;
  for (const { segment, index } of segmenter.segment(text)) {
    const next = width + widthOf(segment);
    if (next > columns - mark.length) break;
    width = next;
    end = index + segment.length;
  }
  return `${text.slice(0, end)}${mark}`;
}

/** The text with spaces behind it, up to `columns`. */
export function padColumns(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - Bun.stringWidth(text)));
}

/** The text with spaces before it, up to `columns`: for numbers. */
export function padColumnsStart(text: string, columns: number): string {
  return " ".repeat(Math.max(0, columns - Bun.stringWidth(text))) + text;
}

// What a line may be broken behind: a run of spaces, or a Chinese character with the punctuation that must not begin a line.
const WORD =
  /\s+|[（“]*\p{Script=Han}[，。；：、？！）”]*|[^\s\p{Script=Han}（“]+[，。；：、？！）”]*|[（“]/gu;

/**
 * Lines longer than `columns` broken at words, what follows indented like the line itself; a word that is too long stays whole.
 * @param columns width of the terminal; null: nothing is broken
 */
export function wrapColumns(text: string, columns: number | null): string {
  if (columns === null) return text;
  return text
    .split("\n")
    .map((line) => (Bun.stringWidth(line) <= columns ? line : wrapLine(line, columns)))
    .join("\n");
}

function wrapLine(line: string, columns: number): string {
  const indent = /^ */.exec(line)?.[0] ?? "";
  const lines: string[] = [];
  let current = indent;
  for (const [word] of line.slice(indent.length).matchAll(WORD)) {
    if (Bun.stringWidth((current + word).trimEnd()) > columns && current.trim() !== "") {
      lines.push(current.trimEnd());
      current = indent + word.trimStart();
    } else {
      current += word;
    }
  }
  return [...lines, current].join("\n");
}

/** A label and its value. */
export type Row = readonly [label: string, value: string];

/** Lines of `label  value` in which the values stand below each other. */
export function alignRows(rows: readonly Row[]): string[] {
  const width = Math.max(0, ...rows.map(([label]) => Bun.stringWidth(label)));
  return rows.map(([label, value]) => `${padColumns(label, width)}  ${value}`.trimEnd());
}
