// `ckpt info`: shows the status file and a few related facts; without a checkpoint, the last completed session.
import * as path from "node:path";
import { showInfo } from "../job/info/show-info.ts";
import { placeOptions, SHARD_ARGUMENT, shardFolder } from "../job/shards/shard-folder.ts";
import { COMMON_ARGUMENTS } from "../cli/common-arguments.ts";
import { type Command, declareCommand } from "../cli/declaration.ts";

const INFO_ARGUMENTS = {
  folder: {
    type: "positional",
    required: false,
    valueHint: "DIR",
    complete: "folder",
    description: "the folder of a checkpoint, or of shards (--dir)",
    zh: "检查点或分片所在的目录（--dir）",
  },
  watch: {
    type: "boolean",
    excludes: ["json"],
    description: "redraw it while a job runs; q leaves",
    zh: "持续刷新，按 q 退出",
  },
  interval: {
    type: "string",
    value: "duration",
    valueHint: "TIME",
    default: "1s",
    needs: ["watch"],
    complete: "none",
    description: "how often",
    zh: "刷新间隔",
  },
  missing: {
    type: "boolean",
    excludes: ["watch"],
    description: "of shards: only those that are not done, as 2,6-8",
    zh: "只列出未完成的分片，形如 2,6-8",
  },
  ...SHARD_ARGUMENT,
  ...COMMON_ARGUMENTS,
} as const;

export const info: Command = declareCommand({
  meta: {
    name: "info",
    description: "show the checkpoint, also during a run",
    zh: "显示检查点信息，运行中也可以",
  },
  args: INFO_ARGUMENTS,
  examples: [
    { line: "ckpt info", description: "progress, failures, runs, speed", zh: "进度、失败、各次运行与速度" },
    {
      line: "ckpt info --watch",
      description: "look on while a job runs; q leaves",
      zh: "实时查看运行中的任务，按 q 退出",
    },
    { line: "ckpt info --json | jq .percent", description: "for a script", zh: "供脚本使用" },
    {
      line: 'sbatch --array="$(ckpt info checkpoints --missing)" job.sh',
      description: "start the shards again that are not done",
      zh: "重新提交未完成的分片",
    },
  ],
  run: async ({ settings }, context) => {
    const { host } = context;
    const { folder, shard } = settings;
    const { dir: usual, json } = placeOptions(settings, host, folder);
    const named = folder === null ? null : path.resolve(host.cwd, folder);
    const dir = named === null ? usual : shard === null ? named : shardFolder(host.fs, named, shard);
    if (settings.watch) {
      const { watchInfo } = await import("../job/info/watch-info.ts");
      return watchInfo(dir, settings.intervalMs, context);
    }
    return showInfo(dir, { json, isMissingWanted: settings.missing }, context);
  },
});
