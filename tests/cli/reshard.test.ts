// `ckpt run --shard --reshard-from`: another number of shards takes over what is done; nothing is run again.
// Needs strace.
import { describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, ENV, newFolder, type Ran, read, start, writeLines } from "../helpers/ckpt.ts";
import { copyFolder } from "../helpers/copy-folder.ts";
import { eachWide } from "../helpers/each-wide.ts";
import { runTo } from "../helpers/kill.ts";
import { SEED, seeded, seededRandom } from "../helpers/seed.ts";
import { until } from "../helpers/until.ts";

const ITEMS = 120;

function job(): string {
  const folder = newFolder();
  writeLines(
    folder,
    "q.jsonl",
    Array.from({ length: ITEMS }, (_, at) => `{"id":"q${at + 1}","x":${at + 1}}`),
  );
  return folder;
}

/** Every attempt leaves a line in `ran`. */
const COMMAND = ["--shell", "echo {x} >> ran && test {x} -ne 7 && echo a{x}"];
const RUN = ["run", "q.jsonl", "--id", "id", "-q"];

const KEEP = ["--failed", "keep"];
/** Shards that run at once. */
const LANES = 4;

const range = (count: number): number[] => Array.from({ length: count }, (_, at) => at + 1);

function shard(folder: string, which: string, words: readonly string[]): Promise<Ran> {
  return ckpt(folder, [...RUN, "--shard", which, ...words, ...COMMAND]);
}

async function all(folder: string, count: number, words: readonly string[]): Promise<void> {
  await eachWide(range(count), LANES, async (index) => {
    const { code, err } = await shard(folder, `${index}/${count}`, words);
    if (code !== 0 && code !== 3) throw new Error(`shard ${index} of ${count} ended with ${code}: ${err}`);
  });
}

function attempts(folder: string): number[] {
  const file = path.join(folder, "ran");
  if (!fs.existsSync(file)) return [];
  return read(folder, "ran")
    .trim()
    .split("\n")
    .map(Number)
    .toSorted((a, b) => a - b);
}

/** A job, and what one machine makes of it. */
async function oneMachine(): Promise<string> {
  const folder = job();
  await ckpt(folder, [...RUN, "--dir", "w", "-o", "whole.jsonl", ...COMMAND]);
  fs.rmSync(path.join(folder, "ran"));
  return folder;
}

async function expectSame(folder: string, dirs: readonly string[]): Promise<void> {
  for (const dir of dirs) {
    expect((await ckpt(folder, ["merge", dir, "-o", `${dir}.jsonl`])).code).toBe(3);
    expect(read(folder, `${dir}.jsonl`)).toBe(read(folder, "whole.jsonl"));
  }
}

test("16 shards become 64, and these 24: no item is run again, and the output is that of one machine", async () => {
  const folder = await oneMachine();
  await all(folder, 16, ["--dir", "sixteen"]);
  const first = attempts(folder);
  expect(first).toEqual(range(ITEMS));
  const planned = await shard(folder, "1/64", [
    "--dir",
    "sixty-four",
    "--reshard-from",
    "sixteen",
    "--dry-run",
    "--json",
    ...KEEP,
  ]);
  const { plan } = JSON.parse(planned.out) as { plan: { total: number; done: number; failed: number } };
  expect(plan.done + plan.failed).toBe(plan.total);
  expect(fs.existsSync(path.join(folder, "sixty-four"))).toBe(false);
  await all(folder, 64, ["--dir", "sixty-four", "--reshard-from", "sixteen", ...KEEP]);
  await all(folder, 24, ["--dir", "twenty-four", "--reshard-from", "sixty-four", ...KEEP]);
  expect(attempts(folder)).toEqual(first);
  await expectSame(folder, ["sixteen", "sixty-four", "twenty-four"]);
  expect((await ckpt(folder, ["verify", "--dir", "twenty-four/shard-001-of-024"])).code).toBe(0);
}, 120_000);

