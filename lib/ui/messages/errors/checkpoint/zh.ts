// Chinese: errors about the checkpoint, and what the system refuses.
import { formatNumber } from "../../../format.ts";
import { shardsDifference } from "../../sharding/zh.ts";
import type { ErrorTextsOf } from "../error-text.ts";
import { action, causes } from "../../causes/zh.ts";
import { didYouMean, few, holder, namedInput, partName } from "../../common/zh.ts";
import { folderOf } from "../../phrases.ts";
import { problem } from "../../verify/zh.ts";

/** By what the shards were wanted for. */
const OTHER_SHARDS = {
  run: {
    message: (path: string): string => `无法在 ${path} 所在目录运行另一个任务的分片`,
    hint: "同一目录中的所有分片属于同一个任务，分片总数也相同。请用 --dir 指定别的目录。",
  },
  read: {
    message: (path: string): string => `无法把这些分片放在一起读取：${path} 属于另一个任务`,
    hint: "同一目录中的所有分片属于同一个任务。请移走该分片的目录，再用与其他分片相同的命令重新运行它。",
  },
  "take-over": {
    message: (path: string): string => `无法接收 ${path} 的结果：它们属于另一个任务`,
    hint: "--reshard-from 只接收输入和命令都相同的结果。请指定别的目录，或去掉该选项。",
  },
} as const;

