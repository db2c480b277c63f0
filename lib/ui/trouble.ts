// The error of the last attempt while an endpoint is down, in the reader's language if a text exists; else unchanged.
import type { OutageNow } from "../run/progress.ts";
import { safeText } from "./escape.ts";
import type { Catalogue } from "./messages/en.ts";

/** Maximum width of an endpoint's own message. */
const WORDS_COLUMNS = 120;

/** Error kinds whose messages end with a system error code. */
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
