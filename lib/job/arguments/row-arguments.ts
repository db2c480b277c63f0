// The options that choose rows of results, for the commands that show or write some of them.
import type { Completion, SettingsOf } from "../../cli/declaration.ts";
import { parseCondition } from "../../core/condition.ts";
import { CkptError } from "../../core/errors.ts";
import { ALL_RESULTS, ROW_STATUSES, type RowChoice, type RowStatus } from "../../output/row-choice.ts";

const STATUS_COMPLETION: Completion = { words: ROW_STATUSES, list: true };

/** How many rows a screen shows, unless `--limit` says otherwise. */
export const ROWS_SHOWN = 20;

export const ROW_ARGUMENTS = {
  status: {
    type: "string",
    value: "text",
    valueHint: "LIST",
    repeat: true,
    complete: STATUS_COMPLETION as Completion,
    description: "only these: ok, failed, pending (items without a result)",
    zh: "只要这些状态：ok、failed、pending（还没有结果的条目）",
  },
  where: {
    type: "string",
    value: "text",
    valueHint: "CONDITION",
    repeat: true,
    complete: "field",
    description: "only rows where FIELD=VALUE or FIELD~REGEX; all of them must hold",
    zh: "只要符合条件的行：字段=值，或 字段~正则表达式；多个条件须同时成立",
  },
  limit: {
    type: "string",
    value: { kind: "count", min: 1 },
    valueHint: "N",
    complete: "none",
    description: "at most the first N rows",
    zh: "最多输出前 N 行",
  },
} as const;

/** @throws usage.badValue */
export function rowChoice({ status, where, limit }: SettingsOf<typeof ROW_ARGUMENTS>): RowChoice {
  const conditions = where.map((typed) => parseCondition("--where", typed));
  return { statuses: statusesOf(status) ?? ALL_RESULTS.statuses, where: conditions, limit };
}

/** The words of `--status`; null without it. @throws usage.badValue */
function statusesOf(lists: readonly string[]): ReadonlySet<RowStatus> | null {
  if (lists.length === 0) return null;
  const words = lists.flatMap((list) => list.split(",").map((word) => word.trim()));
  return new Set(words.map(statusOf));
}

function statusOf(word: string): RowStatus {
  const status = ROW_STATUSES.find((each) => each === word);
  if (status !== undefined) return status;
  throw new CkptError("usage.badValue", {
    option: "--status",
    value: word,
    expected: ROW_STATUSES.join(", "),
  });
}