export const checkpoint: ErrorTextsOf<"checkpoint" | "system"> = {
  "checkpoint.none": (p) => ({
    message: `没有检查点：${p.dir} 中没有未完成的任务`,
    hint: "用 ckpt run INPUT -- COMMAND 开始处理，或用 --dir 指定别的目录。",
  }),
  "checkpoint.notShards": (p) => ({
    message: `找不到分片 ${p.shard}：${p.dir} 中没有分片`,
    hint: "请去掉 --shard，或用 --dir 指定分片所在的目录。",
  }),
  "checkpoint.oneRun": (p, call) => ({
    message: `无法合并：${p.dir} 中没有分片，只有单个运行的检查点`,
    hint: `请指定包含全部分片的目录。单个运行的结果：${call("export", { dir: p.dir })}`,
  }),
  "checkpoint.noShardsFile": (p) => ({
    message: `无法读取分片：说明它们属于哪个任务的 ${p.path} 缺失或不完整`,
    hint: "请从运行各分片的目录复制该文件，或用原来的命令再次启动任意一个分片：它会重新写出该文件。",
  }),
  "checkpoint.ofShards": (p) => ({
    message: `${p.dir} 中没有检查点，只有分片，各有自己的检查点`,
    hint: `请指定其中一个：--shard 3，或 --dir ${p.folder}。全部分片可用 ckpt info、ckpt merge。`,
  }),
  "checkpoint.notRunning": (p, call) => ({
    message: `检查点 ${p.dir} 上没有正在进行的运行`,
    hint: `下次运行的选项直接写在命令里：${call("run -j 8", p.shard === null ? undefined : { shard: p.shard })}。其他目录请用 --dir。`,
  }),
  "checkpoint.noChannel": (p) => {
    const pid = p.pid === null ? "PID" : String(p.pid);
    const { why, hint } = {
      absent: {
        why: "它的实时通道无人应答",
        hint: `它可能还在读取输入，可能由旧版 ckpt 启动，也可能已提示无法打开实时通道。kill ${pid} 同样可以停止它，已保存的不会丢失。`,
      },
      forbidden: {
        why: "它的实时通道属于另一个用户",
        hint: "请以启动该运行的用户执行此命令。",
      },
      silent: {
        why: `${p.waitedS} 秒内没有应答`,
        hint: `它可能被 ^Z 挂起：在它的终端里执行 fg，或执行 kill -CONT ${pid}，即可继续。也可能是磁盘已满。刚才的请求之后仍可能生效。`,
      },
      foreign: {
        why: "实时通道上应答的不是此版本 ckpt 的运行",
        hint: `请用 ^C 或 kill ${pid} 停止运行，再用此版本继续；已保存的不会丢失。`,
      },
    }[p.problem];
    return { message: `无法连接 ${p.dir} 上的运行：${why}（${p.problem}）`, hint };
  },
  "checkpoint.noItem": (p, call) => ({
    message: `没有这个条目：${p.item}${didYouMean(p.nearest)}`,
    hint: `请给出 id 或序号（'#7'）。最新的结果：${call("show")}`,
  }),
  "checkpoint.nothingToRerun": (p) => ({
    message: `无法重新处理：${p.dir} 中没有这项任务的结果`,
    hint: "请先不带 --rerun 运行该命令，或用 --dir 指定另一个目录。",
  }),
  "checkpoint.noSuchItem": (p) => ({
    message: `无法重新处理 ${few(p.items.slice(0, 5), p.items.length)}：没有这样的条目有结果`,
    hint: "--rerun 接受条目的 id 或编号（#12）、失败的原因与应答的标记。没有结果的条目本来就会处理。",
  }),
  "checkpoint.noWords": (p) => ({
    message: `无法继续：${p.dir} 中的检查点没有记录命令行`,
    hint: "请输入最初的命令，即可继续。旧版 ckpt 不记录命令行；超过 64 KiB 的命令行也不记录。",
  }),
  "checkpoint.folderGone": (p) => ({
    message: `无法继续：最初输入命令的目录 ${p.path} 已不存在`,
    hint: "请在输入文件所在的目录中输入完整的命令。",
  }),
  "checkpoint.locked": (p) => ({
    message: `无法打开检查点 ${p.dir}：${holder(p.pid, p.host, p.since, p.task)}正在使用它`,
    hint: "请等它结束，或用 --dir 为这次运行另设检查点。",
  }),
  "checkpoint.shardsRunning": (p) => ({
    message: `无法更改 ${p.dir} 中的分片：分片 ${few(p.shards.map(String))} 正在使用中（${p.pid === null ? "另一个进程" : `进程 ${p.pid}`}${p.task === null ? "" : `，${p.task}`}${p.host === null ? "" : `，主机 ${p.host}`}）`,
    hint: `请等待其结束，或将其停止：ckpt set --stop --dir ${p.dir}。只针对一个分片：--shard I`,
  }),
  "checkpoint.takenOver": (p) => ({
    message: `已停止：检查点 ${p.dir} 已被接管，${holder(p.pid, p.host, p.since, p.task)}正在使用它`,
    hint: "这次运行不再保存任何结果，由对方继续。锁没能阻止两者同时使用检查点，某些文件系统上的不同机器之间就会这样：请只启动一个，或用 --dir 把检查点放在本地磁盘上。",
  }),
  "checkpoint.notWritable": (p) => ({
    message: `无法在 ${p.path} 保存检查点：${causes.text(p.cause)}`,
    hint: "请检查目录权限和磁盘，或用 --dir 指定别的目录。",
  }),
  "checkpoint.notOurs": (p) => ({
    message: `无法在 ${p.path} 保存检查点：它${causes.text(p.found)}`,
    hint: "请用 --dir 指定一个空目录，或尚不存在的目录。",
  }),
  "checkpoint.otherShard": (p) => ({
    message: `无法继续 ${p.path}：它${p.found === null ? "不是分片" : `是分片 ${p.found}`}，而${p.wanted === null ? "没有给出 --shard" : `--shard 为 ${p.wanted}`}`,
    hint:
      p.found === null
        ? "请去掉 --shard，或用 --dir 指定别的目录。"
        : `请加上 --shard ${p.found}，或用 --dir 指定别的目录。`,
  }),
  "checkpoint.otherShards": (p) => ({
    message: `${OTHER_SHARDS[p.use].message(p.path)}：${p.differences.map((it) => shardsDifference(it)).join("；")}`,
    hint: OTHER_SHARDS[p.use].hint,
  }),
  "checkpoint.shardCounts": (p) => ({
    message: `无法合并 ${p.dir} 中的分片：它们共有 ${formatNumber(p.found)} 个条目，应为 ${formatNumber(p.wanted)} 个`,
    hint: "某个分片是按别的输入或别的规则划分的。请用 ckpt info 查看各分片的条目数。",
  }),
  "checkpoint.conflicts": (p) => ({
    message: `无法合并：${formatNumber(p.count)} 个条目在两个分片中的输出不同，第一个是 ${p.item}`,
    hint: p.isByOwner
      ? `详见 ${p.path}。这些条目不属于其中任何一个分片：请移走出错的那个分片的目录。`
      : `详见 ${p.path}。若以条目所属的分片为准：--on-conflict owner`,
  }),
  "checkpoint.inShards": (p, call) =>
    p.count === null
      ? {
          message: `无法在 ${p.dir} 运行分片：那里有一个不分片的检查点`,
          hint: "请用 --dir 指定别的目录。",
        }
      : {
          message: `无法在 ${p.dir} 运行：那里有一个任务的 ${p.count} 个分片`,
          hint: `请加上 --shard，或用 --dir 指定别的目录。查看各分片：${call("info")}`,
        },
  "checkpoint.newer": (p) => ({
    message: `无法打开 ${p.path}：它的格式版本是 ${p.version}，本程序只支持到 ${p.supported}`,
    hint: "请使用写入它的较新版本 ckpt。文件未作任何改动。",
  }),
  "checkpoint.damaged": (p, call) => ({
    message: `检查点 ${p.path} 不可信：${few(
      p.problems.slice(0, 5).map((it) => problem(it)),
      p.problems.length,
    )}`,
    hint: `查看哪些内容可以证实：${call("verify", folderOf(p))}。然后修复：${call("verify --repair", folderOf(p))}，或从备份恢复：${call("restore NAME", folderOf(p))}`,
  }),
  "checkpoint.logLost": (p, call) => ({
    message: `无法继续：已提交 ${formatNumber(p.records)} 条记录，但结果日志 ${p.path} 丢失或不完整`,
    hint:
      p.backups.length === 0
        ? `如果还有该文件，请放回原处；若要用可以证实的内容继续：${call("verify --repair")}`
        : `如果还有该文件，请放回原处；或从备份（${few(p.backups)}）恢复：${call(`restore ${p.backups[0]}`)}`,
  }),
  "checkpoint.foreignWrite": (p, call) => ({
    message: `已停止：有别的程序写入了 ${p.path}：${causes.text(p.found)}`,
    hint: `请查明是哪个程序，再查看哪些内容可以证实：${call("verify")}`,
  }),
  "checkpoint.syncFailed": (p) => ({
    message: `已停止：磁盘没有确认写入 ${p.path} 的内容：${causes.text(p.cause)}`,
    hint: "请检查磁盘，然后再次运行同一条命令：报告过已保存的都会保留，其余的会重新核对。",
  }),
  "checkpoint.writeFailed": (p) => ({
    message: `已停止：无法写入 ${p.path}：${causes.text(p.cause)}`,
    hint: "报告过已保存的都在。请检查磁盘，然后再次运行同一条命令。",
  }),
  "checkpoint.diskFull": (p, call) => ({
    message: `已停止：没有空间写入 ${p.path}：${causes.text(p.cause)}`,
    hint: `报告过已保存的都在。请腾出空间（旧备份见 ${call("list")}），然后再次运行同一条命令。`,
  }),
  "checkpoint.changed": (p) => ({
    message: `拒绝继续：已有结果所依据的内容已经改变（${few(p.parts.map((part) => partName(part)))}）`,
    hint: "保留旧结果、用新内容继续：--on-change keep。从头开始（先自动备份）：--no-resume。",
  }),
  "checkpoint.anotherJob": (p) => ({
    message: `拒绝继续：${p.dir} 中的检查点属于另一项任务（${namedInput(p.input)}）`,
    hint: `请为这项任务另设检查点：${p.command}`,
  }),
  "system.failed": (p) => ({
    message: `无法${action(p.what)} ${causes.text(p.path)}：${causes.text(p.cause)}`,
    hint: "请检查路径、权限和磁盘，然后重试。",
  }),
};
