// English: errors about the command line and the settings file.
import type { ErrorTextsOf } from "../error-text.ts";
import { didYouMean } from "../../common/en.ts";

export const usage: ErrorTextsOf<"usage"> = {
  "usage.unknownOption": (p) => ({
    message: `Cannot read the command line: unknown option ${p.option}${didYouMean(p.nearest)}`,
    hint: `Run "ckpt COMMAND --help" for its options. What belongs to your own command goes after "--".`,
  }),
  "usage.unknownCommand": (p) => ({
    message: `Cannot read the command line: unknown command "${p.command}"${didYouMean(p.nearest)}`,
    hint: `Run "ckpt --help" for all commands; to process a file: ckpt run INPUT -- COMMAND.`,
  }),
  "usage.missingValue": (p) => ({
    message: `Cannot use ${p.option}: it has no value`,
    hint: `Write ${p.option} VALUE; "ckpt COMMAND --help" says what the value may be.`,
  }),
  "usage.unexpectedValue": (p) => ({
    message: `Cannot use ${p.option}: it takes no value, but was given one`,
    hint: `Write ${p.option} alone.`,
  }),
  "usage.badValue": (p) => ({
    message: `Cannot use ${p.option}: its value is "${p.value}"`,
    hint: `Expected: ${p.expected}.`,
  }),
  "usage.bunOptions": (p) => ({
    message: `Cannot start: BUN_OPTIONS is set ("${p.value}"), and would change the runtime within ckpt`,
    hint: `Unset it for ckpt alone: env -u BUN_OPTIONS ckpt … For a bun of your own behind "--", set it there: -- env BUN_OPTIONS=… bun …`,
  }),
  "usage.missingInput": () => ({
    message: "Cannot run: no input was named",
    hint: `Write ckpt run INPUT -- COMMAND, where INPUT is a file, or "-" for standard input.`,
  }),
  "usage.extraArgument": (p) => ({
    message: `Cannot read the command line: unexpected argument "${p.argument}"`,
    hint: `Run "ckpt COMMAND --help" for what it takes. Your own command goes after "--": ckpt run INPUT -- COMMAND.`,
  }),
  "usage.conflict": (p) => ({
    message: `Cannot use ${p.first} and ${p.second} together`,
    hint: "Leave one of them out.",
  }),
  "usage.needs": (p) => ({
    message: `Cannot use ${p.option}: it needs ${p.needed} beside it`,
    hint: `Add ${p.needed}, or leave ${p.option} out.`,
  }),
  "usage.repeated": (p) => ({
    message: `Cannot use ${p.option}: it was given more than once`,
    hint: `Give ${p.option} once.`,
  }),
  "usage.settingsFile": (p) => ({
    message: `Cannot read the settings file ${p.path}: ${p.cause}`,
    hint: "Name a TOML file with one option a line, such as: jobs = 8",
  }),
  "usage.settingsKey": (p) => ({
    message: `Cannot use the settings file ${p.path}: there is no option ${p.key}${didYouMean(p.nearest)}`,
    hint: `Write the names of options without the dashes; "ckpt run --help" lists them.`,
  }),
  "usage.settingsValue": (p) => ({
    message: `Cannot use the settings file ${p.path}: ${p.key} has a value that it does not take`,
    hint: `Expected: ${p.expected}.`,
  }),
  "usage.noProcessor": () => ({
    message: "Cannot run: nothing says what to do with each item",
    hint: `Add "-- COMMAND", --shell STRING, --worker -- COMMAND, --module FILE, or --model NAME --prompt TEXT.`,
  }),
  "usage.noCommand": () => ({
    message: "Cannot run: there is no command after --",
    hint: "Write it there: ckpt run INPUT -- COMMAND. In its arguments {} is the item, {field} one of its fields.",
  }),
  "usage.missingArgument": (p) => ({
    message: `Cannot ${p.command}: ${p.argument} is missing`,
    hint: `Write ckpt ${p.command} ${p.argument}; "ckpt ${p.command} --help" says more.`,
  }),
  "usage.needsYes": (p) => ({
    message: `Cannot do "${p.action}" without asking: standard input or standard error is not a terminal`,
    hint: "Add --yes to go ahead without the question.",
  }),
};
