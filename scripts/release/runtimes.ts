// Bun's runtimes for other platforms: npm packages whose hashes stand in the table of targets. They are kept in a cache folder, as npm packed them, and
// are checked each time, so that a release needs the network only once.
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { homedir } from "node:os";
import * as path from "node:path";
import { runTool } from "./run-tool.ts";
import { BUN_VERSION, type Target } from "./targets.ts";

/** Where packages are kept unless another folder is named. */
export function defaultCacheFolder(home: string = homedir()): string {
  return path.join(home, ".cache", "ckpt-release");
}

/** Brings the packages of these runtimes into the cache, where they are not yet. */
export async function downloadRuntimes(targets: readonly Target[], cacheFolder: string): Promise<void> {
  for (const target of targets) await readPackage(target, cacheFolder);
}

/** Writes the runtime of `target` into `folder` and returns its path. @throws Error when its package has another hash than the table states. */
export async function unpackRuntime(target: Target, cacheFolder: string, folder: string): Promise<string> {
  const bytes = await readPackage(target, cacheFolder);
  const name = target.npm.os === "win32" ? "package/bin/bun.exe" : "package/bin/bun";
  const runtime = (await new Bun.Archive(bytes).files()).get(name);
  if (runtime === undefined) throw new Error(`${target.runtime.package} has no ${name}`);
  fs.mkdirSync(folder, { recursive: true });
  const out = path.join(folder, path.basename(name));
  fs.writeFileSync(out, new Uint8Array(await runtime.arrayBuffer()), { mode: 0o755 });
  return out;
}

/** From the cache, or else from npm; checked in both cases. */
async function readPackage(target: Target, cacheFolder: string): Promise<Buffer<ArrayBuffer>> {
  const file = path.join(cacheFolder, `${target.name}-${BUN_VERSION}.tgz`);
  if (!fs.existsSync(file)) await download(target, file);
  const bytes = fs.readFileSync(file);
  checkIntegrity(bytes, target, file);
  return bytes;
}

/** A package comes into the cache whole and checked, or not at all. */
async function download(target: Target, file: string): Promise<void> {
  const folder = path.dirname(file);
  fs.mkdirSync(folder, { recursive: true });
  const temporary = fs.mkdtempSync(path.join(folder, "download-"));
  try {
    const name = `${target.runtime.package}@${BUN_VERSION}`;
    await runTool(["npm", "pack", "--loglevel=error", name, "--pack-destination", temporary], {
      cwd: temporary,
    });
    const [packed = ""] = fs.readdirSync(temporary);
    const from = path.join(temporary, packed);
    checkIntegrity(fs.readFileSync(from), target, name);
    fs.renameSync(from, file);
  } finally {
    fs.rmSync(temporary, { recursive: true, force: true });
  }
}

function checkIntegrity(bytes: Uint8Array, { runtime }: Target, what: string): void {
  const found = `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
  if (found === runtime.integrity) return;
  throw new Error(
    `${what} is not the package on record: its hash is ${found}, the table of targets has ${runtime.integrity}`,
  );
}
