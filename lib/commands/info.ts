// `ckpt info`: shows the status file and a few related facts; without a checkpoint, the last completed session. Takes no lock, changes nothing, and
// takes the same time for any size.
import { jsonLine } from "../core/json-line.ts";
import * as path from "node:path";
import { type Checkpoint, hasShards, openCheckpoint, type Receipt } from "../checkpoint/checkpoint.ts";
import { CkptError, EXIT } from "../core/errors.ts";
import { runInProgress } from "../core/run-in-progress.ts";
import { percentOf } from "../core/percent.ts";
import type { Problem } from "../core/problem.ts";
import { isAllDone, scopeOf, type Status } from "../core/status.ts";
import { ttftSummary } from "../core/ttft.ts";
import { statOf } from "../io/file.ts";
import type { FileSystem } from "../io/fs.ts";
import { writeStdout } from "../io/stdout.ts";
import { type InfoView, renderInfo } from "../ui/render-info.ts";
import { safePath } from "../ui/escape.ts";
import { formatNumber, formatPercent } from "../ui/format.ts";
import { wrapColumns } from "../ui/width.ts";
import { type LastRun, renderNoCheckpoint } from "../ui/last-run.ts";
import { filesByWord } from "../job/input-files.ts";
import { filesIn } from "../job/checkpoint-files.ts";
import { COMMON_ARGUMENTS, commonOptions, stdoutColumns } from "../cli/common-arguments.ts";
import { type Command, declareCommand } from "../cli/declaration.ts";
import { type Context, type CommandEnd, endBy } from "../cli/context.ts";

const INFO_ARGUMENTS = {
  folder: {
    type: "positional",
    required: false,
    valueHint: "DIR",
    complete: "folder",
    description: "the folder of a checkpoint, or of shards (--dir)",
    zh: "检查点或分片所在的目录（--dir）",
  },
  watch: {
    type: "boolean",
    excludes: ["json"],
    description: "redraw it while a job runs; q leaves",
    zh: "持续刷新，按 q 退出",
  },
  interval: {
    type: "string",
    value: "duration",
    valueHint: "TIME",
    default: "1s",
    needs: ["watch"],
    complete: "none",
    description: "how often",
    zh: "刷新间隔",
  },
  missing: {
    type: "boolean",
    excludes: ["watch"],
    description: "of shards: only those that are not done, as 2,6-8",
    zh: "只列出未完成的分片，形如 2,6-8",
  },
  ...COMMON_ARGUMENTS,
} as const;

export const info: Command = declareCommand({
  meta: {
    name: "info",
    description: "show the checkpoint, also during a run",
    zh: "显示检查点信息，运行中也可以",
  },
  args: INFO_ARGUMENTS,
  examples: [
    { line: "ckpt info", description: "progress, failures, runs, speed", zh: "进度、失败、各次运行与速度" },
    {
      line: "ckpt info --watch",
      description: "look on while a job runs; q leaves",
      zh: "实时查看运行中的任务，按 q 退出",
    },
    { line: "ckpt info --json | jq .percent", description: "for a script", zh: "供脚本使用" },
    {
      line: 'sbatch --array="$(ckpt info checkpoints --missing)" job.sh',
      description: "start the shards again that are not done",
      zh: "重新提交未完成的分片",
    },
  ],
  run: ({ settings }, context) => {
    const { host } = context;
    const { dir: usual, json } = commonOptions(settings, host);
    const dir = settings.folder === null ? usual : path.resolve(host.cwd, settings.folder);
    if (settings.watch) return watchInfo(dir, settings.intervalMs, context);
    return showInfo(dir, { json, isMissingWanted: settings.missing }, context);
  },
});

const INTERVAL_MS_MIN = 100;

