// `ckpt export`: the results so far, or those of the last completed session, in input order. Takes no lock; works during a run.
import * as path from "node:path";
import {
  type Checkpoint,
  openCheckpoint,
  presentRecord,
  type SessionRecord,
} from "../checkpoint/checkpoint.ts";
import { type CheckpointResults, latestResults } from "../checkpoint/results.ts";
import { CkptError, EXIT } from "../core/errors.ts";
import type { ResultSource } from "../core/result-source.ts";
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
import { OUTPUT_EXTENSIONS, type OutputFormat, outputFormatOf } from "../output/output-format.ts";
import { writeResults, type WrittenResults } from "../output/write-results.ts";
import type { ExistingFile } from "../run/may-replace.ts";
import { safePath } from "../ui/escape.ts";
import { COMMON_ARGUMENTS, type CommonOptions, commonOptions } from "../cli/common-arguments.ts";
import { type Command, declareCommand, type Invocation } from "../cli/declaration.ts";
import type { Context, Ending } from "../cli/context.ts";
import type { Host } from "../cli/host.ts";
import { filesOnRecord, recordedInput } from "../job/job-input.ts";
import { plannedResults } from "../job/join-records.ts";
import { makerOf, shortPath } from "../job/output-maker.ts";
import { say } from "../cli/say.ts";

const EXPORT_ARGUMENTS = {
  output: {
    type: "string",
    value: "text",
    alias: "o",
    valueHint: "FILE|-",
    complete: { extensions: OUTPUT_EXTENSIONS },
    default: "-",
    description: "where the results go (.jsonl .json .csv .tsv)",
    zh: "结果文件（.jsonl .json .csv .tsv）",
  },
  "include-input": { type: "boolean", description: "join the item's own fields", zh: "并入条目自身的字段" },
  bom: { type: "boolean", description: "byte-order mark for Excel", zh: "为 Excel 写入 BOM" },
  force: {
    type: "boolean",
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
      line: "ckpt export -o so-far.csv",
      description: "a table, also during a run",
      zh: "导出为表格，运行中也可以",
    },
    {
      line: "ckpt export | jq 'select(.status == \"failed\")'",
      description: "what has failed",
      zh: "查看失败的条目",
    },
  ],
  run: exportResults,
});

/** @throws usage.*, checkpoint.none, checkpoint.damaged, output.* */
async function exportResults(
  { settings }: Invocation<typeof EXPORT_ARGUMENTS>,
  context: Context,
): Promise<Ending> {
  const { host } = context;
  const { fs } = host;
  const options = commonOptions(settings, host);
  const { output: given, includeInput } = settings;
  const style = { format: formatOf(given, options), bom: settings.bom };
  const checkpoint = openCheckpoint(fs, options.dir);
  const source = latestResults(checkpoint);
  const input = await inputOf(checkpoint, source, includeInput);
  const plan = await plannedResults(source, input);
  const ids = idStyle(source.job.input);
  const results = { source, plan, ids, input: includeInput ? input : null };
  const write: WriteResults = (sink) => writeResults(results, style, sink);
  if (given === "-") {
    await write((bytes) => writeStdout(fs, bytes));
    return { exitCode: EXIT.ok };
  }
  const file = path.resolve(host.cwd, given);
  const { count, complete, sha256 } = isSpecial(fs, file)
    ? { ...(await writeSpecial(fs, file, write)), sha256: null }
    : await replaceExport({ host, checkpoint, file, source, force: settings.force }, write);
  // A reader that closed the pipe got fewer rows than were counted.
  if (!complete) return { exitCode: EXIT.ok };
  await say(context, options, context.catalogue.output.exported(count, safePath(file)), {
    session_id: source.status.session.id,
    rows: count,
    output: { path: file, sha256 },
  });
  return { exitCode: EXIT.ok };
}

type WriteResults = WriteOutput<WrittenResults>;

/** The format by the name of the file; on standard output JSON lines, or with `--json` one array. @throws output.unknownFormat */
function formatOf(given: string, { json }: CommonOptions): OutputFormat {
  return given === "-" && json ? "json" : outputFormatOf(given);
}

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
    filesOnRecord(job.input, ownFiles(checkpoint, source), fs),
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

/** The input if it is needed: for its fields, or for the order of results that were made with an earlier input. */
async function inputOf(checkpoint: Checkpoint, source: ResultSource, wanted: boolean): Promise<Input | null> {
  const { input: facts } = source.job;
  if (!wanted && facts.changes === 0 && facts.repeated === 0) return null;
  return recordedInput(facts, ownFiles(checkpoint, source), source.keptInput, checkpoint.fs);
}

/** What no pattern of an input matches. */
function ownFiles({ paths }: Checkpoint, { job }: ResultSource): readonly string[] {
  return [paths.dir, ...(job.output === null ? [] : [job.output.path])];
}
