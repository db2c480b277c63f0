// Cuts two long texts so that their first difference is visible.
import { characterBoundary } from "../core/cut-text.ts";
import { oneLine, safeText } from "./escape.ts";

/** Characters kept before the first difference. */
const CONTEXT = 12;

/** Both texts, safe to print, each at most `columns` wide. A long common beginning is replaced by `…`. */
export function excerptPair(old: string, present: string, columns: number): readonly [string, string] {
  const [before, after] = [oneLine(old), oneLine(present)];
  const start = characterBoundary(before, firstDifference(before, after) - CONTEXT);
  const fits = Math.max(Bun.stringWidth(before), Bun.stringWidth(after)) <= columns;
  if (fits || start === 0) return [safeText(before, columns), safeText(after, columns)];
  return [`…${safeText(before.slice(start), columns - 1)}`, `…${safeText(after.slice(start), columns - 1)}`];
}

function firstDifference(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  let i = 0;
  while (i < length && a.charCodeAt(i) === b.charCodeAt(i)) i += 1;
  return i;
}
