// What `ckpt verify` does on a folder of shards: reads the log of each, one after the other, and repairs those that are damaged.
import {
  type Checkpoint,
  type CheckpointPart,
  hasShards,
  readShardsFile,
  SHARDS,
  type VerifyReport,
} from "../../checkpoint/checkpoint.ts";
import { type LockedCheckpoint, lockCheckpoint } from "../../checkpoint/locked-checkpoint.ts";
import type { CommonOptions } from "../../cli/common-arguments.ts";
import { confirmed, DECLINED } from "../../cli/confirm.ts";
import type { CommandEnd, Context } from "../../cli/context.ts";
import { say } from "../../cli/say.ts";
import { causeText, CkptError, EXIT } from "../../core/errors.ts";
import type { Problem } from "../../core/problem.ts";
import type { ShardNumber } from "../../core/shard.ts";
import { shardText } from "../../shards/shard-rule.ts";
import { lostItems } from "../../ui/render-verify-report.ts";
import {
  type CheckedShard,
  type CheckedShards,
  problemCountOf,
  sumOf,
} from "../../ui/render-verify-shards.ts";
import { ownerOf } from "../lock-owner.ts";
import { prune } from "../session/prune.ts";

/** What a report is where a log cannot be read at all. */
export const NOTHING_READ: VerifyReport = {
  status: null,
  version: 1,
  problems: [],
  problemCount: 0,
  records: 0,
  uncommitted: 0,
  tornBytes: 0,
  runs: [],
  doubles: new Set(),
  errors: [],
  items: 0,
  completed: 0,
  failed: 0,
  highestIndex: -1,
  highestRepeat: 1,
  rerun: 0,
};

type PartOfShards = CheckpointPart & { readonly shard: ShardNumber };

/** The shards in a folder; null where there is a checkpoint, or nothing. */
export function shardParts(checkpoint: Checkpoint): readonly PartOfShards[] | null {
  const { fs, paths } = checkpoint;
  const parts = checkpoint.parts();
  const found = parts.flatMap(({ shard, checkpoint: part }) =>
    shard === null ? [] : [{ shard, checkpoint: part }],
  );
  return hasShards(fs, paths.dir) && found.length === parts.length ? found : null;
}

/** @param name the backup's; null: the shards in place @param others problems that are known already */
export async function checkShards(
  { fs, paths }: Checkpoint,
  parts: readonly PartOfShards[],
  name: string | null,
  others: readonly Problem[],
): Promise<CheckedShards> {
  const shards: CheckedShard[] = [];
  for (const { shard, checkpoint } of parts)
    shards.push({
      shard: shardText(shard),
      folder: checkpoint.paths.dir,
      report: await reportOn(checkpoint),
    });
  const isRecorded = readShardsFile(fs, paths.dir) !== null;
  const problems = isRecorded ? others : [...others, { kind: "file-sum", file: SHARDS } as const];
  return { name, shards, problems };
}

/** One that cannot be read is a problem of that shard. */
async function reportOn(checkpoint: Checkpoint): Promise<VerifyReport> {
  try {
    return (await checkpoint.settled().verify()) ?? NOTHING_READ;
  } catch (error) {
    if (!(error instanceof CkptError)) throw error;
    const problem = { kind: "unreadable", file: checkpoint.paths.dir, cause: causeText(error) } as const;
    return { ...NOTHING_READ, problems: [problem], problemCount: 1 };
  }
}

/** The documented fields (docs/scripting.md). @param text of a problem */
export function checkedJson(checked: CheckedShards, text: (problem: Problem) => string): object {
  const { name, shards, problems } = checked;
  const count = problemCountOf(checked);
  const listed = (all: readonly Problem[]): object[] =>
    all.map((problem) => ({ ...problem, message: text(problem) }));
  return {
    backup: name,
    intact: count === 0,
    records: sumOf(checked, (report) => report.records),
    items: sumOf(checked, (report) => report.items),
    completed: sumOf(checked, (report) => report.completed),
    failed: sumOf(checked, (report) => report.failed),
    uncommitted: sumOf(checked, (report) => report.uncommitted),
    torn_bytes: sumOf(checked, (report) => report.tornBytes),
    problem_count: count,
    problems: listed(problems),
    shards: shards.map(({ shard, folder, report }) => ({
      shard,
      folder,
      intact: report.problemCount === 0,
      records: report.records,
      items: report.items,
      completed: report.completed,
      failed: report.failed,
      uncommitted: report.uncommitted,
      torn_bytes: report.tornBytes,
      problem_count: report.problemCount,
      problems: listed(report.problems),
    })),
  };
}

type Damaged = {
  readonly shard: ShardNumber;
  readonly locked: LockedCheckpoint;
  readonly report: VerifyReport;
};

/** Repairs the shards that are damaged, after one question. @throws checkpoint.locked when one of them is in use */
export async function repairShards(
  parts: readonly PartOfShards[],
  yes: boolean,
  options: CommonOptions,
  context: Context,
): Promise<CommandEnd> {
  const { host, catalogue } = context;
  const texts = catalogue.verify;
  const damaged: Damaged[] = [];
  try {
    for (const { shard, checkpoint } of parts) {
      if ((await checkpoint.settled().verify())?.problemCount === 0) continue;
      const locked = await lockCheckpoint(checkpoint, ownerOf(host), host.clock);
      damaged.push({ shard, locked, report: (await locked.verify()) ?? NOTHING_READ });
    }
    if (damaged.length === 0) {
      await say(context, options, texts.nothingToRepair, { repaired: false, shards: [] });
      return { exitCode: EXIT.ok };
    }
    const sum = (of: (report: VerifyReport) => number): number =>
      damaged.reduce((all, { report }) => all + of(report), 0);
    const text = texts.repairShards(
      damaged.length,
      sum(({ records }) => records),
      sum(lostItems),
    );
    const asked = { action: "verify --repair", lines: [text.note], question: text.question };
    if (!(await confirmed(context, yes, asked))) return DECLINED;
    const lines: string[] = [];
    const repaired: object[] = [];
    for (const { shard, locked, report } of damaged) {
      const { status, backup } = locked.repair(report);
      await prune(context, locked, backup);
      const { records } = status.log;
      lines.push(texts.repairedShard(shardText(shard), records, backup));
      repaired.push({
        shard: shardText(shard),
        backup,
        records,
        items: report.items,
        lost: lostItems(report),
      });
    }
    await say(context, options, lines.join("\n"), { repaired: true, shards: repaired });
    return { exitCode: EXIT.ok };
  } finally {
    for (const { locked } of damaged) locked.release();
  }
}
