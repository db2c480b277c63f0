// `ckpt merge`: the results of all shards as those of one run, after a proof that none is missing. Takes no lock: shards that are done do not change.
import * as path from "node:path";
import { jsonLine } from "../core/json-line.ts";
import { CkptError, EXIT, type ExitCode } from "../core/errors.ts";
import { hasShards, openCheckpoint } from "../checkpoint/checkpoint.ts";
import type { FileSystem } from "../io/fs.ts";
import { percentOf } from "../core/percent.ts";
import { writeStdout } from "../io/stdout.ts";
import { checkOutput, isSpecial } from "../output/output-file.ts";
import { needsItems } from "../output/row-shape.ts";
import { writeResults } from "../output/write-results.ts";
import { openShards, type ShardSet } from "../shards/shard-set.ts";
import { safePath } from "../ui/escape.ts";
import { COMMON_ARGUMENTS, commonOptions, type CommonOptions } from "../cli/common-arguments.ts";
import { type Command, declareCommand, type Invocation } from "../cli/declaration.ts";
import type { Context, CommandEnd } from "../cli/context.ts";
import { EXPORTED_ARGUMENTS, exportStyle, isChosen } from "../job/arguments/export-arguments.ts";
import {
  idsOf,
  type MergeProof,
  mergeShards,
  missingSpecs,
  proofOf,
  shardsExport,
} from "../job/shards/merge-shards.ts";
import { placeExport } from "../job/output/place-export.ts";
import { rowChoice } from "../job/arguments/row-arguments.ts";

const MERGE_ARGUMENTS = {
  folder: {
    type: "positional",
    required: false,
    valueHint: "DIR",
    complete: "folder",
    description: "the folder of the shards (--dir)",
    zh: "分片所在的目录（--dir）",
  },
  "on-conflict": {
    type: "enum",
    options: ["refuse", "owner"],
    default: "refuse",
    description: "different outputs of an item: refuse, or the shard that it belongs to",
    zh: "同一条目的输出不同时：拒绝，或以其所属分片为准",
  },
  "dry-run": {
    type: "boolean",
    description: "prove that the shards are complete; write nothing",
    zh: "只证明各分片完整，不写任何文件",
  },
  ...EXPORTED_ARGUMENTS,
  ...COMMON_ARGUMENTS,
} as const;

export const merge: Command = declareCommand({
  meta: {
    name: "merge",
    description: "join the results of all shards",
    zh: "合并全部分片的结果",
  },
  args: MERGE_ARGUMENTS,
  examples: [
    {
      line: "ckpt merge checkpoints -o results.jsonl",
      description: "the output of one run; or which shards are not done",
      zh: "得到与单机运行相同的结果；若有未完成的分片则列出",
    },
    {
      line: "ckpt merge checkpoints --dry-run",
      description: "whether all items are there",
      zh: "检查是否所有条目都已完成",
    },
  ],
  run: mergeResults,
});

type Given = Invocation<typeof MERGE_ARGUMENTS>["settings"];

