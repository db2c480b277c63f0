// English: errors about the checkpoint, and what the system refuses.
import { formatNumber } from "../../../format.ts";
import { shardsDifference } from "../../sharding/en.ts";
import type { ErrorTextsOf } from "../error-text.ts";
import { didYouMean, few, holder, namedInput, partName } from "../../common/en.ts";
import { folderOf } from "../../phrases.ts";
import { problem } from "../../verify/en.ts";

/** By what the shards were wanted for. */
const OTHER_SHARDS = {
  run: {
    message: (path: string): string => `Cannot run a shard of another job in the folder of ${path}`,
    hint: "All shards of a folder are of one job, and of one number. Name another folder with --dir.",
  },
  read: {
    message: (path: string): string => `Cannot read the shards together: ${path} is of another job`,
    hint: "All shards of a folder are of one job. Move the folder of that shard away, and run the shard again with the command of the others.",
  },
  "take-over": {
    message: (path: string): string => `Cannot take over the results of ${path}: they are of another job`,
    hint: "--reshard-from takes the results of the same input and command. Name another folder, or leave it out.",
  },
} as const;

export const checkpoint: ErrorTextsOf<"checkpoint" | "system"> = {
  "checkpoint.none": (p) => ({
    message: `No checkpoint found in ${p.dir}`,
    hint: "Start one with ckpt run INPUT -- COMMAND, or name another folder with --dir.",
  }),
  "checkpoint.notShards": (p) => ({
    message: `Cannot find shard ${p.shard}: there are no shards in ${p.dir}`,
    hint: "Leave --shard out, or name the folder of the shards with --dir.",
  }),
  "checkpoint.oneRun": (p, call) => ({
    message: `Cannot merge: there are no shards in ${p.dir}, but the checkpoint of one run`,
    hint: `Name the folder that has all shards. The results of one run: ${call("export", { dir: p.dir })}`,
  }),
  "checkpoint.noShardsFile": (p) => ({
    message: `Cannot read the shards: ${p.path}, which says what job they are of, is missing or incomplete`,
    hint: "Copy it from the folder in which they were run, or start any of them again with its command: it writes the file anew.",
  }),
  "checkpoint.ofShards": (p) => ({
    message: `No checkpoint found in ${p.dir}: it has shards, each with its own`,
    hint: `Name one of them: --shard 3, or --dir ${p.folder}. All of them: ckpt info, ckpt merge.`,
  }),
  "checkpoint.notRunning": (p, call) => ({
    message: `Nothing is running on the checkpoint ${p.dir}`,
    hint: `Options of the next run are typed with it: ${call("run -j 8", p.shard === null ? undefined : { shard: p.shard })}. Another folder: --dir.`,
  }),
  "checkpoint.noChannel": (p) => {
    const pid = p.pid === null ? "PID" : String(p.pid);
    const { why, hint } = {
      absent: {
        why: "nobody listens on its live channel",
        hint: `It may still be reading its input, be of an older ckpt, or have said that its live channel cannot be opened. kill ${pid} stops it as well, and nothing saved is lost.`,
      },
      forbidden: {
        why: "its live channel is another user's",
        hint: "Run this command as the user who has started the run.",
      },
      silent: {
        why: `it has not answered for ${p.waitedS} s`,
        hint: `It may have been stopped with ^Z: fg in its terminal, or kill -CONT ${pid}, lets it go on. Or its disk is full. What it was asked for may still take effect.`,
      },
      foreign: {
        why: "what answers on its live channel is no run of this version of ckpt",
        hint: `Stop the run with ^C or kill ${pid}, and resume it with this version; nothing saved is lost.`,
      },
    }[p.problem];
    return { message: `Cannot reach the run on ${p.dir}: ${why} (${p.problem})`, hint };
  },
  "checkpoint.noItem": (p, call) => ({
    message: `No such item: ${p.item}${didYouMean(p.nearest)}`,
    hint: `Name an id or a number ('#7'). The newest results: ${call("show")}`,
  }),
  "checkpoint.nothingToRerun": (p) => ({
    message: `Cannot run anything again: there are no results of this job in ${p.dir}`,
    hint: "Run the command without --rerun first, or name another folder with --dir.",
  }),
  "checkpoint.noSuchItem": (p) => ({
    message: `Cannot run ${few(p.items.slice(0, 5), p.items.length)} again: no such item has a result`,
    hint: "--rerun takes ids and numbers (#12) of items, reasons such as timeout or length, output~REGEX and error~REGEX, failed and all. Items without a result are run in any case.",
  }),
  "checkpoint.noWords": (p) => ({
    message: `Cannot resume without a command line: the checkpoint in ${p.dir} has none on record`,
    hint: "Type the command that started it, and it resumes. Older versions of ckpt recorded none; one of more than 64 KiB is not recorded.",
  }),
  "checkpoint.folderGone": (p) => ({
    message: `Cannot resume: the folder in which the command was typed, ${p.path}, does not exist any more`,
    hint: "Type the whole command in the folder of the input.",
  }),
  "checkpoint.locked": (p) => ({
    message: `Cannot open the checkpoint ${p.dir}: it is in use by ${holder(p.pid, p.host, p.since, p.task)}`,
    hint: "Wait for it to end, or give this run a checkpoint of its own with --dir.",
  }),
  "checkpoint.shardsRunning": (p) => ({
    message: `Cannot change the shards in ${p.dir}: ${p.shards.length === 1 ? `shard ${p.shards.join("")} is` : `shards ${few(p.shards.map(String))} are`} in use: ${holder(p.pid, p.host, p.since, p.task)}`,
    hint: `Wait for them to end, or stop them: ckpt set --stop --dir ${p.dir}. One shard alone: --shard I`,
  }),
  "checkpoint.takenOver": (p) => ({
    message: `Stopped: ${holder(p.pid, p.host, p.since, p.task)} has taken over the checkpoint ${p.dir}`,
    hint: "This run saves nothing more; the other one continues. The lock does not keep the two apart, as between machines on some file systems: start only one, or keep the checkpoint on a local disk (--dir).",
  }),
  "checkpoint.notWritable": (p) => ({
    message: `Cannot keep a checkpoint in ${p.path}: ${p.cause}`,
    hint: "Check the folder's permissions and its disk, or name another one with --dir.",
  }),
  "checkpoint.notOurs": (p) => ({
    message: `Cannot keep a checkpoint in ${p.path}: it is ${p.found}`,
    hint: "Name an empty folder, or one that does not exist yet, with --dir.",
  }),
  "checkpoint.otherShard": (p) => ({
    message: `Cannot resume ${p.path}: it is ${p.found === null ? "no shard" : `shard ${p.found}`}, and ${p.wanted === null ? "--shard was not given" : `--shard is ${p.wanted}`}`,
    hint:
      p.found === null
        ? "Leave --shard out, or name another folder with --dir."
        : `Add --shard ${p.found}, or name another folder with --dir.`,
  }),
  "checkpoint.otherShards": (p) => ({
    message: `${OTHER_SHARDS[p.use].message(p.path)}: ${p.differences.map((it) => shardsDifference(it)).join("; ")}`,
    hint: OTHER_SHARDS[p.use].hint,
  }),
  "checkpoint.shardCounts": (p) => ({
    message: `Cannot merge the shards in ${p.dir}: they have ${formatNumber(p.found)} of ${formatNumber(p.wanted)} items`,
    hint: "A shard was cut with another input or another rule. Look at the total of each with ckpt info.",
  }),
  "checkpoint.conflicts": (p) => ({
    message: `Cannot merge: ${formatNumber(p.count)} items have different outputs in two shards, the first one is ${p.item}`,
    hint: p.isByOwner
      ? `See ${p.path}. They belong to none of the two shards: move the folder of the wrong one away.`
      : `See ${p.path}. To take those of the shard to which an item belongs: --on-conflict owner`,
  }),
  "checkpoint.inShards": (p, call) =>
    p.count === null
      ? {
          message: `Cannot run a shard in ${p.dir}: a checkpoint without shards is there`,
          hint: "Name another folder with --dir.",
        }
      : {
          message: `Cannot run in ${p.dir}: the ${p.count} shards of a job are there`,
          hint: `Add --shard, or name another folder with --dir. Look at the shards: ${call("info")}`,
        },
  "checkpoint.newer": (p) => ({
    message: `Cannot open ${p.path}: it has format ${p.version}, and this ckpt knows ${p.supported} and below`,
    hint: "Use the newer ckpt that wrote it. The file was left as it is.",
  }),
  "checkpoint.damaged": (p, call) => ({
    message: `Cannot trust the checkpoint ${p.path}: ${few(
      p.problems.slice(0, 5).map((it) => problem(it)),
      p.problems.length,
    )}`,
    hint: `See what is provable: ${call("verify", folderOf(p))}. Then keep that: ${call("verify --repair", folderOf(p))}, or restore a backup: ${call("restore NAME", folderOf(p))}`,
  }),
  "checkpoint.logLost": (p, call) => ({
    message: `Cannot resume: the result log ${p.path} is missing or truncated, although ${formatNumber(p.records)} records were committed`,
    hint:
      p.backups.length === 0
        ? `Put the file back if you have it. Or continue with what is provable: ${call("verify --repair")}`
        : `Put the file back if you have it, or restore a backup (${few(p.backups)}): ${call(`restore ${p.backups[0]}`)}`,
  }),
  "checkpoint.foreignWrite": (p, call) => ({
    message: `Stopped: something else wrote to ${p.path}: ${p.found}`,
    hint: `Find out which program did, then see what is provable: ${call("verify")}`,
  }),
  "checkpoint.syncFailed": (p) => ({
    message: `Stopped: the disk did not confirm what was written to ${p.path}: ${p.cause}`,
    hint: "Check the disk. Then run the same command again: what was reported as saved is kept, the rest is checked.",
  }),
  "checkpoint.writeFailed": (p) => ({
    message: `Stopped: cannot write ${p.path}: ${p.cause}`,
    hint: "Everything reported as saved is kept. Check the disk, then run the same command again.",
  }),
  "checkpoint.diskFull": (p, call) => ({
    message: `Stopped: no room left for ${p.path}: ${p.cause}`,
    hint: `Everything reported as saved is kept. Make room (old backups: ${call("list")}), then run the same command again.`,
  }),
  "checkpoint.changed": (p) => ({
    message: `Refused to resume: the results so far were made with other settings (changed: ${few(p.parts.map((part) => partName(part)))})`,
    hint: "To keep the old results and continue: --on-change keep. To start over (a backup is made first): --no-resume.",
  }),
  "checkpoint.anotherJob": (p) => ({
    message: `Refused to resume: the checkpoint in ${p.dir} belongs to another job (${namedInput(p.input)})`,
    hint: `Give this job a checkpoint of its own: ${p.command}`,
  }),
  "system.failed": (p) => ({
    message: `Cannot ${p.what} ${p.path}: ${p.cause}`,
    hint: "Check the path, its permissions and its disk, then try again.",
  }),
};
