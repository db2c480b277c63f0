// What can be looked at in a folder: the checkpoint with its live run (or the last completed session), backups, and shards. Each is opened anew with every look: a
// run may complete, be cleared or begin in between. Nothing is locked.
import * as path from "node:path";
import {
  type BackupEntry,
  type Checkpoint,
  hasShards,
  openCheckpoint,
  shardFolders,
} from "../../checkpoint/checkpoint.ts";
import { type CheckpointResults, resultsOf } from "../../checkpoint/results.ts";
import type { Problem } from "../../core/problem.ts";
import { NO_USAGE, type Status } from "../../core/status.ts";
import type { Clock } from "../../io/clock.ts";
import { lstatOf } from "../../io/file.ts";
import type { FileSystem } from "../../io/fs.ts";
import { type OpenShard, openShards, type ShardSet } from "../../shards/shard-set.ts";
import { shardText } from "../../shards/shard-rule.ts";
import type { SourceEntry } from "../page-data.ts";

/** One checkpoint as it was found. */
export type OpenedCheckpoint = {
  readonly source: CheckpointResults;
  /** Where its files are: of a completed session the backup. */
  readonly checkpoint: Checkpoint;
  readonly isCompleted: boolean;
  readonly problems: readonly Problem[];
};

/** A source as it was found; `shards`: it is a folder of them. */
export type Opened =
  | { readonly kind: "one"; readonly one: OpenedCheckpoint }
  | { readonly kind: "shards"; readonly set: ShardSet; readonly shards: readonly OpenShard[] };

export type SourcePlace = {
  readonly id: string;
  readonly kind: SourceEntry["kind"];
  /** Shown until it can be opened. */
  readonly name: string;
  /** The checkpoints whose live channels are its own; none of a backup. */
  live(): readonly Checkpoint[];
  /** Where its input is kept, if it came by standard input. */
  readonly keeper: Checkpoint;
  /** Null: there is nothing now. @throws checkpoint.newer, checkpoint.otherShards, errors of the system */
  open(): Promise<Opened | null>;
  /** Changes whenever something may have changed. @param isLive a run is asked how many results there are: they need no look at the log */
  signature(isLive: boolean): string;
};

export type PlaceParts = { readonly fs: FileSystem; readonly clock: Clock };

/** The checkpoint in a folder. @param kind `folder` where it was named on the command line */
export function checkpointPlace(
  { fs, clock }: PlaceParts,
  dir: string,
  { id, kind, name }: Pick<SourcePlace, "id" | "kind" | "name">,
): SourcePlace {
  const keeper = openCheckpoint(fs, dir);
  return {
    id,
    kind,
    name,
    keeper,
    live: () => [keeper],
    open: async () => {
      const here = await keeper.resting(clock);
      const present = openedPresent(here);
      if (present !== null) return present;
      const completed = openedCompleted(here);
      // A run may have begun after the first look.
      return completed ?? openedPresent(keeper.settled());
    },
    signature: (isLive) => signatureOf(keeper, isLive),
  };
}

function openedPresent(checkpoint: Checkpoint): Opened | null {
  const read = checkpoint.readStatus();
  if (read.kind === "good") {
    const problems = checkpoint.endProblems(read.status);
    return one({ source: resultsOf(checkpoint, read.status), checkpoint, isCompleted: false, problems });
  }
  if (read.kind === "absent" && (checkpoint.logBytes() ?? 0) === 0) return null;
  const kind = read.kind === "absent" ? "status-missing" : "status-sum";
  const source = resultsOf(checkpoint, unknownStatus(checkpoint));
  return one({ source, checkpoint, isCompleted: false, problems: [{ kind }] });
}

function openedCompleted(here: Checkpoint): Opened | null {
  const receipt = here.receipt();
  if (receipt === null || receipt.cleared === true) return null;
  const backup = here.receiptBackup(receipt);
  return backup === null ? null : openedBackup(here.fs, backup, true);
}

function openedBackup(fs: FileSystem, { folder, problems }: BackupEntry, isCompleted: boolean): Opened {
  if (hasShards(fs, folder)) return openedShards(fs, folder);
  const checkpoint = openCheckpoint(fs, folder);
  const status = checkpoint.readableStatus();
  const found = status === null ? [...problems, { kind: "status-sum" } as const] : problems;
  const source = resultsOf(checkpoint, status ?? unknownStatus(checkpoint));
  return one({ source, checkpoint, isCompleted, problems: found });
}

