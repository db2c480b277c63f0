// A text of any origin on one line, for an error: what an endpoint sent instead of what it should have.
import { cutText } from "./cut-text.ts";

/** What lies far behind the cut is not looked at: pages may be large. */
const LOOKED_AT = 50;

/** White space joined, the tags, scripts and styles of a page left out, and cut. @param lengthMax in UTF-16 units */
export function oneLine(text: string, lengthMax: number): string {
  const head = cutText(text, lengthMax * LOOKED_AT);
  const words = /<(?:!doctype|html|head|body)\b/i.test(head)
    ? head.replaceAll(/<(script|style)\b.*?<\/\1>/gis, " ").replaceAll(/<[^>]*>/g, " ")
    : head;
  return cutText(words.replaceAll(/\s+/g, " ").trim(), lengthMax, "…");
}
