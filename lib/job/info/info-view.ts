// What `ckpt info` shows of a checkpoint, or of the last completed session, before it is made text or JSON.
import { type Checkpoint, openCheckpoint, type Receipt } from "../../checkpoint/checkpoint.ts";
import { scopeOf, type Status } from "../../core/status.ts";
import { statOf } from "../../io/file.ts";
import type { FileSystem } from "../../io/fs.ts";
import type { InfoView } from "../../ui/render-info.ts";
import { filesIn } from "../checkpoint-files.ts";
import { filesByWord } from "../input/input-files.ts";

/** The last completed session; null where there is none, or it was cleared. */
export function completedView(checkpoint: Checkpoint): InfoView | null {
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

export function viewOf(
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