/** Looks at the checkpoint again and again, until somebody leaves. */
async function watchInfo(dir: string, intervalMs: number, context: Context): Promise<CommandEnd> {
  const { host, catalogue, screen } = context;
  const [{ watch }, { FullScreen }, { restingView }] = await Promise.all([
    import("../view/watch/watch.ts"),
    import("../io/full-screen.ts"),
    import("../job/live/resting-view.ts"),
  ]);
  const checkpoint = openCheckpoint(host.fs, dir);
  const moves = host.isTerminal(1) && host.env["TERM"] !== "dumb";
  const stdin = host.isTerminal(0) ? host.stdin : null;
  const signal = await watch({
    checkpoint,
    intervalMs: Math.max(INTERVAL_MS_MIN, intervalMs),
    clock: host.clock,
    catalogue,
    resting: restingView(checkpoint, context, (settled, columns) => restingText(settled, columns, context)),
    onSignal: (action) => host.onSignal(action),
    open: moves ? (events) => new FullScreen(stdin, host.stdout, events) : null,
    write: (line) => writeStdout(host.fs, Buffer.from(`${line}\n`)) && screen.failure() === null,
  });
  return signal === null ? { exitCode: EXIT.ok } : endBy(signal);
}

/** What stands on disk while no run answers. @param columns null: on one line @throws checkpoint.damaged, checkpoint.newer */
function restingText(checkpoint: Checkpoint, columns: number | null, { catalogue }: Context): string {
  const { watch } = catalogue;
  const status = restingStatus(checkpoint);
  const view = status === null ? completedView(checkpoint) : viewOf(checkpoint, status, { damaged: false });
  if (view === null) return watch.nothing(safePath(checkpoint.paths.dir));
  if (columns !== null) return `${watch.resting}\n\n${renderInfo(view, catalogue, columns)}`.trimEnd();
  const { completed, total, failed } = view.status;
  const counts = `${formatNumber(completed)}/${formatNumber(total)} ${formatPercent(completed, total)}`;
  return `${counts} | ${catalogue.progress.failed(failed)} | ${watch.resting}`;
}

/** The status; null where there is no checkpoint. Something half done is no damage while a process has the checkpoint. @throws checkpoint.damaged, checkpoint.newer */
function restingStatus(checkpoint: Checkpoint): Status | null {
  if (checkpoint.holder() !== null) return checkpoint.readableStatus();
  if (!checkpoint.exists()) return null;
  const status = checkpoint.status();
  const problems = checkpoint.endProblems(status);
  if (problems.length === 0) return status;
  throw new CkptError("checkpoint.damaged", { path: checkpoint.paths.dir, problems });
}

/**
 * Shows the checkpoint in `dir`, or the last completed session. Exit code 10 when there is neither, or it was cleared. @throws checkpoint.damaged,
 * checkpoint.newer
 */
export async function showInfo(
  dir: string,
  { json, isMissingWanted }: { readonly json: boolean; readonly isMissingWanted: boolean },
  context: Context,
): Promise<CommandEnd> {
  const { host } = context;
  const checkpoint = await openCheckpoint(host.fs, dir).resting(host.clock);
  if (isMissingWanted || (hasShards(host.fs, dir) && !checkpoint.exists())) {
    const { showShards } = await import("../job/shards-info.ts");
    return showShards(dir, { json, isMissingWanted }, context);
  }
  if (!checkpoint.exists()) return showCompleted(dir, checkpoint, json, context);
  const read = checkpoint.readStatus();
  const status = read.kind === "good" ? read.status : null;
  const problems = damageOf(checkpoint, status, read.kind === "absent");
  if (status !== null && (!json || problems.length === 0)) {
    const view = viewOf(checkpoint, status, { damaged: problems.length > 0 });
    showView(view, checkpoint.receipt(), json, context);
  }
  if (problems.length === 0) return { exitCode: EXIT.ok };
  const damage = new CkptError("checkpoint.damaged", { path: dir, problems });
  if (json) throw damage;
  await showDamage(damage, context, checkpoint, status === null ? "" : "\n"); // below the block
  return { exitCode: EXIT.integrity };
}

function showView(view: InfoView, receipt: Receipt | null, json: boolean, context: Context): void {
  const { host, catalogue } = context;
  const text = json ? jsonLine(infoJson(view, receipt)) : renderInfo(view, catalogue, stdoutColumns(host));
  writeStdout(host.fs, Buffer.from(text));
}

/** Problems that the status and the end of the log show. */
function damageOf(checkpoint: Checkpoint, status: Status | null, absent: boolean): Problem[] {
  if (status === null) return [{ kind: absent ? "status-missing" : "status-sum" }];
  return checkpoint.endProblems(status);
}

