// kill -9 at random moments, again and again: the output is that of a run never interrupted, and no item whose record was in the log is run again.
import { expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, newFolder, read, start, writeLines } from "../helpers/ckpt.ts";

setDefaultTimeout(120_000);

const SEED = Number(process.env["CKPT_TEST_SEED"] ?? Date.now() % 1_000_000);
const LOG = "checkpoints/checkpoint_results.jsonl";

/** Mulberry32, a small generator that a seed repeats. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function recordedIndices(folder: string): Set<number> {
  const file = path.join(folder, LOG);
  if (!fs.existsSync(file)) return new Set();
  const lines = fs.readFileSync(file, "utf8").split("\n").slice(0, -1);
  return new Set(lines.map((line) => JSON.parse(line).index as number));
}

for (const { jobs, batch } of [
  { jobs: 1, batch: 1 },
  { jobs: 8, batch: 10 },
  { jobs: 8, batch: 1000 },
]) {
  test(`killed at random with -j ${jobs} -b ${batch}: exact output, nothing recorded is run again (seed ${SEED})`, async () => {
    const next = random(SEED + jobs * 1000 + batch);
    const folder = newFolder();
    writeLines(
      folder,
      "q.txt",
      Array.from({ length: 200 }, (_, i) => `question ${i}`),
    );
    const args = [
      "run",
      "q.txt",
      "-j",
      String(jobs),
      "-b",
      String(batch),
      "--",
      "sh",
      "-c",
      'echo "$CKPT_ITEM_INDEX" >> marks; sleep "$2"; echo "answer to $1"',
      "x",
      "{}",
      String(0.004 * jobs),
    ];
    let kills = 0;
    for (let round = 0; round < 200; round++) {
      const recorded = recordedIndices(folder);
      const marksBefore = fs.existsSync(path.join(folder, "marks")) ? read(folder, "marks").length : 0;
      const child = start(folder, args);
      const timer = setTimeout(() => child.kill("SIGKILL"), 30 + next() * 150);
      await child.exited;
      clearTimeout(timer);
      const fresh = fs.existsSync(path.join(folder, "marks"))
        ? read(folder, "marks").slice(marksBefore).split("\n").filter(Boolean)
        : [];
      expect(fresh.map(Number).filter((index) => recorded.has(index))).toEqual([]);
      if (child.signalCode !== "SIGKILL") {
        expect(child.exitCode).toBe(0);
        break;
      }
      kills++;
    }
    expect(kills).toBeGreaterThan(5);
    const expected = newFolder();
    writeLines(
      expected,
      "q.txt",
      Array.from({ length: 200 }, (_, i) => `question ${i}`),
    );
    expect((await ckpt(expected, args)).code).toBe(0);
    expect(read(folder, "q.results.jsonl")).toBe(read(expected, "q.results.jsonl"));
  });
}

test("a log cut at any byte of its last two records resumes to the same output", async () => {
  const folder = newFolder();
  writeLines(
    folder,
    "q.txt",
    Array.from({ length: 8 }, (_, i) => `q${i}`),
  );
  const module = ["export const process = (item: string) => `answer to ${item}`;"];
  writeLines(folder, "m.ts", module);
  const args = ["run", "q.txt", "-j", "1", "--module", "m.ts"];
  await ckpt(folder, [...args, "--limit", "4"]);
  // A status of generation 0 with records behind it: what a kill -9 before the first commit leaves.
  const log = fs.readFileSync(path.join(folder, LOG));
  const lines = log.toString("latin1").split("\n");
  const twoRecords = (lines[2]?.length ?? 0) + (lines[3]?.length ?? 0) + 2;
  const reference = newFolder();
  fs.cpSync(folder, reference, { recursive: true });
  expect((await ckpt(reference, args)).code).toBe(0);
  let refused = 0;
  for (let cut = 1; cut < twoRecords; cut += 37) {
    const copy = newFolder();
    fs.cpSync(folder, copy, { recursive: true });
    fs.truncateSync(path.join(copy, LOG), log.length - cut);
    const ran = await ckpt(copy, args);
    // These records were committed: losing bytes of them is damage, and is refused by name.
    expect(ran.code).toBe(12);
    expect(ran.err).toContain("verify");
    refused++;
    fs.writeFileSync(path.join(copy, LOG), Buffer.concat([log, log.subarray(0, cut)]));
    expect((await ckpt(copy, args)).code).toBe(0);
    expect(read(copy, "q.results.jsonl")).toBe(read(reference, "q.results.jsonl"));
  }
  expect(refused).toBeGreaterThan(5);
});
