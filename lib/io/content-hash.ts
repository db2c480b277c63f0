// Hashes of file contents, for the parts of a fingerprint that are files.
import * as nodeFs from "node:fs";
import * as path from "node:path";
import { hashFile, statOf } from "./file.ts";
import { realFileSystem as fs } from "./fs.ts";

/**
 * SHA-256 (64 hex digits) of a regular file's content, symbolic links followed.
 * @param maxBytes null when the file is larger; no limit by default
 * @returns null when there is no such file, or it is not a regular one
 * @throws the system's error when the file exists and cannot be read
 */
export function contentHash(file: string, maxBytes: number = Infinity): string | null {
  const stat = statOf(fs, file);
  if (stat === null || !stat.isFile() || stat.size > maxBytes) return null;
  return hashFile(fs, nodeFs.realpathSync(file)).sha256;
}

/** True when a path names a regular file, symbolic links followed. */
export function isRegularFile(file: string): boolean {
  return statOf(fs, file)?.isFile() === true;
}

/** One file of a module: its path from the entry's folder, with "/", and the SHA-256 of its content. */
export type ModuleFile = { readonly name: string; readonly sha256: string };

/** Maximum number of files of a module, against endless generated imports. */
const MODULE_FILES_MAX = 10_000;

type Loader = "ts" | "tsx" | "js" | "jsx";

const LOADERS: { readonly [extension: string]: Loader } = {
  ".ts": "ts",
  ".mts": "ts",
  ".cts": "ts",
  ".tsx": "tsx",
  ".js": "js",
  ".mjs": "js",
  ".cjs": "js",
  ".jsx": "jsx",
};

/**
 * A module and everything that it imports by relative paths, directly or indirectly, sorted by name. Packages and unreadable files are left out.
 * @param entry absolute path
 */
export function moduleFiles(entry: string): readonly ModuleFile[] {
  const folder = path.dirname(entry);
  const files = new Map<string, ModuleFile>();
  const open = [entry];
  for (let file = open.pop(); file !== undefined && files.size < MODULE_FILES_MAX; file = open.pop()) {
    if (files.has(file)) continue;
    const source = readOrNull(file);
    if (source === null) continue;
    const sha256 = new Bun.CryptoHasher("sha256").update(source).digest("hex");
    files.set(file, { name: path.relative(folder, file).replaceAll(path.sep, "/"), sha256 });
    open.push(...relativeImports(file, source));
  }
  return [...files.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function readOrNull(file: string): Buffer | null {
  try {
    return nodeFs.readFileSync(file);
  } catch {
    return null; // loading the module reports it
  }
}

function relativeImports(file: string, source: Buffer): string[] {
  const loader = LOADERS[path.extname(file)];
  if (loader === undefined) return [];
  const found: string[] = [];
  for (const specifier of scanImports(loader, source)) {
    if (!/^\.{0,2}\//.test(specifier)) continue;
    try {
      found.push(Bun.resolveSync(specifier, path.dirname(file)));
    } catch {
      // It does not exist: the import is in a branch that never runs, or loading the module fails.
    }
  }
  return found;
}

function scanImports(loader: Loader, source: Buffer): string[] {
  try {
    return new Bun.Transpiler({ loader }).scanImports(source.toString()).map((found) => found.path);
  } catch {
    return []; // it cannot be parsed: loading it gives the error
  }
}
