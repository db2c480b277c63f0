// The manifest of a backup. It is written last, so a folder with a valid manifest is a complete backup.
import * as path from "node:path";
import { causeText } from "../../core/errors.ts";
import type { Problem } from "../../core/problem.ts";
import { JOB, jobOf } from "../../core/job.ts";
import type { Of, Sealed, Word } from "../../core/shape.ts";
import { COUNTS } from "../../core/status.ts";
import { fileSize, hashFile, syncFile } from "../../io/file.ts";
import type { FileSystem } from "../../io/fs.ts";
import { type Contents, contentNames } from "../contents.ts";
import { type BackupReason, MANIFEST as MANIFEST_FILE } from "../names.ts";
import { seal } from "../status/seal.ts";
import { readSealed } from "../status/status-file.ts";

const FILE = { name: "string", size: "number", sha256: "string" } as const;
export type ManifestFile = Of<typeof FILE>;

const MANIFEST_OWN = {
  name: "string",
  backup: "string" as Word<"manual" | "auto">,
  form: "string" as Word<"checkpoint" | "raw">,
  reason: "string" as Word<BackupReason>,
  created_at: "string",
  "session_id|null": "string",
  "nonce|null": "string",
  results_saved: "number",
  /** Absent in manifests of older versions, and when the status could not be read. */
  "job?": JOB as typeof JOB,
  /** Of a folder of shards: how many there are to be, and how many have begun. Its files lie in the folders of the shards. */
  "shards?": { count: "number", begun: "number" },
  /** The job was cleared later: no run resumes from this completed session. */
  "cleared?": "boolean",
} as const;
type ManifestShape = typeof MANIFEST_OWN & typeof COUNTS & { readonly files: readonly [typeof FILE] };
const MANIFEST: ManifestShape = { ...MANIFEST_OWN, ...COUNTS, files: [FILE] };
export type Manifest = Sealed<"manifest", typeof MANIFEST>;

export type ManifestFacts = {
  readonly name: string;
  readonly reason: BackupReason;
  readonly form: "checkpoint" | "raw";
  readonly createdAtMs: number;
  /** Null when that cannot be read. */
  readonly contents: Contents | null;
  readonly files: readonly ManifestFile[];
};

/** Builds a manifest. */
export function makeManifest(facts: ManifestFacts): Manifest {
  const { contents } = facts;
  return {
    v: 1,
    kind: "manifest",
    name: facts.name,
    backup: facts.reason === "manual" ? "manual" : "auto",
    form: facts.form,
    reason: facts.reason,
    created_at: new Date(facts.createdAtMs).toISOString(),
    session_id: contents?.session.id ?? null,
    nonce: contents?.session.nonce ?? null,
    total: contents?.total ?? 0,
    completed: contents?.completed ?? 0,
    failed: contents?.failed ?? 0,
    results_saved: contents?.results_saved ?? 0,
    ...(contents === null ? {} : { job: jobOf(contents) }),
    ...(contents?.shards === undefined ? {} : { shards: contents.shards }),
    files: facts.files,
  };
}

/** The bytes of a manifest file. */
export function encodeManifest(manifest: Manifest): string {
  return seal(manifest);
}

/** The manifest of a backup folder; null without a valid one. @throws checkpoint.newer */
export function readManifest(fs: FileSystem, folder: string): Manifest | null {
  return readSealed(fs, path.join(folder, MANIFEST_FILE), "manifest", MANIFEST);
}

/**
 * Size and SHA-256 of each file of the checkpoint, or of the shards, in `folder`. The files are synced first: a killed process may have left their bytes only in memory, and
 * after a power cut the backup would be damaged.
 */
export function hashCheckpointFiles(fs: FileSystem, folder: string): ManifestFile[] {
  const files: ManifestFile[] = [];
  for (const name of contentNames(fs, folder)) {
    const file = path.join(folder, name);
    if (fileSize(fs, file) === null) continue;
    syncFile(fs, file);
    files.push({ name, ...hashFile(fs, file) });
  }
  return files;
}

/** Differences from the manifest; empty when the backup is intact. `deep`: compares hashes, not only sizes. */
export function manifestProblems(
  fs: FileSystem,
  folder: string,
  manifest: Manifest,
  deep: boolean,
): Problem[] {
  return manifest.files.flatMap((file): Problem[] => {
    const full = path.join(folder, file.name);
    try {
      const found = fileSize(fs, full);
      if (found === null) return [{ kind: "file-missing", file: file.name }];
      if (found !== file.size) return [{ kind: "file-size", file: file.name, found, expected: file.size }];
      const same = !deep || hashFile(fs, full).sha256 === file.sha256;
      return same ? [] : [{ kind: "file-hash", file: file.name }];
    } catch (error) {
      return [{ kind: "unreadable", file: file.name, cause: causeText(error) }];
    }
  });
}
