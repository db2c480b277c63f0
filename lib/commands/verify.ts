// `ckpt verify [BACKUP]`: reads every record of the checkpoint or of a backup and reports what is wrong. `--repair` builds a new checkpoint from what
// is provable; the damaged one becomes an automatic backup.
import { jsonLine } from "../core/json-line.ts";
import {
  type BackupEntry,
  type Checkpoint,
  noCheckpoint,
  openCheckpoint,
  type VerifyReport,
} from "../checkpoint/checkpoint.ts";
import { lockCheckpoint } from "../checkpoint/locked-checkpoint.ts";
import { CkptError, EXIT } from "../core/errors.ts";
import type { Problem } from "../core/problem.ts";
import { writeStdout } from "../io/stdout.ts";
import { lostItems, renderVerifyReport } from "../ui/render-verify-report.ts";
import { wrapColumns } from "../ui/width.ts";
import { chosenBackup } from "../job/backup-choice.ts";
import {
  COMMON_ARGUMENTS,
  type CommonOptions,
  stdoutColumns,
  YES_ARGUMENT,
} from "../cli/common-arguments.ts";
import { type Command, declareCommand, type Invocation } from "../cli/declaration.ts";
import { confirmed, DECLINED } from "../cli/confirm.ts";
import type { Context, CommandEnd } from "../cli/context.ts";
import { ownerOf } from "../job/lock-owner.ts";
import { keptBackups, prune } from "../job/session/prune.ts";
import { placeOptions, SHARD_ARGUMENT } from "../job/shards/shard-folder.ts";
import {
  checkedJson,
  checkShards,
  NOTHING_READ,
  repairShards,
  shardParts,
} from "../job/shards/verify-shards.ts";
import { type CheckedShards, problemCountOf, renderCheckedShards } from "../ui/render-verify-shards.ts";
import { say } from "../cli/say.ts";

const VERIFY_ARGUMENTS = {
  backup: {
    type: "positional",
    required: false,
    valueHint: "BACKUP",
    complete: "backup-or-folder",
    description: "a backup instead of the checkpoint",
    zh: "校验某个备份，而不是检查点",
  },
  repair: {
    type: "boolean",
    description: "build a new checkpoint of what is provable",
    zh: "用可以证实的内容重建检查点",
  },
  yes: YES_ARGUMENT,
  ...SHARD_ARGUMENT,
  ...COMMON_ARGUMENTS,
} as const;

export const verify: Command = declareCommand({
  meta: { name: "verify", description: "read every record and check it", zh: "逐条校验记录" },
  args: VERIFY_ARGUMENTS,
  examples: [
    {
      line: "ckpt verify",
      description: "every problem, with record and item",
      zh: "列出每个问题及其记录与条目",
    },
    {
      line: "ckpt verify --repair",
      description: "keep what is provable; the rest is run again",
      zh: "保留可以证实的部分，其余重新处理",
    },
  ],
  run: verifyOrRepair,
});

/** @throws checkpoint.none, backup.none, checkpoint.locked, usage.* */
async function verifyOrRepair(
  { settings }: Invocation<typeof VERIFY_ARGUMENTS>,
  context: Context,
): Promise<CommandEnd> {
  const { host } = context;
  const options = placeOptions(settings, host);
  const { backup: given, repair } = settings;
  const checkpoint = openCheckpoint(host.fs, options.dir);
  const shards = given === null ? shardParts(checkpoint) : null;
  if (shards !== null && repair) return repairShards(shards, settings.yes, options, context);
  if (shards !== null) {
    const checked = await checkShards(checkpoint, shards, null, []);
    return showShards(context, options, checked, waysOut(context, newestIntact(checkpoint)));
  }
  if (given === null && repair) return repairDamage(context, options, checkpoint, settings.yes);
  if (repair) throw new CkptError("usage.conflict", { first: "--repair", second: "BACKUP" });
  if (given !== null) {
    const entry = chosenBackup(checkpoint, given, host.cwd);
    const kept = openCheckpoint(host.fs, entry.folder);
    const parts = shardParts(kept);
    if (parts !== null) {
      const checked = await checkShards(kept, parts, entry.name, checkpoint.backupProblems(entry));
      return showShards(context, options, checked, []);
    }
    return show(context, options, entry.name, await backupReport(checkpoint, entry), []);
  }
  const report = await (await checkpoint.resting(host.clock)).verify();
  if (report === null) throw noCheckpoint(host.fs, options.dir);
  return show(context, options, null, report, waysOut(context, newestIntact(checkpoint)));
}

