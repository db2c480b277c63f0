// `ckpt run --shard`: a part of a job's items, in a folder of its own.
import { describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, newFolder, type Ran, read, start, writeLines } from "../helpers/ckpt.ts";
import { until } from "../helpers/until.ts";

const ITEMS = 40;

function job(items = ITEMS): string {
  const folder = newFolder();
  writeLines(
    folder,
    "q.jsonl",
    Array.from({ length: items }, (_, at) => `{"id":"q${at + 1}","x":${at + 1}}`),
  );
  return folder;
}

const RUN = ["run", "q.jsonl", "--id", "id"];

function shard(folder: string, which: string, options: readonly string[] = [], env = {}): Promise<Ran> {
  return ckpt(folder, [...RUN, "--shard", which, ...options, "--", "echo", "a{x}"], env);
}

type Status = { readonly [key: string]: unknown };

function statusOf(folder: string, name: string): Status {
  return JSON.parse(read(folder, `checkpoints/${name}/processing_status.json`)) as Status;
}

function indexesOf(folder: string, name: string): number[] {
  return read(folder, `checkpoints/${name}/checkpoint_results.jsonl`)
    .trim()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => (JSON.parse(line) as { index: number }).index);
}

test("shards have each item once, under its index in the whole input", async () => {
  const folder = job();
  const all: number[] = [];
  for (let index = 1; index <= 4; index++) {
    const ran = await shard(folder, `${index}/4`, ["--json"]);
    expect(ran.code).toBe(0);
    const name = `shard-00${index}-of-004`;
    const indexes = indexesOf(folder, name);
    const status = statusOf(folder, name);
    expect(status["shard"]).toEqual({ rule: "key32-interval", index, count: 4, input_count: ITEMS });
    expect(status).toMatchObject({ v: 2, state: "finished", total: indexes.length, output: null });
    expect(JSON.parse(ran.out)).toMatchObject({ total: indexes.length, output: null, backup: null });
    expect(ran.err).toContain(`Shard ${index} of 4: ${indexes.length} of ${ITEMS} items`);
    all.push(...indexes);
  }
  expect(all.toSorted((a, b) => a - b)).toEqual(Array.from({ length: ITEMS }, (_, at) => at));
  // Nothing but the shards and their record: no output, no backup.
  expect(fs.readdirSync(folder).toSorted()).toEqual(["checkpoints", "q.jsonl"]);
  expect(fs.readdirSync(path.join(folder, "checkpoints")).toSorted()).toEqual([
    "shard-001-of-004",
    "shard-002-of-004",
    "shard-003-of-004",
    "shard-004-of-004",
    "shards.json",
  ]);
});

test("a shard resumes, and does nothing when it is complete", async () => {
  const folder = job();
  const first = await shard(folder, "1/2", ["--limit", "3"]);
  expect(first.code).toBe(4);
  expect(first.err).toContain("--shard 1/2");
  const second = await shard(folder, "1/2", ["--json", "-q"]);
  expect(second.code).toBe(0);
  const { total, attempted } = JSON.parse(second.out) as { total: number; attempted: number };
  expect(attempted).toBe(total - 3);
  const before = read(folder, "checkpoints/shard-001-of-002/processing_status.json");
  const again = await shard(folder, "1/2", ["--json"]);
  expect(again.code).toBe(0);
  expect(JSON.parse(again.out)).toMatchObject({ outcome: "already_complete", attempted: 0, total });
  expect(again.err).toContain("Already complete");
  expect(read(folder, "checkpoints/shard-001-of-002/processing_status.json")).toBe(before);
  // In the folder of the shard, or with the words on record.
  const bare = await ckpt(folder, ["run", "--dir", "checkpoints/shard-001-of-002", "--json", "-q"]);
  expect(bare.code).toBe(0);
  expect(JSON.parse(bare.out)).toMatchObject({ outcome: "already_complete", total });
  expect(bare.out).toContain("merge checkpoints -o results.jsonl");
});

