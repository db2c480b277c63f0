// A comparison as `ckpt diff` shows it, to people and as JSON.
import { unquoted } from "../../core/json-text.ts";
import type { ItemError } from "../../core/record.ts";
import type { Catalogue } from "../../ui/messages/en.ts";
import type { ShownPair } from "../../ui/render-diff.ts";
import { reasonText } from "../../ui/render-show.ts";
import { type ComparisonRow, type PairedResult, rowLabel } from "./comparison-rows.ts";
import type { ComparedSide } from "./compared-side.ts";

/** @param present the name of the checkpoint in place */
export function sideName({ word }: ComparedSide, present: string): string {
  return word ?? present;
}

/** The documented fields (docs/scripting.md). */
export function sideJson(
  { word, results, processor }: ComparedSide,
  count: number,
  withoutId: number,
): object {
  return { source: word, path: results.resultsFile, processor, results: count, without_id: withoutId };
}

export function shownPair(row: ComparisonRow, catalogue: Catalogue): ShownPair {
  const text = (result: PairedResult | null): string | null =>
    result === null ? null : pairedText(result, catalogue);
  return { item: rowLabel(row), comparison: row.comparison, a: text(row.a), b: text(row.b) };
}

function pairedText({ failed, bodyJson }: PairedResult, catalogue: Catalogue): string {
  return failed ? reasonText(JSON.parse(bodyJson) as ItemError, catalogue) : unquoted(bodyJson);
}
