// Arguments of `ckpt run` about shards: parts of a job that run on different machines.

/** What a shard has no use for: it writes no output. */
const OF_OUTPUT = [
  "output",
  "output-format",
  "include-input",
  "include-meta",
  "flatten",
  "bom",
  "repeat-as",
  "force",
];

export const SHARD_ARGUMENTS = {
  shard: {
    type: "string",
    value: "text",
    valueHint: "I/N|auto",
    group: "input",
    excludes: OF_OUTPUT as readonly string[],
    complete: { words: ["auto"] },
    description: "only part I of N; auto: by the scheduler (auto/N, auto:NAME)",
    zh: "只处理 N 个分片中的第 I 个；auto 由调度器决定（auto/N、auto:名称）",
  },
  "parallel-shards": {
    type: "string",
    value: { kind: "count", min: 1 },
    valueHint: "W",
    group: "pace",
    needs: ["shard"],
    complete: "none",
    description: "shards at once: each gets its part of --rpm, --tpm (all)",
    zh: "同时运行的分片数，--rpm、--tpm 按此均分（默认为全部）",
  },
  "reshard-from": {
    type: "string",
    repeat: true,
    value: "text",
    valueHint: "DIR",
    group: "resuming",
    once: true,
    needs: ["shard"],
    complete: "folder",
    description: "take over results of shards of another number, or of one run",
    zh: "接收另一分片总数或单机运行的结果",
  },
} as const;
