// `ckpt diff`: compares the results of two backups, checkpoints or output files, item by item. Takes no lock; works during a run.
import * as path from "node:path";
import { openCheckpoint } from "../checkpoint/checkpoint.ts";
import { COMPARISONS, isDifference } from "../core/compared-units.ts";
import { EXIT } from "../core/errors.ts";
import { jsonLine } from "../core/json-line.ts";
import { shellWords } from "../core/shell-quote.ts";
import { writeStdout } from "../io/stdout.ts";
import { OUTPUT_EXTENSIONS, OUTPUT_NAMES, rowFormatOf } from "../output/output-format.ts";
import { safePath } from "../ui/escape.ts";
import { differences, renderComparison } from "../ui/render-diff.ts";
import { COMMON_ARGUMENTS, stdoutColumns } from "../cli/common-arguments.ts";
import { type Command, declareCommand, type Invocation } from "../cli/declaration.ts";
import type { Context, CommandEnd } from "../cli/context.ts";
import { comparedSide } from "../job/compare/compared-side.ts";
import { compareResults } from "../job/compare/compare-results.ts";
import { type ComparisonCase, firstRows, rowJson, writeComparison } from "../job/compare/comparison-rows.ts";
import { placeComparison } from "../job/compare/place-comparison.ts";
import { ROWS_SHOWN } from "../job/arguments/row-arguments.ts";
import { placeOptions, SHARD_ARGUMENT } from "../job/shards/shard-folder.ts";
import { shownPair, sideJson, sideName } from "../job/compare/shown-comparison.ts";

const DIFF_ARGUMENTS = {
  a: {
    type: "positional",
    required: true,
    valueHint: "A",
    complete: "results",
    description: "a backup, the folder of a checkpoint, or an output file",
    zh: "备份、检查点目录或输出文件",
  },
  b: {
    type: "positional",
    required: false,
    valueHint: "B",
    complete: "results",
    description: "what A is compared with; without it, the present or last session",
    zh: "与 A 比较的对象；不指定时为当前或最近的会话",
  },
  output: {
    type: "string",
    value: "text",
    alias: "o",
    valueHint: "FILE|-",
    complete: { extensions: OUTPUT_EXTENSIONS },
    description: `where all rows go (${OUTPUT_NAMES.join(" ")})`,
    zh: `把所有行写入文件（${OUTPUT_NAMES.join(" ")}）`,
  },
  all: {
    type: "boolean",
    description: "also rows that are the same, or failed in both",
    zh: "也包括相同的行和两者均失败的行",
  },
  limit: {
    type: "string",
    value: { kind: "count", min: 1, max: 100_000 },
    excludes: ["output"],
    valueHint: "N",
    complete: "none",
    description: `show at most N rows (default ${ROWS_SHOWN})`,
    zh: `最多显示 N 行（默认 ${ROWS_SHOWN}）`,
  },
  "exit-code": {
    type: "boolean",
    description: `exit with ${EXIT.differ} if the results differ`,
    zh: `结果有差异时以 ${EXIT.differ} 退出`,
  },
  force: {
    type: "boolean",
    needs: ["output"],
    description: "replace an output file whoever wrote it",
    zh: "无论是谁写的，都替换输出文件",
  },
  ...SHARD_ARGUMENT,
  ...COMMON_ARGUMENTS,
} as const;

export const diff: Command = declareCommand({
  meta: {
    name: "diff",
    description: "compare two sets of results, item by item",
    zh: "逐条比较两组结果",
  },
  args: DIFF_ARGUMENTS,
  examples: [
    {
      line: "ckpt diff runs/small runs/large",
      description: "two models on the same input",
      zh: "同一份输入上的两个模型",
    },
    {
      line: "ckpt diff before_new_prompt -o diff.csv",
      description: "a backup and the present session, as a table",
      zh: "备份与当前会话，导出为表格",
    },
    {
      line: "ckpt diff expected.jsonl out.jsonl --exit-code",
      description: "two output files, in a script",
      zh: "在脚本中比较两个输出文件",
    },
  ],
  run: compare,
});

type Given = Invocation<typeof DIFF_ARGUMENTS>["settings"];