function openedShards(fs: FileSystem, dir: string): Opened {
  const set = openShards(fs, dir);
  return { kind: "shards", set, shards: set.shards };
}

function one(opened: OpenedCheckpoint): Opened {
  return { kind: "one", one: opened };
}

/** A backup. Its files do not change, but it may be deleted. @param kind `folder` where it lies elsewhere */
export function backupPlace(
  { fs }: PlaceParts,
  keeper: Checkpoint,
  backup: BackupEntry,
  kind: "completed" | "backup" | "folder",
): SourcePlace {
  return {
    id: `${kind}:${backup.name}`,
    kind,
    name: backup.name,
    keeper,
    live: () => [],
    open: async () =>
      lstatOf(fs, backup.folder) === null ? null : openedBackup(fs, backup, kind === "completed"),
    signature: () => "",
  };
}

/** All backups of a checkpoint, the newest first. */
export function backupPlaces(parts: PlaceParts, keeper: Checkpoint): SourcePlace[] {
  return keeper.backupsToRead().map((backup) => {
    const isCompleted = backup.manifest?.reason === "completed";
    return backupPlace(parts, keeper, backup, isCompleted ? "completed" : "backup");
  });
}

/** The shards in a folder as one, and then each of them; none of any other folder. */
export function shardPlaces(parts: PlaceParts, dir: string): SourcePlace[] {
  const { fs } = parts;
  if (!hasShards(fs, dir)) return [];
  const keeper = openCheckpoint(fs, dir);
  const each = shardFolders(fs, dir).map(({ shard, folder }) =>
    checkpointPlace(parts, folder, { id: shardId(shardText(shard)), kind: "shard", name: shardText(shard) }),
  );
  const whole: SourcePlace = {
    id: "shards",
    kind: "shards",
    name: path.basename(dir),
    keeper,
    // Of a thousand shards only those are asked that have an owner.
    live: () =>
      shardFolders(fs, dir)
        .map(({ folder }) => openCheckpoint(fs, folder))
        .filter(({ paths }) => lstatOf(fs, paths.owner) !== null),
    open: async () => (hasShards(fs, dir) ? openedShards(fs, dir) : null),
    signature: (isLive) =>
      shardFolders(fs, dir)
        .map(({ folder }) => signatureOf(openCheckpoint(fs, folder), isLive))
        .join("\n"),
  };
  return [whole, ...each];
}

export function shardId(name: string): string {
  return `shard:${name}`;
}

/** Of the files that change with the state of a checkpoint. */
function signatureOf({ fs, paths }: Checkpoint, isLive: boolean): string {
  const files = [paths.status, paths.owner, paths.socket, paths.receipt, paths.intent];
  return [...files, ...(isLive ? [] : [paths.log])]
    .map((file) => {
      const stat = lstatOf(fs, file);
      return stat === null ? "" : `${stat.ino}.${stat.size}.${stat.mtimeMs}`;
    })
    .join(" ");
}

/** What is shown of a checkpoint whose status cannot be read: only its log. Results are known by their identity. */
function unknownStatus(checkpoint: Checkpoint): Status {
  const input = {
    path: "",
    format: "jsonl",
    compression: "none",
    encoding: "utf-8",
    id_field: "",
    kept: false,
    size: 0,
    mtime: null,
    sha256: "",
    count: 0,
    repeated: 0,
    changes: 1,
  } as const;
  return {
    v: 1,
    kind: "status",
    generation: 0,
    session: { id: "", nonce: checkpoint.paths.dir, started_at: "" },
    saved_at: "",
    state: "stopped",
    input,
    processor: { kind: "", shown: "" },
    fingerprint: { id: "", parts: [] },
    batch_size: 0,
    total: 0,
    completed: 0,
    failed: 0,
    results_saved: 0,
    gone: 0,
    log: { bytes: 0, records: 0, last_sum: "" },
    output: null,
    usage: NO_USAGE,
    timeline: { bucket_ms: 1, counts: [] },
    runs: [],
    errors: [],
  };
}
