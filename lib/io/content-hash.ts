// What files hold, as a hash: the parts of a fingerprint that are files.
import * as nodeFs from "node:fs";
import * as path from "node:path";
import { hashFile, statOf } from "./file.ts";
import { realFileSystem as fs } from "./fs.ts";

/**
 * SHA-256 (64 hex digits) of a regular file's content, symbolic links followed.
 * @param maxBytes null when the file is larger; no limit by default
 * @returns null when there is no such file, or it is not a regular one
 * @throws what the system says when it is there and cannot be read
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

/** What a module may import before ckpt stops looking; a limit against loops of generated files. */
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
 * A module with everything that it imports by a relative path, directly or not, sorted by name. Packages are left out, and so is what
 * cannot be found or read.
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
    return null; // the module will say so itself when it is loaded
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
      // Not there: an import in a branch that is never taken, or an error when the module is loaded.
    }
  }
  return found;
}

function scanImports(loader: Loader, source: Buffer): string[] {
  try {
    return new Bun.Transpiler({ loader }).scanImports(source.toString()).map((found) => found.path);
  } catch {
    return []; // not to be parsed: loading it gives the error
  }
}
