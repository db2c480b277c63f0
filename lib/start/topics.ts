// What is true of all commands, each beside where it comes from: exit codes, environment, signals, files.
import { checkpointPaths } from "../checkpoint/checkpoint.ts";
import { KEPT_DEFAULT } from "../checkpoint/locked-checkpoint.ts";
import { DIR_DEFAULT } from "../cli/common-arguments.ts";
import type { Both, Topic } from "../cli/topic.ts";
import { EXIT } from "../core/errors.ts";

const EXIT_TEXTS: { readonly [name in keyof typeof EXIT]: Both } = {
  ok: {
    en: "all items are done, or the command did what it was asked",
    zh: "所有条目均已完成，或命令已按要求执行",
  },
  fatal: {
    en: "a fatal error: the disk, the output, an error in ckpt itself",
    zh: "严重错误：磁盘、输出或 ckpt 自身的错误",
  },
  usage: {
    en: "the command line, the input or the module cannot be used; nothing was run",
    zh: "命令行、输入或模块无法使用；未运行任何条目",
  },
  someFailed: {
    en: "finished; some items failed. Running again tries them again, `--failed keep` accepts them",
    zh: "已结束，部分条目失败。再次运行会重试，`--failed keep` 则接受失败",
  },
  stopped: {
    en: "stopped early by a limit, a budget, a full disk or a cause outside the items. Run again to resume",
    zh: "因限制、预算、磁盘已满或条目以外的原因提前停止。再次运行即可继续",
  },
  differ: {
    en: "`ckpt diff --exit-code`: the results differ",
    zh: "`ckpt diff --exit-code`：结果有差异",
  },
  noCheckpoint: {
    en: "no checkpoint, or no backup of that name; `ckpt set`: nothing is running",
    zh: "没有检查点，或没有该名称的备份；`ckpt set`：没有正在进行的运行",
  },
  locked: {
    en: "another process has the checkpoint, or has taken it over from this run",
    zh: "检查点正被另一个进程使用，或已被它接管",
  },
  integrity: {
    en: "damaged; or the command, the module or the job has changed, and the change was refused; or the output would replace a file that this run did not write",
    zh: "数据已损坏；或命令、模块、任务有变而被拒绝；或输出会覆盖并非由本次运行写入的文件",
  },
  interrupted: {
    en: "a question was cancelled with Esc or ^C, or answered no; or SIGINT arrived. Progress is saved",
    zh: "询问被 Esc 或 ^C 取消，或回答了否；或收到 SIGINT。进度已保存",
  },
};

export const EXIT_CODES: Topic = {
  name: "exit-codes",
  title: { en: "Exit codes", zh: "退出码" },
  rows: Object.entries(EXIT_TEXTS).map(([name, text]) => ({
    term: String(EXIT[name as keyof typeof EXIT]),
    name,
    text,
  })),
};

