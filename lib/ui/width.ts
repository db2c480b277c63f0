// Columns on the screen: a Chinese character or an emoji takes two, a combining mark none.

// Made when first needed: it takes longer than all the rest of a short answer.
let segmenter: Intl.Segmenter | undefined;

/** The text, or its beginning and `…`, at most `columns` wide (0 or less: nothing). */
export function fitColumns(text: string, columns: number): string {
  if (columns <= 0) return "";
  if (Bun.stringWidth(text) <= columns) return text;
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  let width = 0;
  let end = 0;
  for (const { segment, index } of segmenter.segment(text)) {
    const next = width + Bun.stringWidth(segment);
    if (next > columns - 1) break;
    width = next;
    end = index + segment.length;
  }
  return `${text.slice(0, end)}…`;
}

/** The text with spaces behind it, up to `columns`. */
export function padColumns(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - Bun.stringWidth(text)));
}

/** The text with spaces before it, up to `columns`: for numbers. */
export function padColumnsStart(text: string, columns: number): string {
  return " ".repeat(Math.max(0, columns - Bun.stringWidth(text))) + text;
}

/** Lines of `label  value` in which the values stand below each other. */
export function alignRows(rows: readonly (readonly [label: string, value: string])[]): string[] {
  const width = Math.max(0, ...rows.map(([label]) => Bun.stringWidth(label)));
  return rows.map(([label, value]) => `${padColumns(label, width)}  ${value}`.trimEnd());
}
