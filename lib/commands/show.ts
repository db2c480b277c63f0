// `ckpt show`: a look at results: the newest ones, one item whole, failures by reason. Takes no lock; works during a run.
import { type Checkpoint, openCheckpoint } from "../checkpoint/checkpoint.ts";
import { CkptError, EXIT } from "../core/errors.ts";
import { repeatsOf } from "../core/job.ts";
import { jsonLine } from "../core/json-line.ts";
import type { KeptResults } from "../core/result-source.ts";
import { STATUSES } from "../core/record.ts";
import { shellWords } from "../core/shell-quote.ts";
import { writeStdout } from "../io/stdout.ts";
import { renderFailures, renderItem, renderResults } from "../ui/render-show.ts";
import { COMMON_ARGUMENTS, stdoutColumns } from "../cli/common-arguments.ts";
import { type Command, type Completion, declareCommand, type Invocation } from "../cli/declaration.ts";
import type { Context, CommandEnd } from "../cli/context.ts";
import { chosenResults } from "../job/results/chosen-results.ts";
import { failuresByReason } from "../job/results/failures-by-reason.ts";
import { itemHistory } from "../job/results/item-history.ts";
import { newestResults } from "../job/results/newest-results.ts";
import { ROWS_SHOWN } from "../job/arguments/row-arguments.ts";
import { selectedResults } from "../job/results/selected-results.ts";
import { placeOptions, SHARD_ARGUMENT } from "../job/shards/shard-folder.ts";
import { failuresJson, shownFailures } from "../job/results/shown-failures.ts";
import { itemJson, resultJson, shownItem, shownResult } from "../job/results/shown-results.ts";

const SHOW_ARGUMENTS = {
  item: {
    type: "positional",
    required: false,
    valueHint: "ITEM",
    repeat: true,
    complete: "item",
    description: "an id, or the number of an item ('#7' or 7): all that is known of it",
    zh: "条目的 id 或序号（'#7' 或 7）：显示其全部信息",
  },
  from: {
    type: "string",
    value: "text",
    valueHint: "BACKUP|FOLDER",
    complete: "backup-or-folder",
    description: "results of a backup, or of the checkpoint in a folder",
    zh: "查看备份或某个检查点目录中的结果",
  },
  failures: {
    type: "boolean",
    excludes: ["status", "grep", "limit"],
    description: "failed items by reason, with examples",
    zh: "按原因列出失败的条目，并附示例",
  },
  status: {
    type: "string",
    value: "text",
    valueHint: "LIST",
    repeat: true,
    complete: { words: STATUSES, list: true } as Completion,
    description: "only these: ok, failed",
    zh: "只要这些状态：ok、failed",
  },
  grep: {
    type: "string",
    value: "text",
    valueHint: "TEXT",
    complete: "none",
    description: "only results with this text in their id, output or error",
    zh: "只要 id、输出或错误中含有这段文字的结果",
  },
  limit: {
    type: "string",
    value: { kind: "count", min: 1, max: 100_000 },
    valueHint: "N",
    complete: "none",
    description: `at most N results (default ${ROWS_SHOWN})`,
    zh: `最多 N 个结果（默认 ${ROWS_SHOWN}）`,
  },
  ...SHARD_ARGUMENT,
  ...COMMON_ARGUMENTS,
} as const;

export const show: Command = declareCommand({
  meta: {
    name: "show",
    description: "look at results, at one item, at failures by reason",
    zh: "查看结果、单个条目，或按原因查看失败",
  },
  args: SHOW_ARGUMENTS,
  examples: [
    { line: "ckpt show", description: "the newest results", zh: "最新的结果" },
    {
      line: "ckpt show q17",
      description: "one item: input, output, every attempt",
      zh: "单个条目：输入、输出和每次尝试",
    },
    { line: "ckpt show --failures", description: "what fails, and why", zh: "失败的条目及其原因" },
    { line: "ckpt show --status failed --grep timeout", description: "some of them", zh: "其中一部分" },
  ],
  run: showResults,
});

