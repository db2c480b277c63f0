// `ckpt export`: the results so far, or those of the last completed session, in input order. Takes no lock; also while a run goes on.
import * as path from "node:path";
import { exportedHashes, recordExport } from "../checkpoint/exports.ts";
import { scanLog } from "../checkpoint/log/log-reader.ts";
import { settledPaths } from "../checkpoint/backup/move.ts";
import { type CheckpointPaths, checkpointPaths } from "../checkpoint/names.ts";
import { readReceipt } from "../checkpoint/backup/receipt.ts";
import { logStart } from "../checkpoint/log/log-start.ts";
import { presentRecord, receiptBackup, type SessionRecord } from "../checkpoint/backup/sessions.ts";
import { readStatus } from "../checkpoint/status/status-file.ts";
import { CkptError, EXIT } from "../core/errors.ts";
import { Plan } from "../core/plan.ts";
import { idStyle, type Status } from "../core/status.ts";
import type { Input } from "../input/input.ts";
import type { FileSystem } from "../io/fs.ts";
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
import { IdentityJoin, IndexJoin } from "../run/planner.ts";
import { safePath } from "../ui/escape.ts";
import { COMMON_ARGUMENTS, type CommonOptions, commonOptions } from "../cli/common-arguments.ts";
import { type Command, declareCommand, type Invocation } from "../cli/declaration.ts";
import type { Context, Ending } from "../cli/context.ts";
import type { Host } from "../cli/host.ts";
import { filesOnRecord, recordedInput } from "../job/job-input.ts";
import { makerOf, shortPath } from "../job/output-maker.ts";
import { identityVisitor, indexVisitor } from "../job/join-records.ts";
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
  const results = resultsPaths(fs, options.dir);
  const status = statusIn(fs, results);
  const input = await inputOf(fs, results, status, { wanted: includeInput, dir: options.dir });
  const plan = await planOf(fs, results.log, status, input);
  const source = {
    fs,
    logFile: results.log,
    plan,
    ids: idStyle(status.input),
    input: includeInput ? input : null,
  };
  const write: WriteResults = (sink) => writeResults(source, style, sink);
  if (given === "-") {
    await write((bytes) => writeStdout(fs, bytes));
    return { exitCode: EXIT.ok };
  }
  const file = path.resolve(host.cwd, given);
  const { count, complete, sha256 } = isSpecial(fs, file)
    ? { ...(await writeSpecial(fs, file, write)), sha256: null }
    : await replaceExport({ host, options, file, status, force: settings.force }, write);
  // A reader that went away has taken fewer rows than were counted.
  if (!complete) return { exitCode: EXIT.ok };
  await say(context, options, context.catalogue.output.exported(count, safePath(file)), {
    session_id: status.session.id,
    rows: count,
    output: { path: file, sha256 },
  });
  return { exitCode: EXIT.ok };
}

type WriteResults = WriteOutput<WrittenResults>;

/** By the name of the file; on standard output JSON lines, or with `--json` one array. @throws output.unknownFormat */
function formatOf(given: string, { json }: CommonOptions): OutputFormat {
  return given === "-" && json ? "json" : outputFormatOf(given);
}

type ExportCase = {
  readonly host: Host;
  readonly options: CommonOptions;
  /** Absolute path. */
  readonly file: string;
  readonly status: Status;
  readonly force: boolean;
};

/**
 * Writes a regular file. One that still is what an earlier export of this session, or its run, has written there is replaced: it is on record before
 * the new one takes its place, and alone afterwards, so that no moment of a crash leaves a file that is not.
 * @throws output.*
 */
