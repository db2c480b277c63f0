// `last_exports.json`: what `ckpt export` has written, and where, so that an export can be repeated without --force while its file is still that.
// Export takes no lock: of two that end at once, one may not stand here. That errs on the safe side, its file then needs --force; so does every
// failure to read or write this record.
import { CkptError, systemCode } from "../core/errors.ts";
import type { Of, Sealed } from "../core/shape.ts";
import { lstatOf, replaceFile } from "../io/file.ts";
import type { FileSystem } from "../io/fs.ts";
import type { CheckpointPaths } from "./names.ts";
import { seal } from "./status/seal.ts";
import { readSealed } from "./status/status-file.ts";

const FILE = {
  /** Absolute. */
  path: "string",
  /** Of the session whose results it holds: another's results are not replaced. */
  nonce: "string",
  /** SHA-256 (64 hex digits) of what it holds; while it is being replaced, also of what it held before. */
  sha256: ["string"],
} as const;
export type ExportedFile = Of<typeof FILE>;

const EXPORTS = { files: [FILE] } as const;

/** The files exported last that stand in the record. */
const FILES_MAX = 100;
/** Hashes of one file: each export that was killed just before its end leaves one more. */
const HASHES_MAX = 8;
/** More than the longest paths make of it. */
const BYTES_MAX = 4 << 20;

/**
 * SHA-256 of what an export of this session has put in `file`; more than one where its end is not known, none where there was none.
 * @throws NotRegularError when a link or a folder stands in the place of the record
 */
export function exportedHashes(
  fs: FileSystem,
  paths: CheckpointPaths,
  nonce: string,
  file: string,
): readonly string[] {
  const found = orNull(() => readExports(fs, paths)) ?? [];
  return found.find((entry) => entry.path === file && entry.nonce === nonce)?.sha256 ?? [];
}

/** Nonces of the sessions whose results were exported into the files that are meant. @throws as above */
export function exportersOf(
  fs: FileSystem,
  paths: CheckpointPaths,
  isMeant: (file: ExportedFile) => boolean,
): readonly string[] {
  const found = orNull(() => readExports(fs, paths)) ?? [];
  return found.filter((entry) => isMeant(entry)).map(({ nonce }) => nonce);
}

/** Puts a file at the head of the record, in the place of what the record says of that path. */
export function recordExport(fs: FileSystem, paths: CheckpointPaths, exported: ExportedFile): void {
  orNull(() => {
    const found = readExports(fs, paths);
    if (found === null) return;
    const others = found.filter((entry) => entry.path !== exported.path);
    const first = { ...exported, sha256: exported.sha256.slice(0, HASHES_MAX) };
    const files = [first, ...others].slice(0, FILES_MAX);
    const record: Sealed<"exports", typeof EXPORTS> = { v: 1, kind: "exports", files };
    const temporary = `${paths.exports}.${crypto.randomUUID()}.tmp`;
    replaceFile(fs, paths.exports, Buffer.from(seal(record)), temporary);
  });
}

/** Null when something else stands in its place, which is left as it is. */
function readExports(fs: FileSystem, paths: CheckpointPaths): readonly ExportedFile[] | null {
  const stat = lstatOf(fs, paths.exports);
  if (stat === null) return [];
  if (stat.size > BYTES_MAX) return null;
  return readSealed(fs, paths.exports, "exports", EXPORTS)?.files ?? null;
}

/** A record that cannot be read or written (a folder that is read-only, a full disk, a newer ckpt's) is as good as none. */
function orNull<T>(call: () => T): T | null {
  try {
    return call();
  } catch (error) {
    if (!(error instanceof CkptError) && systemCode(error) === null) throw error;
    return null;
  }
}