export const ENVIRONMENT: Topic = {
  name: "environment",
  title: { en: "Environment", zh: "环境变量" },
  rows: [
    { term: "CKPT_DIR", text: { en: "folder of the checkpoint, as `--dir`", zh: "检查点目录，同 `--dir`" } },
    {
      term: "CKPT_LANG",
      text: {
        en: "`en` or `zh`, as `--lang`; without it `LC_ALL`, `LC_MESSAGES`, `LANG` decide",
        zh: "`en` 或 `zh`，同 `--lang`；未设置时由 `LC_ALL`、`LC_MESSAGES`、`LANG` 决定",
      },
    },
    {
      term: "CKPT_KEEP_COMPLETED",
      text: {
        en: `completed sessions that are kept as automatic backups (${KEPT_DEFAULT.completed})`,
        zh: `作为自动备份保留的已完成会话数（${KEPT_DEFAULT.completed}）`,
      },
    },
    {
      term: "CKPT_PAGER",
      text: {
        en: "what shows `ckpt help` on a terminal that is too short for it; else `PAGER`, else `less`; `cat` for none",
        zh: "`ckpt help` 超出终端高度时使用的分页程序；未设置时用 `PAGER`，否则用 `less`；`cat` 表示不分页",
      },
    },
    {
      term: "CKPT_SHARD",
      text: {
        en: "the shard of this start (3/16), for `--shard auto`",
        zh: "本次启动的分片（3/16），供 `--shard auto` 使用",
      },
    },
    { term: "CKPT_CONFIG", text: { en: "a settings file, as `--config`", zh: "选项文件，同 `--config`" } },
    {
      term: "CKPT_KEEP_AUTO",
      text: {
        en: `automatic backups that are kept of each other kind: those with results, earlier states of a completed session, those without any result (${KEPT_DEFAULT.other})`,
        zh: `其他每类自动备份的保留数：有结果的、已完成会话的早期状态、没有任何结果的（${KEPT_DEFAULT.other}）`,
      },
    },
    {
      term: "BUN_OPTIONS",
      text: {
        en: "must not be set (exit code 2): it would change the runtime within ckpt. `env -u BUN_OPTIONS ckpt …` unsets it",
        zh: "不得设置（退出码 2）：它会改变 ckpt 内部的运行时。`env -u BUN_OPTIONS ckpt …` 可取消它",
      },
    },
    {
      term: "BUN_INSPECT, BUN_INSPECT_CONNECT_TO",
      text: {
        en: "must not be set (exit code 2): they let a debugger into ckpt",
        zh: "不得设置（退出码 2）：它们会让调试器控制 ckpt",
      },
    },
    {
      term: "BUN_BE_BUN",
      text: {
        en: "must not be set: the executable acts as Bun then, before any code of ckpt runs",
        zh: "不得设置：否则在 ckpt 的代码运行之前，可执行文件就成了 Bun",
      },
    },
    {
      term: "OPENAI_API_KEY",
      text: {
        en: "the key of the chat endpoint, as `--api-key-file`",
        zh: "聊天接口的密钥，同 `--api-key-file`",
      },
    },
    {
      term: "OPENAI_BASE_URL",
      text: { en: "the chat endpoint, as `--base-url`", zh: "聊天接口的地址，同 `--base-url`" },
    },
    {
      term: "OPENAI_ORG_ID, OPENAI_PROJECT_ID",
      text: {
        en: "organisation and project, sent with every request",
        zh: "组织和项目，随每个请求发送",
      },
    },
    {
      term: "HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY",
      text: {
        en: "the proxy for requests to the endpoint, and the hosts that need none",
        zh: "请求接口所用的代理，以及无需代理的主机",
      },
    },
    {
      term: "NODE_EXTRA_CA_CERTS",
      text: {
        en: "a file of further certificates that are trusted (PEM)",
        zh: "额外信任的证书文件（PEM）",
      },
    },
    {
      term: "NO_COLOR, TERM=dumb",
      text: { en: "no colour; no moving bar", zh: "不使用颜色；不显示动态进度条" },
    },
  ],
};

const SIGNALS: Topic = {
  name: "signals",
  title: { en: "Signals", zh: "信号" },
  rows: [
    {
      term: "SIGINT, SIGTERM, SIGHUP",
      text: {
        en: "The first one: no new attempts; those in flight get `--grace`; everything is committed, and ckpt dies by that same signal (130, 143, 129). A second one stops at once; no saved result is lost.",
        zh: "第一次：不再开始新的尝试，进行中的尝试有 `--grace` 的时间；提交后 ckpt 以同一信号结束（130、143、129）。第二次：立即停止；已保存的结果不会丢失。",
      },
    },
    {
      term: "SIGKILL",
      text: {
        en: "Only attempts in flight are lost. The same command resumes.",
        zh: "只丢失进行中的尝试。再次输入同一条命令即可继续。",
      },
    },
  ],
  note: {
    en: "A signal that was ignored when ckpt was started stays ignored (`nohup`).",
    zh: "启动时已被忽略的信号保持忽略（`nohup`）。",
  },
};

const PATHS = checkpointPaths(DIR_DEFAULT);

const FILES: Topic = {
  name: "files",
  title: { en: "Files", zh: "文件" },
  rows: [
    {
      term: PATHS.log,
      text: { en: "the result log: a line of JSON for each result", zh: "结果日志：每个结果一行 JSON" },
    },
    {
      term: PATHS.status,
      text: { en: "the status file: what the log must hold", zh: "状态文件：说明日志应有的内容" },
    },
    {
      term: PATHS.keptInput,
      text: { en: "the input, where it came by standard input", zh: "来自标准输入的输入副本" },
    },
    { term: `${PATHS.backups}/`, text: { en: "backups, each a folder", zh: "备份，每个备份一个目录" } },
    {
      term: `${PATHS.quarantine}/`,
      text: { en: "torn or damaged pieces, kept to be looked at", zh: "残缺或损坏的数据，保留备查" },
    },
    { term: PATHS.receipt, text: { en: "the session that was completed last", zh: "最近完成的会话" } },
  ],
  note: {
    en: "`--dir` or `CKPT_DIR` names another folder than checkpoints. docs/format.md describes every file.",
    zh: "`--dir` 或 `CKPT_DIR` 可指定 checkpoints 以外的目录。各文件的格式见 docs/format.md。",
  },
};

export const TOPICS: readonly Topic[] = [EXIT_CODES, ENVIRONMENT, SIGNALS, FILES];
