// `--shell STRING`: one `/bin/sh -c` an attempt, placeholders filled in as quoted words.
import { CkptError } from "../../core/errors.ts";
import type { Item } from "../../core/item.ts";
import { expandShellTemplate, parseShellTemplate } from "../../core/shell-template.ts";
import { fieldPathsOf, namesNumber } from "../../core/template.ts";
import { ChildAttempts, type ChildSettings } from "./child-attempts.ts";
import { kindPart, parsePart, shortened } from "../fingerprint-parts.ts";
import { missingFields } from "../outcomes.ts";
import type { AttemptContext, Outcome, Processor } from "../processor.ts";

const SHELL = "/bin/sh";

/**
 * @param source the shell text as the user gave it
 * @throws CkptError `usage.badValue` when a placeholder stands where its value cannot be quoted for sure
 */
export function shellProcessor(source: string, settings: ChildSettings): Processor {
  const parsed = parseShellTemplate(source);
  if ("placeholder" in parsed) {
    throw new CkptError("usage.badValue", {
      option: "--shell",
      value: source,
      expected: `no ${parsed.placeholder} ${parsed.where}, where it cannot be quoted safely (the item is on standard input, too)`,
    });
  }
  const templates = [parsed.template];
  const attempts = new ChildAttempts(settings);
  return {
    kind: "shell",
    open: () => attempts.open(),
    process: (item: Item, context: AttemptContext): Promise<Outcome> | Outcome => {
      const expansion = expandShellTemplate(parsed, item);
      return expansion.ok
        ? attempts.run([SHELL, "-c", expansion.text], item, context)
        : missingFields(expansion.missing);
    },
    close: () => attempts.close(),
    preview: (item) => {
      const expansion = expandShellTemplate(parsed, item);
      return [expansion.ok ? expansion.text : source];
    },
    fieldPaths: fieldPathsOf(templates, settings.hasId),
    usesIndex: namesNumber(templates),
    fingerprintParts: () =>
      Promise.resolve([
        kindPart("shell"),
        { name: "shell", value: source, shown: shortened(source) },
        parsePart(settings.parse),
      ]),
  };
}