test("a shard with failures exits with 3, stays, and tries them again", async () => {
  const folder = job();
  const run = (command: string): Promise<Ran> =>
    ckpt(folder, [...RUN, "--shard", "1/2", "--json", "-q", "--shell", command]);
  const failing = await run("test {x} -ne $(cat bad) && echo {x}");
  expect(failing.code).toBe(3);
  const [bad = 0] = indexesOf(folder, "shard-001-of-002");
  fs.writeFileSync(path.join(folder, "bad"), String(bad + 1));
  const mostly = await run("test {x} -ne $(cat bad) && echo {x}");
  expect(mostly.code).toBe(3);
  expect(JSON.parse(mostly.out)).toMatchObject({ failed: 1, pending: 0 });
  fs.writeFileSync(path.join(folder, "bad"), "0");
  const mended = await run("test {x} -ne $(cat bad) && echo {x}");
  expect(mended.code).toBe(0);
  expect(JSON.parse(mended.out)).toMatchObject({ attempted: 1, failed: 0 });
});

test("a shard that keeps its failures says how to retry them, and that the merge takes them", async () => {
  const folder = job();
  const run = (...words: readonly string[]): Promise<Ran> =>
    ckpt(folder, [...RUN, "--shard", "1/2", ...words, "--shell", "exit 1"]);
  for (const words of [[], ["--failed", "keep"], ["--failed=keep"]]) {
    const { code, err } = await run(...words);
    expect(code).toBe(3);
    const command = /To retry the failed items: (.*)/.exec(err)?.[1] ?? "";
    expect(command).toContain("--shard 1/2");
    expect(command).not.toContain("keep");
    expect(err).not.toContain("To finish without them");
    expect(err).toMatch(/When all shards are done: .* merge checkpoints -o results.jsonl/);
  }
  const { out, err } = await run("--failed", "keep", "--json", "--lang", "zh");
  expect(err).not.toContain("就此完成");
  expect(err).toContain("全部分片完成后：");
  const { resume_command: resume, merge_command: merge } = JSON.parse(out) as Status;
  expect(resume).not.toContain("keep");
  expect(merge).toEndWith("merge checkpoints -o results.jsonl");
});

test("--no-resume begins the shard anew, after a backup in its own folder", async () => {
  const folder = job();
  await shard(folder, "1/2", ["-q"]);
  const anew = await shard(folder, "1/2", ["-q", "--no-resume", "--json"]);
  const { total, attempted } = JSON.parse(anew.out) as { total: number; attempted: number };
  expect(attempted).toBe(total);
  expect(fs.readdirSync(path.join(folder, "checkpoints/shard-001-of-002/backups"))).toHaveLength(1);
});

test("a shard without an item is complete", async () => {
  const folder = job(1);
  const codes = await Promise.all(
    [1, 2, 3, 4].map(async (index) => (await shard(folder, `${index}/4`, ["-q"])).code),
  );
  expect(codes).toEqual([0, 0, 0, 0]);
});

test("equal contents without ids are in one shard, each with its occurrence", async () => {
  const folder = newFolder();
  writeLines(folder, "q.txt", ["same", "other", "same", "same", "third"]);
  const hashes = new Map<string, number>();
  for (const index of [1, 2, 3]) {
    const ran = await ckpt(folder, ["run", "q.txt", "--shard", `${index}/3`, "-q", "--", "cat"]);
    expect(ran.code).toBe(0);
    const log = read(folder, `checkpoints/shard-00${index}-of-003/checkpoint_results.jsonl`);
    for (const line of log.split("\n").filter((each) => each.includes('"output":"same"'))) {
      const { n = 1 } = JSON.parse(line) as { n?: number };
      hashes.set(`${index} ${n}`, index);
    }
  }
  expect(new Set(hashes.values()).size).toBe(1);
  expect(hashes.size).toBe(3);
});

test("a choice of items and a sample are those of the whole job, divided", async () => {
  const folder = job(200);
  const chosen = ["--where", "x~[02468]$", "--sample", "30", "--seed", "s"];
  const whole = await ckpt(folder, [
    ...RUN,
    ...chosen,
    "-o",
    "o.jsonl",
    "--dir",
    "w",
    "-q",
    "--",
    "echo",
    "{x}",
  ]);
  expect(whole.code).toBe(0);
  const wanted = read(folder, "o.jsonl")
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { index: number }).index);
  const found: number[] = [];
  for (const index of [1, 2, 3]) {
    expect((await shard(folder, `${index}/3`, ["-q", ...chosen])).code).toBe(0);
    found.push(...indexesOf(folder, `shard-00${index}-of-003`));
  }
  expect(found.toSorted((a, b) => a - b)).toEqual(wanted);
});

