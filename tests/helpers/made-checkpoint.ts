// Small checkpoints for tests of what looks at them: log and status made by the code that makes them in a run.
import * as fs from "node:fs";
import * as path from "node:path";
import { LogWriter } from "../../lib/checkpoint/log/log-writer.ts";
import {
  type CheckpointPaths,
  checkpointPaths,
  SHARDS,
  shardFolderName,
} from "../../lib/checkpoint/names.ts";
import { emptyPosition } from "../../lib/checkpoint/log/log-start.ts";
import { seal } from "../../lib/checkpoint/status/seal.ts";
import { encodeStatus } from "../../lib/checkpoint/status/status-file.ts";
import type { Status } from "../../lib/core/status.ts";
import type { FormatVersion } from "../../lib/core/format-version.ts";
import type { Result } from "../../lib/core/record.ts";
import { realFileSystem } from "../../lib/io/fs.ts";
import { STATUS } from "../ui/fakes.ts";

export type Made = {
  readonly paths: CheckpointPaths;
  readonly status: Status;
  /** Lines of the log, without their ends. */
  readonly lines: readonly string[];
};

export type MakeOptions = {
  /** Records that are committed; default 6. */
  readonly records?: number;
  readonly uncommitted?: number;
  readonly nonce?: string;
  readonly kept?: string;
  /** Item of each record; default: its number from 0. */
  readonly items?: readonly number[];
  /** What each success says before its item's number; default "answer". */
  readonly says?: string;
  /** Default 1. In version 2 two answers are wanted: item 4 is the second one of item 3; item 2 was made by another tool. */
  readonly version?: FormatVersion;
};

const NONCE = "a".repeat(32);

/** Makes a checkpoint in `dir`: item 1 failed, all others done; ids `q0`, `q1`, … */
export function makeCheckpoint(dir: string, options: MakeOptions = {}): Made {
  const { records = 6, uncommitted = 0, nonce = NONCE, kept, says = "answer", version = 1 } = options;
  const paths = checkpointPaths(dir);
  fs.mkdirSync(dir, { recursive: true });
  fs.writeFileSync(paths.log, "");
  const writer = new LogWriter(realFileSystem, paths.log, emptyPosition(nonce), version);
  const items = options.items ?? Array.from({ length: records + uncommitted }, (_, i) => i);
  let log = writer.position;
  items.forEach((item, at) => {
    writer.add(...recordOf(item, says, version));
    writer.write();
    if (at === records - 1) log = writer.position;
  });
  writer.close();
  const committed = new Set(items.slice(0, records));
  const failed = committed.has(1) ? 1 : 0;
  const status: Status = {
    ...STATUS,
    v: version,
    session: { ...STATUS.session, nonce },
    input: { ...STATUS.input, kept: kept !== undefined, count: 10 },
    fingerprint: { id: "0a1b2c3d", parts: [] },
    ...(version === 1 ? { total: 10 } : { repeat: 2, total: 20 }),
    completed: committed.size - failed,
    failed,
    results_saved: committed.size,
    log,
  };
  fs.writeFileSync(paths.status, encodeStatus(status));
  if (kept !== undefined) fs.writeFileSync(paths.keptInput, kept);
  return { paths, status, lines: fs.readFileSync(paths.log, "utf8").split("\n").slice(0, -1) };
}

const FP = "0a1b2c3d";
const IMPORTED = { fp: "5e6f7a8b", file: "old.jsonl", sha256: "5".repeat(64), line: 3 };

function recordOf(item: number, says: string, version: FormatVersion): Parameters<LogWriter["add"]> {
  const isSecond = version === 2 && item === 4;
  const index = isSecond ? 3 : item;
  const key = {
    index,
    line: index + 1,
    id: `q${index}`,
    idIsJson: false,
    hash: index.toString(16).padStart(32, "0"),
    occurrence: 1,
    repeat: isSecond ? 2 : 1,
  };
  const common = { attempts: 1, retries: [], startedAtMs: Date.UTC(2026, 10, 23), durationMs: 7 };
  const error = { kind: "exit", message: "exit status 1" };
  const result: Result =
    item === 1
      ? { ...common, status: "failed", error }
      : { ...common, status: "ok", outputJson: JSON.stringify(`${says} ${item}`) };
  if (version === 1 || item !== 2) return [key, FP, result];
  return [key, IMPORTED.fp, { ...result, attempts: 0, imported: IMPORTED }];
}

/** Makes a folder of two shards of one job, with so many records each, of which one keeps its input. */
export function makeShards(dir: string, records: readonly [number, number]): void {
  const made = records.map((count, at) => {
    const shard = { index: at + 1, count: 2 };
    const folder = path.join(dir, shardFolderName(shard));
    const { paths, status } = makeCheckpoint(folder, {
      records: count,
      version: 2,
      nonce: String(at).repeat(32),
      ...(at === 0 ? { kept: "the input\n" } : null),
    });
    const scope = { rule: "key32-interval", ...shard, input_count: status.input.count };
    const input = { ...status.input, kept: false };
    fs.writeFileSync(
      paths.status,
      encodeStatus({ ...status, input: at === 0 ? status.input : input, shard: scope }),
    );
    return { ...status, input };
  });
  const [{ input, processor, fingerprint, session, repeat = 1 }] = made as [Status];
  const job = {
    rule: "key32-interval",
    count: 2,
    ids_from: 1,
    session,
    input,
    processor,
    fingerprint,
    repeat,
  };
  fs.writeFileSync(path.join(dir, SHARDS), seal({ v: 2, kind: "shards", ...job }));
}
