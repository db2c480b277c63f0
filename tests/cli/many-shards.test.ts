// A merge of more shards than files may be open.
import { expect, test } from "bun:test";
import * as path from "node:path";
import { ckpt, ENV, EXECUTABLE, read, writeLines } from "../helpers/ckpt.ts";
import { memoryFolder } from "../helpers/memory.ts";
import { memoryOf } from "../helpers/processes.ts";
import { splitShards } from "../helpers/split-shards.ts";
import { until } from "../helpers/until.ts";

const ITEMS = 6000;
const SHARDS = 1200;
const FILES = 256;
const MODULE = "export const process = (item: { x: number }) => `answer to ${item.x}`;";
/** What a log that is open takes, and what any run differs from another. */
const MORE_MB = 64;

/** Merges under a limit of open files, hard and soft. @returns its most memory in MB, as far as it was seen */
async function mergeUnder(folder: string, dir: string, file: string): Promise<number> {
  const script = `ulimit -n ${FILES}; exec "$0" merge ${dir} -o ${file}`;
  const child = Bun.spawn(["sh", "-c", script, EXECUTABLE], {
    cwd: folder,
    env: ENV,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let most = 0;
  await until(() => {
    most = Math.max(most, memoryOf(child.pid)?.mostBytes ?? 0);
    return child.exitCode !== null || child.signalCode !== null;
  });
  expect({ code: child.exitCode, err: await child.stderr.text() }).toMatchObject({ code: 0 });
  return most / 2 ** 20;
}

test(`${SHARDS} shards are merged with ${FILES} open files, in the memory of one`, async () => {
  const folder = memoryFolder();
  writeLines(
    folder,
    "q.jsonl",
    Array.from({ length: ITEMS }, (_, at) => `{"id":"q${at}","x":${at}}`),
  );
  writeLines(folder, "answer.ts", [MODULE]);
  const words = ["run", "q.jsonl", "--id", "id", "--dir", "one", "--shard", "1/1", "-b", "1000", "-q"];
  const made = await ckpt(folder, [...words, "--module", "answer.ts"]);
  expect(made).toMatchObject({ code: 0 });
  splitShards(path.join(folder, "one"), path.join(folder, "many"), SHARDS);
  const one = await mergeUnder(folder, "one", "one.jsonl");
  const many = await mergeUnder(folder, "many", "many.jsonl");
  expect(read(folder, "many.jsonl")).toBe(read(folder, "one.jsonl"));
  expect(read(folder, "one.jsonl").split("\n")).toHaveLength(ITEMS + 1);
  expect(many - one).toBeLessThan(MORE_MB);
  if (process.platform === "linux") expect(one).toBeGreaterThan(0);
});
