// `--shell STRING`: one call of the system's shell an attempt, placeholders filled in as quoted words.
import { type CmdExpansion, expandCmdTemplate, parseCmdTemplate } from "../../core/cmd-template.ts";
import { CkptError } from "../../core/errors.ts";
import type { Item } from "../../core/item.ts";
import { expandShellTemplate, parseShellTemplate } from "../../core/shell-template.ts";
import { fieldPathsOf, namesNumber, type Template } from "../../core/template.ts";
import { PLATFORM, type Platform } from "../../io/platform.ts";
import { systemProgram } from "../../io/system-program.ts";
import { ChildAttempts, type ChildSettings, type Words } from "./child-attempts.ts";
import { kindPart, parsePart, shortened } from "../fingerprint-parts.ts";
import { failed, missingFields } from "../outcomes.ts";
import type { AttemptContext, Outcome, Processor } from "../processor.ts";

type Parsed = { readonly template: Template; readonly expand: (item: Item) => CmdExpansion };
type Refused = { readonly placeholder: string; readonly where: string };

type Shell = {
  readonly parse: (source: string) => Parsed | Refused;
  /** The words that run a text. */
  readonly words: (text: string) => Words;
};

const SHELLS: { readonly [shell in Platform["shell"]]: Shell } = {
  sh: {
    parse: (source) => {
      const parsed = parseShellTemplate(source);
      if ("placeholder" in parsed) return parsed;
      return { template: parsed.template, expand: (item) => expandShellTemplate(parsed, item) };
    },
    words: (text) => ({ argv: ["/bin/sh", "-c", text] }),
  },
  cmd: {
    parse: (source) => {
      const parsed = parseCmdTemplate(source);
      if ("placeholder" in parsed) return parsed;
      return { template: parsed.template, expand: (item) => expandCmdTemplate(parsed, item) };
    },
    words: cmdWords,
  },
};

/** The words that run a text in the system's shell. */
export function shellCommand(text: string): Words {
  return SHELLS[PLATFORM.shell].words(text);
}

/** `/d`: no commands of the registry first; `/v:off`: `!` is a character like others; `/s`: just the outer quotes are taken off. */
function cmdWords(text: string): Words {
  return { argv: [systemProgram("cmd.exe"), "/d", "/v:off", "/s", "/c", `"${text}"`], verbatim: true };
}

/**
 * @param source the shell text as the user gave it
 * @throws CkptError `usage.badValue` when a placeholder cannot be quoted safely
 */
export function shellProcessor(
  source: string,
  settings: ChildSettings,
  { shell: name }: Pick<Platform, "shell"> = PLATFORM,
): Processor {
  const shell = SHELLS[name];
  const parsed = shell.parse(source);
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
      const expansion = parsed.expand(item);
      return expansion.ok ? attempts.run(shell.words(expansion.text), item, context) : notExpanded(expansion);
    },
    close: () => attempts.close(),
    resize: (atOnce) => attempts.resize(atOnce),
    preview: (item) => {
      const expansion = parsed.expand(item);
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

/** Another attempt would not change any of it. */
function notExpanded(expansion: CmdExpansion & { readonly ok: false }): Outcome {
  if ("missing" in expansion) return missingFields(expansion.missing);
  return "unsafe" in expansion
    ? failed("argument_unsafe", `cmd cannot be given the value of ${expansion.unsafe} safely`, false)
    : failed("argument_too_long", "the arguments are longer than the system allows", false);
}
