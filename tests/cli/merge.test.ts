// `ckpt merge`: the output of all shards is that of one machine, or it says what is missing.
import { describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { createHash } from "node:crypto";
import { ckpt, newFolder, type Ran, read, writeLines } from "../helpers/ckpt.ts";

const ITEMS = 60;
const COMMAND = ["--shell", "test {x} -ne 7 && echo a{x}"];
const FINE = ["--shell", "echo a{x}"];

function job(): string {
  const folder = newFolder();
  const lines = Array.from(
    { length: ITEMS },
    (_, at) => `{"id":"q${at + 1}","x":${at + 1},"级":"难${at % 3}"}`,
  );
  writeLines(folder, "q.jsonl", lines);
  return folder;
}

async function runShards(
  folder: string,
  indexes: readonly number[],
  count: number,
  words: readonly string[] = FINE,
  dir = "checkpoints",
): Promise<void> {
  for (const index of indexes) {
    const which = ["--shard", `${index}/${count}`, "--dir", dir, "-q"];
    const { code, err } = await ckpt(folder, ["run", "q.jsonl", "--id", "id", ...which, ...words]);
    if (code !== 0 && code !== 3) throw new Error(`shard ${index} ended with ${code}: ${err}`);
  }
}

const range = (count: number): number[] => Array.from({ length: count }, (_, at) => at + 1);

async function oneMachine(folder: string, file: string, words: readonly string[]): Promise<void> {
  const { code, err } = await ckpt(folder, [
    "run",
    "q.jsonl",
    "--id",
    "id",
    "--dir",
    "whole",
    "-o",
    file,
    "-q",
    ...words,
  ]);
  if (code !== 0 && code !== 3) throw new Error(`the run of all ended with ${code}: ${err}`);
}

describe("the output has the bytes of one machine's run", () => {
  test.each([
    ["all done", "o.jsonl", FINE, [], 0],
    ["some failed", "o.jsonl", COMMAND, [], 3],
    ["as a table with the fields of items", "o.csv", FINE, ["--include-input", "--bom"], 0],
    ["as an array", "o.json", COMMAND, ["--include-input"], 3],
    ["as Parquet", "o.parquet", FINE, ["--include-input"], 0],
  ] as const)("%s: %s", async (_what, file, words, shape, code) => {
    const folder = job();
    await oneMachine(folder, `whole-${file}`, [...shape, ...words]);
    await runShards(folder, range(4), 4, words);
    const merged = await ckpt(folder, ["merge", "checkpoints", "-o", file, ...shape]);
    expect(merged.code).toBe(code);
    expect(fs.readFileSync(path.join(folder, file))).toEqual(
      fs.readFileSync(path.join(folder, `whole-${file}`)),
    );
  });

  test("several answers of each item", async () => {
    const folder = job();
    const answers = ["--repeat", "3", ...FINE];
    await oneMachine(folder, "whole.jsonl", answers);
    await runShards(folder, range(3), 3, answers);
    expect((await ckpt(folder, ["merge", "-o", "o.jsonl"])).code).toBe(0);
    expect(read(folder, "o.jsonl")).toBe(read(folder, "whole.jsonl"));
  });

  test("a choice of items, and a sample", async () => {
    const folder = job();
    const words = ["--where", "级~难[01]", "--sample", "17", ...FINE];
    await oneMachine(folder, "whole.jsonl", words);
    await runShards(folder, range(5), 5, words);
    expect((await ckpt(folder, ["merge", "-o", "o.jsonl"])).code).toBe(0);
    expect(read(folder, "o.jsonl")).toBe(read(folder, "whole.jsonl"));
    expect(read(folder, "o.jsonl").trim().split("\n")).toHaveLength(17);
  });

  test("what is not chosen is in no output and in no count; --shuffle changes nothing; several answers of each chosen item", async () => {
    const folder = job();
    const chosen = ["--where", "级=难0", "--repeat", "2", "--shuffle"];
    await oneMachine(folder, "whole.jsonl", [...chosen, ...COMMAND]);
    await runShards(folder, range(4), 4, [...chosen, ...COMMAND]);
    const dry = await ckpt(folder, ["merge", "--dry-run", "--json"]);
    const units = (ITEMS / 3) * 2;
    expect(JSON.parse(dry.out)).toMatchObject({ total: units, completed: units - 2, failed: 2, pending: 0 });
    expect((await ckpt(folder, ["merge", "-o", "o.jsonl"])).code).toBe(3);
    expect(read(folder, "o.jsonl")).toBe(read(folder, "whole.jsonl"));
    expect((await ckpt(folder, ["export"])).out).toBe(read(folder, "whole.jsonl"));
    expect((await ckpt(folder, ["export", "--status", "pending"])).out).toBe("");
    // A shard that is missing is missing, though its items are few.
    fs.rmSync(path.join(folder, "checkpoints/shard-002-of-004"), { recursive: true });
    const merged = await ckpt(folder, ["merge", "--json"]);
    expect([merged.code, JSON.parse(merged.out)]).toMatchObject([4, { shards: { missing: [2] } }]);
  });

  test("items without ids, some of them equal", async () => {
    const folder = newFolder();
    writeLines(folder, "q.txt", ["b", "a", "b", "c", "b", "a", "d", "e"]);
    const words = ["--", "cat"];
    await ckpt(folder, ["run", "q.txt", "--dir", "whole", "-o", "whole.jsonl", "-q", ...words]);
    for (const index of range(3))
      await ckpt(folder, ["run", "q.txt", "--shard", `${index}/3`, "-q", ...words]);
    expect((await ckpt(folder, ["merge", "-o", "o.jsonl", "--include-input"])).code).toBe(0);
    expect((await ckpt(folder, ["merge", "-o", "p.jsonl"])).code).toBe(0);
    expect(read(folder, "p.jsonl")).toBe(read(folder, "whole.jsonl"));
  });
});

describe("what is not done", () => {
  test.each([
    ["en", "Not done: shards 2,6-8, tasks 2,6-8 (--array=2,6-8)"],
    ["zh", "未完成：分片 2,6-8"],
  ])("is named, and no output is written, in %s", async (lang, words) => {
    const folder = job();
    await runShards(folder, [1, 3, 4, 5], 8);
    const merged = await ckpt(folder, ["merge", "-o", "o.jsonl", "--lang", lang]);
    expect(merged.code).toBe(4);
    expect(merged.err).toContain(words.replace("shards 2,6-8, tasks 2,6-8", "shards 2,6-8"));
    expect(fs.existsSync(path.join(folder, "o.jsonl"))).toBe(false);
    const json = await ckpt(folder, ["merge", "-o", "o.jsonl", "--json"]);
    expect(json.code).toBe(4);
    expect(JSON.parse(json.out)).toMatchObject({
      exit_code: 4,
      shards: { missing: [2, 6, 7, 8], array: "2,6-8" },
      output: null,
    });
    await runShards(folder, [2, 6, 7, 8], 8);
    expect((await ckpt(folder, ["merge", "-o", "o.jsonl"])).code).toBe(0);
  });

  test("is named by the ids of tasks where a scheduler has numbered them from 0", async () => {
    const folder = job();
    const tasks = { SLURM_ARRAY_TASK_COUNT: "4", SLURM_ARRAY_TASK_MIN: "0", SLURM_ARRAY_TASK_MAX: "3" };
    for (const id of ["0", "1", "3"])
      await ckpt(folder, ["run", "q.jsonl", "--id", "id", "--shard", "auto", "-q", ...FINE], {
        ...tasks,
        SLURM_ARRAY_TASK_ID: id,
      });
    const merged = await ckpt(folder, ["merge", "-o", "o.jsonl"]);
    expect(merged.code).toBe(4);
    expect(merged.err).toContain("Not done: shards 3, tasks 2 (--array=2)");
    // The very task that is named, started alone.
    const alone = {
      SLURM_ARRAY_TASK_COUNT: "1",
      SLURM_ARRAY_TASK_MIN: "2",
      SLURM_ARRAY_TASK_MAX: "2",
      SLURM_ARRAY_TASK_ID: "2",
    };
    const again = await ckpt(
      folder,
      ["run", "q.jsonl", "--id", "id", "--shard", "auto/4", "-q", ...FINE],
      alone,
    );
    expect(again.code).toBe(0);
    expect((await ckpt(folder, ["merge", "-o", "o.jsonl"])).code).toBe(0);
  });

  test("is a shard that was stopped", async () => {
    const folder = job();
    await runShards(folder, [1], 2);
    await ckpt(folder, ["run", "q.jsonl", "--id", "id", "--shard", "2/2", "--limit", "1", "-q", ...FINE]);
    const merged = await ckpt(folder, ["merge", "--dry-run", "--json"]);
    expect(merged.code).toBe(4);
    expect(JSON.parse(merged.out)).toMatchObject({ shards: { missing: [2] }, total: ITEMS });
  });

  test("is everything where there are no shards", async () => {
    const folder = job();
    expect((await ckpt(folder, ["merge"])).code).toBe(10);
    await ckpt(folder, ["run", "q.jsonl", "--limit", "1", "-q", ...FINE]);
    expect((await ckpt(folder, ["merge"])).code).toBe(10);
  });
});

test("--dry-run gives the proof alone", async () => {
  const folder = job();
  await runShards(folder, range(2), 2, COMMAND);
  const before = fs.readdirSync(folder);
  const dry = await ckpt(folder, ["merge", "--dry-run", "-o", "o.jsonl", "--json"]);
  expect(dry.code).toBe(3);
  expect(JSON.parse(dry.out)).toMatchObject({ total: ITEMS, completed: ITEMS - 1, failed: 1, output: null });
  expect(fs.readdirSync(folder)).toEqual(before);
});

test("an output that a merge has written is replaced, another's is not", async () => {
  const folder = job();
  await runShards(folder, range(2), 2);
  expect((await ckpt(folder, ["merge", "-o", "o.jsonl"])).code).toBe(0);
  expect((await ckpt(folder, ["merge", "-o", "o.jsonl"])).code).toBe(0);
  fs.appendFileSync(path.join(folder, "o.jsonl"), "mine\n");
  expect((await ckpt(folder, ["merge", "-o", "o.jsonl"])).code).toBe(12);
  expect((await ckpt(folder, ["merge", "-o", "o.jsonl", "--force"])).code).toBe(0);
  expect((await ckpt(folder, ["merge", "-o", "q.jsonl", "--force"])).code).toBe(2);
});

describe("what is no whole is refused", () => {
  const log = (folder: string, name: string): string =>
    path.join(folder, `checkpoints/${name}/checkpoint_results.jsonl`);

  test("a log in which a byte has changed, and one that was cut", async () => {
    const folder = job();
    await runShards(folder, range(2), 2);
    const file = log(folder, "shard-002-of-002");
    const whole = fs.readFileSync(file);
    const flipped = Buffer.from(whole);
    flipped[100] = (flipped[100] ?? 0) ^ 1;
    for (const bytes of [flipped, whole.subarray(0, -50), whole.subarray(0, 0)]) {
      fs.writeFileSync(file, bytes);
      const merged = await ckpt(folder, ["merge", "-o", "o.jsonl"]);
      expect(merged.code).toBe(12);
      expect(fs.existsSync(path.join(folder, "o.jsonl"))).toBe(false);
    }
  });

  test("a shard of another input, and of another command", async () => {
    const folder = job();
    await runShards(folder, [1], 2);
    await runShards(folder, [2], 2, ["--shell", "echo b{x}"], "other");
    fs.renameSync(
      path.join(folder, "other/shard-002-of-002"),
      path.join(folder, "checkpoints/shard-002-of-002"),
    );
    const merged = await ckpt(folder, ["merge", "-o", "o.jsonl"]);
    expect(merged.code).toBe(12);
    expect(merged.err).toContain("Cannot read the shards together");
    expect(merged.err).toContain("what the results depend on has changed: ");
    fs.rmSync(path.join(folder, "checkpoints/shard-002-of-002"), { recursive: true });
    fs.appendFileSync(path.join(folder, "q.jsonl"), '{"id":"q61","x":61}\n');
    await runShards(folder, [2], 2, FINE, "third");
    fs.renameSync(
      path.join(folder, "third/shard-002-of-002"),
      path.join(folder, "checkpoints/shard-002-of-002"),
    );
    const mixed = await ckpt(folder, ["merge", "-o", "o.jsonl"]);
    expect(mixed.code).toBe(12);
    expect(mixed.err).toContain("the input");
  });

  test("a shard whose folder has the name of another", async () => {
    const folder = job();
    await runShards(folder, range(2), 2);
    fs.rmSync(path.join(folder, "checkpoints/shard-002-of-002"), { recursive: true });
    fs.cpSync(
      path.join(folder, "checkpoints/shard-001-of-002"),
      path.join(folder, "checkpoints/shard-002-of-002"),
      {
        recursive: true,
      },
    );
    expect((await ckpt(folder, ["merge", "-o", "o.jsonl"])).code).toBe(12);
  });
});

/** Seals a line of JSON anew. */
function resealed(line: string): string {
  const body = line.slice(0, line.lastIndexOf('"sum":"') + '"sum":"'.length);
  return `${body}${createHash("sha256").update(body).digest("hex").slice(0, 16)}"}`;
}

/** Makes a folder of shards whose second half is there twice: as 2/2, and as 3/4 and 4/4 with other outputs of some items. */
async function doubled(): Promise<string> {
  const folder = job();
  const own = ["--shell", 'echo "$(cat tag 2>/dev/null){x}"'];
  await runShards(folder, range(2), 2, own);
  fs.writeFileSync(path.join(folder, "tag"), "other");
  await runShards(folder, [3], 4, own, "finer");
  fs.rmSync(path.join(folder, "tag"));
  await runShards(folder, [4], 4, own, "finer");
  for (const name of ["shard-003-of-004", "shard-004-of-004"])
    fs.renameSync(path.join(folder, "finer", name), path.join(folder, "checkpoints", name));
  return folder;
}

test("shards of several numbers: equal outputs are one, different ones go into a file of conflicts", async () => {
  const folder = await doubled();
  const merged: Ran = await ckpt(folder, ["merge", "-o", "o.jsonl"]);
  expect(merged.code).toBe(12);
  expect(merged.err).toContain("different outputs in two shards");
  expect(fs.existsSync(path.join(folder, "o.jsonl"))).toBe(false);
  const conflicts = read(folder, "o.jsonl.conflicts.jsonl")
    .trim()
    .split("\n")
    .map(
      (line) => JSON.parse(line) as { index: number; outputs: readonly { shard: string; output: string }[] },
    );
  const { total } = JSON.parse(read(folder, "checkpoints/shard-003-of-004/processing_status.json")) as {
    total: number;
  };
  expect(conflicts).toHaveLength(total);
  for (const { index, outputs } of conflicts)
    expect(outputs.map(({ shard, output }) => `${shard} ${output}`).toSorted()).toEqual([
      `2/2 ${index + 1}`,
      `3/4 other${index + 1}`,
    ]);
});

test("of shards of several numbers the owner is one of the number on record; info counts no item twice", async () => {
  const folder = await doubled();
  await oneMachine(folder, "whole.jsonl", ["--shell", "echo {x}"]);
  const shown = JSON.parse((await ckpt(folder, ["info", "--json"])).out) as Record<string, unknown>;
  expect(shown).toMatchObject({ total: ITEMS, completed: ITEMS, pending: 0, percent: 100 });
  const merged = await ckpt(folder, ["merge", "-o", "o.jsonl", "--on-conflict", "owner"]);
  expect(merged.err).not.toContain("different outputs");
  expect(merged.code).toBe(0);
  expect(read(folder, "o.jsonl")).toBe(read(folder, "whole.jsonl"));
});

test("--on-conflict owner takes the result of the shard to which the item belongs", async () => {
  const folder = job();
  await oneMachine(folder, "whole.jsonl", FINE);
  await runShards(folder, range(2), 2);
  // A record of the second shard, copied with another output to the end of the log of the first: as two owners might have left it.
  const dir = path.join(folder, "checkpoints/shard-001-of-002");
  const theirs = read(folder, "checkpoints/shard-002-of-002/checkpoint_results.jsonl").split("\n")[0] ?? "";
  const statusFile = path.join(dir, "processing_status.json");
  const status = JSON.parse(fs.readFileSync(statusFile, "utf8")) as {
    log: { bytes: number; records: number; last_sum: string };
    results_saved: number;
    gone: number;
  };
  const { records, last_sum: prev } = status.log;
  const foreign = resealed(
    theirs
      .replace('"seq":1,', `"seq":${records + 1},`)
      .replace(/"output":"[^"]*"/, '"output":"foreign"')
      .replace(/"prev":"[^"]*"/, `"prev":"${prev}"`),
  );
  fs.appendFileSync(path.join(dir, "checkpoint_results.jsonl"), `${foreign}\n`);
  const log = {
    bytes: status.log.bytes + Buffer.byteLength(foreign) + 1,
    records: records + 1,
    last_sum: (JSON.parse(foreign) as { sum: string }).sum,
  };
  const { sum: _sum, ...facts } = { ...status, log, gone: 1 } as typeof status & { sum?: string };
  fs.writeFileSync(statusFile, `${resealed(`${JSON.stringify(facts).slice(0, -1)},"sum":""}`)}\n`);
  const refused = await ckpt(folder, ["merge", "-o", "o.jsonl"]);
  expect(refused.code).toBe(12);
  expect(read(folder, "o.jsonl.conflicts.jsonl")).toContain('"owner":false,"output":"foreign"');
  const merged = await ckpt(folder, ["merge", "-o", "o.jsonl", "--on-conflict", "owner"]);
  expect(merged.code).toBe(0);
  expect(read(folder, "o.jsonl")).toBe(read(folder, "whole.jsonl"));
});