/** @throws usage.*, checkpoint.none, checkpoint.damaged, checkpoint.otherShards, checkpoint.shardCounts, checkpoint.conflicts, output.* */
async function mergeResults(
  { settings }: Invocation<typeof MERGE_ARGUMENTS>,
  context: Context,
): Promise<CommandEnd> {
  const { host } = context;
  const options = commonOptions(settings, host);
  const dir = settings.folder === null ? options.dir : path.resolve(host.cwd, settings.folder);
  const proof = proofOf(shardsIn(host.fs, dir));
  const style = exportStyle(settings, options.json);
  const choice = rowChoice(settings);
  const { output: given } = settings;
  const file = given === "-" ? "-" : path.resolve(host.cwd, given);
  const isFile = file !== "-" && !isSpecial(host.fs, file);
  if (proof.missing.length > 0) {
    await report(settings, options, context, { proof, code: EXIT.stopped, rows: null });
    return { exitCode: EXIT.stopped };
  }
  // Before all logs are read.
  if (isFile && !settings.dryRun) checkOutput(host.fs, file, [], dir);
  const { set } = proof;
  const ids = idsOf(set);
  const { results, plan, input } = await mergeShards(host.fs, proof, {
    isByOwner: settings.onConflict === "owner",
    needsInput: needsItems(style, choice, ids),
    conflictFile: `${isFile ? file : path.join(dir, "merge")}.conflicts.jsonl`,
  });
  const counts = plan.counts(false);
  const code = counts.failed > 0 ? EXIT.someFailed : EXIT.ok;
  const merged: MergeProof = { ...proof, total: counts.total, completed: counts.done, failed: counts.failed };
  if (settings.dryRun) {
    await report(settings, options, context, { proof: merged, code, rows: null });
    return { exitCode: code };
  }
  const planned = { source: results, plan, ids, input: needsItems(style, choice, ids) ? input : null };
  const { force, folder } = settings;
  const typed = host.commandLine(folder === null ? ["merge"] : ["merge", folder]);
  const written = await placeExport(
    (sink) => writeResults(planned, style, sink, choice),
    shardsExport(host, set, { file, force, command: typed }),
  );
  if (!written.complete) return { exitCode: EXIT.ok };
  await report(settings, options, context, { proof: merged, code, rows: written });
  return { exitCode: code };
}

/** @throws as openShards(), checkpoint.oneRun */
function shardsIn(fs: FileSystem, dir: string): ShardSet {
  if (!hasShards(fs, dir) && openCheckpoint(fs, dir).settled().exists())
    throw new CkptError("checkpoint.oneRun", { dir });
  return openShards(fs, dir);
}

type Report = {
  readonly proof: MergeProof;
  readonly code: ExitCode;
  /** What was written; null: nothing. */
  readonly rows: {
    readonly count: number;
    readonly sha256: string | null;
    readonly missing: readonly string[];
  } | null;
};

/** The proof, and what was written: for people on standard error, since results may go to standard output; with `--json` there where they do not. */
async function report(
  settings: Given,
  options: CommonOptions,
  context: Context,
  { proof, code, rows }: Report,
): Promise<void> {
  const { host, catalogue } = context;
  const { sharding: texts, output: outputTexts } = catalogue;
  const { count } = proof.set.facts;
  const specs = missingSpecs(proof);
  const numbers = { ...proof, done: count - proof.missing.length, count };
  const file = settings.output === "-" ? null : path.resolve(host.cwd, settings.output);
  if (options.json && (rows === null || file !== null)) {
    const json = mergeJson(proof, code, file !== null && rows !== null ? { path: file, ...rows } : null);
    writeStdout(host.fs, Buffer.from(jsonLine(json)));
    return;
  }
  const notes = await context.notes(options);
  if (rows !== null && rows.missing.length > 0) notes.warn(outputTexts.noSuchField(rows.missing));
  if (code === EXIT.stopped) notes.error(`ckpt: ${texts.missing(specs.shards, specs.tasks)}`);
  notes.note(texts.proof(numbers));
  if (rows !== null && file !== null) notes.note(texts.merged(rows.count, safePath(file)));
  else if (rows !== null && isChosen(settings)) notes.note(outputTexts.rows(rows.count));
}

/** The documented fields (docs/scripting.md). */
function mergeJson(
  proof: MergeProof,
  code: ExitCode,
  output: { readonly path: string; readonly sha256: string | null; readonly count: number } | null,
): object {
  const { total, completed, failed, missing, set } = proof;
  const { count } = set.facts;
  return {
    session_id: set.facts.session.id,
    exit_code: code,
    shards: { count, done: count - missing.length, missing, array: missingSpecs(proof).tasks },
    total,
    completed,
    failed,
    pending: total - completed - failed,
    percent: percentOf(completed, total),
    rows: output?.count ?? null,
    output: output === null ? null : { path: output.path, sha256: output.sha256 },
  };
}
