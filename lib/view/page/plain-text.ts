// Makes text of results safe to show: control characters and marks of writing direction become visible, and have no effect.
import { escapeControls } from "../../ui/escape.ts";

/** On one line; line ends are shown as `↵`. */
export function plainLine(text: string): string {
  return escapeControls(text.replaceAll(/\r?\n/g, "↵").replaceAll("\t", " "));
}

/** With its lines and tabs. */
export function plainLines(text: string): string {
  return text
    .replaceAll("\r\n", "\n")
    .split(/([\n\t])/)
    .map((part) => (part === "\n" || part === "\t" ? part : escapeControls(part)))
    .join("");
}