test("a damaged log is named with the command that looks at it, in whichever folder it lies", async () => {
  const folder = job();
  await runShards(folder, range(2), 2);
  const log = path.join(folder, "checkpoints/shard-002-of-002/checkpoint_results.jsonl");
  fs.writeFileSync(log, fs.readFileSync(log, "utf8").replace('"output":"', '"output":"x'));
  fs.renameSync(path.join(folder, "checkpoints"), path.join(folder, "old"));
  const merged = await ckpt(folder, ["merge", "old", "-o", "o.jsonl"]);
  expect(merged.code).toBe(12);
  expect(merged.err).toMatch(/ckpt verify --dir \S*old\/shard-002-of-002\./);
  const taken = ["run", "q.jsonl", "--id", "id", "--shard", "3/3", "--dir", "new", "--reshard-from", "old"];
  const refused = await ckpt(folder, [...taken, ...FINE]);
  expect(refused.code).toBe(12);
  expect(refused.err).toMatch(/ckpt verify --dir \S*old\/shard-002-of-002\./);
  expect(refused.err).not.toContain("--shard 3/3");
});

test.each(["en", "zh"])(
  "a folder without shards.json, or without shards, is said to be one: %s",
  async (lang) => {
    const folder = job();
    await runShards(folder, range(2), 2);
    const record = path.join(folder, "checkpoints/shards.json");
    const whole = fs.readFileSync(record);
    for (const content of [null, whole.subarray(0, 100)]) {
      fs.rmSync(record);
      if (content !== null) fs.writeFileSync(record, content);
      for (const words of [["merge", "-o", "o.jsonl"], ["info"], ["show"], ["export"]]) {
        const { code, err } = await ckpt(folder, [...words, "--lang", lang]);
        expect([words, code]).toEqual([words, 12]);
        expect(err).toContain(
          lang === "en"
            ? "shards.json, which says what job they are of, is missing"
            : "shards.json 缺失或不完整",
        );
      }
      // Any shard writes it anew.
      await runShards(folder, [1], 2);
      expect((await ckpt(folder, ["merge", "-o", "o.jsonl", "--force"])).code).toBe(0);
    }
    // With a failed item, so that its checkpoint stays.
    await oneMachine(folder, "whole.jsonl", COMMAND);
    for (const dir of ["whole", "checkpoints/shard-001-of-002"]) {
      const { code, err } = await ckpt(folder, ["merge", dir, "-o", "o.jsonl", "--lang", lang]);
      expect(code).toBe(10);
      expect(err).toContain(lang === "en" ? "there are no shards in" : "中没有分片");
    }
  },
);

