// English: errors about the command line and the settings file.
import type { ErrorTextsOf } from "../error-text.ts";
import { shardProblem } from "../../sharding/en.ts";
import { didYouMean, partName } from "../../common/en.ts";

export const usage: ErrorTextsOf<"usage"> = {
  "usage.unknownOption": (p) => ({
    message: `Cannot read the command line: unknown option ${p.option}${didYouMean(p.nearest)}`,
    hint: `Run "ckpt COMMAND --help" for its options. Options of your own command go after "--".`,
  }),
  "usage.unknownCommand": (p) => ({
    message: `Cannot read the command line: unknown command "${p.command}"${didYouMean(p.nearest)}`,
    hint: `Run "ckpt --help" for all commands; to process a file: ckpt run INPUT -- COMMAND.`,
  }),
  "usage.missingValue": (p) => ({
    message: `Cannot use ${p.option}: it has no value`,
    hint: `Write ${p.option} VALUE; "ckpt COMMAND --help" shows its possible values.`,
  }),
  "usage.unexpectedValue": (p) => ({
    message: `Cannot use ${p.option}: it takes no value`,
    hint: `Write ${p.option} alone.`,
  }),
  "usage.badValue": (p) => ({
    message: `Cannot use ${p.option}: its value is "${p.value}"`,
    hint: `Expected: ${p.expected}.`,
  }),
  "usage.badPattern": (p) => ({
    message: `Cannot use ${p.option}: ${p.pattern} is not a regular expression: ${
      p.at === null ? "its end is missing" : `see character ${p.at}, ${Array.from(p.pattern)[p.at - 1] ?? ""}`
    }`,
    hint: "Put a backslash before a character that stands for itself: \\( \\[ \\* \\+ \\?",
  }),
  "usage.bunOptions": (p) => ({
    message: `Cannot start: ${p.name} is set ("${p.value}"), and would change the runtime inside ckpt`,
    hint: `Unset it for ckpt: env -u ${p.name} ckpt … To pass it to your own bun after "--": -- env ${p.name}=… bun …`,
  }),
  "usage.missingInput": () => ({
    message: "Cannot run: no input was named",
    hint: `Write ckpt run INPUT -- COMMAND, where INPUT is a file, or "-" for standard input.`,
  }),
  "usage.extraArgument": (p) => ({
    message: `Cannot read the command line: unexpected argument "${p.argument}"`,
    hint: `Run "ckpt COMMAND --help" for its arguments. Your own command goes after "--": ckpt run INPUT -- COMMAND.`,
  }),
  "usage.conflict": (p) => ({
    message: `Cannot use ${p.first} and ${p.second} together`,
    hint:
      p.file === undefined
        ? "Leave one of them out."
        : `Leave one of them out. The settings file ${p.file} has ${p.fromFile?.join(" and ")}.`,
  }),
  "usage.needs": (p) => ({
    message: `Cannot use ${p.option}: it needs ${p.needed}`,
    hint: `Add ${p.needed}, or leave ${p.option} out.`,
  }),
  "usage.repeated": (p) => ({
    message: `Cannot use ${p.option}: it was given more than once`,
    hint: `Give ${p.option} once.`,
  }),
  "usage.settingsFile": (p) => ({
    message: `Cannot read the settings file ${p.path}: ${p.cause}`,
    hint: "Name a TOML file with one option per line, such as: jobs = 8",
  }),
  "usage.settingsKey": (p) => ({
    message: `Cannot use the settings file ${p.path}: there is no option ${p.key}${didYouMean(p.nearest)}`,
    hint: `Write the names of options without the dashes; "ckpt run --help" lists them.`,
  }),
  "usage.settingsValue": (p) => ({
    message: `Cannot use the settings file ${p.path}: ${p.key} has an invalid value`,
    hint: `Expected: ${p.expected}.`,
  }),
  "usage.noProcessor": () => ({
    message: "Cannot run: no command, module or model was given",
    hint: `Add "-- COMMAND", --shell STRING, --worker -- COMMAND, --module FILE, or --model NAME --prompt TEXT; for a batch file of OpenAI --base-url URL.`,
  }),
  "usage.systemElsewhere": (p) => ({
    message: `Cannot use --system with ${p.option}, which holds all messages`,
    hint: `Put the system message into ${p.option}: {"role":"system","content":"…"}.`,
  }),
  "usage.noCommand": () => ({
    message: "Cannot run: there is no command after --",
    hint: "Write ckpt run INPUT -- COMMAND. In its arguments {} is the item, {field} one of its fields.",
  }),
  "usage.missingArgument": (p) => ({
    message: `Cannot read the command line: ${p.argument} is missing`,
    hint: `Write ckpt ${p.command} ${p.argument}; "ckpt ${p.command} --help" shows more.`,
  }),
  "usage.shard": ({ problem }) => {
    const { found, hint } = shardProblem(problem);
    return { message: `Cannot tell the shard: ${found}`, hint };
  },
  "usage.port": ({ port, cause }) => ({
    message: `Cannot listen on port ${port} of 127.0.0.1: ${cause}`,
    hint: "Name another port with --port, or leave it out: then a free one is taken.",
  }),
  "usage.needsYes": (p) => ({
    message: `Cannot ask before "${p.action}": standard input or standard error is not a terminal`,
    hint: "Add --yes to proceed without a question.",
  }),
  "usage.cannotSet": (p, call) => {
    const restart = `Stop the run and resume it with the option: ${call("set --stop")}, then ${call(`run ${p.option} N${p.reason === "no-prices" ? " --price-in N --price-out N" : ""}`)}.`;
    const why = {
      "not-paced": "it began with a fixed -j and without --rpm and --tpm, so nothing counts its rate",
      own: "every endpoint has a limit of its own",
      connections: `at most ${p.most ?? 0} requests at once to each endpoint are possible in this process`,
      "no-prices": "it does not know what tokens cost (--price-in, --price-out)",
      stopping: "it is ending",
    }[p.reason];
    const hint = p.reason === "stopping" ? "Give the option to the next run." : restart;
    return {
      message: `Cannot change ${p.option} of this run (${partName(p.kind)}): ${why} (${p.reason})`,
      hint,
    };
  },
};
