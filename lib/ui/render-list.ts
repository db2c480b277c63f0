// The table of `ckpt list`.
import type { Selection } from "../core/status.ts";
import { safeText } from "./escape.ts";
import { formatBytes, formatNumber, formatPercent, toLines } from "./format.ts";
import type { Catalogue } from "./messages/en.ts";
import { nameOf } from "./messages/phrases.ts";
import { selectionText } from "./render-selection.ts";
import { type ShardStates, statesText } from "./render-shards.ts";
import { alignTable } from "./width.ts";

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
  /** Why it was made; null: not on record. */
  readonly reason: string | null;
  readonly processor: { readonly kind: string; readonly shown: string } | null;
  /** Path of the input, or `-`; null: not on record. */
  readonly input: string | null;
  readonly output: string | null;
  /** Which items of it the job is about; null: all, or not on record. */
  readonly selection: Selection | null;
  /** `3/16`: of one shard, in its folder; null: of what is in the folder itself. */
  readonly shard: string | null;
  /** Of a folder of shards: how many there are to be, how many of them it has, and in which states these are. */
  readonly shards: {
    readonly count: number;
    readonly begun: number;
    /** Null: not readable. */
    readonly states: ShardStates | null;
  } | null;
};

/** What a backup is of. */
export type ShownJob = {
  /** As in the status file: command, shell, module, … */
  readonly kind: string;
  readonly shown: string;
  readonly input: string;
  readonly selection: Selection | null;
  readonly shards: ListedBackup["shards"];
  readonly output: string | null;
};

/**
 * The table in the given order, with a heading, below each backup what it is of, and at the end what the automatic ones take up; one line of text when it is empty.
 * Each line has a line end.
 * @param jobs what each of them is of
 * @param all backups, those that are not shown included
 * @param columns width of the terminal; if the table is wider, names get separate lines. Null: not a terminal
 */
export function renderList(
  backups: readonly ListedBackup[],
  jobs: readonly (ShownJob | null)[],
  all: readonly ListedBackup[],
  catalogue: Catalogue,
  columns: number | null,
): string {
  const texts = catalogue.backups;
  if (backups.length === 0) return `${all.length === 0 ? texts.none : texts.noneOfKind}\n`;
  const { name, created, progress, results, size, kind, state } = texts.headers;
  const rows = backups.map((backup) => [
    backup.shard === null
      ? safeText(backup.name, 80)
      : texts.ofShard(safeText(backup.name, 80), backup.shard),
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
  const [heading = [], ...facts] = fits ? lines.map((line) => [line]) : namesAbove(table);
  const shown = facts.flatMap((fact, at) => {
    const of = jobs[at] ?? null;
    return of === null ? fact : fact.concat(jobLine(of, catalogue, columns));
  });
  return toLines(heading.concat(shown, automaticLines(all, catalogue)));
}

function jobLine(
  { kind, shown, input: file, selection, shards, output }: ShownJob,
  catalogue: Catalogue,
  columns: number | null,
): string {
  const { info, backups } = catalogue;
  const states =
    shards === null || shards.states === null ? "" : statesText(shards.states, shards.begun, catalogue);
  const input = shards === null ? file : `${file}${backups.begunShards(shards, states)}`;
  const from = selection === null ? input : `${input}${backups.chosen(selectionText(selection, catalogue))}`;
  const line = backups.of(info.processor(kind, shown), output === null ? from : `${from} → ${output}`);
  return `  ${safeText(line, columns === null ? undefined : Math.max(1, columns - 2))}`;
}

/** What there is to be gained by deleting. */
function automaticLines(all: readonly ListedBackup[], { backups: texts }: Catalogue): string[] {
  const automatic = all.filter(({ kind }) => kind === "auto");
  if (automatic.length === 0) return [];
  const bytes = automatic.reduce((sum, backup) => sum + backup.bytes, 0);
  return ["", texts.automaticBytes(automatic.length, formatBytes(bytes))];
}

/** Two lines per backup: its name, and the rest below it. */
function namesAbove(table: readonly (readonly string[])[]): string[][] {
  const facts = alignTable(
    table.map((row) => row.slice(1)),
    [1, 2, 3],
  );
  return table.map(([name = ""], i) => [name, `  ${facts[i]}`]);
}
