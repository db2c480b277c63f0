// `ckpt export`: the results so far, or those of the last completed session, in input order. Takes no lock; also while a run goes on.
import * as path from "node:path";
import { scanLog } from "../checkpoint/log-reader.ts";
import { settledPaths } from "../checkpoint/move.ts";
import { type CheckpointPaths, checkpointPaths } from "../checkpoint/names.ts";
import { readReceipt } from "../checkpoint/receipt.ts";
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
import { IdentityJoin, IndexJoin } from "../run/planner.ts";
import { type OptionSpecs, parseArguments } from "./arguments.ts";
import { COMMON_OPTIONS, commonOptions } from "./common-options.ts";
import type { Context, Ending } from "./context.ts";
import { identityVisitor, indexVisitor } from "./run-work.ts";

const EXPORT_OPTIONS: OptionSpecs = {
  output: { value: true, alias: "o" },
  "include-input": { value: false },
  bom: { value: false },
  force: { value: false },
  ...COMMON_OPTIONS,
};

/** @throws usage.*, checkpoint.none, checkpoint.damaged, output.* */
export async function exportResults(words: readonly string[], context: Context): Promise<Ending> {
  const args = parseArguments(words, EXPORT_OPTIONS);
  const { host } = context;
  const { fs } = host;
  const { dir } = commonOptions(args, host);
  const given = args.text("output") ?? "-";
  const format = outputFormatOf(given);
  const results = resultsPaths(fs, dir);
  const status = statusIn(fs, results);
  const input = inputOf(fs, results, status, args.flag("include-input") ?? false);
  const { log } = results;
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

/** The checkpoint's files, or those of the last completed session's backup. */
function resultsPaths(fs: FileSystem, dir: string): CheckpointPaths {
  const paths = settledPaths(fs, checkpointPaths(dir));
  if (readStatus(fs, paths.status).kind !== "absent") return paths;
  const receipt = readReceipt(fs, paths);
  if (receipt === null || receipt.backup === null) throw new CkptError("checkpoint.none", { dir });
  return checkpointPaths(path.join(paths.backups, receipt.backup));
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
function inputOf(fs: FileSystem, results: CheckpointPaths, status: Status, wanted: boolean): Input | null {
  const { input: facts } = status;
  if (!wanted && facts.changes === 0 && facts.repeated === 0) return null;
  const { format, compression } = detectInput(
    "-",
    facts.compression === "none" ? facts.format : `${facts.format}.${facts.compression}`,
  );
  const file = facts.kept ? results.keptInput : facts.path;
  const hashIndex = facts.index_hashed === true;
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
  const index = new IndexJoin(input === null ? status.total : 0);
  const identity = input === null ? null : new IdentityJoin(input, status.log.records);
  const visit = identity === null ? indexVisitor(index) : identityVisitor(identity);
  const { valid } = scanLog(fs, log, emptyPosition(status.session.nonce), visit);
  if (valid.bytes < status.log.bytes) {
    const problem = { kind: "records-missing", from: valid.records + 1, to: status.log.records } as const;
    throw new CkptError("checkpoint.damaged", { path: log, problems: [problem] });
  }
  return identity === null ? index.plan : (await identity.finish()).plan;
}
