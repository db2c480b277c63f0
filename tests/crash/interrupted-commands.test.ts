// Commands that move, replace, copy or delete, killed before each of their file system calls, and with each call failing once.
import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { moveToBackup } from "../../lib/checkpoint/backup/backups.ts";
import { lockFolder } from "../../lib/checkpoint/folder.ts";
import { encodeReceipt } from "../../lib/checkpoint/backup/receipt.ts";
import { readStatus } from "../../lib/checkpoint/status/status-file.ts";
import { systemClock } from "../../lib/io/clock.ts";
import { realFileSystem } from "../../lib/io/fs.ts";
import { crashingFileSystem, failingFileSystem, type WatchedFileSystem } from "../helpers/crashing-fs.ts";
import { command, NOW_MS, type Spoken, tree } from "../helpers/in-process.ts";
import { makeCheckpoint, makeShards } from "../helpers/made-checkpoint.ts";
import { memoryFolder } from "../helpers/memory.ts";

setDefaultTimeout(120_000);

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) fs.rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = memoryFolder();
  folders.push(folder);
  return folder;
}

const OWNER = { pid: 1, host: "h", started_at: "2026-11-23T00:00:00.000Z" };

type Case = {
  readonly name: string;
  readonly damaged?: boolean;
  /** Two shards, in the place of a checkpoint. */
  readonly shards?: true;
  readonly act: (folder: string, watched?: WatchedFileSystem) => Promise<Spoken>;
};

const words =
  (...given: readonly string[]): Case["act"] =>
  (folder, watched) =>
    command(folder, given, watched);

/** The end of a run that completed its session. */
async function complete(folder: string, watched?: WatchedFileSystem): Promise<Spoken> {
  const system = watched?.fs ?? realFileSystem;
  const locked = await lockFolder(system, path.join(folder, "checkpoints"), OWNER, systemClock);
  try {
    const read = readStatus(system, locked.paths.status);
    if (read.kind !== "good") throw new Error("no status");
    const { status } = read;
    const receipt = (name: string): string => encodeReceipt(status, name, NOW_MS);
    moveToBackup(system, locked.paths, { reason: "completed", nowMs: NOW_MS, contents: status, receipt });
    return { code: 0, out: "", err: "" };
  } finally {
    locked.release();
  }
}

const CASES: readonly Case[] = [
  { name: "restore", act: words("restore", "mine", "--yes") },
  { name: "restore over a damaged one", damaged: true, act: words("restore", "mine", "--yes") },
  { name: "clear", act: words("clear", "--yes") },
  { name: "clear --no-backup", act: words("clear", "--no-backup", "--yes") },
  { name: "verify --repair", damaged: true, act: words("verify", "--repair", "--yes") },
  { name: "backup", act: words("backup", "new") },
  { name: "backup --delete", act: words("backup", "--delete", "mine", "--yes") },
  { name: "completion", act: complete },
  { name: "restore of all shards", shards: true, act: words("restore", "mine", "--yes") },
  { name: "clear of all shards", shards: true, act: words("clear", "--yes") },
  { name: "backup of all shards", shards: true, act: words("backup", "new") },
];

/** A folder with a backup `mine` of three records, and a checkpoint of six that goes on from it. */
async function prepared({ damaged = false, shards }: Pick<Case, "damaged" | "shards">): Promise<string> {
  const folder = newFolder();
  const dir = path.join(folder, "checkpoints");
  if (shards === true) {
    makeShards(dir, [3, 2]);
    expect((await command(folder, ["backup", "mine"])).code).toBe(0);
    makeShards(dir, [6, 4]);
    return folder;
  }
  makeCheckpoint(dir, { records: 3, kept: "the input\n" });
  expect((await command(folder, ["backup", "mine"])).code).toBe(0);
  const { paths, lines } = makeCheckpoint(dir, { records: 6, kept: "the input\n" });
  if (damaged) fs.writeFileSync(paths.log, `${lines.toSpliced(2, 1, "junk").join("\n")}\n`);
  return folder;
}

function copyOf(folder: string): string {
  const copy = newFolder();
  fs.cpSync(folder, copy, { recursive: true });
  return copy;
}

