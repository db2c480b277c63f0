// Finds the JSON value that a text is meant to be (`--parse json`). Models wrap it: reasoning comes first, or a fence stands around it. What is found
// always reaches to the end of the text, so braces in prose or in reasoning are never taken for the answer. Only a few places are tried, each once.
import { compactJson } from "../../core/json-text.ts";

const THINK_END = "</think>";
/** The begin of a fence: at least three backquotes or tildes, and perhaps a language. */
const FENCE = /^(`{3,}|~{3,})(?:[ \t]*[\w+.-]*[ \t]*\r?\n|[A-Za-z]*)/;

/**
 * The JSON text of the value, without white space between tokens, every digit as written. The first of these that is JSON: the text; what follows
 * the last `</think>` (or the first one: a string of the answer may contain another); each of them without the fence around all of it.
 * @returns null when none of them is
 */
export function jsonInText(text: string): string | null {
  const ends = new Set([text.lastIndexOf(THINK_END), text.indexOf(THINK_END)]);
  ends.delete(-1);
  const texts = [text, ...[...ends].map((at) => text.slice(at + THINK_END.length))];
  for (const candidate of texts.map((one) => one.trim())) {
    const json = compactOrNull(candidate) ?? compactOrNull(withoutFence(candidate));
    if (json !== null) return json;
  }
  return null;
}

/** What a fence holds that begins and ends the text; null without one. */
function withoutFence(text: string): string | null {
  const [begin, mark = ""] = FENCE.exec(text) ?? [];
  if (begin === undefined || !text.endsWith(mark)) return null;
  return text.slice(begin.length, -mark.length);
}

/** Null also for JSON that is nested too deeply to be read with all digits. */
function compactOrNull(text: string | null): string | null {
  if (text === null) return null;
  try {
    return compactJson(text);
  } catch {
    return null;
  }
}
