// A checkpoint in a temporary folder, made by the real session, for tests of what finds one.
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { directCommitter } from "../../lib/checkpoint/status/committer.ts";
import { type CheckpointPaths, checkpointPaths } from "../../lib/checkpoint/names.ts";
import type { Owner } from "../../lib/checkpoint/owner.ts";
import { emptyPosition } from "../../lib/checkpoint/log/log-start.ts";
import { recover, type Recovered } from "../../lib/checkpoint/log/recovery.ts";
import { Session, type SessionFacts } from "../../lib/checkpoint/status/session.ts";
import { Plan } from "../../lib/core/plan.ts";
import type { FormatVersion } from "../../lib/core/format-version.ts";
import type { Result } from "../../lib/core/record.ts";
import type { LogPosition, Status } from "../../lib/core/status.ts";
import { type FileSystem, realFileSystem } from "../../lib/io/fs.ts";
import { FakeClock } from "./fake-clock.ts";

export const NONCE = "000102030405060708090a0b0c0d0e0f";

/** The process of a session here. */
export const OWNER: Owner = { pid: 1, host: "h", started_at: "2026-11-23T20:00:00.000Z" };

export function newPaths(): CheckpointPaths {
  return checkpointPaths(fs.mkdtempSync(path.join(os.tmpdir(), "ckpt-test-")));
}

export function okResult(outputJson: string): Result {
  return { status: "ok", outputJson, attempts: 1, retries: [], startedAtMs: 0, durationMs: 1 };
}

export function failedResult(kind: string, message = `${kind} happened`): Result {
  const error = { kind, message };
  return { status: "failed", error, attempts: 1, retries: [], startedAtMs: 0, durationMs: 1 };
}

/** A hash that is different for each index. */
export function hashOf(index: number): string {
  return index.toString(16).padStart(32, "0");
}

export function keyOf(index: number): Parameters<Session["add"]>[0] {
  return { index, line: index + 1, id: null, idIsJson: false, hash: hashOf(index), occurrence: 1, repeat: 1 };
}

/** Adds a success for each index. */
export function addAll(session: Session, indices: readonly number[]): void {
  for (const index of indices) session.add(keyOf(index), okResult(`"answer ${index}"`));
}

export type OpenOptions = {
  readonly fs?: FileSystem;
  readonly clock?: FakeClock;
  readonly recovered?: Recovered;
  readonly total?: number;
  readonly plan?: Plan;
  /** The process; default: OWNER. */
  readonly owner?: Owner;
  /** Of a new session. */
  readonly version?: FormatVersion;
};

/** A session, new or taken up, that commits on the calling thread. */
export function openSession(paths: CheckpointPaths, options: OpenOptions = {}): Session {
  const { fs: files = realFileSystem, clock = new FakeClock(), recovered, total = 10, version = 1 } = options;
  const earlier = recovered?.status ?? null;
  const position: LogPosition = recovered?.position ?? emptyPosition(NONCE);
  const plan = options.plan ?? planOf(total, position.records);
  const facts = { ...factsOf(earlier, total), plan, v: earlier?.v ?? version };
  return new Session(files, paths, clock, directCommitter(files), facts, position, options.owner ?? OWNER);
}

/** A plan whose first items are done. */
function planOf(total: number, done: number): Plan {
  const plan = new Plan(total);
  for (let unit = 0; unit < done; unit++) plan.recorded(unit, null, 0);
  return plan;
}

function factsOf(earlier: Status | null, total: number): Omit<SessionFacts, "plan" | "v"> {
  return {
    session: earlier?.session ?? {
      id: "20261123_200000",
      nonce: NONCE,
      started_at: "2026-11-23T20:00:00.000Z",
    },
    input: {
      path: "/data/q.txt",
      format: "txt",
      compression: "none",
      encoding: "utf-8",
      id_field: null,
      kept: false,
      size: 1,
      mtime: null,
      sha256: "0".repeat(64),
      count: total,
      repeated: 0,
      changes: 0,
    },
    processor: { kind: "command", shown: "true" },
    fingerprint: { id: "89abcdef", parts: [{ name: "kind", value: "command", shown: "command" }] },
    batch_size: 10,
    output: null,
    earlier,
  };
}

/** Indices of the records that recovery finds, with what it says. */
export function recoverAll(
  paths: CheckpointPaths,
  files: FileSystem = realFileSystem,
): { readonly recovered: Recovered | null; readonly indices: number[] } {
  const indices: number[] = [];
  const recovered = recover(files, paths, (frame) => void indices.push(frame.index));
  return { recovered, indices };
}

/** Makes a checkpoint of which `committed` records are committed and `saved` more are in the log alone. */
export async function makeCheckpoint(
  paths: CheckpointPaths,
  committed: number,
  saved: number,
): Promise<Status> {
  const session = openSession(paths);
  await session.begin();
  addAll(
    session,
    Array.from({ length: committed }, (_, i) => i),
  );
  await session.commit();
  addAll(
    session,
    Array.from({ length: saved }, (_, i) => committed + i),
  );
  session.write();
  session.close();
  return session.committed;
}
