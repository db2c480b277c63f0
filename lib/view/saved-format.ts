// What a saved page holds: the objects that a server would answer with, as JSON, compressed (gzip, base64).
import { objectFields } from "../core/object-fields.ts";
import type { ItemView, Overview } from "./page-data.ts";

/** Of the element that holds it. */
export const DATA_ID = "ckpt-data";

/** So many results are saved, the first ones, where not all of them fit. */
export const ROWS_SAVED = 1000;

export type SavedData = {
  readonly v: 1;
  /** Version of the ckpt that saved it. */
  readonly ckpt: string;
  readonly overview: Overview;
  /** Results on record, of which `items` are a part: the first ones in the order of the input, and the failures. */
  readonly results: number;
  /** False: there are more failures than a browser could read. */
  readonly has_all_failures: boolean;
  readonly items: readonly ItemView[];
};

/** An item without its output where its record has the same text: it would make up most of a file twice. */
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