/** The report on a backup: its records and its manifest. */
async function backupReport(checkpoint: Checkpoint, entry: BackupEntry): Promise<VerifyReport> {
  const problems = checkpoint.backupProblems(entry);
  const found = (await openCheckpoint(checkpoint.fs, entry.folder).verify()) ?? NOTHING_READ;
  return {
    ...found,
    problems: [...problems, ...found.problems],
    problemCount: problems.length + found.problemCount,
  };
}

function newestIntact(checkpoint: Checkpoint): string | null {
  const intact = checkpoint
    .backups()
    .find(({ problems, manifest }) => problems.length === 0 && manifest?.form === "checkpoint");
  return intact?.name ?? null;
}

/** @param backup an intact backup that could be restored; null without one */
function waysOut({ catalogue }: Context, backup: string | null): string[] {
  const { verify: texts, call } = catalogue;
  return [texts.repairHint(call), ...(backup === null ? [] : [texts.restoreHint(backup, call)])];
}

/** Shows a report; the exit code is 12 if anything is wrong. @param hints what can be done about damage */
function show(
  context: Context,
  options: CommonOptions,
  name: string | null,
  report: VerifyReport,
  hints: readonly string[],
): CommandEnd {
  const { host, catalogue } = context;
  const intact = report.problemCount === 0;
  const text = options.json
    ? jsonLine(reportJson(name, report, catalogue.verify.problem))
    : wrapColumns(renderVerifyReport(name, report, hints, catalogue), stdoutColumns(host));
  if (options.json || !options.quiet || !intact) writeStdout(host.fs, Buffer.from(text));
  return { exitCode: intact ? EXIT.ok : EXIT.integrity };
}

/** The same of all shards in a folder. */
function showShards(
  context: Context,
  options: CommonOptions,
  checked: CheckedShards,
  hints: readonly string[],
): CommandEnd {
  const { host, catalogue } = context;
  const intact = problemCountOf(checked) === 0;
  const text = options.json
    ? jsonLine(checkedJson(checked, catalogue.verify.problem))
    : wrapColumns(renderCheckedShards(checked, hints, catalogue), stdoutColumns(host));
  if (options.json || !options.quiet || !intact) writeStdout(host.fs, Buffer.from(text));
  return { exitCode: intact ? EXIT.ok : EXIT.integrity };
}

/** The documented fields (docs/scripting.md). */
function reportJson(name: string | null, report: VerifyReport, text: (problem: Problem) => string): object {
  return {
    backup: name,
    intact: report.problemCount === 0,
    records: report.records,
    items: report.items,
    completed: report.completed,
    failed: report.failed,
    uncommitted: report.uncommitted,
    torn_bytes: report.tornBytes,
    problem_count: report.problemCount,
    problems: report.problems.map((problem) => ({ ...problem, message: text(problem) })),
  };
}

async function repairDamage(
  context: Context,
  options: CommonOptions,
  checkpoint: Checkpoint,
  yes: boolean,
): Promise<CommandEnd> {
  const { host, catalogue, screen } = context;
  const texts = catalogue.verify;
  keptBackups(host);
  if ((await checkpoint.settled().verify()) === null) throw noCheckpoint(host.fs, options.dir);
  const locked = await lockCheckpoint(checkpoint, ownerOf(host), host.clock);
  try {
    const report = await locked.verify();
    if (report === null) throw noCheckpoint(host.fs, options.dir);
    if (report.problemCount === 0) {
      await say(context, options, texts.nothingToRepair, { repaired: false, backup: null });
      return { exitCode: EXIT.ok };
    }
    if (!options.json) {
      const found = renderVerifyReport(null, report, [], catalogue).replace(/\n$/, "");
      (await context.notes(options)).warn(wrapColumns(found, screen.wrapsAt()));
    }
    const text = catalogue.verify.confirmRepair(report.records, lostItems(report));
    const asked = { action: "verify --repair", lines: [text.note], question: text.question };
    if (!(await confirmed(context, yes, asked))) return DECLINED;
    const { status, backup } = locked.repair(report);
    await prune(context, locked, backup);
    const pending = report.status === null ? null : status.total - status.results_saved;
    const lines = [
      ...(backup === null ? [] : [catalogue.backups.movedToBackup(backup, null)]),
      texts.repaired(status.log.records, pending),
    ];
    const json = {
      repaired: true,
      backup,
      records: status.log.records,
      items: report.items,
      lost: lostItems(report),
    };
    await say(context, options, lines.join("\n"), json);
    return { exitCode: EXIT.ok };
  } finally {
    locked.release();
  }
}
