// `ckpt view`: a page in the browser that shows a job while it runs and afterwards. It reads only, and takes no lock; the run does not notice it.
import { noCheckpoint } from "../checkpoint/checkpoint.ts";
import { COMMON_ARGUMENTS } from "../cli/common-arguments.ts";
import type { CommandEnd, Context } from "../cli/context.ts";
import { ROWS_SAVED } from "../view/saved/saved-format.ts";
import { loadCatalogue } from "../ui/messages/load.ts";
import { placeOptions, SHARD_ARGUMENT } from "../job/shards/shard-folder.ts";
import { type Command, type Completion, declareCommand, type Invocation } from "../cli/declaration.ts";

const VIEW_ARGUMENTS = {
  source: {
    type: "positional",
    required: false,
    valueHint: "BACKUP|FOLDER",
    complete: "backup-or-folder",
    description:
      "a backup, or the folder of a checkpoint or of shards; without it, the present or last session",
    zh: "备份名称，或检查点、分片所在的目录；不指定时为当前或最近的会话",
  },
  ...SHARD_ARGUMENT,
  port: {
    type: "string",
    value: { kind: "count", min: 1, max: 65_535 },
    valueHint: "N",
    complete: "none",
    description: "the port on 127.0.0.1 (default: a free one)",
    zh: "127.0.0.1 上的端口（默认任选一个空闲端口）",
  },
  open: {
    type: "boolean",
    description: "open it in the browser",
    zh: "在浏览器中打开",
  },
  output: {
    type: "string",
    value: "text",
    alias: "o",
    valueHint: "FILE|-",
    group: "output",
    complete: { extensions: [".html"] } as Completion,
    excludes: ["port", "open"],
    description: "save the page as one file, which opens without ckpt and without a network",
    zh: "把页面保存为单个文件，无需 ckpt 和网络即可打开",
  },
  rows: {
    type: "string",
    value: { kind: "count", min: 0, max: 10_000_000 },
    valueHint: "N",
    group: "output",
    complete: "none",
    needs: ["output"],
    description: `with the first N results beside all failures (default: all if they fit 20 MB, else ${ROWS_SAVED})`,
    zh: `含前 N 个结果和全部失败的结果（默认：不超过 20 MB 时为全部结果，否则为 ${ROWS_SAVED}）`,
  },
  full: {
    type: "boolean",
    group: "output",
    needs: ["output"],
    description: "with the words of commands and the paths of this machine",
    zh: "包括命令内容和本机路径",
  },
  force: {
    type: "boolean",
    group: "output",
    needs: ["output"],
    description: "replace an output file whoever wrote it",
    zh: "无论是谁写的，都替换输出文件",
  },
  ...COMMON_ARGUMENTS,
} as const;

export const view: Command = declareCommand({
  meta: {
    name: "view",
    description: "look at a job in the browser, live or afterwards",
    zh: "在浏览器中查看任务，运行中或结束后均可",
  },
  args: VIEW_ARGUMENTS,
  examples: [
    {
      line: "ckpt view --open",
      description: "progress, plots, failures and every result",
      zh: "进度、曲线、失败和全部结果",
    },
    {
      line: "ckpt view before_new_prompt",
      description: "a backup",
      zh: "查看某个备份",
    },
    {
      line: "ckpt view -o report.html",
      description: "one file to send to a colleague",
      zh: "可以发给同事的单个文件",
    },
    {
      line: "ssh -t -L 8377:127.0.0.1:8377 HOST ckpt view --dir job/checkpoints --port 8377",
      description: "a job on another machine",
      zh: "查看另一台机器上的任务",
    },
  ],
  run: viewJob,
});

/** @throws checkpoint.none, backup.none, usage.badValue, usage.port */
async function viewJob(
  { settings }: Invocation<typeof VIEW_ARGUMENTS>,
  context: Context,
): Promise<CommandEnd> {
  const { host } = context;
  const options = placeOptions(settings, host, settings.source);
  const { fs, clock, cwd } = host;
  const [{ ViewData }, { viewSources }, { recordedItems }, { placesInInput }] = await Promise.all([
    import("../view/data/view-data.ts"),
    import("../job/view/view-sources.ts"),
    import("../job/results/recorded-items.ts"),
    import("../job/results/selected-results.ts"),
  ]);
  const { source: word, shard, port, open, output, rows, full, force } = settings;
  const sources = viewSources({ fs, clock }, { dir: options.dir, word, shard, cwd });
  const [first] = sources();
  if (first?.kind === "checkpoint" && (await first.open()) === null) throw noCheckpoint(fs, options.dir);
  const { call } = context.catalogue;
  const catalogues = {
    en: { ...(await loadCatalogue("en")), call },
    zh: { ...(await loadCatalogue("zh")), call },
  };
  const isFull = full || output === null;
  const data = new ViewData({
    fs,
    clock,
    sources,
    items: recordedItems,
    placesInInput,
    full: isFull,
    catalogues,
  });
  if (output !== null) {
    const { savePage } = await import("../job/view/save-page.ts");
    const command = host.commandLine(word === null ? ["view"] : ["view", word]);
    return savePage(data, { output, rows, full, force, options, command }, context);
  }
  const { servePage } = await import("../job/view/serve-page.ts");
  return servePage(data, { port: port ?? 0, opensBrowser: open, options }, context);
}
