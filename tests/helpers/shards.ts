// A folder of shards as runs leave it, for tests of the commands that look at it or change it.
import { ckpt, newFolder, writeLines } from "./ckpt.ts";

export type ShardsFolder = {
  readonly folder: string;
  /** Runs one shard. @returns its exit code */
  readonly run: (which: string, ...words: readonly string[]) => Promise<number>;
};

/** What fails: numbers that end with 7. */
export const SOME_FAIL: readonly string[] = [
  "--shell",
  'case {x} in *7) echo "bad number {x}" >&2; exit 1;; esac; echo a{x}',
];
export const FINE: readonly string[] = ["--shell", "echo a{x}"];

/** @param items numbered from 1, with ids `q1`, … */
export function shardsJob(items: number, dir = "checkpoints"): ShardsFolder {
  const folder = newFolder();
  writeLines(
    folder,
    "q.jsonl",
    Array.from({ length: items }, (_, at) => `{"id":"q${at + 1}","x":${at + 1}}`),
  );
  const run: ShardsFolder["run"] = async (which, ...words) => {
    const own = ["run", "q.jsonl", "--id", "id", "--shard", which, "--dir", dir, "-q"];
    return (await ckpt(folder, [...own, ...words])).code;
  };
  return { folder, run };
}

/** Runs all shards of a number, those with failed items, too. */
export async function runAll({ run }: ShardsFolder, count: number, words: readonly string[]): Promise<void> {
  for (let index = 1; index <= count; index++) {
    const code = await run(`${index}/${count}`, ...words);
    if (code !== 0 && code !== 3) throw new Error(`shard ${index} ended with ${code}`);
  }
}