describe("what is no shard of the job is refused, and changes nothing", () => {
  async function begun(): Promise<string> {
    const folder = job();
    expect((await shard(folder, "1/4", ["-q"])).code).toBe(0);
    return folder;
  }
  const names = (folder: string): string[] => fs.readdirSync(path.join(folder, "checkpoints")).toSorted();

  test.each([
    ["en", "the number of shards was 4, and is 5"],
    ["zh", "分片总数原为 4，现为 5"],
  ])("another number, in %s", async (lang, words) => {
    const folder = await begun();
    const before = names(folder);
    const ran = await shard(folder, "2/5", ["--lang", lang]);
    expect(ran.code).toBe(12);
    expect(ran.err).toContain(words);
    expect(names(folder)).toEqual(before);
  });

  test("another input, another command, another number of answers, another choice", async () => {
    const folder = await begun();
    const run = (...words: string[]): Promise<Ran> => ckpt(folder, words);
    const other = await run(...RUN, "--shard", "2/4", "--", "echo", "b{x}");
    expect(other.code).toBe(12);
    expect(other.err).toContain("what the results depend on has changed: command");
    const chinese = await run(...RUN, "--shard", "2/4", "--lang", "zh", "--", "echo", "b{x}");
    expect(chinese.err).toContain("结果所依赖的内容已改变：命令");
    const answers = await shard(folder, "2/4", ["--repeat", "2"]);
    expect(answers.code).toBe(12);
    expect(answers.err).toContain("--repeat was 1, and is 2");
    const choice = await shard(folder, "2/4", ["--where", "x=3"]);
    expect(choice.code).toBe(12);
    fs.appendFileSync(path.join(folder, "q.jsonl"), '{"id":"q41","x":41}\n');
    const input = await shard(folder, "2/4");
    expect(input.code).toBe(12);
    expect(input.err).toContain("the input was");
    const planned = await shard(folder, "2/4", ["--dry-run", "--json"]);
    expect(planned.code).toBe(12);
  });

  test("a run without --shard where shards are, and a shard where another checkpoint is", async () => {
    const folder = await begun();
    const whole = await ckpt(folder, [...RUN, "--", "echo", "a{x}"]);
    expect(whole.code).toBe(12);
    expect(whole.err).toContain("the 4 shards of a job are there");
    await ckpt(folder, [...RUN, "--dir", "w", "--limit", "1", "-q", "--", "echo", "a{x}"]);
    const inside = await shard(folder, "1/4", ["--dir", "w"]);
    expect(inside.code).toBe(12);
    expect(inside.err).toContain("a checkpoint without shards is there");
    const alone = await ckpt(folder, [...RUN, "--dir", "checkpoints/shard-001-of-004", "--", "echo", "a{x}"]);
    expect(alone.code).toBe(12);
    expect(alone.err).toContain("it is shard 1/4");
  });

  test.each(["0/4", "5/4", "four", "auto:slrm"])("--shard %s", async (which) => {
    const folder = job();
    expect((await shard(folder, which)).code).toBe(2);
    expect(fs.existsSync(path.join(folder, "checkpoints"))).toBe(false);
  });

  test.each(["-o x.csv", "--include-input", "--force"])(
    "with %s: a shard writes no output",
    async (options) => {
      const ran = await shard(job(), "1/2", options.split(" "));
      expect(ran.code).toBe(2);
    },
  );
});

const SLURM = {
  SLURM_ARRAY_JOB_ID: "100",
  SLURM_JOB_ID: "100",
  SLURM_ARRAY_TASK_ID: "1",
  SLURM_ARRAY_TASK_COUNT: "4",
  SLURM_ARRAY_TASK_MIN: "0",
  SLURM_ARRAY_TASK_MAX: "3",
  SLURM_ARRAY_TASK_STEP: "1",
};

