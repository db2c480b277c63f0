// Widths in columns: a Chinese character or an emoji takes two, a combining mark none.

/** Width of a table where standard output is no terminal. */
export const COLUMNS = 160;

// Created on first use: it takes longer than the rest of a short answer.
let segmenter: Intl.Segmenter | undefined;

/** The text, cut with `…` to at most `columns` (0 or less: empty). */
export function fitColumns(text: string, columns: number): string {
  return cutText(text, columns, "…", (part) => Bun.stringWidth(part));
}

/** The width on a terminal that shows characters of ambiguous width (`…`, `×`, `é`) with two columns, as Chinese terminals do. */
export function columnsAtMost(text: string): number {
  return Bun.stringWidth(text, { ambiguousIsNarrow: false });
}

/** The text, cut with `...` to at most `columns` on any terminal, for a line that must not wrap. */
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

/** The text padded with trailing spaces to `columns`. */
export function padColumns(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - Bun.stringWidth(text)));
}

/** The text padded with leading spaces to `columns`, for numbers. */
export function padColumnsStart(text: string, columns: number): string {
  return " ".repeat(Math.max(0, columns - Bun.stringWidth(text))) + text;
}

// A line may break after: a run of spaces, or a Chinese character with the punctuation that must not start a line.
const WORD =
  /\s+|[（“]*\p{Script=Han}[，。；：、？！）”]*|[^\s\p{Script=Han}（“]+[，。；：、？！）”]*|[（“]/gu;

/**
 * Breaks lines longer than `columns` at words; continuation lines keep the indentation. A word that is too long is not broken.
 * @param columns width of the terminal; null: no wrapping
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

/** Lines of `label value` with aligned values. */
export function alignRows(rows: readonly Row[]): string[] {
  const width = Math.max(0, ...rows.map(([label]) => Bun.stringWidth(label)));
  return rows.map(([label, value]) => `${padColumns(label, width)}  ${value}`.trimEnd());
}

/** Columns aligned, two spaces apart. @param right indexes of the columns aligned to the right */
export function alignTable(rows: readonly (readonly string[])[], right: readonly number[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => Bun.stringWidth(row[column] ?? ""))),
  );
  return rows.map((row) =>
    row
      .map((cell, column) =>
        (right.includes(column) ? padColumnsStart : padColumns)(cell, widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
}