const state = (folder: string): string => JSON.stringify(tree(path.join(folder, "checkpoints")), null, 1);

/** Locks what is there: the folder, and that of each shard. */
async function settle(folder: string): Promise<void> {
  const dir = path.join(folder, "checkpoints");
  const shards = fs.readdirSync(dir).filter((name) => name.startsWith("shard-"));
  for (const each of [dir, ...shards.map((name) => path.join(dir, name))])
    (await lockFolder(realFileSystem, each, OWNER, systemClock)).release();
}

/** What commands that only read say, each as one text. */
async function readings(folder: string): Promise<readonly string[]> {
  const info = await command(folder, ["info", "--json"]);
  const { session_id: id, results_saved, completed, error } = JSON.parse(info.out);
  const saved = results_saved ?? completed;
  const list = await command(folder, ["list", "--json"]);
  const verify = await command(folder, ["verify", "--json"]);
  const exported = await command(folder, ["export"]);
  return [
    `info ${info.code} ${id} ${saved} ${error?.code}`,
    `list ${list.code} ${list.out}`,
    `verify ${verify.code} ${verify.out}`,
    `export ${exported.code} ${exported.out}`,
  ].map((text) => text.replaceAll(folder, "FOLDER"));
}

describe.each(CASES.map((each) => [each.name, each] as const))("%s", (_name, { act, ...prepare }) => {
  test("killed before any of its calls: the old or the new state, whole, for readers and for the next command", async () => {
    const before = await prepared(prepare);
    const after = copyOf(before);
    expect((await act(after)).code).toBe(0);
    await settle(after);
    const [oldState, newState] = [state(before), state(after)];
    expect(newState).not.toBe(oldState);
    const [oldRead, newRead] = [await readings(before), await readings(after)];
    const seen = new Set<string>();
    for (let at = 1; ; at++) {
      const folder = copyOf(before);
      const watched = crashingFileSystem(at);
      await act(folder, watched).catch(() => null);
      if (!watched.struck()) break;
      const read = await readings(folder);
      for (const [i, text] of read.entries()) {
        expect({ at, oneOf: [oldRead[i], newRead[i]] }).toEqual({
          at,
          oneOf: expect.arrayContaining([text]),
        });
      }
      await settle(folder);
      const found = state(folder);
      if (found !== newState) expect({ at, found }).toEqual({ at, found: oldState });
      seen.add(found === newState ? "new" : "old");
      fs.rmSync(folder, { recursive: true });
    }
    expect(seen).toEqual(new Set(["old", "new"]));
  });

  test.each(["EIO", "ENOSPC", "EACCES"])(
    "any one call failing with %s: said in words, and a later try works",
    async (code) => {
      const before = await prepared(prepare);
      const after = copyOf(before);
      await act(after);
      await settle(after);
      const [oldState, newState] = [state(before), state(after)];
      for (let at = 1; ; at++) {
        const folder = copyOf(before);
        const watched = failingFileSystem(at, code);
        const ran = await act(folder, watched).catch(() => null);
        if (!watched.struck()) break;
        expect({ at, err: ran?.err ?? "" }).toEqual({
          at,
          err: expect.not.stringContaining("internal error"),
        });
        await settle(folder);
        const found = state(folder);
        if (found !== newState) {
          expect({ at, found }).toEqual({ at, found: oldState });
          expect({ at, code: (await act(folder)).code }).toEqual({ at, code: 0 });
          await settle(folder);
          expect(state(folder)).toBe(newState);
        }
        fs.rmSync(folder, { recursive: true });
      }
    },
  );
});

test("backup on a full disk leaves nothing behind and exits 1", async () => {
  const before = await prepared({});
  const oldState = state(before);
  let failures = 0;
  for (let at = 1; ; at++) {
    const folder = copyOf(before);
    const watched = failingFileSystem(at, "ENOSPC");
    const ran = await command(folder, ["backup", "new", "--json"], watched);
    if (!watched.struck()) break;
    if (ran.code === 0) continue;
    if (JSON.parse(ran.out).error.code !== "backup.failed") continue;
    failures++;
    expect({ at, code: ran.code, state: state(folder) }).toEqual({ at, code: 1, state: oldState });
  }
  expect(failures).toBeGreaterThan(10);
});