test("auto says what it has read; the command to resume needs no scheduler", async () => {
  const folder = job();
  const planned = await shard(folder, "auto", ["--dry-run"], SLURM);
  expect(planned.code).toBe(0);
  expect(planned.out).toContain("Shard 2 of 4 (SLURM_ARRAY_TASK_ID=1, SLURM_ARRAY_TASK_MIN=0");
  expect(fs.existsSync(path.join(folder, "checkpoints"))).toBe(false);
  const json = await shard(folder, "auto", ["--dry-run", "--json"], SLURM);
  expect(JSON.parse(json.out)).toMatchObject({
    shard: { index: 2, count: 4, of: ITEMS, scheduler: "slurm" },
  });
  const ran = await shard(folder, "auto", ["--limit", "1"], SLURM);
  expect(ran.code).toBe(4);
  expect(ran.err).toContain("--shard 2/4");
  const bare = await ckpt(folder, ["run", "--dir", "checkpoints/shard-002-of-004", "-q"]);
  expect(bare.code).toBe(0);
});

test.each([
  ["en", "these tasks may be a part of an array: SLURM_ARRAY_TASK_ID=5"],
  ["zh", "这些任务可能只是数组的一部分：SLURM_ARRAY_TASK_ID=5"],
])("a part of an array is refused in words, in %s", async (lang, words) => {
  const part = { SLURM_ARRAY_TASK_ID: "5", SLURM_ARRAY_TASK_COUNT: "1", SLURM_ARRAY_TASK_MIN: "5" };
  const ran = await shard(job(), "auto", ["--lang", lang], { ...SLURM, ...part, SLURM_ARRAY_TASK_MAX: "5" });
  expect(ran.code).toBe(2);
  expect(ran.err).toContain(words);
  expect(ran.err).toContain("auto/16");
});

test("a job that was submitted from a task of an array is not that task", async () => {
  const folder = job();
  const says = (answer: string): void => {
    fs.writeFileSync(path.join(folder, "squeue"), `#!/bin/sh\necho '${answer}'\n`, { mode: 0o755 });
  };
  const env = { ...SLURM, SLURM_JOB_ID: "117", PATH: `${folder}:${process.env["PATH"] ?? ""}` };
  says("117 N/A");
  const inherited = await shard(folder, "auto", [], env);
  expect(inherited.code).toBe(2);
  expect(inherited.err).toContain("these variables are another job's");
  says("100 1");
  expect((await shard(folder, "auto", ["-q"], env)).code).toBe(0);
});

test("the budget is divided by items, the pace by the shards that run at once, and both are said", async () => {
  const folder = job();
  const limits = ["--rpm", "600", "--max-tokens", "4000", "--dry-run"];
  const { out } = await shard(folder, "2/4", limits);
  const [, items = 0] = /Shard 2 of 4: (\d+) of 40 items/.exec(out) ?? [];
  const [, tokens = ""] = /part of the budget: ([\d ,]+) of/.exec(out) ?? [];
  expect(Number(tokens.replaceAll(/\D/g, ""))).toBe((4000 * Number(items)) / ITEMS);
  expect(out).toContain("of 4 shards at once (--parallel-shards): 150 requests a minute");
  const two = await shard(folder, "2/4", [...limits, "--parallel-shards", "2"]);
  expect(two.out).toContain("of 2 shards at once (--parallel-shards): 300 requests a minute");
  expect((await ckpt(folder, [...RUN, "--parallel-shards", "2", "--", "cat"])).code).toBe(2);
});

test("a shard that ends twice with 4 and no result exits with 1, and a signal between does not count", async () => {
  const folder = job();
  const run = (): Promise<Ran> => ckpt(folder, [...RUN, "--shard", "1/2", "--", "/nowhere/solve"]);
  expect((await run()).code).toBe(4);
  const given = await run();
  expect(given.code).toBe(1);
  expect(given.err).toContain("Two runs in a row have ended without a result");
  expect((await run()).code).toBe(1);
});

test("a second process on a shard is refused, and told which task has it", async () => {
  const folder = job();
  const words = [
    ...RUN,
    "--shard",
    "auto",
    "-q",
    "--shell",
    "touch begun; while test -e begun; do sleep 0.01; done",
  ];
  const first = start(folder, words, SLURM);
  await until(() => fs.existsSync(path.join(folder, "begun")));
  const second = await shard(folder, "2/4");
  expect(second.code).toBe(11);
  expect(second.err).toContain("(Slurm 100_1)");
  const { out } = await ckpt(folder, ["info", "checkpoints/shard-002-of-004"]);
  expect(out).toContain("(Slurm 100_1)");
  first.kill("SIGINT");
  fs.rmSync(path.join(folder, "begun"));
  await first.exited;
});

