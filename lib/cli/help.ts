// The help of every command, in both languages: one line an option. Kept apart from the catalogue, because only `--help` reads it.
import type { Language } from "../ui/language.ts";

type Both = { readonly [L in Language]: string };
type OptionHelp = { readonly name: string; readonly text: Both };
type CommandHelp = { readonly usage: string; readonly text: Both; readonly options: readonly OptionHelp[] };

const option = (name: string, en: string, zh: string): OptionHelp => ({ name, text: { en, zh } });

const COMMON: readonly OptionHelp[] = [
  option(
    "--dir DIR",
    "folder of the checkpoint (CKPT_DIR, checkpoints)",
    "检查点目录（CKPT_DIR、checkpoints）",
  ),
  option("--lang en|zh", "language (CKPT_LANG, LC_ALL, LANG)", "语言（CKPT_LANG、LC_ALL、LANG）"),
  option("--json", "one JSON value on standard output", "在标准输出上给出一个 JSON 值"),
  option("-q, --quiet", "say only what went wrong", "只显示出错信息"),
  option("-h, --help", "this help", "显示本帮助"),
];

const RUN: readonly OptionHelp[] = [
  option(
    "-- COMMAND…",
    "a command for each item; fills in {} {field} {#} {id}",
    "对每个条目运行的命令，可用 {} {字段} {#} {id}",
  ),
  option("--worker", "COMMAND stays: JSON lines in and out", "COMMAND 常驻：逐行收发 JSON"),
  option(
    "--worker-inflight N",
    "items with one worker at once (default 1)",
    "每个 worker 同时处理的条目数（默认 1）",
  ),
  option("--shell TEXT", "the same through /bin/sh, filled in quoted", "经 /bin/sh 运行，代入时自动加引号"),
  option(
    "--module FILE",
    "a .ts or .js module exporting process(item, context)",
    "导出 process(item, context) 的 .ts 或 .js 模块",
  ),
  option(
    "--model NAME --prompt TEXT|@FILE",
    "ask a chat endpoint; {field} {a.b} {#} {} are filled",
    "请求聊天接口，可用 {字段} {a.b} {#} {}",
  ),
  option("--system TEXT|@FILE", "system message", "系统提示词"),
  option(
    "--base-url URL, --api-key-file FILE",
    "endpoint and key (OPENAI_BASE_URL, OPENAI_API_KEY)",
    "接口地址与密钥文件（OPENAI_BASE_URL、OPENAI_API_KEY）",
  ),
  option(
    "-H, --header 'NAME: VALUE'",
    "a header of every request (repeatable)",
    "每个请求附带的请求头（可重复）",
  ),
  option(
    "--header-env NAME=VARIABLE",
    "the same, its value a secret in the environment",
    "同上，值为环境变量中的机密",
  ),
  option("--param KEY=VALUE", "anything else of the request (repeatable)", "请求的其他参数（可重复）"),
  option("--answer text|message|full", "what is kept of an answer", "保留回答的哪一部分"),
  option("--fail-on length,refusal,empty,…", "answers so marked are failures", "带有此类标记的回答视为失败"),
  option("--rpm N, --tpm N", "requests, tokens a minute", "每分钟请求数、token 数上限"),
  option("--jobs-max N", "bound of -j auto (endpoints: 256)", "-j auto 的上限（接口 256，其他为每处理器 4）"),
  option(
    "--max-outage TIME",
    "how long a dead endpoint is waited for (10m)",
    "接口中断时最多等待多久（10m）",
  ),
  option(
    "--price-in, --price-out PRICE",
    "price of a million tokens of input, of output",
    "每百万输入、输出 token 的价格",
  ),
  option("--max-cost, --max-tokens N", "budget of the whole session", "整个会话的预算"),
  option(
    "--format NAME",
    "jsonl, json, csv, tsv, txt, also with .gz, .zst",
    "输入格式：jsonl、json、csv、tsv、txt，可带 .gz、.zst",
  ),
  option("--encoding NAME", "encoding of the input (utf-8, gb18030, …)", "输入编码（utf-8、gb18030 等）"),
  option(
    "--delimiter auto|CHAR",
    "of CSV cells: comma, semicolon, tab, bar, … (auto)",
    "CSV 分隔符：comma、semicolon、tab、bar 等（auto）",
  ),
  option("--id FIELD", "the field that identifies an item", "标识条目的字段"),
  option("--depends FILE", "results depend on this file, too (repeatable)", "结果还依赖此文件（可重复）"),
  option(
    "--pause-on-exit CODE",
    "exit status that stops the run (repeatable)",
    "以此状态退出时停止运行（可重复）",
  ),
  option("-b, --batch-size N", "results committed together (default 10)", "每批提交的结果数（默认 10）"),
  option(
    "-j, --jobs N",
    "attempts at once (processors; endpoints: auto)",
    "并发数（默认为处理器数，接口为 auto）",
  ),
  option(
    "--timeout TIME",
    "limit of one attempt (none; endpoints 5m)",
    "单次尝试的时限，如 30s（默认无，接口 5m）",
  ),
  option(
    "--retries N",
    "extra attempts for a failed item (0; endpoints 2)",
    "失败后的额外尝试次数（默认 0，接口 2）",
  ),
  option(
    "--retry-delay, --retry-max-delay TIME",
    "wait between attempts, doubling (1s, 60s)",
    "重试等待时间，逐次加倍（1s、60s）",
  ),
  option("--limit N", "attempt at most N items now", "本次最多处理 N 个条目"),
  option("--max-failures N|P%", "stop after this many failures in this run", "本次运行失败达到此数时停止"),
  option("--max-time TIME", "stop after this time", "到时停止"),
  option(
    "--resume, --no-resume",
    "go on without asking; or all anew (after a backup)",
    "直接继续；或全部重新处理（先备份）",
  ),
  option(
    "--on-change ask|refuse|keep",
    "command changed: ask, refuse, or keep the results",
    "命令有变时：询问、拒绝或保留结果",
  ),
  option("--failed retry|keep", "failed items: try again, or accept", "失败条目：重试或接受"),
  option("--dry-run", "show the plan, do nothing", "只显示计划"),
  option("-y, --yes", "answer yes to going on and to confirmations", "对继续与确认一律回答是"),
  option(
    "-o, --output FILE|-",
    "where the results go (.jsonl .json .csv .tsv)",
    "结果文件（.jsonl .json .csv .tsv）",
  ),
  option("--include-input", "join the item's own fields", "并入条目自身的字段"),
  option("--bom", "byte-order mark for Excel", "为 Excel 写入 BOM"),
  option("--force", "replace an output file whoever wrote it", "无论是谁写的，都替换输出文件"),
  option("--parse text|json", "what a command prints (default text)", "命令输出的格式（默认 text）"),
  option("--max-output SIZE", "limit of one output (default 16M)", "单个输出的上限（默认 16M）"),
  option("--progress auto|bar|plain|json|none", "how progress is shown", "进度显示方式"),
  option(
    "--grace TIME",
    "time for attempts in flight at a signal (10s)",
    "收到信号时留给进行中条目的时间（10s）",
  ),
];

