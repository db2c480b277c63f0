// `ckpt backup`, `restore`, `clear`, `list` and `verify` on a folder of shards: all shards, or one of them.
import { describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { seal } from "../../lib/checkpoint/status/seal.ts";
import { ckpt, type Ran, read, start } from "../helpers/ckpt.ts";
import { FINE, runAll, shardsJob, type ShardsFolder, SOME_FAIL } from "../helpers/shards.ts";
import { until } from "../helpers/until.ts";

const ITEMS = 40;

async function finished(): Promise<ShardsFolder> {
  const job = shardsJob(ITEMS);
  await runAll(job, 3, SOME_FAIL);
  return job;
}

type Backups = readonly {
  readonly name: string;
  readonly shard: string | null;
  readonly shards: { readonly count: number; readonly begun: number; readonly states: object | null } | null;
  readonly intact: boolean;
  readonly results_saved: number;
}[];

async function listed(folder: string, ...words: string[]): Promise<Backups> {
  return JSON.parse((await ckpt(folder, ["list", "--json", ...words])).out) as Backups;
}

const info = async (folder: string): Promise<string> => (await ckpt(folder, ["info", "--json"])).out;
const exported = async (folder: string): Promise<string> => (await ckpt(folder, ["export"])).out;
const missing = async (folder: string): Promise<string> =>
  (await ckpt(folder, ["info", "--missing"])).out.trim();

describe("all shards", () => {
  test("are backed up, cleared and restored as one; the shards then go on as if nothing had been", async () => {
    const job = shardsJob(ITEMS);
    const { folder, run } = job;
    expect(await run("1/3", ...SOME_FAIL)).toBe(3);
    expect(await run("2/3", "--limit", "2", ...SOME_FAIL)).toBe(4);
    const [before, rows] = [await info(folder), await exported(folder)];
    const made = await ckpt(folder, ["backup", "mine", "--json"]);
    expect(JSON.parse(made.out)).toMatchObject({ backup: "mine", shards: { count: 3, begun: 2 } });
    expect((await ckpt(folder, ["verify", "mine"])).code).toBe(0);
    expect((await ckpt(folder, ["export", "mine"])).out).toBe(rows);
    expect(JSON.parse((await ckpt(folder, ["clear", "--yes", "--json"])).out)).toMatchObject({
      cleared: true,
      shards: 2,
    });
    expect((await ckpt(folder, ["info"])).code).toBe(10);
    expect(fs.existsSync(path.join(folder, "checkpoints/shards.json"))).toBe(false);
    // Another job of another number may have the folder now.
    expect(await run("1/2", ...FINE)).toBe(0);
    const dry = await ckpt(folder, ["restore", "mine", "--dry-run", "--json"]);
    expect(JSON.parse(dry.out)).toMatchObject({ would_restore: "mine", shards: { count: 3, begun: 2 } });
    expect((await ckpt(folder, ["restore", "mine", "--yes"])).code).toBe(0);
    expect(await info(folder)).toBe(before);
    expect(await exported(folder)).toBe(rows);
    expect(await run("2/3", ...SOME_FAIL)).toBe(3);
    expect(await run("3/3", ...SOME_FAIL)).toBe(3);
    expect((await ckpt(folder, ["merge", "--dry-run"])).code).toBe(3);
    // Both that were replaced are kept.
    const kept = await listed(folder);
    expect(kept.map(({ name }) => name.replace(/_\d.*/, ""))).toEqual([
      "auto_before_restore",
      "auto_cleared",
      "mine",
    ]);
    expect(kept.every(({ intact }) => intact)).toBe(true);
  });

  test("are deleted for good with --no-backup; backups of single shards stay, and are listed", async () => {
    const { folder } = await finished();
    expect((await ckpt(folder, ["backup", "two", "--shard", "2"])).code).toBe(0);
    expect((await ckpt(folder, ["clear", "--no-backup", "--yes"])).code).toBe(0);
    expect((await listed(folder)).map(({ name, shard }) => [name, shard])).toEqual([["two", "2/3"]]);
    expect((await ckpt(folder, ["clear", "--yes"])).code).toBe(10);
  });

  test.each([
    ["en", ["clear", "restore latest"], "shard 2 is in use"],
    ["zh", ["clear"], "分片 2 正在使用中"],
  ])(
    "are not replaced while one of them runs, and are backed up as far as they are saved (%s)",
    async (lang, commands, words) => {
      const { folder, run } = shardsJob(ITEMS);
      const wait = ["--shell", "echo a{x}; test {x} -lt 20 || sleep 1000"];
      const own = ["run", "q.jsonl", "--id", "id", "--shard", "2/3", "-q", "-b", "1", "--grace", "0s"];
      await run("1/3", "--limit", "1", ...wait);
      const child = start(folder, [...own, ...wait]);
      try {
        const status = path.join(folder, "checkpoints/shard-002-of-003/processing_status.json");
        await until(
          () =>
            fs.existsSync(status) &&
            (JSON.parse(fs.readFileSync(status, "utf8")) as { completed: number }).completed > 0,
        );
        expect((await ckpt(folder, ["backup", "mine"])).code).toBe(0);
        expect((await ckpt(folder, ["verify", "mine"])).code).toBe(0);
        expect((await ckpt(folder, ["verify"])).code).toBe(0);
        for (const command of commands) {
          const ran = await ckpt(folder, [...command.split(" "), "--yes", "--lang", lang]);
          expect([command, ran.code, ran.err]).toEqual([command, 11, expect.stringContaining(words)]);
        }
        // One that does not run may be cleared alone.
        expect((await ckpt(folder, ["clear", "--shard", "1", "--yes"])).code).toBe(0);
        expect((await ckpt(folder, ["clear", "--shard", "2", "--yes"])).code).toBe(11);
      } finally {
        child.kill("SIGKILL");
        await child.exited;
      }
      const killed = JSON.parse((await ckpt(folder, ["clear", "--yes", "--json"])).out) as { backup: string };
      expect((await ckpt(folder, ["restore", killed.backup, "--yes"])).code).toBe(0);
      expect((await ckpt(folder, ["info"])).code).toBe(0);
    },
  );

  test("clear asks once, and without a terminal not at all", async () => {
    const { folder } = await finished();
    const before = await info(folder);
    const ran = await ckpt(folder, ["clear"]);
    expect([ran.code, ran.err]).toEqual([2, expect.stringContaining("--yes")]);
    expect(await info(folder)).toBe(before);
  });
});

describe("list", () => {
  test.each([
    [
      "en",
      "4 shards here: 1 complete; 1 in progress; 1 stopped; 1 not begun\n",
      "(2 of 4 shards: 1 complete; 1 stopped)",
    ],
    ["zh", "此处共 4 个分片：已完成 1；运行中 1；已停止 1；未开始 1\n", "（2/4 个分片：已完成 1；已停止 1）"],
  ])(
    "says how many shards are in which state, and were when a backup was made, in %s",
    async (lang, here, kept) => {
      const { folder, run } = shardsJob(ITEMS);
      const held = ["--shell", "if test -e hold; then sleep 600; fi; echo a{x}"];
      expect(await run("1/4", ...held)).toBe(0);
      expect(await run("2/4", "--limit", "2", ...held)).toBe(4);
      expect((await ckpt(folder, ["backup", "mine"])).code).toBe(0);
      fs.writeFileSync(path.join(folder, "hold"), "");
      const words = ["run", "q.jsonl", "--id", "id", "--shard", "3/4", "--grace", "1ms", "-q", ...held];
      const running = start(folder, words);
      const owner = path.join(folder, "checkpoints/shard-003-of-004/processing_status.json");
      try {
        await until(() => fs.existsSync(owner), "a running shard");
        const { out } = await ckpt(folder, ["list", "--lang", lang]);
        expect(out).toStartWith(here);
        expect(out).toContain(kept);
      } finally {
        running.kill();
        await running.exited;
      }
      expect((await listed(folder))[0]?.shards).toEqual({
        count: 4,
        begun: 2,
        states: { complete: 1, failed: 0, held: 0, interrupted: 0, stopped: 1 },
      });
      expect((await ckpt(folder, ["list"])).out).toStartWith("4 shards here: 1 complete; ");
    },
  );

  test("shows the backups where the shards cannot be read", async () => {
    const { folder } = await finished();
    expect((await ckpt(folder, ["backup", "mine"])).code).toBe(0);
    fs.writeFileSync(path.join(folder, "checkpoints/shards.json"), "{");
    const { code, out } = await ckpt(folder, ["list"]);
    expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/^Name .*\nmine /) });
  });
});