test("shards that have more or fewer items than the input are refused", async () => {
  const folder = job();
  await runShards(folder, range(2), 2);
  const file = path.join(folder, "checkpoints/shard-001-of-002/processing_status.json");
  const status = fs.readFileSync(file, "utf8").trimEnd();
  const [, total = "0", completed = "0"] = /"total":(\d+),"completed":(\d+)/.exec(status) ?? [];
  const fewer = `"total":${Number(total) - 1},"completed":${Number(completed) - 1}`;
  fs.writeFileSync(file, `${resealed(status.replace(`"total":${total},"completed":${completed}`, fewer))}\n`);
  const merged = await ckpt(folder, ["merge", "-o", "o.jsonl"]);
  expect(merged.code).toBe(12);
  expect(merged.err).toContain(`${ITEMS - 1} of ${ITEMS} items`);
});

describe("an output that cannot be written", () => {
  test.each([
    ["en", "or write to another file: "],
    ["zh", "或写到别的文件："],
  ])("for lack of room: what is to be typed is the merge, in %s", async (lang, words) => {
    const folder = job();
    await runShards(folder, range(2), 2, FINE, "sh");
    const full = await ckpt(folder, ["merge", "sh", "-o", "/dev/full", "--lang", lang]);
    expect(full.code).toBe(4);
    expect(full.err.replaceAll(/\s+/g, " ")).toMatch(new RegExp(`${words}\\S+ merge sh -o FILE`));
    const exported = await ckpt(folder, ["export", "sh", "-o", "/dev/full", "--lang", lang]);
    expect(exported.err.replaceAll(/\s+/g, " ")).toMatch(new RegExp(`${words}\\S+ export sh -o FILE`));
  });

  test.each([
    ["en", "does not exist", "Make it first"],
    ["zh", "不存在", "请先建立该目录"],
  ])(
    "in a folder that does not exist is refused alike by merge, export, diff and run, in %s",
    async (lang, message, hint) => {
      const folder = job();
      await runShards(folder, range(2), 2, FINE, "sh");
      const commands = [
        ["merge", "sh"],
        ["export", "sh"],
        ["diff", "sh", "sh"],
        ["run", "q.jsonl", "--dir", "other"],
      ];
      for (const words of commands) {
        const command = words[0] === "run" ? ["--", "cat"] : [];
        const file = ["-o", "new/deep/o.jsonl", "--lang", lang];
        const { code, err } = await ckpt(folder, [...words, ...file, ...command]);
        expect([code, err]).toEqual([2, expect.stringContaining(message)]);
        expect(err).toContain(hint);
        expect(err).not.toContain("ENOENT");
      }
      expect(fs.existsSync(path.join(folder, "new"))).toBe(false);
    },
  );
});
