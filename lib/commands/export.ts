// `ckpt export`: the results so far, or those of the last completed session, in input order. Takes no lock; also while a run goes on.
import * as path from "node:path";
import { scanLog } from "../checkpoint/log-reader.ts";
import { checkpointPaths, KEPT_INPUT, LOG, STATUS } from "../checkpoint/names.ts";
import { readReceipt } from "../checkpoint/receipt.ts";
import { eachRecord } from "../checkpoint/records.ts";
import { emptyPosition } from "../checkpoint/recovery.ts";
import { readStatus } from "../checkpoint/status-file.ts";
import { CkptError, EXIT } from "../core/errors.ts";
import type { Plan } from "../core/plan.ts";
import type { Status } from "../core/status.ts";
import { detectInput } from "../input/detect.ts";
import type { Input } from "../input/input.ts";
import { openInput } from "../input/open-input.ts";
import type { FileSystem } from "../io/fs.ts";
import { writeStdout } from "../io/stdout.ts";
import { checkOutput, isSpecial, stageOutput, writeSpecial } from "../output/output-file.ts";
import { outputFormatOf } from "../output/output-format.ts";
import { writeResults } from "../output/write-results.ts";
import { IndexJoin, scanAndJoin } from "../run/planner.ts";
import type { Arguments, OptionSpecs } from "./arguments.ts";
import { COMMON_OPTIONS, commonOptions } from "./common-options.ts";
import type { Context, Ending } from "./context.ts";
import { visitorOf } from "./run-work.ts";

export const EXPORT_OPTIONS: OptionSpecs = {
  output: { value: true, alias: "o" },
  "include-input": { value: false },
  bom: { value: false },
  force: { value: false },
  ...COMMON_OPTIONS,
};

/** @throws checkpoint.none, checkpoint.damaged, output.* */
export async function exportResults(args: Arguments, context: Context): Promise<Ending> {
  const { host } = context;
  const { fs } = host;
  const { dir } = commonOptions(args, host);
  const given = args.text("output") ?? "-";
  const format = outputFormatOf(given);
  const folder = resultsFolder(fs, dir);
  const status = statusIn(fs, folder);
  const input = inputOf(fs, folder, status, args.flag("include-input") ?? false);
  const log = path.join(folder, LOG);
  const plan = await planOf(fs, log, status, input);
  const includeInput = args.flag("include-input") ?? false;
  const source = {
    fs,
    logFile: log,
    plan,
    withIds: status.input.id_field !== null,
    input: includeInput ? input : null,
  };
  const write = (sink: (bytes: Uint8Array) => boolean): Promise<unknown> =>
    writeResults(source, { format, bom: args.flag("bom") ?? false }, sink);
  const file = given === "-" ? "-" : path.resolve(host.cwd, given);
  if (file === "-") {
    await write((bytes) => writeStdout(fs, bytes));
  } else if (isSpecial(fs, file)) {
    await writeSpecial(fs, file, write);
  } else {
    checkOutput(
      fs,
      file,
      input?.spec.path ?? null,
      [status.output?.sha256 ?? ""],
      args.flag("force") ?? false,
      dir,
    );
    (
      await stageOutput(
        fs,
        file,
        Buffer.from(crypto.getRandomValues(new Uint8Array(4))).toString("hex"),
        write,
      )
    ).place();
  }
  return { exitCode: EXIT.ok };
}

/** The checkpoint's folder, or that of the last completed session's backup. */
function resultsFolder(fs: FileSystem, dir: string): string {
  const paths = checkpointPaths(dir);
  if (readStatus(fs, paths.status).kind !== "absent") return dir;
  const receipt = readReceipt(fs, paths);
  if (receipt === null || receipt.backup === null) throw new CkptError("checkpoint.none", { dir });
  return path.join(paths.backups, receipt.backup);
}

function statusIn(fs: FileSystem, folder: string): Status {
  const file = path.join(folder, STATUS);
  const read = readStatus(fs, file);
  if (read.kind === "good") return read.status;
  if (read.kind === "absent") throw new CkptError("checkpoint.none", { dir: folder });
  throw new CkptError("checkpoint.damaged", {
    path: file,
    problems: ["the status file has a wrong checksum"],
  });
}

/** The input, where it is needed: for its fields, or to find the order of results that were made under an earlier input. */
function inputOf(fs: FileSystem, folder: string, status: Status, wanted: boolean): Input | null {
  const { input: facts } = status;
  if (!wanted && facts.changes === 0 && facts.repeated === 0) return null;
  const { format, compression } = detectInput(
    "-",
    facts.compression === "none" ? facts.format : `${facts.format}.${facts.compression}`,
  );
  const file = facts.kept ? path.join(folder, KEPT_INPUT) : facts.path;
  const hashIndex = status.fingerprint.parts.some((part) => part.name === "index");
  return openInput(
    {
      path: file,
      shownPath: facts.path,
      format,
      compression,
      encoding: facts.encoding,
      idField: facts.id_field,
      hashIndex,
    },
    fs,
  );
}

async function planOf(fs: FileSystem, log: string, status: Status, input: Input | null): Promise<Plan> {
  const join = input === null ? new IndexJoin(status.total) : null;
  const { valid } = scanLog(fs, log, emptyPosition(status.session.nonce), visitorOf(join));
  if (valid.bytes < status.log.bytes) {
    const problem = `the log is damaged behind record ${valid.records} (offset ${valid.bytes})`;
    throw new CkptError("checkpoint.damaged", { path: log, problems: [problem] });
  }
  if (join !== null || input === null) return join?.plan ?? new IndexJoin(0).plan;
  return (await scanAndJoin(input, (visit) => eachRecord(fs, log, valid, visit))).plan;
}
