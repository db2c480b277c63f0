// The place of a run's output, and writing it.
import * as path from "node:path";
import { CkptError } from "../../core/errors.ts";
import type { Plan } from "../../core/plan.ts";
import type { ResultSource } from "../../core/result-source.ts";
import { idStyle, type OutputFacts } from "../../core/status.ts";
import type { Input } from "../../input/input.ts";
import { writeStdout } from "../../io/stdout.ts";
import { isSpecial, stageOutput, writeSpecial } from "../../output/output-file.ts";
import { defaultOutput, outputFormatOf, type OutputFormat } from "../../output/output-format.ts";
import { writeResults } from "../../output/write-results.ts";
import type { Host } from "../../cli/host.ts";
import { inputName } from "../input/input-files.ts";
import type { RunSettings } from "../run-settings.ts";
import { checkShape, shapeOptions } from "../arguments/shape-arguments.ts";
import type { OutputPermit } from "./output-permit.ts";

export type OutputPlace = {
  /** Absolute path; "-" for standard output. */
  readonly path: string;
  readonly format: OutputFormat;
};

/** The path of a run's output as it was given, or as it is by default. */
export function outputName(settings: RunSettings, host: Host): string {
  return settings.output ?? defaultOutput(inputName(settings, host), defaultFormat(settings));
}

/** Requests of a batch become results of a batch, unless something else is to be kept of the answers. */
function defaultFormat({ outputFormat, processor, repeat }: RunSettings): OutputFormat {
  if (outputFormat !== null) return outputFormat;
  const isBatch = processor.kind === "endpoint" && processor.question.kind === "batch" && repeat === 1;
  return isBatch && (processor.answer ?? "full") === "full" ? "openai-batch" : "jsonl";
}

/** An output of batch lines holds whole answers: they are kept without being asked for. Returns the same settings where nothing follows. */
export function withWholeAnswers(settings: RunSettings, { format }: OutputPlace): RunSettings {
  const { processor } = settings;
  if (format !== "openai-batch" || processor.kind !== "endpoint" || processor.answer !== null)
    return settings;
  return { ...settings, processor: { ...processor, answer: "full" } };
}

/** @throws output.unknownFormat, usage.conflict */
export function outputPlace(settings: RunSettings, host: Host): OutputPlace {
  const given = outputName(settings, host);
  const format = settings.outputFormat ?? outputFormatOf(given);
  checkShape(format, settings);
  // Its lines have no place for which answer of a request they are.
  if (format === "openai-batch" && settings.repeat > 1)
    throw new CkptError("usage.conflict", { first: "--repeat", second: `--output-format ${format}` });
  const { processor } = settings;
  const isWhole = processor.kind === "endpoint" && (processor.answer ?? "full") === "full";
  if (format === "openai-batch" && !isWhole) throw new CkptError("output.notWhole", { item: null });
  return { path: given === "-" ? "-" : path.resolve(host.cwd, given), format };
}

export type OutputContent = {
  readonly source: ResultSource;
  readonly plan: Plan;
  readonly input: Input;
  readonly settings: RunSettings;
};

/**
 * Writes the output. `onRecord` is called with the facts to record, when its bytes are durable and before it is renamed into place.
 * @throws output.writeFailed, output.appeared
 */
export async function writeOutput(
  permit: OutputPermit,
  content: OutputContent,
  host: Host,
  onRecord: (facts: OutputFacts) => Promise<void>,
): Promise<OutputFacts> {
  const { source, plan, input, settings } = content;
  const { place } = permit;
  const results = {
    source,
    plan,
    ids: idStyle(source.job.input),
    input: settings.includeInput ? input : null,
  };
  const { bom, includeMeta, flatten, repeatAs } = settings;
  const style = { format: place.format, bom, includeMeta, flatten, repeatAs };
  const write = (sink: (bytes: Uint8Array) => boolean): Promise<unknown> =>
    writeResults(results, style, sink);
  if (place.path === "-" || isSpecial(host.fs, place.path)) {
    const facts = { path: place.path, sha256: null };
    await onRecord(facts);
    if (place.path === "-") await write((bytes) => writeStdout(host.fs, bytes));
    else await writeSpecial(host.fs, place.path, write);
    return facts;
  }
  const staged = await stageOutput(host.fs, place.path, source.nonce, write);
  const facts = { path: place.path, sha256: staged.sha256, made_with: shapeOptions(settings) };
  try {
    const replaced = permit.confirm();
    await onRecord({
      ...facts,
      ...(replaced === null || replaced === staged.sha256 ? {} : { replaces: replaced }),
      ...(permit.intended.chosen === true ? { chosen: true } : {}),
    });
  } catch (error) {
    staged.discard();
    throw error;
  }
  staged.place();
  return facts;
}