test("one shard is cleared and restored alone, from its own backup and from that of all", async () => {
  const { folder, run } = await finished();
  const rows = await exported(folder);
  await ckpt(folder, ["backup", "all"]);
  await ckpt(folder, ["backup", "own", "--shard", "2"]);
  expect((await listed(folder)).map(({ name, shard, shards }) => [name, shard, shards?.begun])).toEqual([
    ["own", "2/3", undefined],
    ["all", null, 3],
  ]);
  expect((await listed(folder, "--shard", "2")).map(({ name }) => name).toSorted()).toEqual(["all", "own"]);
  for (const name of ["own", "all"]) {
    expect((await ckpt(folder, ["clear", "--shard", "2", "--yes"])).code).toBe(0);
    expect(await missing(folder)).toBe("2");
    expect((await ckpt(folder, ["verify", name, "--shard", "2"])).code).toBe(0);
    expect((await ckpt(folder, ["restore", name, "--shard", "2", "--yes"])).code).toBe(0);
    expect([await missing(folder), await exported(folder)]).toEqual(["", rows]);
  }
  const one = await ckpt(folder, ["show", "--from", "all", "--shard", "2", "--json", "--limit", "100"]);
  expect(one.out).toBe((await ckpt(folder, ["show", "--shard", "2", "--json", "--limit", "100"])).out);
  // A backup of another shard has no place there.
  await ckpt(folder, ["clear", "--shard", "3", "--yes"]);
  const other = await ckpt(folder, [
    "restore",
    "checkpoints/shard-002-of-003/backups/own",
    "--shard",
    "3",
    "--yes",
  ]);
  expect(other.code).toBe(12);
  expect(await run("3/3", ...SOME_FAIL)).toBe(3);
  expect(await exported(folder)).toBe(rows);
  expect((await ckpt(folder, ["backup", "--delete", "all", "--yes"])).code).toBe(0);
  expect((await ckpt(folder, ["backup", "--delete", "own", "--shard", "2", "--yes"])).code).toBe(0);
});