test("where shards.json was lost, another job is refused by what the other shards are of", async () => {
  const folder = job();
  await shard(folder, "1/2");
  fs.rmSync(path.join(folder, "checkpoints/shards.json"));
  const other = await ckpt(folder, [...RUN, "--shard", "2/2", "--", "echo", "b{x}"]);
  expect(other.code).toBe(12);
  expect(other.err).toContain(
    "shard-001-of-002/processing_status.json: what the results depend on has changed: command",
  );
  expect(fs.existsSync(path.join(folder, "checkpoints/shards.json"))).toBe(false);
  expect((await shard(folder, "2/2")).code).toBe(0);
  expect((await ckpt(folder, ["merge", "--dry-run"])).code).toBe(0);
});

test.each(["en", "zh"])(
  "where shards.json was lost, a shard resumes in its own folder and writes it anew, in %s",
  async (lang) => {
    const folder = job();
    const dir = "checkpoints/shard-001-of-002";
    expect((await shard(folder, "1/2", ["--limit", "3"])).code).toBe(4);
    fs.rmSync(path.join(folder, "checkpoints/shards.json"));
    const resumed = await ckpt(folder, ["run", "--dir", dir, "--lang", lang]);
    expect({ code: resumed.code, err: resumed.err }).toMatchObject({ code: 0 });
    expect(fs.readdirSync(path.join(folder, dir))).not.toContain("shard-001-of-002");
    expect((await shard(folder, "2/2")).code).toBe(0);
    expect((await ckpt(folder, ["merge", "--dry-run"])).code).toBe(0);
  },
);

test("a task beyond the number of tasks is shown with that number", async () => {
  const { code, err } = await shard(job(), "auto", [], { LSB_JOBINDEX: "5", LSB_JOBINDEX_END: "4" });
  expect(code).toBe(2);
  expect(err).toContain("the ids of 4 tasks are 1-4, and here: LSB_JOBINDEX=5, LSB_JOBINDEX_END=4");
});

test("another --id is named as the difference", async () => {
  const folder = job();
  await shard(folder, "1/2");
  const other = await ckpt(folder, ["run", "q.jsonl", "--id", "x", "--shard", "2/2", "--", "echo", "a{x}"]);
  expect(other.code).toBe(12);
  expect(other.err).toContain("--id was id, and is x");
  expect(other.err).not.toContain("the input was");
});

test("shards that start at once agree on one record", async () => {
  const folder = job();
  const ran = await Promise.all([1, 2, 3, 4, 5, 6].map((index) => shard(folder, `${index}/6`, ["-q"])));
  expect(ran.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0, 0]);
  expect((JSON.parse(read(folder, "checkpoints/shards.json")) as { count: number }).count).toBe(6);
});

test("a record of which only a piece was written is replaced", async () => {
  const folder = job();
  await shard(folder, "1/4", ["-q"]);
  const file = path.join(folder, "checkpoints/shards.json");
  const whole = fs.readFileSync(file);
  for (const piece of [0, 40]) {
    fs.writeFileSync(file, whole.subarray(0, piece));
    expect((await shard(folder, "2/4", ["-q"])).code).toBe(0);
    expect((JSON.parse(fs.readFileSync(file, "utf8")) as { count: number }).count).toBe(4);
  }
});

test.each([
  ["en", "no item of this shard"],
  ["zh", "不对应本分片的任何条目"],
])(
  "a file that is imported is the whole job's: each shard takes what is its own, in %s",
  async (lang, words) => {
    const folder = job();
    writeLines(folder, "old.jsonl", ['{"id":"q1","answer":"old"}']);
    const imported = ["--import", "old.jsonl", "--import-id", "id", "--import-output", "answer"];
    const ran = [1, 2].map((index) => shard(folder, `${index}/2`, imported, { CKPT_LANG: lang }));
    const both = await Promise.all(ran);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(both.filter(({ err }) => err.includes(words))).toHaveLength(1);
    expect((await ckpt(folder, ["merge", "-o", "out.jsonl", "-q"])).code).toBe(0);
    expect(read(folder, "out.jsonl").match(/"old"/g)).toHaveLength(1);
  },
);