/** @throws usage.*, checkpoint.none, checkpoint.damaged, backup.none, output.* */
async function compare(
  { settings }: Invocation<typeof DIFF_ARGUMENTS>,
  context: Context,
): Promise<CommandEnd> {
  const { host } = context;
  const options = placeOptions(settings, host, settings.b);
  const checkpoint = openCheckpoint(host.fs, options.dir);
  if (settings.output !== null) rowFormatOf(settings.output);
  const { shard } = settings;
  const a = await comparedSide(checkpoint, { word: settings.a, shard }, host.cwd);
  const b = await comparedSide(checkpoint, { word: settings.b, shard }, host.cwd);
  const comparison = { a, b, compared: await compareResults(a, b), all: settings.all };
  const ending = {
    exitCode: settings.exitCode && differenceCount(comparison) > 0 ? EXIT.differ : EXIT.ok,
  } as const;
  const notes = await context.notes(options);
  for (const text of remarks(comparison, context)) notes.warn(text);
  if (settings.output === "-") {
    await writeComparison(comparison, options.json ? "json" : "jsonl", (bytes) =>
      writeStdout(host.fs, bytes),
    );
    return ending;
  }
  const written =
    settings.output === null
      ? null
      : await placeComparison(comparison, {
          host,
          checkpoint,
          file: path.resolve(host.cwd, settings.output),
          force: settings.force,
        });
  const text = options.json
    ? jsonLine({
        ...(await comparisonJson(comparison, settings)),
        ...(written === null ? {} : { output: written }),
      })
    : await rendered(comparison, settings, context);
  writeStdout(host.fs, Buffer.from(text));
  if (written !== null && !options.json)
    notes.note(context.catalogue.output.exported(written.rows, safePath(written.path)));
  return ending;
}

function differenceCount({ compared: { units } }: ComparisonCase): number {
  return differences((comparison) => units.count(comparison));
}

/** What makes the numbers less than they seem. */
function remarks({ a, b, compared }: ComparisonCase, { catalogue }: Context): string[] {
  const texts = catalogue.diff;
  const { units, results, withoutId, joinedBy } = compared;
  const left = [a, b].flatMap((side, at) => {
    const count = withoutId[at] ?? 0;
    return count === 0 ? [] : [texts.withoutId(count, sideName(side, texts.present))];
  });
  const alone = units.count("only_in_a") + units.count("only_in_b");
  const isApart = results.every((count) => count > 0) && alone + sum(withoutId) === sum(results);
  return isApart ? [...left, texts.nothingInCommon(joinedBy)] : left;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

/** The documented fields (docs/scripting.md). */
async function comparisonJson(comparison: ComparisonCase, { output, limit }: Given): Promise<object> {
  const { a, b, compared } = comparison;
  const { units, results, withoutId, joinedBy } = compared;
  return {
    a: sideJson(a, results[0], withoutId[0]),
    b: sideJson(b, results[1], withoutId[1]),
    joined_by: joinedBy,
    differ: differenceCount(comparison) > 0,
    ...Object.fromEntries(COMPARISONS.map((name) => [name, units.count(name)])),
    ...(output === null ? { rows: (await firstRows(comparison, limit ?? ROWS_SHOWN)).map(rowJson) } : {}),
  };
}

async function rendered(
  comparison: ComparisonCase,
  settings: Given,
  { host, catalogue }: Context,
): Promise<string> {
  const { a, b, compared, all } = comparison;
  const { units, results } = compared;
  const side = (at: 0 | 1) => {
    const { processor } = at === 0 ? a : b;
    return { name: sideName(at === 0 ? a : b, catalogue.diff.present), processor, results: results[at] };
  };
  const words = [settings.a, ...(settings.b === null ? [] : [settings.b]), ...(all ? ["--all"] : [])];
  return renderComparison(
    {
      sides: [side(0), side(1)],
      count: (name) => units.count(name),
      pairs:
        settings.output === null
          ? (await firstRows(comparison, settings.limit ?? ROWS_SHOWN)).map((row) =>
              shownPair(row, catalogue),
            )
          : null,
      total: sum(COMPARISONS.filter((name) => all || isDifference(name)).map((name) => units.count(name))),
      words: `diff ${shellWords(words)}`,
    },
    catalogue,
    stdoutColumns(host),
  );
}
