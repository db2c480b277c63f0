// `last_exports.json`: which files `ckpt export` has written, so that an export can be repeated without --force while its file is unchanged. Export
// takes no lock: of two that end at the same time, one may be missing here. That is safe, because its file then needs --force; the same holds for
// every failure to read or write this file.
import * as path from "node:path";
import { CkptError, systemCode } from "../core/errors.ts";
import type { Of, Sealed } from "../core/shape.ts";
import { lstatOf, removeFile, replaceFile } from "../io/file.ts";
import type { FileSystem } from "../io/fs.ts";
import { type CheckpointPaths, isLeftover } from "./names.ts";
import { seal } from "./status/seal.ts";
import { readSealed } from "./status/status-file.ts";

const FILE = {
  /** Absolute. */
  path: "string",
  /** Nonce of the session whose results it holds: results of other sessions are not replaced. */
  nonce: "string",
  /** SHA-256 (64 hex digits) of its content; during a replacement also of the old content. */
  sha256: ["string"],
} as const;
export type ExportedFile = Of<typeof FILE>;

const EXPORTS = { files: [FILE] } as const;

/** Maximum number of files in the record, the latest ones. */
const FILES_MAX = 100;
/** Maximum number of hashes per file: each export that is killed just before its end leaves one more. */
const HASHES_MAX = 8;
/** Size limit, enough for the longest paths. */
const BYTES_MAX = 4 << 20;

/**
 * SHA-256 of what an export of this session has written to `file`; several if it is unknown whether an export finished, none without an export.
 * @throws NotRegularError when a link or a folder is in the place of the record
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

/** Nonces of the sessions whose results were exported to matching files. @throws as above */
export function exportersOf(
  fs: FileSystem,
  paths: CheckpointPaths,
  isMeant: (file: ExportedFile) => boolean,
): readonly string[] {
  const found = orNull(() => readExports(fs, paths)) ?? [];
  return found.filter((entry) => isMeant(entry)).map(({ nonce }) => nonce);
}

/** Puts a file at the head of the record and replaces its earlier entry. */
export function recordExport(fs: FileSystem, paths: CheckpointPaths, exported: ExportedFile): void {
  orNull(() => {
    const found = readExports(fs, paths);
    if (found === null) return;
    const others = found.filter((entry) => entry.path !== exported.path);
    const first = { ...exported, sha256: exported.sha256.slice(0, HASHES_MAX) };
    const files = [first, ...others].slice(0, FILES_MAX);
    const record: Sealed<"exports", typeof EXPORTS> = { v: 1, kind: "exports", files };
    removeKilled(fs, paths);
    const temporary = `${paths.exports}.${crypto.randomUUID()}.tmp`;
    replaceFile(fs, paths.exports, Buffer.from(seal(record)), temporary);
  });
}

/** Removes what killed exports have left. One that ends at the same time may lose its own: then it is missing in the record, as said above. */
function removeKilled(fs: FileSystem, { dir, exports: file }: CheckpointPaths): void {
  const isOwn = (name: string): boolean => name.startsWith(`${path.basename(file)}.`) && isLeftover(name);
  for (const name of fs.readdirSync(dir)) if (isOwn(name)) removeFile(fs, path.join(dir, name));
}

/** Null when something else is in its place, which is left alone. */
function readExports(fs: FileSystem, paths: CheckpointPaths): readonly ExportedFile[] | null {
  const stat = lstatOf(fs, paths.exports);
  if (stat === null) return [];
  if (stat.size > BYTES_MAX) return null;
  return readSealed(fs, paths.exports, "exports", EXPORTS)?.files ?? null;
}

/** A record that cannot be read or written (read-only folder, full disk, newer version) counts as missing. */
function orNull<T>(call: () => T): T | null {
  try {
    return call();
  } catch (error) {
    if (!(error instanceof CkptError) && systemCode(error) === null) throw error;
    return null;
  }
}
