// The start of a JSON value, for messages that say what was found.
import { cutText } from "./cut-text.ts";

const EXCERPT_LENGTH = 60;

export function jsonExcerpt(value: unknown): string {
  return value === undefined ? "missing" : cutText(JSON.stringify(value), EXCERPT_LENGTH, "…");
}
