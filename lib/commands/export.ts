// `ckpt export`: results in input order: those so far, of the last completed session, of a backup, or of another folder. Takes no lock; works during a run.
import * as path from "node:path";
import {
  type Checkpoint,
  openCheckpoint,
  presentRecord,
  type SessionRecord,
} from "../checkpoint/checkpoint.ts";
import type { CheckpointResults } from "../checkpoint/results.ts";
import { CkptError, EXIT } from "../core/errors.ts";
import { idStyle } from "../core/status.ts";
import type { Input } from "../input/input.ts";
import { writeStdout } from "../io/stdout.ts";
import {
  checkOutput,
  freePath,
  isSpecial,
  stageOutput,
  existingFile,
  type WriteOutput,
  writeSpecial,
} from "../output/output-file.ts";
import {
  OUTPUT_EXTENSIONS,
  OUTPUT_NAMES,
  type OutputFormat,
  outputFormatOf,
} from "../output/output-format.ts";
import { needsItems } from "../output/row-shape.ts";
import { type OutputStyle, writeResults, type WrittenResults } from "../output/write-results.ts";
import type { ExistingFile } from "../run/may-replace.ts";
import { safePath } from "../ui/escape.ts";
import { COMMON_ARGUMENTS, type CommonOptions, commonOptions } from "../cli/common-arguments.ts";
import { type Command, declareCommand, type Invocation } from "../cli/declaration.ts";
import type { Context, CommandEnd } from "../cli/context.ts";
import type { Host } from "../cli/host.ts";
import { chosenResults } from "../job/chosen-results.ts";
import { filesOnRecord } from "../job/job-input.ts";
import { plannedResults } from "../job/join-records.ts";
import { ROW_ARGUMENTS, rowChoice } from "../job/row-arguments.ts";
import { hasOthers, inputOfResults, ownFiles } from "../job/selected-results.ts";
import { checkShape, SHAPE_ARGUMENTS } from "../job/shape-arguments.ts";
import { makerOf, shortPath } from "../job/output-maker.ts";
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
  output: {
    type: "string",
    value: "text",
    alias: "o",
    valueHint: "FILE|-",
    group: "output",
    complete: { extensions: OUTPUT_EXTENSIONS },
    default: "-",
    description: `where the results go (${OUTPUT_NAMES.join(" ")})`,
    zh: `结果文件（${OUTPUT_NAMES.join(" ")}）`,
  },
  ...ROW_ARGUMENTS,
  fields: {
    type: "string",
    value: "text",
    valueHint: "A,B.C",
    group: "output",
    repeat: true,
    complete: "field",
    description: "these fields only, in this order: id,output.score,question",
    zh: "只要这些字段，按此顺序：id,output.score,question",
  },
  ...SHAPE_ARGUMENTS,
  force: {
    type: "boolean",
    group: "output",
    description: "replace an output file whoever wrote it",
    zh: "无论是谁写的，都替换输出文件",
  },
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
  const options = commonOptions(settings, host);
  const { output: given } = settings;
  const choice = rowChoice(settings);
  const style = styleOf(settings, options);
  const { source, keeper } = chosenResults(openCheckpoint(fs, options.dir), settings.source, host.cwd);
  const isItemWanted = needsItems(style, choice, idStyle(source.job.input));
  if (style.format === "openai-batch" && !keepsWholeAnswers(source))
    throw new CkptError("output.notWhole", { item: null });
  const others = hasOthers(source) || choice.statuses.has("pending");
  const selection = (others ? source.job.selection : undefined) ?? null;
  const input = await inputOf(keeper, source, isItemWanted, selection !== null);
  const plan = await plannedResults(source, input.order, selection);
  const results = { source, plan, ids: idStyle(source.job.input), input: input.fields };
  const write: WriteResults = (sink) => writeResults(results, style, sink, choice);
  const file = given === "-" ? "-" : path.resolve(host.cwd, given);
  const written = await place(write, { host, checkpoint: keeper, file, source, force: settings.force });
  const { count, complete, missing, sha256 } = written;
  // A reader that closed the pipe got fewer rows than were counted.
  if (!complete) return { exitCode: EXIT.ok };
  const texts = context.catalogue.output;
  const notes = await context.notes(options);
  if (missing.length > 0 && count + plan.count > 0) notes.warn(texts.noSuchField(missing));
  if (file !== "-") {
    const json = { session_id: source.status.session.id, rows: count, output: { path: file, sha256 } };
    await say(context, options, texts.exported(count, safePath(file)), json);
  } else if (isChosen(settings)) notes.note(texts.rows(count));
  return { exitCode: EXIT.ok };
}

