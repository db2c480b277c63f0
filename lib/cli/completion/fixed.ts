// What completes a value without a look at anything but its declaration.
import type { FixedCompletion } from "../declaration.ts";
import type { Candidate, Found } from "./wanted.ts";

/** Kinds of completion for which something has to be looked up. */
export type LookedUp = Exclude<FixedCompletion, object | "none" | "file" | "folder">;

/** @param typed as far as the value is typed @returns the kind itself where something has to be looked up */
export function fixedFor(kind: FixedCompletion, typed: string): Found | LookedUp {
  if (typeof kind === "object")
    return "words" in kind ? { candidates: words(kind, typed) } : { candidates: [], files: kind.extensions };
  switch (kind) {
    case "none":
      return { candidates: [] };
    case "file":
      return { candidates: [], files: [] };
    case "folder":
      return { candidates: [], files: null };
    default:
      return kind;
  }
}

type Words = Extract<FixedCompletion, { readonly words: unknown }>;

/** Of a list with commas, the last word is typed; those before it are not offered again. */
function words({ words: all, list }: Words, typed: string): Candidate[] {
  const before = list === true ? typed.slice(0, typed.lastIndexOf(",") + 1) : "";
  const given = new Set(before.split(","));
  return all.filter((word) => !given.has(word)).map((word) => ({ word: before + word, text: "" }));
}
