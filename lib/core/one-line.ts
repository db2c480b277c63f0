// Any text on one line, for error messages: for example an unexpected answer of an endpoint.
import { cutText } from "./cut-text.ts";

/** Text far beyond the cut is not processed: pages may be large. */
const LOOKED_AT = 50;

/** Collapses white space, removes the tags, scripts and styles of an HTML page, and cuts the text. @param lengthMax in UTF-16 units */
export function oneLine(text: string, lengthMax: number): string {
  const head = cutText(text, lengthMax * LOOKED_AT);
  const words = /<(?:!doctype|html|head|body)\b/i.test(head)
    ? head.replaceAll(/<(script|style)\b.*?<\/\1>/gis, " ").replaceAll(/<[^>]*>/g, " ")
    : head;
  return cutText(words.replaceAll(/\s+/g, " ").trim(), lengthMax, "…");
}
