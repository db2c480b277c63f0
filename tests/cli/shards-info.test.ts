// `ckpt info` on a folder of shards.
import { describe, expect, test } from "bun:test";
import { ckpt, newFolder, read, writeLines } from "../helpers/ckpt.ts";

const ITEMS = 40;

/** Shards 1 and 3 of 4: one is done, one was stopped after two items. */
async function begun(env: Record<string, string> = {}): Promise<string> {
  const folder = newFolder();
  writeLines(
    folder,
    "q.jsonl",
    Array.from({ length: ITEMS }, (_, at) => `{"id":"q${at + 1}","x":${at + 1}}`),
  );
  const run = (which: string, ...words: string[]): ReturnType<typeof ckpt> =>
    ckpt(folder, ["run", "q.jsonl", "--id", "id", "--shard", which, "-q", ...words, "--", "cat"], env);
  expect((await run(env["CKPT_TEST"] ?? "1/4")).code).toBe(0);
  expect((await run("3/4", "--limit", "2")).code).toBe(4);
  return folder;
}

type Shown = {
  readonly completed: number;
  readonly total: number;
  readonly shards: { readonly done: number; readonly missing: readonly number[]; readonly array: string };
  readonly each: readonly {
    readonly shard: string;
    readonly state: string;
    readonly total: number;
    readonly completed: number;
  }[];
};

test("shows the sum and each shard, for programs", async () => {
  const folder = await begun();
  const { code, out } = await ckpt(folder, ["info", "--json"]);
  expect(code).toBe(0);
  const shown = JSON.parse(out) as Shown;
  const done = (
    JSON.parse(read(folder, "checkpoints/shard-001-of-004/processing_status.json")) as { total: number }
  ).total;
  expect(shown).toMatchObject({
    total: ITEMS,
    completed: done + 2,
    failed: 0,
    pending: ITEMS - done - 2,
    state: "incomplete",
  });
  expect(shown.shards).toEqual({
    count: 4,
    done: 1,
    missing: [2, 3, 4],
    array: "2-4",
  } as typeof shown.shards);
  expect(shown.each.map(({ shard, state }) => `${shard} ${state}`)).toEqual(["1/4 complete", "3/4 stopped"]);
  const named = await ckpt(folder, ["info", "checkpoints", "--json"]);
  expect(named.out).toBe(out);
});

test.each([
  ["en", ["1 of 4 done", "1/4  complete", "3/4  stopped", "Not done: shards 2-4 (--array=2-4)"]],
  ["zh", ["共 4 个，已完成 1 个", "1/4  已完成", "3/4  已停止", "未完成：分片 2-4（--array=2-4）"]],
])("for people, in %s", async (lang, words) => {
  const { out } = await ckpt(await begun(), ["info", "--lang", lang]);
  for (const word of words) expect(out).toContain(word);
});

describe("--missing prints what is not done, as a scheduler reads it", () => {
  test("by the numbers that were typed", async () => {
    const { code, out } = await ckpt(await begun(), ["info", "--missing"]);
    expect([code, out]).toEqual([0, "2-4\n"]);
  });

  test("by the ids of tasks, which count from 0", async () => {
    const folder = await begun({ JOB_COMPLETION_INDEX: "0", CKPT_TEST: "auto/4" });
    expect((await ckpt(folder, ["info", "checkpoints", "--missing"])).out).toBe("1-3\n");
  });

  test("nothing when all are done", async () => {
    const folder = await begun();
    for (const which of ["2/4", "3/4", "4/4"])
      await ckpt(folder, ["run", "q.jsonl", "--id", "id", "--shard", which, "-q", "--", "cat"]);
    expect((await ckpt(folder, ["info", "--missing"])).out).toBe("\n");
    expect(JSON.parse((await ckpt(folder, ["info", "--json"])).out)).toMatchObject({
      state: "complete",
      percent: 100,
    });
  });

  test("where there are no shards: 10", async () => {
    expect((await ckpt(newFolder(), ["info", "--missing"])).code).toBe(10);
  });
});

test("the folder of one shard is shown as a checkpoint, which says that it is a shard", async () => {
  const folder = await begun();
  const { code, out } = await ckpt(folder, ["info", "checkpoints/shard-001-of-004"]);
  expect(code).toBe(0);
  expect(out).toMatch(/Shard +1 of 4, of 40 items/);
  expect(out).toMatch(/State +complete\n/);
});