async function replaceExport(
  exportCase: ExportCase,
  write: WriteResults,
): Promise<WrittenResults & { readonly sha256: string }> {
  const { host, options, file, status, force } = exportCase;
  const { fs } = host;
  const paths = checkpointPaths(options.dir);
  const { nonce } = status.session;
  const before = exportedHashes(fs, paths, nonce, file);
  // Results are no way back to the items, whether they hold their fields or not.
  const stands = checkOutput(
    fs,
    file,
    filesOnRecord(status.input, ownFiles(status, options.dir), fs),
    options.dir,
  );
  const existing = stands && !force ? existingFile(fs, file) : null;
  const ofRun = status.output?.path === file ? [status.output.sha256, status.output.replaces] : [];
  if (existing !== null && (existing.sha256 === null || ![...before, ...ofRun].includes(existing.sha256)))
    throw inTheWay(exportCase, paths, existing);
  const chance = Buffer.from(crypto.getRandomValues(new Uint8Array(4))).toString("hex");
  const staged = await stageOutput(fs, file, chance, write);
  const { written, sha256 } = staged;
  recordExport(fs, paths, { path: file, nonce, sha256: [sha256, ...before] });
  staged.place();
  recordExport(fs, paths, { path: file, nonce, sha256: [sha256] });
  return { ...written, sha256 };
}

/** A file that is not this session's export, nor its run's output. */
function inTheWay({ host, status }: ExportCase, paths: CheckpointPaths, file: ExistingFile): CkptError {
  const isOwn = ({ nonce }: SessionRecord): boolean => nonce === status.session.nonce;
  const { maker, kept } = makerOf(host, paths, file, presentRecord(status), isOwn);
  // A copy of this session's own results: it is this path that nothing is on record of.
  const isCopy = maker !== null && maker.own && !maker.changed;
  const others = isCopy ? { maker: null, kept: null } : { maker, kept };
  const other = shortPath(freePath(host.fs, file.path), host.cwd);
  return new CkptError("output.exists", { path: file.path, other, byNoResume: false, ...others });
}

/** The checkpoint's files, or those of the last completed session's backup. */
function resultsPaths(fs: FileSystem, dir: string): CheckpointPaths {
  const paths = settledPaths(fs, checkpointPaths(dir));
  if (readStatus(fs, paths.status).kind !== "absent") return paths;
  const receipt = readReceipt(fs, paths);
  const kept = receipt === null || receipt.cleared === true ? null : receiptBackup(fs, paths, receipt);
  if (kept === null) throw new CkptError("checkpoint.none", { dir });
  return checkpointPaths(kept.folder);
}

function statusIn(fs: FileSystem, { dir, status: file }: CheckpointPaths): Status {
  const read = readStatus(fs, file);
  if (read.kind === "good") return read.status;
  if (read.kind === "absent") throw new CkptError("checkpoint.none", { dir });
  throw new CkptError("checkpoint.damaged", {
    path: file,
    problems: [{ kind: "status-sum" }],
  });
}

/** The input, where it is needed: for its fields, or to find the order of results that were made under an earlier input. */
async function inputOf(
  fs: FileSystem,
  results: CheckpointPaths,
  status: Status,
  { wanted, dir }: { readonly wanted: boolean; readonly dir: string },
): Promise<Input | null> {
  const { input: facts } = status;
  if (!wanted && facts.changes === 0 && facts.repeated === 0) return null;
  return recordedInput(facts, ownFiles(status, dir), results.keptInput, fs);
}

/** What no pattern of an input matches. */
function ownFiles({ output }: Status, dir: string): readonly string[] {
  return [dir, ...(output === null ? [] : [output.path])];
}

async function planOf(fs: FileSystem, log: string, status: Status, input: Input | null): Promise<Plan> {
  const repeats = status.repeat ?? 1;
  const index = new IndexJoin(new Plan(input === null ? status.input.count : 0, { repeats, isPart: false }));
  const identity =
    input === null ? null : new IdentityJoin(input, status.log.records, { repeats, chosen: null });
  const visit = identity === null ? indexVisitor(index) : identityVisitor(identity);
  const { valid } = scanLog(fs, log, logStart(status), visit);
  if (valid.bytes < status.log.bytes) {
    const problem = { kind: "records-missing", from: valid.records + 1, to: status.log.records } as const;
    throw new CkptError("checkpoint.damaged", { path: log, problems: [problem] });
  }
  return identity === null ? index.plan : (await identity.finish()).plan;
}