/** Shows the problems, what is provable, and what to do. Only for a damaged checkpoint the whole log is read. */
async function showDamage(
  damage: CkptError,
  context: Context,
  checkpoint: Checkpoint,
  above: string,
): Promise<void> {
  const { catalogue, screen } = context;
  const notes = await context.notes({ quiet: true });
  const { renderError } = await import("../ui/render-error.ts");
  notes.error(`${above}${renderError(damage, catalogue, screen)}`);
  const report = await checkpoint.verify();
  if (report !== null) notes.error(`      ${catalogue.verify.provable(report.records, report.items)}`);
}

/** Shows the last completed session from its backup; if that is gone, from the receipt. */
async function showCompleted(
  dir: string,
  checkpoint: Checkpoint,
  json: boolean,
  context: Context,
): Promise<CommandEnd> {
  const receipt = checkpoint.receipt();
  const view = completedView(checkpoint);
  if (view === null) return showNothing(dir, receipt, json, context);
  showView(view, receipt, json, context);
  return { exitCode: EXIT.ok };
}

/** The last completed session; null where there is none, or it was cleared. */
function completedView(checkpoint: Checkpoint): InfoView | null {
  const receipt = checkpoint.receipt();
  if (receipt === null || receipt.cleared === true) return null;
  const entry = checkpoint.receiptBackup(receipt);
  const status = entry === null ? null : openCheckpoint(checkpoint.fs, entry.folder).readableStatus();
  const completed = { backup: entry?.name ?? null, intact: status !== null && entry?.problems.length === 0 };
  return viewOf(checkpoint, status ?? statusOf(receipt), { damaged: false, completed });
}

/** A receipt in the form of a status. Missing facts stay empty. */
function statusOf(receipt: Receipt): Status {
  const { session_id: id, nonce, finished_at: at, input, processor, fingerprint, usage, output } = receipt;
  const { total, completed, failed } = receipt;
  return {
    v: 1,
    kind: "status",
    generation: 0,
    session: { id, nonce, started_at: at },
    saved_at: at,
    state: "finished",
    input,
    processor,
    fingerprint,
    batch_size: receipt.batch_size ?? 0,
    total,
    completed,
    failed,
    results_saved: completed + failed,
    gone: 0,
    log: { bytes: 0, records: 0, last_sum: "" },
    ...scopeOf(receipt),
    output,
    usage,
    runs: [],
    errors: [],
    timeline: { bucket_ms: 1, counts: [] },
    ...scopeOf(receipt),
  };
}

async function showNothing(
  dir: string,
  receipt: Receipt | null,
  json: boolean,
  context: Context,
): Promise<CommandEnd> {
  const text = json
    ? jsonLine({ ...(await noneJson(dir, context)), last_run: lastRunJson(receipt) })
    : wrapColumns(renderNoCheckpoint(dir, lastRun(receipt), context.catalogue), stdoutColumns(context.host));
  writeStdout(context.host.fs, Buffer.from(text));
  return { exitCode: EXIT.noCheckpoint };
}

async function noneJson(dir: string, { catalogue }: Context): Promise<object> {
  const { errorJson } = await import("../ui/render-error.ts");
  return errorJson(new CkptError("checkpoint.none", { dir }), catalogue);
}

/** Tokens and cost of the last run, and of all runs. */
const usageOf = ({ run_usage: run, usage: session }: Receipt): LastRun["usage"] => ({ run, session });

function lastRunJson(receipt: Receipt | null): object | null {
  if (receipt === null) return null;
  const { session_id: id, finished_at: at, exit_code: code, backup } = receipt;
  const output = receipt.output && { path: receipt.output.path, sha256: receipt.output.sha256 };
  const { total, completed, failed } = receipt;
  const usage = { run: receipt.run_usage ?? null, session: receipt.usage };
  return {
    session_id: id,
    finished_at: at,
    exit_code: code,
    total,
    completed,
    failed,
    output,
    backup,
    usage,
  };
}