/** When a shard is killed: by what lies in its folder. */
const MOMENTS: readonly ((dir: string) => boolean)[] = [
  (dir) => fs.existsSync(dir),
  (dir) => fs.existsSync(path.join(dir, "owner.json")),
  (dir) => fs.existsSync(path.join(dir, "processing_status.json")),
  (dir) =>
    (fs.statSync(path.join(dir, "checkpoint_results.jsonl"), { throwIfNoEntry: false })?.size ?? 0) > 0,
];

test(
  seeded("the same where every shard is killed once while it takes over"),
  async () => {
    const folder = await oneMachine();
    await all(folder, 4, ["--dir", "four"]);
    const first = attempts(folder);
    const random = seededRandom(SEED);
    const killed = async (
      index: number,
      count: number,
      words: readonly string[],
      dir: string,
    ): Promise<void> => {
      const child = start(folder, [...RUN, "--shard", `${index}/${count}`, ...words, ...COMMAND]);
      const number = String(index).padStart(3, "0");
      const own = path.join(folder, dir, `shard-${number}-of-${String(count).padStart(3, "0")}`);
      const moment = MOMENTS[Math.floor(random() * MOMENTS.length)];
      await until(() => moment?.(own) === true || child.exitCode !== null);
      child.kill("SIGKILL");
      await child.exited;
    };
    for (const [count, dir, from] of [
      [16, "sixteen", "four"],
      [6, "six", "sixteen"],
    ] as const) {
      const words = ["--dir", dir, "--reshard-from", from, ...KEEP];
      await eachWide(range(count), LANES, (index) => killed(index, count, words, dir));
      await all(folder, count, words);
    }
    expect(attempts(folder)).toEqual(first);
    await expectSame(folder, ["four", "sixteen", "six"]);
  },
  120_000,
);

test("a kill while results are taken over: the next run, with the same words or with none, takes the rest and runs none of its items", async () => {
  const before = newFolder();
  const long = "x".repeat(60_000); // each few records are a write of their own
  writeLines(
    before,
    "q.jsonl",
    range(5).map((x) => `{"id":"q${x}","x":${x}}`),
  );
  const command = ["--shell", `echo {x} >> ran && echo ${long}`];
  await ckpt(before, [...RUN, "--shard", "1/1", "--dir", "old", ...command]);
  fs.rmSync(path.join(before, "ran"));
  const own = "new/shard-001-of-001";
  const args = [...RUN, "--shard", "1/1", "--dir", "new", "--reshard-from", "old", ...command];
  const bare = [
    ["run", "-q", "--dir", "new", "--shard", "1"],
    ["run", "-q", "--dir", own],
  ];
  const recordsIn = (folder: string): number => {
    const log = path.join(folder, own, "checkpoint_results.jsonl");
    return fs.existsSync(log) ? fs.readFileSync(log, "utf8").split("\n").length - 1 : 0;
  };
  let partial = 0;
  for (const calls of ["write,writev,pwrite64", "fdatasync"]) {
    for (let when = 1; ; when++) {
      const folder = newFolder();
      copyFolder(before, folder);
      const log = path.join(fs.realpathSync(folder), own, "checkpoint_results.jsonl");
      const paths = calls.startsWith("write") ? [log] : [];
      const { exitCode } = await runTo(folder, args, { calls, paths, when });
      if (exitCode !== null) break;
      const written = recordsIn(folder);
      if (written > 0 && written < 5) partial++;
      const hasStatus = fs.existsSync(path.join(folder, own, "processing_status.json"));
      const killed = newFolder();
      copyFolder(folder, killed);
      for (const words of hasStatus ? [args, ...bare] : [args]) {
        fs.rmSync(folder, { recursive: true });
        copyFolder(killed, folder);
        const ran = await ckpt(folder, words);
        const at = `${calls} ${when}, ${words.length} words`;
        expect(`${at}: ${ran.code} ${ran.err}`).toStartWith(`${at}: 0`);
        expect(attempts(folder)).toEqual([]);
        expect(recordsIn(folder)).toBe(5);
      }
    }
  }
  expect(partial).toBeGreaterThan(0);
}, 120_000);

