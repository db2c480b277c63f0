// The table of `ckpt list`.
import { safeText } from "./escape.ts";
import { formatBytes, formatNumber, formatPercent, toLines } from "./format.ts";
import type { Catalogue } from "./messages/en.ts";
import { nameOf } from "./messages/phrases.ts";
import { padColumns, padColumnsStart } from "./width.ts";

/** One backup, as in `list --json`. */
export type ListedBackup = {
  readonly name: string;
  readonly created_at: string;
  /** `manual` or `auto`; of a newer version, it may be another word. */
  readonly kind: string;
  readonly session_id: string | null;
  readonly total: number;
  readonly completed: number;
  readonly failed: number;
  readonly results_saved: number;
  readonly bytes: number;
  readonly intact: boolean;
};

/**
 * The table in the given order, with a heading; one line of text when it is empty. Each line has a line end.
 * @param columns width of the terminal; if the table is wider, names get separate lines. Null: not a terminal
 */
export function renderList(
  backups: readonly ListedBackup[],
  catalogue: Catalogue,
  columns: number | null,
): string {
  if (backups.length === 0) return `${catalogue.backups.none}\n`;
  const texts = catalogue.backups;
  const { name, created, progress, results, size, kind, state } = texts.headers;
  const rows = backups.map((backup) => [
    safeText(backup.name, 80),
    catalogue.common.time(backup.created_at),
    formatPercent(backup.completed, backup.total),
    `${formatNumber(backup.results_saved)}/${formatNumber(backup.total)}`,
    formatBytes(backup.bytes),
    safeText(nameOf({ manual: texts.manual, auto: texts.automatic }, backup.kind), 20),
    backup.intact ? texts.intact : texts.damaged,
  ]);
  const table = [[name, created, progress, results, size, kind, state], ...rows];
  const lines = alignTable(table, [2, 3, 4]);
  const fits = columns === null || lines.every((line) => Bun.stringWidth(line) <= columns);
  return toLines(fits ? lines : namesAbove(table));
}

/** Two lines per backup: its name, and the rest below it. */
function namesAbove(table: readonly (readonly string[])[]): string[] {
  const facts = alignTable(
    table.map((row) => row.slice(1)),
    [1, 2, 3],
  );
  return table.flatMap(([name = ""], i) => [name, `  ${facts[i]}`]);
}

/** Columns aligned, two spaces apart. @param right indexes of the columns aligned to the right */
function alignTable(rows: readonly (readonly string[])[], right: readonly number[]): string[] {
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