const EXPORT: readonly OptionHelp[] = [
  option(
    "-o, --output FILE|-",
    "where the results go (default: standard output)",
    "结果文件（默认标准输出）",
  ),
  option("--include-input, --bom, --force", "as for run", "同 run"),
];

const YES = option("-y, --yes", "do not ask", "不再询问");

const CLEAR: readonly OptionHelp[] = [
  YES,
  option("--no-backup", "delete it for good instead", "彻底删除，不移入备份"),
];

const BACKUP: readonly OptionHelp[] = [
  option("--backup-name NAME", "the same as NAME", "同 NAME"),
  option("--delete NAME", "delete a backup for good", "彻底删除一个备份"),
  YES,
];

const RESTORE: readonly OptionHelp[] = [
  YES,
  option("--dry-run", "show what would be replaced, do nothing", "只显示将被替换的内容"),
];

const VERIFY: readonly OptionHelp[] = [
  option("--repair", "build a new checkpoint of what is provable", "用可以证实的内容重建检查点"),
  YES,
];

const COMMANDS: Readonly<Record<string, CommandHelp>> = {
  run: {
    usage: "ckpt run INPUT [options] -- COMMAND…",
    text: { en: "run a set of items; run it again to go on", zh: "处理一批条目；再次运行即可继续" },
    options: [...RUN, ...COMMON],
  },
  info: {
    usage: "ckpt info [options]",
    text: { en: "show the checkpoint", zh: "显示检查点信息" },
    options: COMMON,
  },
  clear: {
    usage: "ckpt clear [options]",
    text: { en: "clear the checkpoint (it becomes a backup)", zh: "清除检查点（移入备份）" },
    options: [...CLEAR, ...COMMON],
  },
  backup: {
    usage: "ckpt backup [NAME] [options]",
    text: { en: "back up the checkpoint, also during a run", zh: "备份检查点，运行中也可以" },
    options: [...BACKUP, ...COMMON],
  },
  list: {
    usage: "ckpt list [options]",
    text: { en: "list the backups", zh: "列出所有备份" },
    options: COMMON,
  },
  restore: {
    usage: "ckpt restore NAME|latest|FOLDER [options]",
    text: { en: "put a backup in place (what is there becomes one)", zh: "从备份恢复（现有的先移入备份）" },
    options: [...RESTORE, ...COMMON],
  },
  verify: {
    usage: "ckpt verify [BACKUP] [options]",
    text: { en: "check every record", zh: "逐条校验记录" },
    options: [...VERIFY, ...COMMON],
  },
  export: {
    usage: "ckpt export [-o FILE] [options]",
    text: { en: "write the results so far, in input order", zh: "按输入顺序导出已有结果" },
    options: [...EXPORT, ...COMMON],
  },
};

/** The help of one command, or of all. */
export function helpText(command: string | null, language: Language): string {
  const found = command !== null && Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
  const [usage, options, more] =
    language === "zh"
      ? ["用法", "选项", "每条命令的选项：ckpt COMMAND --help。版本：ckpt --version。"]
      : ["Usage", "Options", "The options of a command: ckpt COMMAND --help. The version: ckpt --version."];
  if (found === undefined) {
    const names = Object.values(COMMANDS).map((entry) => `  ${entry.usage}\n      ${entry.text[language]}`);
    const common = COMMON.map((entry) => optionLine(entry, language));
    return [`${usage}:`, ...names, "", `${options}:`, ...common, "", more, ""].join("\n");
  }
  const lines = found.options.map((entry) => optionLine(entry, language));
  return [`${usage}: ${found.usage}`, "", `  ${found.text[language]}`, "", `${options}:`, ...lines, ""].join(
    "\n",
  );
}

const NAME_COLUMNS = 24;

function optionLine({ name, text }: OptionHelp, language: Language): string {
  const wide = name.length > NAME_COLUMNS - 2;
  return wide
    ? `  ${name}\n${" ".repeat(NAME_COLUMNS + 2)}${text[language]}`
    : `  ${name.padEnd(NAME_COLUMNS)}${text[language]}`;
}
