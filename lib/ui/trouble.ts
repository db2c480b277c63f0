// What the last attempt met while an endpoint is down, in a few words of the reader's language where there are any; else as it came.
import type { OutageNow } from "../run/progress.ts";
import { safeText } from "./escape.ts";
import type { Catalogue } from "./messages/en.ts";

/** Columns that the words of an endpoint may take. */
const WORDS_COLUMNS = 120;

/** By the system's code, which stands behind the words of an error of these kinds. */
const CODED = new Set(["unreachable", "host_not_found"]);
type Trouble = keyof Catalogue["endpoint"]["trouble"];
const OF_CODE: { readonly [code: string]: Trouble } = {
  ECONNREFUSED: "refused",
  ENOTFOUND: "noHost",
  EAI_AGAIN: "noHost",
  EHOSTUNREACH: "noRoute",
};
const OF_KIND: { readonly [kind: string]: Trouble } = { timeout: "timeout", network: "cut" };

/** Safe to print. */
export function troubleText({ kind, message }: OutageNow["error"], { causes, endpoint }: Catalogue): string {
  const code = /\(([A-Z_]+)\)$/.exec(message)?.[1] ?? "";
  const known = CODED.has(kind) ? OF_CODE[code] : OF_KIND[kind];
  return known === undefined ? safeText(causes.text(message), WORDS_COLUMNS) : endpoint.trouble[known];
}