function lastRun(receipt: Receipt | null): LastRun | null {
  if (receipt === null) return null;
  const { session_id: sessionId, finished_at: finishedAt, completed, failed, total, backup } = receipt;
  const output = receipt.output === null || receipt.output.path === "-" ? null : receipt.output.path;
  return { sessionId, finishedAt, completed, failed, total, output, backup, usage: usageOf(receipt) };
}

function viewOf(
  checkpoint: Checkpoint,
  status: Status,
  state: Pick<InfoView, "damaged" | "completed">,
): InfoView {
  const { fs, paths } = checkpoint;
  const holder = checkpoint.holder();
  const backups = checkpoint.backups();
  const [newest] = backups;
  const bytes = backups.reduce((sum, backup) => sum + folderBytes(fs, backup.folder), 0);
  return {
    status,
    ...state,
    inputNow: inputNow(fs, status, paths.dir),
    isOutputMissing: isOutputMissing(fs, status),
    holder:
      holder === null
        ? null
        : {
            pid: holder.pid,
            host: holder.host || null,
            since: holder.started_at || null,
            ...(holder.task === undefined ? null : { task: holder.task }),
          },
    backups: {
      count: backups.length,
      bytes,
      newest:
        newest === undefined ? null : { name: newest.name, createdAt: newest.manifest?.created_at ?? "" },
    },
    diskBytes: bytes + folderBytes(fs, paths.dir),
  };
}

function folderBytes(fs: FileSystem, folder: string): number {
  return [...filesIn(fs, folder).values()].reduce((sum, size) => sum + size, 0);
}

function inputNow(fs: FileSystem, status: Status, dir: string): InfoView["inputNow"] {
  const { input } = status;
  if (input.kept) return "kept";
  if (input.path === "") return "unknown";
  if (input.files !== undefined) return filesNow(fs, status, dir);
  const stat = statOf(fs, input.path);
  if (stat === null) return "missing";
  if (stat.size !== input.size) return "size";
  return input.mtime === stat.mtime.toISOString() ? "same" : "time";
}

/** Several files have no times on record: they are counted and measured. */
function filesNow(fs: FileSystem, { input, output }: Status, dir: string): InfoView["inputNow"] {
  const { words, files, size } = input;
  const left = [dir, ...(output === null ? [] : [output.path])];
  if (words === undefined) return "unknown";
  const found = new Set(words.flatMap((word) => filesByWord(word, { fs, cwd: "/" }, left)));
  if (found.size === 0) return "missing";
  const sizes = [...found].map((file) => statOf(fs, file)?.size ?? 0);
  return found.size === files && sizes.reduce((sum, each) => sum + each, 0) === size ? "same-size" : "size";
}

function isOutputMissing(fs: FileSystem, { output }: Status): boolean {
  // The hash is recorded only for a written file.
  return output !== null && output.sha256 !== null && statOf(fs, output.path) === null;
}

/** The documented fields (docs/scripting.md). */
function infoJson(view: InfoView, receipt: Receipt | null): object {
  const { status, holder, backups, completed: isCompleted } = view;
  const { total, completed, failed, results_saved: saved } = status;
  const current = holder === null || isCompleted !== undefined ? null : runInProgress(status);
  return {
    session_id: status.session.id,
    saved_at: status.saved_at,
    state: isCompleted !== undefined || isAllDone(status) ? "complete" : status.state,
    total,
    completed,
    failed,
    pending: total - completed - failed,
    percent: percentOf(completed, total),
    batch_size: status.batch_size || null,
    results_saved: saved,
    results_bytes: status.log.bytes,
    gone: status.gone,
    ...(status.repeat === undefined ? null : { repeat: status.repeat }),
    selection: status.selection ?? null,
    input: status.input,
    processor: status.processor,
    runs: status.runs,
    errors: status.errors,
    usage: status.usage,
    ...(status.endpoints === undefined ? null : { endpoints: status.endpoints }),
    ...(status.versions === undefined ? null : { versions: status.versions }),
    ...(status.ttft === undefined ? {} : { ttft: ttftSummary(status.ttft) }),
    rate_per_s: current?.ratePerS ?? null,
    eta_ms: current?.etaMs ?? null,
    backups: { count: backups.count, newest: backups.newest?.name ?? null },
    locked_by: holder,
    last_run: lastRunJson(receipt),
  };
}