test("what is pending or has failed is run, and nothing else", async () => {
  const folder = job();
  await shard(folder, "1/2", ["--dir", "two"]);
  await shard(folder, "2/2", ["--dir", "two", "--limit", "10"]);
  const before = attempts(folder);
  const failed = before.includes(7) ? [7] : [];
  await all(folder, 3, ["--dir", "three", "--reshard-from", "two"]);
  const since = attempts(folder);
  // Each item once; the one that has failed once more.
  expect(since).toEqual([...range(ITEMS), ...failed].toSorted((a, b) => a - b));
});

test("a copy says where it was made, and keeps everything else", async () => {
  const folder = job();
  await shard(folder, "1/1", ["--dir", "one"]);
  await shard(folder, "2/3", ["--dir", "three", "--reshard-from", "one"]);
  const { session } = JSON.parse(read(folder, "one/shard-001-of-001/processing_status.json")) as {
    session: { nonce: string };
  };
  const records = (dir: string): Map<string, Record<string, unknown>> =>
    new Map(
      read(folder, `${dir}/checkpoint_results.jsonl`)
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Record<string, unknown>)
        .map((record) => [String(record["id"]), record]),
    );
  const [old, now] = [records("one/shard-001-of-001"), records("three/shard-002-of-003")];
  for (const [id, { seq: _seq, prev: _prev, sum: _sum, from, ...copied }] of now) {
    if (id === "q7") continue; // it has failed, and was run again
    const { seq, prev: _before, sum: _old, ...made } = old.get(id) ?? {};
    expect(copied).toEqual(made);
    expect(from).toEqual({ session: session.nonce, seq });
  }
});

test("a checkpoint of one run is taken over, too", async () => {
  const folder = job();
  await ckpt(folder, [...RUN, "--dir", "w", "-o", "o.jsonl", "--limit", "50", ...COMMAND]);
  expect(attempts(folder)).toHaveLength(50);
  await all(folder, 3, ["--dir", "three", "--reshard-from", "w", "--failed", "keep"]);
  expect(attempts(folder)).toEqual(range(ITEMS));
});

describe("is refused", () => {
  test("for results of another command, and where there are none", async () => {
    const folder = job();
    await ckpt(folder, [...RUN, "--shard", "1/2", "--dir", "two", "--", "echo", "{x}"]);
    const other = await shard(folder, "1/3", ["--dir", "three", "--reshard-from", "two"]);
    expect(other.code).toBe(12);
    expect(other.err).toContain("Cannot take over the results of");
    expect(other.err).toContain(
      "what the results depend on has changed: kind of processor, command, shell command",
    );
    expect((await shard(folder, "1/3", ["--dir", "three", "--reshard-from", "nowhere"])).code).toBe(10);
    expect(attempts(folder)).toEqual([]);
  });

  test("without --shard", async () => {
    expect((await ckpt(job(), [...RUN, "--reshard-from", "x", "--", "cat"])).code).toBe(2);
  });
});

test("the command that resumes has no --reshard-from once the results are taken over", async () => {
  const folder = job();
  await shard(folder, "1/2", ["--dir", "two", "--limit", "20"]);
  const before = attempts(folder);
  const words = [...RUN, "--json", "--shard", "1/4", "--dir", "four", "--limit", "1"];
  const stopped = await ckpt(folder, [...words, "--reshard-from", "two", ...COMMAND]);
  expect(stopped.code).toBe(4);
  const { completed, resume_command: resume } = JSON.parse(stopped.out) as {
    readonly completed: number;
    readonly resume_command: string;
  };
  expect(completed).toBeGreaterThan(1);
  expect(resume).not.toContain("--reshard-from");
  // Nothing of what was taken over is needed, or run again.
  fs.rmSync(path.join(folder, "two"), { recursive: true });
  const resumed = Bun.spawnSync(["sh", "-c", resume.replace("--limit 1 ", "")], { cwd: folder, env: ENV });
  expect([0, 3]).toContain(resumed.exitCode);
  const after = attempts(folder);
  expect(after.filter((x) => x !== 7)).toEqual([...new Set(after)].filter((x) => x !== 7));
  expect(after).toEqual(expect.arrayContaining(before));
});
