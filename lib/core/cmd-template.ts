// Templates for cmd.exe (`--shell` on Windows): each value is filled in as one quoted word, or as a part of one that the text quotes itself. What cmd
// cannot be told for sure is refused: a place in the text before anything is run, a value when its item is due. A wrong guess would run an item's text.
import { cmdQuote, isPlainInCmd, trailingBackslashes } from "./cmd-quote.ts";
import type { Item } from "./item.ts";
import {
  expandTemplate,
  type Expansion,
  parseTemplate,
  placeholderSource,
  type Template,
} from "./template.ts";

export type CmdTemplate = {
  readonly template: Template;
  /** The positions in the template of placeholders that stand between quotes of the text. */
  readonly quoted: ReadonlySet<number>;
};

/** What cannot be filled in, and where it stands. */
export type CmdTemplateProblem = { readonly placeholder: string; readonly where: string };

/** The longest line that cmd.exe takes ("Command prompt line string limitation"). */
const LINE_MAX_LENGTH = 8191;

/** Commands by which cmd reads a part of the text once more, perhaps without its quotes. */
const READ_AGAIN = /(?:^|[\s&|("\\/])(?:cmd|command|call|for|start)(?:\.exe)?(?=[\s"/]|$)/i;

/** Parses the text of `--shell`; a problem when it cannot be filled in, or be run, for sure. */
export function parseCmdTemplate(source: string): CmdTemplate | CmdTemplateProblem {
  const template = parseTemplate(source);
  const literals = template.map((part) => (typeof part === "string" ? part : "x")).join("");
  const quoted = new Set<number>();
  let text = "";
  for (const [at, part] of template.entries()) {
    if (typeof part === "string") {
      text += part;
      continue;
    }
    const inQuotes = isOpen(text);
    const where = READ_AGAIN.test(literals)
      ? "in a text of which cmd reads parts again (cmd, call, for, start)"
      : unsure(text, inQuotes, template[at - 1], template[at + 1]);
    if (where !== null) return { placeholder: placeholderSource(part), where };
    if (inQuotes) quoted.add(at);
    text += "x";
  }
  if (/[\r\n]/.test(source)) return { placeholder: "line break", where: "(cmd reads one line)" };
  return { template, quoted };
}

/** Where a placeholder stands that cannot be quoted for sure; null where it can. @param before the text up to it */
function unsure(
  before: string,
  inQuotes: boolean,
  previous: Template[number] | undefined,
  next: Template[number] | undefined,
): string | null {
  if (before.includes("%")) return "after % (cmd fills variables in before it reads quotes)";
  if (inQuotes) return null;
  if (/(?:^|[^^])(?:\^\^)*\^$/.test(before)) return "after ^";
  if (before.endsWith("\\")) return "after a backslash";
  const isBeside = (part: Template[number] | undefined, quote: RegExp): boolean =>
    part !== undefined && (typeof part === "string" ? quote.test(part) : true);
  return isBeside(previous, /"$/) || isBeside(next, /^"/)
    ? "beside a quote or another placeholder (write it between the quotes)"
    : null;
}

/** Whether a quote is open behind a text. Outside of quotes `^` takes the meaning from what follows it. */
function isOpen(text: string): boolean {
  let open = false;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '"') open = !open;
    else if (text[at] === "^" && !open) at++;
  }
  return open;
}

/** `unsafe`: the placeholder whose value cmd cannot be given; `length`: that of a line which is too long for cmd. */
export type CmdExpansion =
  | Expansion
  | { readonly ok: false; readonly unsafe: string }
  | { readonly ok: false; readonly length: number };

/** The text for an item. */
export function expandCmdTemplate({ template, quoted }: CmdTemplate, item: Item): CmdExpansion {
  let unsafe: string | null = null;
  const expansion = expandTemplate(template, item, (value, at) => {
    const filled = quoted.has(at) ? withinQuotes(value, template[at - 1], template[at + 1]) : cmdQuote(value);
    if (filled !== null) return filled;
    const part = template[at];
    unsafe ??= typeof part === "object" ? placeholderSource(part) : "{}";
    return "";
  });
  if (!expansion.ok) return expansion;
  if (unsafe !== null) return { ok: false, unsafe };
  const { length } = expansion.text;
  return length > LINE_MAX_LENGTH ? { ok: false, length } : expansion;
}

/**
 * A value within quotes that the text itself has opened. Backslashes before the closing quote are written twice, or the quote would be part of the word; those
 * before other text stand for themselves. Null where it is not known which of the two they are, or where they are the text's own.
 */
function withinQuotes(
  value: string,
  previous: Template[number] | undefined,
  next: Template[number] | undefined,
): string | null {
  if (!isPlainInCmd(value)) return null;
  // Its backslashes, or none, would join those of the text before it.
  if (/^\\*$/.test(value) && typeof previous === "string" && previous.endsWith("\\")) return null;
  const backslashes = trailingBackslashes(value);
  if (backslashes === "" || (typeof next === "string" && !/^\\*(?:"|$)/.test(next))) return value;
  return typeof next === "string" && next.startsWith('"') ? value + backslashes : null;
}