type Given = Invocation<typeof SHOW_ARGUMENTS>["settings"];

/** @throws usage.*, checkpoint.none, checkpoint.damaged, checkpoint.noItem, backup.none */
async function showResults(
  { settings }: Invocation<typeof SHOW_ARGUMENTS>,
  context: Context,
): Promise<CommandEnd> {
  const { host } = context;
  const options = placeOptions(settings, host, settings.from);
  refuseTogether(settings);
  const here = openCheckpoint(host.fs, options.dir);
  const results = chosenResults(here, { word: settings.from, shard: settings.shard }, host.cwd);
  const source = await selectedResults(results);
  const print = (json: object, text: () => string): void =>
    void writeStdout(host.fs, Buffer.from(options.json ? jsonLine(json) : text()));
  const columns = stdoutColumns(host);
  if (settings.failures) {
    // Results from elsewhere are not those that `run` goes on with.
    const call = settings.from === null ? context.catalogue.call : null;
    const { shards } = results;
    const shown = shownFailures(failuresByReason(source), { call, shards, repeats: repeatsOf(source.job) });
    print(failuresJson(shown), () => renderFailures(shown, context.catalogue, columns));
  } else if (settings.item.length > 0) {
    await showItems(settings.item, { checkpoint: results.keeper, source, json: options.json }, context);
  } else {
    const { statuses, grep, limit } = listChoice(settings);
    const fromWords = settings.from === null ? [] : [shellWords(["--from", settings.from])];
    const found = newestResults(source, { statuses, grep, limit });
    print(found.map(resultJson), () =>
      renderResults(
        {
          results: found.map((result) => shownResult(result, repeatsOf(source.job), context.catalogue)),
          itemCommand: context.catalogue.call(["show ITEM", ...fromWords].join(" ")),
        },
        context.catalogue,
        columns,
      ),
    );
  }
  return { exitCode: EXIT.ok };
}

/** What concerns the table alone stands with no item. @throws usage.conflict */
function refuseTogether({ item, failures, status, grep, limit }: Given): void {
  if (item.length === 0) return;
  const others = [
    ...(failures ? ["--failures"] : []),
    ...(status.length > 0 ? ["--status"] : []),
    ...(grep === null ? [] : ["--grep"]),
    ...(limit === null ? [] : ["--limit"]),
  ];
  const [second] = others;
  if (second !== undefined) throw new CkptError("usage.conflict", { first: "ITEM", second });
}

type ItemsCase = {
  readonly checkpoint: Checkpoint;
  readonly source: KeptResults;
  readonly json: boolean;
};

async function showItems(
  words: readonly string[],
  { checkpoint, source, json }: ItemsCase,
  { host, catalogue }: Context,
): Promise<void> {
  const histories = [];
  for (const word of words) histories.push(await itemHistory(checkpoint, source, word));
  if (json) {
    writeStdout(host.fs, Buffer.from(jsonLine(histories.map(itemJson))));
    return;
  }
  const texts = histories.map((history) => renderItem(shownItem(history, catalogue), catalogue));
  writeStdout(host.fs, Buffer.from(texts.join("\n")));
}

function listChoice({ status, grep, limit }: Given): {
  readonly statuses: ReadonlySet<string>;
  readonly grep: string | null;
  readonly limit: number;
} {
  const words = status.flatMap((list) => list.split(",").map((word) => word.trim()));
  const wrong = words.find((word) => !STATUSES.some((known) => known === word));
  if (wrong !== undefined)
    throw new CkptError("usage.badValue", {
      option: "--status",
      value: wrong,
      expected: STATUSES.join(", "),
    });
  return { statuses: new Set(words.length === 0 ? STATUSES : words), grep, limit: limit ?? ROWS_SHOWN };
}
