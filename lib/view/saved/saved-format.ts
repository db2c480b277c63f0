// The data in a saved page: the objects that a server would answer with, as JSON, compressed (gzip, base64).
import { objectFields } from "../../core/object-fields.ts";
import type { ItemView, Overview } from "../page-contract.ts";

/** The id of the element that holds the data. */
export const DATA_ID = "ckpt-data";

/** How many results are saved when not all of them fit: the first ones in the order of the input. */
export const ROWS_SAVED = 1000;

export type SavedContent = {
  readonly v: 1;
  /** Version of the ckpt that saved it. */
  readonly ckpt: string;
  readonly overview: Overview;
  /** How many results are on record. */
  readonly results: number;
  /** False when there are more failures than a browser could read. */
  readonly has_all_failures: boolean;
  /** In the order of the input: the first results, and the failures. */
  readonly items: readonly ItemView[];
};

/** An item without its output, if its record has the same text: otherwise outputs, which are most of a file, would be in it twice. */
export function slimItem(item: ItemView): ItemView {
  return item.output_json !== null && outputIn(item) === item.output_json
    ? { ...item, output_json: null }
    : item;
}

/** The item that slimItem() was given. */
export function wholeItem(item: ItemView): ItemView {
  return item.output_json === null ? { ...item, output_json: outputIn(item) } : item;
}

function outputIn({ row, record }: ItemView): string | null {
  return row.status === "ok" && row.damaged !== true ? (objectFields(record).get("output") ?? null) : null;
}