describe("verify", () => {
  const log = (folder: string, shard: number): string =>
    path.join(folder, `checkpoints/shard-00${shard}-of-003/checkpoint_results.jsonl`);

  test.each([
    ["en", ["1/3", "intact", "Verified 3 shards", "40 items, all intact"]],
    ["zh", ["1/3", "完好", "3 个分片校验通过"]],
  ])("reads each log and has a line a shard and the sum, in %s", async (lang, words) => {
    const { folder } = await finished();
    const { code, out } = await ckpt(folder, ["verify", "--lang", lang]);
    expect(code).toBe(0);
    for (const word of words) expect(out).toContain(word);
    expect(JSON.parse((await ckpt(folder, ["verify", "--json"])).out)).toMatchObject({
      intact: true,
      items: ITEMS,
      completed: 36,
      failed: 4,
    });
  });

  test("names the damaged one, ends with 12, and repairs it alone", async () => {
    const { folder } = await finished();
    const bytes = fs.readFileSync(log(folder, 2));
    bytes[100] = (bytes[100] ?? 0) ^ 1;
    fs.writeFileSync(log(folder, 2), bytes);
    const found: Ran = await ckpt(folder, ["verify"]);
    expect([found.code, found.out]).toEqual([12, expect.stringContaining("shard 2/3: record 1")]);
    type Verified = { intact: boolean; shards: { shard: string; intact: boolean }[] };
    const json = JSON.parse((await ckpt(folder, ["verify", "--json"])).out) as Verified;
    expect(json.shards.map(({ intact }) => intact)).toEqual([true, false, true]);
    expect((await ckpt(folder, ["verify", "--shard", "1"])).code).toBe(0);
    expect((await ckpt(folder, ["verify", "--shard", "2"])).code).toBe(12);
    expect((await ckpt(folder, ["backup", "mine"])).code).toBe(12);
    const repaired = await ckpt(folder, ["verify", "--repair", "--yes", "--json"]);
    expect(JSON.parse(repaired.out)).toMatchObject({ repaired: true, shards: [{ shard: "2/3", lost: 1 }] });
    expect((await ckpt(folder, ["verify"])).code).toBe(0);
    expect(await missing(folder)).toBe("2");
    expect((await ckpt(folder, ["verify", "--repair", "--yes"])).code).toBe(0);
  });

  test("a damaged record of all shards is told", async () => {
    const { folder } = await finished();
    fs.writeFileSync(
      path.join(folder, "checkpoints/shards.json"),
      read(folder, "checkpoints/shards.json").replace('"count":3', '"count":4'),
    );
    const found = await ckpt(folder, ["verify"]);
    expect([found.code, found.out]).toEqual([
      12,
      expect.stringContaining("shards.json has a wrong checksum"),
    ]);
  });
});

test("a shard that starts finishes a move of all shards that was interrupted", async () => {
  const { folder, run } = await finished();
  const dir = path.join(folder, "checkpoints");
  const rows = await exported(folder);
  expect((await ckpt(folder, ["clear", "--yes"])).code).toBe(0);
  // As a kill leaves it: the move is on record, and half of the files are not moved yet.
  const [backup = ""] = fs.readdirSync(path.join(dir, "backups"));
  const target = path.join(dir, "backups", backup);
  const manifest = fs.readFileSync(path.join(target, "manifest.json"), "utf8");
  const { files } = JSON.parse(manifest) as { files: { name: string }[] };
  const out = files.map(({ name }) => name);
  fs.rmSync(path.join(target, "manifest.json"));
  for (const name of out.slice(0, 3)) fs.renameSync(path.join(target, name), path.join(dir, name));
  const intent = {
    v: 1,
    kind: "intent",
    id: "0123456789abcdef",
    out,
    target: backup,
    manifest,
    stage: null,
    in: [],
    receipt: null,
  } as const;
  fs.writeFileSync(path.join(dir, "intent.json"), seal(intent));
  // What only reads shows the shards as they were.
  expect(await exported(folder)).toBe(rows);
  expect((await ckpt(folder, ["verify"])).code).toBe(0);
  expect(await missing(folder)).toBe("");
  // The same command finishes it as well, and says what it has led to.
  const again = `${folder}-again`;
  fs.cpSync(folder, again, { recursive: true });
  const cleared = await ckpt(again, ["clear", "--yes", "--json"]);
  expect([cleared.code, JSON.parse(cleared.out)]).toEqual([0, { cleared: true, backup, shards: 3 }]);
  expect(await run("1/2", ...FINE)).toBe(0);
  expect(fs.existsSync(path.join(dir, "intent.json"))).toBe(false);
  expect((await ckpt(folder, ["verify", backup])).code).toBe(0);
  expect(await missing(folder)).toBe("2");
});