/** Standard output, what `isSpecial`, or a regular file. @throws output.* */
async function place(
  write: WriteResults,
  exportCase: ExportCase,
): Promise<WrittenResults & { readonly sha256: string | null }> {
  const { host, file } = exportCase;
  const { fs } = host;
  if (file === "-") return { ...(await write((bytes) => writeStdout(fs, bytes))), sha256: null };
  if (isSpecial(fs, file)) return { ...(await writeSpecial(fs, file, write)), sha256: null };
  return replaceExport(exportCase, write);
}

/** Rows that were chosen are counted on standard output, too: nobody knows beforehand how many there are. */
function isChosen({ status, where, limit }: Given): boolean {
  return status.length > 0 || where.length > 0 || limit !== null;
}

function styleOf(settings: Given, { json }: CommonOptions): OutputStyle {
  const { output: given, includeInput, includeMeta, flatten, bom, repeatAs } = settings;
  const named = settings.fields.flatMap((list) => list.split(",")).filter((name) => name !== "");
  const fields = [...new Set(named)];
  // The format by the name of the file; on standard output JSON lines, or with `--json` one array.
  const format: OutputFormat =
    settings.outputFormat ?? (given === "-" && json ? "json" : outputFormatOf(given));
  checkShape(format, settings);
  const style = { format, bom, joinItem: includeInput, includeMeta, flatten, repeatAs };
  return fields.length === 0 ? style : { ...style, fields };
}

/** Whether results are whole answers of an endpoint. */
function keepsWholeAnswers({ status }: CheckpointResults): boolean {
  return status.fingerprint.parts.some(({ name, value }) => name === "answer" && value === "full");
}

type WriteResults = WriteOutput<WrittenResults>;

type ExportCase = {
  readonly host: Host;
  readonly checkpoint: Checkpoint;
  /** Absolute path. */
  readonly file: string;
  readonly source: CheckpointResults;
  readonly force: boolean;
};

/**
 * Writes a regular file. A file that an earlier export or the run of this session wrote is replaced if it is unchanged. Both hashes are recorded
 * before the rename and only the new one afterwards, so that a crash never leaves a file that is not recorded.
 * @throws output.*
 */
async function replaceExport(
  exportCase: ExportCase,
  write: WriteResults,
): Promise<WrittenResults & { readonly sha256: string }> {
  const { host, checkpoint, file, source, force } = exportCase;
  const { fs } = host;
  const { nonce, job } = source;
  const before = checkpoint.exportedHashes(nonce, file);
  // The export must not overwrite the input: items cannot be restored from results.
  const stands = checkOutput(
    fs,
    file,
    filesOnRecord(job.input, ownFiles(checkpoint, job), fs),
    checkpoint.paths.dir,
  );
  const existing = stands && !force ? existingFile(fs, file) : null;
  const ofRun = job.output?.path === file ? [job.output.sha256, job.output.replaces] : [];
  if (existing !== null && (existing.sha256 === null || ![...before, ...ofRun].includes(existing.sha256)))
    throw inTheWay(exportCase, existing);
  const chance = Buffer.from(crypto.getRandomValues(new Uint8Array(4))).toString("hex");
  const staged = await stageOutput(fs, file, chance, write);
  const { written, sha256 } = staged;
  checkpoint.recordExport({ path: file, nonce, sha256: [sha256, ...before] });
  staged.place();
  checkpoint.recordExport({ path: file, nonce, sha256: [sha256] });
  return { ...written, sha256 };
}

/** The error about a file that neither an export nor the run of this session wrote. */
function inTheWay({ host, checkpoint, source }: ExportCase, file: ExistingFile): CkptError {
  const isOwn = ({ nonce }: SessionRecord): boolean => nonce === source.nonce;
  const { maker, kept } = makerOf(host, checkpoint, file, presentRecord(source.status), isOwn);
  // A copy of this session's own results at a path that is not recorded.
  const isCopy = maker !== null && maker.own && !maker.changed;
  const others = isCopy ? { maker: null, kept: null } : { maker, kept };
  const other = shortPath(freePath(host.fs, file.path), host.cwd);
  return new CkptError("output.exists", { path: file.path, other, byNoResume: false, ...others });
}

/**
 * The input, for the fields of its items, and for the order of results that were made with an earlier input; null where it is not needed for that.
 * @param isPart it is needed to tell which items the job is about
 */
async function inputOf(
  checkpoint: Checkpoint,
  source: CheckpointResults,
  wanted: boolean,
  isPart: boolean,
): Promise<{ readonly fields: Input | null; readonly order: Input | null }> {
  const { input: facts } = source.job;
  if (!wanted && !isPart && facts.changes === 0 && facts.repeated === 0) return { fields: null, order: null };
  const input = await inputOfResults(checkpoint, source);
  return { fields: wanted ? input : null, order: input };
}
