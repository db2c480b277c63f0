// `ckpt show`, `diff` and `export` on a folder of shards: all shards, or one of them.
import { describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, read, writeLines } from "../helpers/ckpt.ts";
import { shell } from "../helpers/shell.ts";
import { FINE, runAll, shardsJob, type ShardsFolder, SOME_FAIL } from "../helpers/shards.ts";

const ITEMS = 60;

async function finished(words: readonly string[] = SOME_FAIL): Promise<ShardsFolder> {
  const job = shardsJob(ITEMS);
  await runAll(job, 4, words);
  return job;
}

type Row = {
  readonly item: string;
  readonly shard?: string;
  readonly index: number;
  readonly status: string;
  readonly started_at: string;
};

describe("show", () => {
  test("has the newest results of all shards, in the order of their ends, and says in which each is", async () => {
    const { folder, run } = shardsJob(ITEMS);
    // The last shard ends first.
    for (const which of ["4/4", "1/4", "2/4"]) expect(await run(which, ...FINE)).toBe(0);
    const all = JSON.parse((await ckpt(folder, ["show", "--json", "--limit", "100"])).out) as Row[];
    const shards = all.map(({ shard }) => shard);
    expect([...new Set(shards)]).toEqual(["2/4", "1/4", "4/4"]);
    expect(new Set(all.map(({ item }) => item)).size).toBe(all.length);
    const { each } = JSON.parse((await ckpt(folder, ["info", "--json"])).out) as {
      each: { completed: number }[];
    };
    expect(all).toHaveLength(each.reduce((sum, { completed }) => sum + completed, 0));
    const few = JSON.parse((await ckpt(folder, ["show", "--json", "--limit", "3"])).out) as Row[];
    expect(few).toEqual(all.slice(0, 3));
    const one = JSON.parse(
      (await ckpt(folder, ["show", "--json", "--limit", "100", "--shard", "1"])).out,
    ) as Row[];
    expect(one.map(({ item }) => item)).toEqual(
      all.filter(({ shard }) => shard === "1/4").map(({ item }) => item),
    );
    expect(
      (await ckpt(folder, ["show", "--dir", "checkpoints", "--shard", "1/4", "--json", "--limit", "100"]))
        .out,
    ).toBe(
      (await ckpt(folder, ["show", "--json", "--limit", "100", "--dir", "checkpoints/shard-001-of-004"])).out,
    );
  });

  test("--status and --grep choose over all shards", async () => {
    const { folder } = await finished();
    const failed = JSON.parse((await ckpt(folder, ["show", "--status", "failed", "--json"])).out) as Row[];
    expect(failed.map(({ item }) => item).toSorted()).toEqual(["q17", "q27", "q37", "q47", "q57", "q7"]);
    const found = JSON.parse((await ckpt(folder, ["show", "--grep", "NUMBER 4", "--json"])).out) as Row[];
    expect(found.map(({ item }) => item)).toEqual(["q47"]);
  });

  test("one item is found by its id and by its number in the whole input, with or without a result", async () => {
    const { folder, run } = shardsJob(ITEMS);
    for (const which of ["1/3", "2/3"]) await run(which, ...FINE);
    type Shown = { item: string; index: number; status: string; input: { x: number }; results: object[] };
    const numbers = Array.from({ length: ITEMS }, (_, at) => at + 1);
    const byId = JSON.parse(
      (await ckpt(folder, ["show", ...numbers.map((x) => `q${x}`), "--json"])).out,
    ) as Shown[];
    const byNumber = JSON.parse(
      (await ckpt(folder, ["show", ...numbers.map((x) => `#${x}`), "--json"])).out,
    ) as Shown[];
    expect(byId).toEqual(byNumber);
    expect(byId.map(({ index, input }) => [index + 1, input.x])).toEqual(numbers.map((x) => [x, x]));
    const { completed } = JSON.parse((await ckpt(folder, ["info", "--json"])).out) as { completed: number };
    const done = byId.filter(({ status }) => status === "ok");
    expect(done).toHaveLength(completed);
    expect(done.every(({ results }) => results.length === 1)).toBe(true);
    expect(byId.filter(({ status }) => status === "pending")).toHaveLength(ITEMS - completed);
    const none = await ckpt(folder, ["show", "q61"]);
    expect([none.code, none.err]).toEqual([2, expect.stringContaining("No such item: q61")]);
  });

  test("equal items without ids are told apart", async () => {
    const { folder } = shardsJob(1);
    writeLines(folder, "q.txt", ["b", "a", "b", "c", "b"]);
    for (const which of ["1/2", "2/2"])
      await ckpt(folder, ["run", "q.txt", "--shard", which, "-q", "--", "cat"]);
    const shown = JSON.parse((await ckpt(folder, ["show", "1", "2", "3", "4", "5", "--json"])).out) as {
      index: number;
      results: { index: number; output: string }[];
    }[];
    expect(shown.map(({ results }) => results.map(({ index, output }) => `${output}${index}`))).toEqual([
      ["b0"],
      ["a1"],
      ["b2"],
      ["c3"],
      ["b4"],
    ]);
  });

  test.each([
    ["en", "6 items failed, for 1 reason", "Start again: shards"],
    ["zh", "6 个条目失败", "请重新启动：分片"],
  ])("--failures sums over shards and says which to start again, in %s", async (lang, sum, start) => {
    const { folder } = await finished();
    const { out } = await ckpt(folder, ["show", "--failures", "--lang", lang]);
    expect(out).toContain(sum);
    expect(out).toContain(start);
    type Failures = {
      failed: number;
      groups: { count: number; shards: number[]; rerun_command: string }[];
      shards: number[];
      array: string;
      retry_command: string;
    };
    const json = JSON.parse((await ckpt(folder, ["show", "--failures", "--json"])).out) as Failures;
    const failed = JSON.parse((await ckpt(folder, ["show", "--status", "failed", "--json"])).out) as Row[];
    const wanted = [...new Set(failed.map(({ shard = "" }) => Number(shard.split("/")[0])))].toSorted(
      (a, b) => a - b,
    );
    expect(json).toMatchObject({ failed: 6, shards: wanted });
    expect(json.groups.map(({ count, shards }) => [count, shards])).toEqual([[6, wanted]]);
    expect(out).toContain(`--array=${json.array}`);
  });

  test("the commands of --failures run just these again", async () => {
    const job = shardsJob(ITEMS);
    writeLines(job.folder, "broken", []);
    const words = ["--shell", "test ! -e broken || case {x} in *7) exit 1;; esac; echo a{x}"];
    await runAll(job, 4, words);
    const { groups, retry_command: retry } = JSON.parse(
      (await ckpt(job.folder, ["show", "--failures", "--json"])).out,
    ) as {
      groups: { rerun_command: string }[];
      retry_command: string;
    };
    const rerun = groups[0]?.rerun_command ?? "";
    for (const command of [rerun, retry]) expect(command).toMatch(/--shard (?:\$i|\d+)/);
    fs.rmSync(path.join(job.folder, "broken"));
    expect((await shell(job.folder, rerun)).code).toBe(0);
    expect(JSON.parse((await ckpt(job.folder, ["info", "--json"])).out) as object).toMatchObject({
      failed: 0,
      completed: ITEMS,
      state: "complete",
    });
    expect((await ckpt(job.folder, ["show", "--failures"])).out).toContain("No item has failed");
  });
});

