// Which packages are in the executable. The bundler says which files it takes in; that is more than package.json names, and less than the lockfile.
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { PAGE_ENTRIES, PRODUCTION } from "../../lib/io/bundle-page.ts";
import { ENTRIES } from "./compile.ts";
import { runTool } from "./run-tool.ts";

export type BundledPackage = {
  readonly name: string;
  readonly version: string;
  /** As SPDX writes it. */
  readonly license: string;
  /** Where it is installed. */
  readonly folder: string;
  /** Files of it that are in the bundle, relative to `folder`. */
  readonly files: readonly string[];
  /** Hash of its archive, as the lockfile has it. */
  readonly integrity: string;
  /** Names of the packages that it needs. */
  readonly dependencies: readonly string[];
};

/** All packages of which a file is in the bundle, by name. */
export async function bundledPackages(root: string): Promise<readonly BundledPackage[]> {
  const filesByFolder = new Map<string, string[]>();
  for (const input of await bundleInputs(root)) {
    const [, folder, file] = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\/(.*)$/.exec(input) ?? [];
    if (folder === undefined || file === undefined) continue;
    filesByFolder.set(folder, [...(filesByFolder.get(folder) ?? []), file]);
  }
  const lockfile = readLockfile(root);
  return [...filesByFolder]
    .map(([folder, files]) => describe(path.join(root, folder), files, lockfile))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Paths of all files that the bundler takes in, from the root: into the program, and into the page that it holds as a text. */
async function bundleInputs(root: string): Promise<readonly string[]> {
  const program = await inputsOf(root, ["--target=bun", "--format=esm", "--splitting", ...ENTRIES]);
  const page = await inputsOf(root, ["--target=browser", "--define", PRODUCTION, ...PAGE_ENTRIES]);
  return [...new Set([...program, ...page])];
}

async function inputsOf(root: string, words: readonly string[]): Promise<readonly string[]> {
  const folder = fs.mkdtempSync(path.join(tmpdir(), "ckpt-bundle-"));
  try {
    const metafile = path.join(folder, "meta.json");
    const place = [`--metafile=${metafile}`, "--outdir", path.join(folder, "out")];
    await runTool([process.execPath, "build", ...words, ...place], { cwd: root });
    const meta: unknown = JSON.parse(fs.readFileSync(metafile, "utf8"));
    return Object.keys(objectAt(meta, "inputs"));
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** Hash of each package's archive by `NAME@VERSION`. */
function readLockfile(root: string): ReadonlyMap<string, string> {
  const lockfile: unknown = Bun.JSONC.parse(fs.readFileSync(path.join(root, "bun.lock"), "utf8"));
  const entries = Object.values(objectAt(lockfile, "packages")).filter(Array.isArray);
  return new Map(entries.map((entry: readonly unknown[]) => [String(entry[0]), String(entry.at(-1))]));
}

function describe(
  folder: string,
  files: readonly string[],
  lockfile: ReadonlyMap<string, string>,
): BundledPackage {
  const read: unknown = JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8"));
  const text = (key: string): string => {
    const value = typeof read === "object" && read !== null ? Reflect.get(read, key) : undefined;
    if (typeof value !== "string") throw new Error(`${folder}/package.json has no ${key}`);
    return value;
  };
  const [name, version] = [text("name"), text("version")];
  const integrity = lockfile.get(`${name}@${version}`);
  if (integrity === undefined)
    throw new Error(`bun.lock has no ${name}@${version}: install its packages again`);
  const dependencies = Object.keys(objectAt(read, "dependencies")).toSorted();
  return {
    name,
    version,
    license: text("license"),
    folder,
    files: files.toSorted(),
    integrity,
    dependencies,
  };
}

/** The object at `key`; an empty one where there is none. */
function objectAt(value: unknown, key: string): Readonly<Record<string, unknown>> {
  const found: unknown = typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
  return typeof found === "object" && found !== null ? { ...found } : {};
}
