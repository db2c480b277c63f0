// What a saved page holds: the objects that a server would answer with, as JSON, compressed (gzip, base64).
import type { ItemView, Overview } from "./page-data.ts";

/** Of the element that holds it. */
export const DATA_ID = "ckpt-data";

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
