// The table of `ckpt list`.
import { safeText } from "./escape.ts";
import { formatBytes, formatNumber, formatPercent } from "./format.ts";
import type { Catalogue } from "./messages/catalogue.ts";
import { padColumns, padColumnsStart } from "./width.ts";

/** One backup, as `list --json` has it. */
export type ListedBackup = {
  readonly name: string;
  readonly created_at: string;
  readonly kind: "manual" | "auto";
  readonly session_id: string | null;
  readonly total: number;
  readonly completed: number;
  readonly failed: number;
  readonly results_saved: number;
  readonly bytes: number;
  readonly intact: boolean;
};

/** The table in the order given, with a heading; one friendly line when it is empty. Each line has a line end. */
export function renderList(backups: readonly ListedBackup[], catalogue: Catalogue): string {
  if (backups.length === 0) return `${catalogue.states.noBackups}\n`;
  const texts = catalogue.list;
  const { name, created, progress, results, size, kind, state } = texts.headers;
  const rows = backups.map((backup) => [
    safeText(backup.name, 80),
    catalogue.common.time(backup.created_at),
    formatPercent(backup.results_saved, backup.total),
    `${formatNumber(backup.results_saved)}/${formatNumber(backup.total)}`,
    formatBytes(backup.bytes),
    backup.kind === "manual" ? texts.manual : texts.automatic,
    backup.intact ? texts.intact : texts.damaged,
  ]);
  return renderTable([[name, created, progress, results, size, kind, state], ...rows], [2, 3, 4]);
}

/** Columns aligned, two spaces apart. @param right indexes of the columns aligned to the right */
function renderTable(rows: readonly (readonly string[])[], right: readonly number[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => Bun.stringWidth(row[column] ?? ""))),
  );
  const lines = rows.map((row) =>
    row
      .map((cell, column) =>
        (right.includes(column) ? padColumnsStart : padColumns)(cell, widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
  return `${lines.join("\n")}\n`;
}
