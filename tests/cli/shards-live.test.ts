// `ckpt set` and `ckpt info --watch` on a folder of shards, of which some run here.
import { expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, start } from "../helpers/ckpt.ts";
import { shardsJob } from "../helpers/shards.ts";
import { until } from "../helpers/until.ts";

const ITEMS = 30;
/** The first items are quick, and the others wait until they are told to end. */
const WAITS = ["--shell", "echo a{x}; test {x} -lt 9 || while ! test -e go; do sleep 0.05; done"];

type Told = {
  readonly shards: readonly { readonly shard: string; readonly settings?: { readonly jobs: number } }[];
};

/** Runs shards 1 and 2 of 3 while `look` looks, then lets them end. */
async function whileTwoRun(look: (folder: string) => Promise<void>): Promise<string> {
  const { folder, run } = shardsJob(ITEMS);
  expect(await run("3/3", "--limit", "1", ...WAITS)).toBe(4);
  const own = ["run", "q.jsonl", "--id", "id", "-q", "-j", "1", "-b", "1"];
  const children = ["1/3", "2/3"].map((which) => start(folder, [...own, "--shard", which, ...WAITS]));
  try {
    const sockets = [1, 2].map((shard) => path.join(folder, `checkpoints/shard-00${shard}-of-003/run.sock`));
    await until(() => sockets.every((socket) => fs.existsSync(socket)));
    await look(folder);
  } finally {
    fs.writeFileSync(path.join(folder, "go"), "");
    await Promise.all(children.map(({ exited }) => exited));
  }
  return folder;
}

test("set reaches all shards that run here, or the one that is named, and says which", async () => {
  const folder = await whileTwoRun(async (dir) => {
    const shown = JSON.parse((await ckpt(dir, ["set", "--json"])).out) as Told;
    expect(shown.shards.map(({ shard, settings }) => [shard, settings?.jobs])).toEqual([
      ["1/3", 1],
      ["2/3", 1],
    ]);
    const set = await ckpt(dir, ["set", "-j", "3"]);
    expect([set.code, set.err]).toEqual([0, expect.stringContaining("Shards 1,2: Holds now: --jobs 3")]);
    expect((await ckpt(dir, ["set", "--shard", "2", "-j", "2", "--lang", "zh"])).code).toBe(0);
    const now = JSON.parse((await ckpt(dir, ["set", "--json"])).out) as Told;
    expect(now.shards.map(({ settings }) => settings?.jobs)).toEqual([3, 2]);
    expect((await ckpt(dir, ["set", "--shard", "3", "-j", "2"])).code).toBe(10);
    // What none of them can do is refused as by one.
    expect((await ckpt(dir, ["set", "-j", "auto"])).code).toBe(2);
    const paused = await ckpt(dir, ["set", "--pause", "--lang", "zh"]);
    expect([paused.code, paused.err]).toEqual([0, expect.stringContaining("分片 1,2：运行已暂停")]);
    expect((await ckpt(dir, ["set", "--resume"])).code).toBe(0);
  });
  for (const lang of ["en", "zh"])
    expect((await ckpt(folder, ["set", "-j", "2", "--lang", lang])).code).toBe(10);
});

test("set --stop waits until all shards that run here have ended", async () => {
  await whileTwoRun(async (dir) => {
    fs.writeFileSync(path.join(dir, "go"), "");
    const stopped = await ckpt(dir, ["set", "--stop", "--json"]);
    if (stopped.code === 0)
      for (const { state } of (JSON.parse(stopped.out) as { shards: { state: string }[] }).shards)
        expect(state).toBe("ended");
    const { each } = JSON.parse((await ckpt(dir, ["info", "--json"])).out) as {
      each: { locked_by: object | null }[];
    };
    expect(each.map(({ locked_by: holder }) => holder)).toEqual([null, null, null]);
  });
});

test.each([
  ["en", "2 shards run on this machine"],
  ["zh", "本机正在运行 2 个分片"],
])("info --watch writes the sum over all shards, and how many run here, in %s", async (lang, words) => {
  await whileTwoRun(async (dir) => {
    const watching = start(dir, ["info", "checkpoints", "--watch", "--interval", "100ms", "--lang", lang]);
    const lines: string[] = [];
    const reading = (async () => {
      for await (const piece of watching.stdout) lines.push(new TextDecoder().decode(piece));
    })();
    try {
      await until(() => lines.some((line) => line.includes(words)));
    } finally {
      watching.kill("SIGTERM");
      await watching.exited;
      await reading;
    }
    expect(lines.join("")).toMatch(/^\d+\/30 /m);
  });
});

test("info --shard is about one shard", async () => {
  const folder = await whileTwoRun(async (dir) => {
    const one = JSON.parse((await ckpt(dir, ["info", "--shard", "1", "--json"])).out) as { total: number };
    expect(one.total).toBeLessThan(ITEMS);
  });
  const named = await ckpt(folder, ["info", "checkpoints", "--shard", "3/3"]);
  expect(named.out).toMatch(/Shard +3 of 3/);
  expect((await ckpt(folder, ["info", "--shard", "4"])).code).toBe(2);
});
