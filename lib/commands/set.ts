// `ckpt set`: changes a running job through its live channel: how many at once, its rates, budgets and limits; pauses, resumes and stops it.
import { type Checkpoint, hasShards, openCheckpoint } from "../checkpoint/checkpoint.ts";
import { COMMON_ARGUMENTS } from "../cli/common-arguments.ts";
import type { CommandEnd, Context } from "../cli/context.ts";
import { type Command, declareCommand, type Invocation } from "../cli/declaration.ts";
import { PACE_ARGUMENTS } from "../job/arguments/pace-arguments.ts";
import { STOPPING_ARGUMENTS } from "../job/arguments/stopping-arguments.ts";
import { changeRun } from "../job/live/change-run.ts";
import { optionName, SETTING_NAMES } from "../job/live/set-options.ts";
import { placeOptions, SHARD_ARGUMENT } from "../job/shards/shard-folder.ts";
import type { Changes } from "../view/channel/contract.ts";

const { jobs, rpm, tpm, timeout } = PACE_ARGUMENTS;
const { "max-cost": maxCost, "max-tokens": maxTokens, "max-failures": maxFailures } = STOPPING_ARGUMENTS;

const SET_ARGUMENTS = {
  jobs,
  rpm,
  tpm,
  timeout,
  "max-cost": maxCost,
  "max-tokens": maxTokens,
  "max-failures": maxFailures,
  pause: {
    type: "boolean",
    once: true,
    excludes: ["resume", "stop"],
    description: "start nothing new; what is in flight finishes",
    zh: "不再开始新的条目；进行中的继续完成",
  },
  resume: {
    type: "boolean",
    once: true,
    excludes: ["stop"],
    description: "go on after --pause",
    zh: "暂停后继续运行",
  },
  stop: {
    type: "boolean",
    once: true,
    description: "stop as ^C does, and wait until all is saved",
    zh: "像 ^C 一样停止，并等到全部保存",
  },
  ...SHARD_ARGUMENT,
  ...COMMON_ARGUMENTS,
} as const;

export const set: Command = declareCommand({
  meta: {
    name: "set",
    description: "change, pause or stop a running job",
    zh: "更改、暂停或停止正在运行的任务",
  },
  args: SET_ARGUMENTS,
  examples: [
    {
      line: "ckpt set -j 16 --rpm 500",
      description: "faster, from another terminal",
      zh: "在另一个终端里提速",
    },
    { line: "ckpt set --pause", description: "start nothing new for now", zh: "暂时不再开始新的条目" },
    { line: "ckpt set --stop", description: "stop, and wait until all is saved", zh: "停止，并等到全部保存" },
  ],
  run: (invocation, context) => setRun(invocation, context),
});

async function setRun(invocation: Invocation<typeof SET_ARGUMENTS>, context: Context): Promise<CommandEnd> {
  const { fs } = context.host;
  const options = placeOptions(invocation.settings, context.host);
  const checkpoint: Checkpoint = openCheckpoint(fs, options.dir);
  const changes = changesOf(invocation);
  if (hasShards(fs, options.dir) && !checkpoint.settled().exists()) {
    const { changeShards } = await import("../job/live/change-shards.ts");
    return changeShards(checkpoint, checkpoint.heldShards(), changes, options, context);
  }
  return changeRun(checkpoint, changes, options, context);
}

/** What was typed. A settings file has the options of the next run, not a change of this one. */
function changesOf({ settings, typed }: Invocation<typeof SET_ARGUMENTS>): Changes {
  const given = {
    jobs: settings.jobs,
    rpm: settings.rpm,
    tpm: settings.tpm,
    max_cost: settings.maxCost,
    max_tokens: settings.maxTokens,
    max_failures: settings.maxFailures,
    timeout_ms: settings.timeoutMs,
  };
  const names = SETTING_NAMES.filter((name) => typed.options.has(optionName(name)));
  return {
    ...Object.fromEntries(names.map((name) => [name, given[name]])),
    ...(settings.pause ? { paused: true } : null),
    ...(settings.resume ? { paused: false } : null),
    ...(settings.stop ? { stop: true } : null),
  };
}
