// `-- COMMAND`: one child process per attempt. Placeholders are expanded within single arguments, never by a shell.
import type { FingerprintPart } from "../../core/fingerprint.ts";
import type { Item } from "../../core/item.ts";
import { shellWords } from "../../core/shell-quote.ts";
import {
  expandTemplate,
  fieldPathsOf,
  namesNumber,
  parseTemplate,
  type Template,
} from "../../core/template.ts";
import { ChildAttempts, type ChildSettings } from "./child-attempts.ts";
import { argumentFileParts, kindPart, parsePart, shortened } from "../fingerprint-parts.ts";
import { missingFields } from "../outcomes.ts";
import type { AttemptContext, Outcome, Processor } from "../processor.ts";

/** @param argv program and arguments as given, with placeholders; at least the program */
export function commandProcessor(argv: readonly string[], settings: ChildSettings): Processor {
  const templates = argv.map(parseTemplate);
  const attempts = new ChildAttempts(settings);
  return {
    kind: "command",
    open: () => attempts.open(),
    process: (item: Item, context: AttemptContext): Promise<Outcome> | Outcome => {
      const expanded = expandArguments(templates, item);
      return expanded.missing.length > 0
        ? missingFields(expanded.missing)
        : attempts.run({ argv: expanded.argv }, item, context);
    },
    close: () => attempts.close(),
    resize: (atOnce) => attempts.resize(atOnce),
    preview: (item) => [shellWords(expandArguments(templates, item).argv)],
    fieldPaths: fieldPathsOf(templates, settings.hasId),
    usesIndex: namesNumber(templates),
    fingerprintParts: (): Promise<readonly FingerprintPart[]> => {
      const shown = shortened(shellWords(argv));
      return Promise.resolve([
        kindPart("command"),
        { name: "command", value: JSON.stringify(argv), shown },
        ...argumentFileParts(templates.map(literalOf)),
        parsePart(settings.parse),
      ]);
    },
  };
}

/** The arguments for an item. An argument with missing fields is replaced by their names in braces. */
function expandArguments(templates: readonly Template[], item: Item): { argv: string[]; missing: string[] } {
  const missing: string[] = [];
  const argv = templates.map((template) => {
    const expansion = expandTemplate(template, item);
    if (expansion.ok) return expansion.text;
    missing.push(...expansion.missing);
    return expansion.missing.map((name) => `{${name}}`).join(" ");
  });
  return { argv, missing };
}

/** The text of an argument without placeholders; null if it has any. */
function literalOf(template: Template): string | null {
  const [only] = template;
  return template.length === 1 && typeof only === "string" ? only : null;
}
