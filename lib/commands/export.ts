// `ckpt export`: results in input order: those so far, of the last completed session, of a backup, or of another folder. Takes no lock; works during a run.
import * as path from "node:path";
import { type Checkpoint, openCheckpoint } from "../checkpoint/checkpoint.ts";
import { CkptError, EXIT } from "../core/errors.ts";
import type { Plan } from "../core/plan.ts";
import type { KeptResults } from "../core/result-source.ts";
import { idStyle } from "../core/status.ts";
import type { Input } from "../input/input.ts";
import { needsItems } from "../output/row-shape.ts";
import { writeResults, type WrittenResults } from "../output/write-results.ts";
import { safePath } from "../ui/escape.ts";
import { COMMON_ARGUMENTS, type CommonOptions } from "../cli/common-arguments.ts";
import { type Command, declareCommand, type Invocation } from "../cli/declaration.ts";
import type { Context, CommandEnd } from "../cli/context.ts";
import { chosenResults } from "../job/results/chosen-results.ts";
import { EXPORTED_ARGUMENTS, exportStyle, isChosen } from "../job/arguments/export-arguments.ts";
import { plannedResults } from "../job/plan/join-records.ts";
import { placeExport, type WriteExport } from "../job/output/place-export.ts";
import { rowChoice } from "../job/arguments/row-arguments.ts";
import { hasOthers, inputOfResults } from "../job/results/selected-results.ts";
import { placeOptions, SHARD_ARGUMENT } from "../job/shards/shard-folder.ts";
import { say } from "../cli/say.ts";

const EXPORT_ARGUMENTS = {
  source: {
    type: "positional",
    required: false,
    valueHint: "BACKUP|FOLDER",
    complete: "backup-or-folder",
    description: "a backup's name, or the folder of a checkpoint; without it, the present or last session",
    zh: "备份名称或检查点目录；不指定时为当前或最近的会话",
  },
  ...SHARD_ARGUMENT,
  ...EXPORTED_ARGUMENTS,
  ...COMMON_ARGUMENTS,
} as const;

export const exportCommand: Command = declareCommand({
  meta: {
    name: "export",
    description: "write the results so far, in input order",
    zh: "按输入顺序导出已有结果",
  },
  args: EXPORT_ARGUMENTS,
  examples: [
    {
      line: "ckpt export --status failed --fields id,error.kind,error.message -o failed.csv",
      description: "what has failed, and why",
      zh: "失败的条目及其原因",
    },
    {
      line: "ckpt export before_new_prompt --where 'output~sorry' --include-input",
      description: "some results of a backup, with their items",
      zh: "某个备份中的部分结果，连同条目",
    },
    {
      line: "ckpt export -o so-far.csv",
      description: "a table, also during a run",
      zh: "导出为表格，运行中也可以",
    },
  ],
  run: exportResults,
});

type Given = Invocation<typeof EXPORT_ARGUMENTS>["settings"];

/** @throws usage.*, checkpoint.none, checkpoint.damaged, backup.none, output.* */
async function exportResults(
  { settings }: Invocation<typeof EXPORT_ARGUMENTS>,
  context: Context,
): Promise<CommandEnd> {
  const { host } = context;
  const { fs } = host;
  const options = placeOptions(settings, host, settings.source);
  const { output: given } = settings;
  const choice = rowChoice(settings);
  const style = exportStyle(settings, options.json);
  const file = given === "-" ? "-" : path.resolve(host.cwd, given);
  const named = { word: settings.source, shard: settings.shard };
  const { source, keeper, present } = chosenResults(openCheckpoint(fs, options.dir), named, host.cwd);
  const isItemWanted = needsItems(style, choice, idStyle(source.job.input));
  if (style.format === "openai-batch" && !keepsWholeAnswers(source))
    throw new CkptError("output.notWhole", { item: null });
  const others = hasOthers(source) || choice.statuses.has("pending");
  const selection = (others ? source.job.selection : undefined) ?? null;
  const input = await inputOf(keeper, source, isItemWanted, selection !== null);
  const plan = await plannedResults(source, input.order, selection);
  const results = { source, plan, ids: idStyle(source.job.input), input: input.fields };
  const write: WriteExport = (sink) => writeResults(results, style, sink, choice);
  const written = await placeExport(write, {
    host,
    checkpoint: keeper,
    file,
    source,
    present,
    force: settings.force,
    command: host.commandLine(settings.source === null ? ["export"] : ["export", settings.source]),
  });
  return reported(written, { settings, options, context, file, plan, sessionId: source.sessionId });
}

type Reported = {
  readonly settings: Given;
  readonly options: CommonOptions;
  readonly context: Context;
  readonly file: string;
  readonly plan: Pick<Plan, "count">;
  readonly sessionId: string;
};

async function reported(
  { count, complete, missing, sha256 }: WrittenResults & { readonly sha256: string | null },
  { settings, options, context, file, plan, sessionId }: Reported,
): Promise<CommandEnd> {
  // A reader that closed the pipe got fewer rows than were counted.
  if (!complete) return { exitCode: EXIT.ok };
  const texts = context.catalogue.output;
  const notes = await context.notes(options);
  if (missing.length > 0 && count + plan.count > 0) notes.warn(texts.noSuchField(missing));
  if (file !== "-") {
    const json = { session_id: sessionId, rows: count, output: { path: file, sha256 } };
    await say(context, options, texts.exported(count, safePath(file)), json);
  } else if (isChosen(settings)) notes.note(texts.rows(count));
  return { exitCode: EXIT.ok };
}

/** Whether results are whole answers of an endpoint. */
function keepsWholeAnswers({ recorded }: KeptResults): boolean {
  return recorded.fingerprint.parts.some(({ name, value }) => name === "answer" && value === "full");
}

/**
 * The input, for the fields of its items, and for the order of results that were made with an earlier input; null where it is not needed for that.
 * @param isPart it is needed to tell which items the job is about
 */
async function inputOf(
  checkpoint: Checkpoint,
  source: KeptResults,
  wanted: boolean,
  isPart: boolean,
): Promise<{ readonly fields: Input | null; readonly order: Input | null }> {
  const { input: facts } = source.job;
  if (!wanted && !isPart && facts.changes === 0 && facts.repeated === 0) return { fields: null, order: null };
  const input = await inputOfResults(checkpoint, source);
  return { fields: wanted ? input : null, order: input };
}
