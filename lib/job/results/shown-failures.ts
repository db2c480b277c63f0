// Failures by reason as `ckpt show` shows them, to people and as JSON, with the commands that run them again. Of shards it says which to start.
import type { ShardNumber } from "../../core/shard.ts";
import { pastedWord } from "../../core/shell-quote.ts";
import { arraySpec } from "../../shards/array-spec.ts";
import { intervalOf, shardsOver } from "../../shards/shard-rule.ts";
import type { ShardSet } from "../../shards/shard-set.ts";
import type { Call } from "../../ui/messages/phrases.ts";
import type { FailureGroup, ShownFailures, ShardsToStart } from "../../ui/render-show.ts";
import type { FailuresOfReason } from "./failures-by-reason.ts";

/** More shards nobody starts one after the other: the list for the scheduler names them. */
const LOOP_MAX = 16;

export type FailuresCase = {
  /** Null: the session is not one that `run` goes on with. */
  readonly call: Call | null;
  /** Those that have the results; null: a checkpoint has them. */
  readonly shards: Pick<ShardSet, "facts"> | null;
  /** Answers wanted of each item. */
  readonly repeats: number;
};

export function shownFailures(
  groups: readonly FailuresOfReason[],
  { call, shards: set, repeats }: FailuresCase,
): ShownFailures {
  const command = (words: string, start: ShardsToStart | null): string | null =>
    call === null ? null : commandFor(call, words, start);
  const start = (of: readonly ShardNumber[]): ShardsToStart | null =>
    set === null ? null : toStart(of, set.facts);
  const shown = groups.map(({ rerun, shards, kind, count, examples }): FailureGroup => {
    const own = start(shards);
    const rerunCommand = rerun === null ? null : command(`run --rerun ${pastedWord(rerun)}`, own);
    return { kind, count, examples, start: own, rerunCommand };
  });
  const all = start(groups.flatMap(({ shards }) => shards));
  return { groups: shown, start: all, retryCommand: command("run", all), repeats };
}

/** @param shards that have them, of whatever number */
function toStart(
  shards: readonly ShardNumber[],
  { count, ids_from: idsFrom }: ShardSet["facts"],
): ShardsToStart {
  const numbers = [...new Set(shards.flatMap((shard) => shardsOver(intervalOf(shard), count)))].toSorted(
    (a, b) => a - b,
  );
  return {
    numbers,
    shards: arraySpec(numbers),
    tasks: arraySpec(numbers.map((index) => index - 1 + idsFrom)),
  };
}

/** A line of a shell; null where it would name too many shards. */
function commandFor(call: Call, words: string, start: ShardsToStart | null): string | null {
  if (start === null) return call(words);
  const { numbers } = start;
  if (numbers.length > LOOP_MAX) return null;
  if (numbers.length === 1) return call(words, { shard: String(numbers[0]) });
  return `for i in ${numbers.join(" ")}; do ${call(words, { shard: "$i" })}; done`;
}

/** The documented fields (docs/scripting.md). */
export function failuresJson({ groups, start, retryCommand }: ShownFailures): object {
  return {
    failed: groups.reduce((sum, { count }) => sum + count, 0),
    groups: groups.map(({ kind, count, examples, start: own, rerunCommand }) => ({
      kind,
      count,
      examples,
      ...startJson(own),
      rerun_command: rerunCommand,
    })),
    ...startJson(start),
    retry_command: retryCommand,
  };
}

function startJson(start: ShardsToStart | null): object {
  return start === null ? {} : { shards: start.numbers, array: start.tasks };
}
