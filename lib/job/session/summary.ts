// Shows the end of a run: lines for people on standard error (with `-q` only problems), one JSON object on standard output with `--json`.
import { jsonLine } from "../../core/json-line.ts";
import { EXIT } from "../../core/errors.ts";
import type { OutputFacts } from "../../core/status.ts";
import { writeStdout } from "../../io/stdout.ts";
import type { Summary } from "../../run/progress.ts";
import { renderSummary, renderTrouble } from "../../ui/render-summary.ts";
import { outputName } from "../output/job-output.ts";
import { PASSING_OPTIONS, withOptions } from "../recorded-words.ts";
import type { RunSetup } from "../run-setup.ts";
import { shortPath } from "../output/output-maker.ts";
import { shapeOptions } from "../arguments/shape-arguments.ts";
import { ownWords, withoutOption } from "../../cli/own-words.ts";

export function showSummary(setup: RunSetup, summary: Summary): void {
  const { context, settings, reporter, notes } = setup;
  const { catalogue, screen } = context;
  reporter.clear();
  setup.ended(summary);
  if (settings.progress === "json") {
    screen.write(jsonLine({ event: "summary", ...summary })); // for programs: one of the events
  } else if (!settings.quiet) {
    notes.note(renderSummary(summary, catalogue, screen.colour));
  } else if (summary.exit_code !== EXIT.ok) {
    notes.error(renderTrouble(summary, catalogue, screen.colour));
  }
  if (settings.json) writeStdout(context.host.fs, Buffer.from(jsonLine(summary)));
}

/**
 * The command that resumes this run, to be copied into a shell. Where only failed items are left, it retries them, even if this run was to keep them.
 * @param recorded the words on record: what they import or take over no more is in the checkpoint
 */
export function resumeCommand(
  setup: RunSetup,
  outcome: Summary["outcome"],
  recorded: readonly string[],
): string {
  const { context, processor, changed } = setup;
  const words = withOptions(setup.words, changed);
  const own = ownWords(words);
  const rest = words.slice(own.length);
  const isOver = (name: string): boolean => withoutOption(recorded, `--${name}`).length === recorded.length;
  const past = [...PASSING_OPTIONS.filter(isOver), ...(outcome === "failed" ? ["failed"] : [])];
  const options = past.map((name) => `--${name}`).reduce(withoutOption, [...own]);
  const kept = options.filter((word) => word !== "--no-resume");
  // The command that makes a key may hold it.
  const shown = [...kept, ...rest].map((word) => processor.redact?.(word) ?? word);
  return context.host.ckptLine(["run", ...shown]);
}

/** The command that writes the results so far to the place of the run's output. @param intended the recorded output */
export function exportCommand({ context, settings }: RunSetup, intended: OutputFacts | null): string {
  const { output, dirGiven } = settings;
  const chosen = intended?.chosen === true ? shortPath(intended.path, context.host.cwd) : null;
  const file = output ?? chosen ?? outputName(settings, context.host);
  return context.host.ckptLine([
    "export",
    ...(file === "-" ? [] : ["-o", file]),
    ...shapeOptions(settings).map((name) => `--${name}`),
    ...(dirGiven === null ? [] : ["--dir", dirGiven]),
  ]);
}

/** Of a shard: the command that joins the results of all shards. */
export function mergeOfShards({ settings, context: { host } }: RunSetup): Pick<Summary, "merge_command"> {
  if (settings.shard === null) return {};
  const dir = shortPath(settings.shard.dir, host.cwd);
  return { merge_command: host.ckptLine(["merge", dir, "-o", "results.jsonl"]) };
}
