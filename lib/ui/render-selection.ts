// What of the input a job is about, as screens show it.
import type { Selection } from "../core/status.ts";
import { safeText } from "./escape.ts";
import type { Catalogue } from "./messages/en.ts";

/** Columns of a selection in a sentence. */
const COLUMNS = 200;

/** @param selection null: all items */
export function selectionText(selection: Selection | null, { common }: Catalogue): string {
  if (selection === null) return common.allItems;
  const { where, sample } = selection;
  const parts = sample === undefined ? [] : [common.sample(sample.count, safeText(sample.seed, 60))];
  const all = where.length === 0 ? parts : [common.allOf(where), ...parts];
  return safeText(common.joined(all), COLUMNS);
}

/** One line. @param chosen items, of those in the input */
export function renderSelection(
  selection: Selection,
  { chosen, of }: { readonly chosen: number; readonly of: number },
  catalogue: Catalogue,
): string {
  return catalogue.plan.selected(selectionText(selection, catalogue), chosen, of);
}

/** One line: the job is about other items than before. */
export function renderSelectionChange(
  before: Selection | null,
  now: Selection | null,
  catalogue: Catalogue,
): string {
  return catalogue.plan.selectionChanged(selectionText(before, catalogue), selectionText(now, catalogue));
}
