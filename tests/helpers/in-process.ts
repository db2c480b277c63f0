// Runs a command of ckpt in the test's own process, with a file system of the test's choice, no terminal and a clock that stands still.
import * as fs from "node:fs";
import * as path from "node:path";
import type { Host } from "../../lib/cli/host.ts";
import { processHost } from "../../lib/cli/host.ts";
import { main } from "../../lib/start/main.ts";
import { systemClock } from "../../lib/io/clock.ts";
import { fakeStream } from "../ui/fakes.ts";
import { quietFileSystem, type WatchedFileSystem } from "./crashing-fs.ts";

export type Spoken = { readonly code: number; readonly out: string; readonly err: string };

/** The moment at which all commands of these tests happen. */
export const NOW_MS: number = Date.UTC(2026, 10, 23, 12, 0, 0);

export async function command(
  cwd: string,
  words: readonly string[],
  watched: WatchedFileSystem = quietFileSystem(),
  env: Record<string, string> = {},
): Promise<Spoken> {
  const stderr = fakeStream();
  const host = {
    ...processHost(),
    env: { LANG: "C", ...env },
    cwd,
    startFolder: cwd,
    fs: watched.fs,
    clock: {
      ...systemClock,
      now: () => NOW_MS,
      monotonic: () => systemClock.monotonic(),
      sleep: (ms: number) => systemClock.sleep(ms),
    },
    stdin: { isTTY: false },
    stdout: fakeStream(),
    stderr,
  } as unknown as Host;
  const { exitCode } = await main(words, host);
  return { code: exitCode, out: watched.stdout(), err: stderr.text() };
}

const PASSING = new Set(["lock", "backups.lock", "owner.json"]);

/** Every file below a folder with its text, folders as `name/`; without what only says who is at work. */
export function tree(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const entry of fs.readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (PASSING.has(entry.name)) continue;
    const full = path.join(entry.parentPath, entry.name);
    const name = path.relative(folder, full);
    if (entry.isDirectory()) found[`${name}/`] = "";
    else
      found[name] = entry.isSymbolicLink() ? `-> ${fs.readlinkSync(full)}` : fs.readFileSync(full, "latin1");
  }
  return Object.fromEntries(Object.entries(found).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