test("diff compares folders of shards with each other, with a run of all items and with an output", async () => {
  const { folder } = await finished();
  const one = ["run", "q.jsonl", "--id", "id", "--dir", "whole", "-o", "whole.jsonl", "-q", ...SOME_FAIL];
  expect((await ckpt(folder, one)).code).toBe(3);
  for (const [a, b] of [
    ["checkpoints", "whole"],
    ["whole.jsonl", "checkpoints"],
    ["checkpoints", "checkpoints"],
  ] as const) {
    const compared = await ckpt(folder, ["diff", a, b, "--exit-code", "--json"]);
    expect([a, b, compared.code]).toEqual([a, b, 0]);
    expect(JSON.parse(compared.out) as object).toMatchObject({
      same: ITEMS - 6,
      failed_in_both: 6,
      different: 0,
    });
  }
  const part = JSON.parse((await ckpt(folder, ["diff", "checkpoints/shard-002-of-004", "--json"])).out) as {
    same: number;
    only_in_b: number;
  };
  expect(part.only_in_b).toBeGreaterThan(0);
  const same = JSON.parse(
    (await ckpt(folder, ["diff", "checkpoints/shard-002-of-004", "--shard", "2", "--json"])).out,
  ) as { only_in_b: number };
  expect(same.only_in_b).toBe(0);
});

test("export of all shards has the rows of a run of all items, and --shard those of one", async () => {
  const { folder } = await finished();
  const one = ["run", "q.jsonl", "--id", "id", "--dir", "whole", "-o", "whole.jsonl", "-q", ...SOME_FAIL];
  await ckpt(folder, one);
  expect((await ckpt(folder, ["export"])).out).toBe(read(folder, "whole.jsonl"));
  for (const choice of [
    ["--where", "output~1$"],
    ["--status", "failed", "--fields", "id,error.kind"],
    ["--include-input", "--limit", "7"],
  ])
    expect((await ckpt(folder, ["export", ...choice, "-q"])).out).toBe(
      (await ckpt(folder, ["export", "whole", ...choice, "-q"])).out,
    );
  const rows = await Promise.all(
    [1, 2, 3, 4].map(async (shard) =>
      (await ckpt(folder, ["export", "--shard", String(shard)])).out.trim().split("\n"),
    ),
  );
  expect(rows.flat().toSorted()).toEqual(read(folder, "whole.jsonl").trim().split("\n").toSorted());
  const named = await ckpt(folder, ["export", "checkpoints", "--shard", "3", "--dir", "whole"]);
  expect(named.out.trim().split("\n")).toEqual(rows[2] ?? []);
});

test.each([
  ["en", ["17"], 2, "there is no shard 17 of 4"],
  ["zh", ["17"], 2, "不存在 4 个分片中的第 17 个"],
  ["en", ["third"], 2, "Expected: 3, 3/16"],
  ["en", ["3", "--dir", "elsewhere"], 10, "there are no shards in"],
  ["zh", ["3", "--dir", "elsewhere"], 10, "没有分片"],
])("--shard is refused where there is no such shard (%s, %p)", async (lang, words, code, text) => {
  const { folder, run } = shardsJob(8);
  await run("1/4", ...FINE);
  const ran = await ckpt(folder, ["show", "--shard", ...words, "--lang", lang]);
  expect([ran.code, ran.err]).toEqual([code, expect.stringContaining(text)]);
});

test("run --shard 2 resumes that shard with the words on record", async () => {
  const { folder, run } = shardsJob(ITEMS);
  expect(await run("2/3", "--limit", "2", ...FINE)).toBe(4);
  expect((await ckpt(folder, ["run", "--shard", "2", "-q"])).code).toBe(0);
  expect((JSON.parse((await ckpt(folder, ["info", "--json"])).out) as { each: object[] }).each).toMatchObject(
    [{ shard: "2/3", state: "complete" }],
  );
});
