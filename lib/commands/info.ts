// `ckpt info`: what the status file says, and a few facts beside it. Takes no lock, changes nothing, costs the same whatever the size.
import * as path from "node:path";
import { listBackups } from "../checkpoint/backups.ts";
import { currentHolder } from "../checkpoint/folder.ts";
import { type CheckpointPaths, checkpointPaths } from "../checkpoint/names.ts";
import { readReceipt } from "../checkpoint/receipt.ts";
import { readStatus } from "../checkpoint/status-file.ts";
import { CkptError, EXIT } from "../core/errors.ts";
import type { Status } from "../core/status.ts";
import type { FileSystem } from "../io/fs.ts";
import { writeStdout } from "../io/stdout.ts";
import { type InfoView, renderInfo } from "../ui/info.ts";
import { renderNoCheckpoint } from "../ui/last-run.ts";
import type { Arguments } from "./arguments.ts";
import { commonOptions } from "./common-options.ts";
import type { Context, Ending } from "./context.ts";

/** @throws checkpoint.damaged, checkpoint.newer */
export function info(args: Arguments, context: Context): Ending {
  const { dir, json } = commonOptions(args, context.host);
  return showInfo(dir, json, context);
}

/** Shows the checkpoint in `dir`, or that there is none (exit code 10). */
export function showInfo(dir: string, json: boolean, context: Context): Ending {
  const { host, catalogue } = context;
  const { fs } = host;
  const paths = checkpointPaths(dir);
  const read = readStatus(fs, paths.status);
  if (read.kind === "damaged") {
    throw new CkptError("checkpoint.damaged", {
      path: paths.status,
      problems: ["the status file has a wrong checksum"],
    });
  }
  if (read.kind === "absent") {
    if (json) throw new CkptError("checkpoint.none", { dir });
    writeStdout(fs, Buffer.from(renderNoCheckpoint(dir, lastRun(fs, paths), catalogue)));
    return { exitCode: EXIT.noCheckpoint };
  }
  const view = viewOf(fs, paths, read.status);
  const columns = host.stdout.isTTY ? host.stdout.columns : null;
  const text = json ? `${JSON.stringify(infoJson(view))}\n` : renderInfo(view, catalogue, columns);
  writeStdout(fs, Buffer.from(text));
  return { exitCode: EXIT.ok };
}

function lastRun(fs: FileSystem, paths: CheckpointPaths): Parameters<typeof renderNoCheckpoint>[1] {
  const receipt = readReceipt(fs, paths);
  if (receipt === null) return null;
  const {
    session_id: sessionId,
    finished_at: finishedAt,
    completed,
    failed,
    total,
    output,
    backup,
  } = receipt;
  return { sessionId, finishedAt, completed, failed, total, output: output?.path ?? null, backup };
}

function viewOf(fs: FileSystem, paths: CheckpointPaths, status: Status): InfoView {
  const holder = currentHolder(fs, paths);
  const backups = listBackups(fs, paths);
  const [newest] = backups;
  const bytes = backups.reduce((sum, backup) => sum + folderBytes(fs, backup.folder), 0);
  return {
    status,
    inputNow: inputNow(fs, status),
    holder: holder === null ? null : { pid: holder.pid, host: holder.host, since: holder.started_at },
    backups: {
      count: backups.length,
      bytes,
      newest:
        newest === undefined ? null : { name: newest.name, createdAt: newest.manifest?.created_at ?? "" },
    },
    diskBytes: bytes + folderBytes(fs, paths.dir),
  };
}

/** Bytes of the files directly in a folder. */
function folderBytes(fs: FileSystem, folder: string): number {
  let bytes = 0;
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    if (entry.isFile()) bytes += fs.lstatSync(path.join(folder, entry.name)).size;
  }
  return bytes;
}

function inputNow(fs: FileSystem, status: Status): InfoView["inputNow"] {
  const { input } = status;
  if (input.kept) return "kept";
  const stat = fs.statSync(input.path, { throwIfNoEntry: false });
  if (stat === undefined) return "missing";
  if (stat.size !== input.size) return "size";
  return input.mtime === stat.mtime.toISOString() ? "same" : "time";
}

/** The promised fields (docs/scripting.md). */
function infoJson(view: InfoView): object {
  const { status, holder, backups } = view;
  const { total, completed, failed, results_saved: saved } = status;
  return {
    session_id: status.session.id,
    saved_at: status.saved_at,
    state: status.state,
    total,
    completed,
    failed,
    pending: total - completed - failed,
    percent: total === 0 ? 0 : Math.round((saved / total) * 1000) / 10,
    batch_size: status.batch_size,
    results_saved: saved,
    results_bytes: status.log.bytes,
    gone: status.gone,
    input: status.input,
    processor: status.processor,
    runs: status.runs,
    errors: status.errors,
    usage: status.usage,
    backups: { count: backups.count, newest: backups.newest?.name ?? null },
    locked_by: holder,
  };
}
