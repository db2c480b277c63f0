// `ckpt set` on a folder of shards: each shard that runs on this machine gets the changes. Shards on other machines cannot be reached from here.
import {
  type Checkpoint,
  type HeldShard,
  openCheckpoint,
  shardFolders,
} from "../../checkpoint/checkpoint.ts";
import type { CommonOptions } from "../../cli/common-arguments.ts";
import type { CommandEnd, Context } from "../../cli/context.ts";
import { CkptError, EXIT } from "../../core/errors.ts";
import { jsonLine } from "../../core/json-line.ts";
import type { ShardNumber } from "../../core/shard.ts";
import { writeStdout } from "../../io/stdout.ts";
import { arraySpec } from "../../shards/array-spec.ts";
import { shardText } from "../../shards/shard-rule.ts";
import { toLines } from "../../ui/format.ts";
import { describeError } from "../../ui/render-error.ts";
import type { ChangeAnswer, Changes } from "../../view/channel/contract.ts";
import {
  answerJson,
  changeTexts,
  isChange,
  sendChanges,
  shownSettings,
  waitUntilEnded,
} from "./change-run.ts";

/** What a shard has answered, or why it has not. */
type Reached = { readonly shard: ShardNumber } & (
  | { readonly answer: ChangeAnswer }
  | { readonly error: CkptError }
);

/** If one shard refuses, the others are changed all the same. @throws checkpoint.notRunning when none runs here; what the first one says, when all refuse */
export async function changeShards(
  whole: Checkpoint,
  held: readonly HeldShard[],
  changes: Changes,
  { json, quiet }: CommonOptions,
  context: Context,
): Promise<CommandEnd> {
  if (held.length === 0) throw notRunning(whole);
  const all = await Promise.all(held.map((each) => reach(each, changes, context)));
  if (changes.stop === true)
    await Promise.all(
      held.map(({ folder, owner }) =>
        waitUntilEnded(openCheckpoint(whole.fs, folder), owner, context.host.clock),
      ),
    );
  const failed = all.flatMap((each) => ("error" in each ? [each] : []));
  const [first] = failed;
  if (first !== undefined && failed.length === all.length) throw first.error;
  if (json)
    writeStdout(
      context.host.fs,
      Buffer.from(jsonLine({ shards: all.map((each) => reachedJson(each, changes, context)) })),
    );
  else await report(all, changes, quiet, context);
  return { exitCode: first === undefined ? EXIT.ok : EXIT.fatal };
}

function notRunning({ fs, paths: { dir } }: Checkpoint): CkptError {
  const [first] = shardFolders(fs, dir);
  return new CkptError("checkpoint.notRunning", {
    dir,
    shard: first === undefined ? null : String(first.shard.index),
  });
}

async function reach({ shard, folder }: HeldShard, changes: Changes, context: Context): Promise<Reached> {
  try {
    return { shard, answer: await sendChanges(openCheckpoint(context.host.fs, folder), changes, context) };
  } catch (error) {
    if (error instanceof CkptError) return { shard, error };
    throw error;
  }
}

/** Says what holds, with one line for all shards of which the same holds. */
async function report(
  all: readonly Reached[],
  changes: Changes,
  quiet: boolean,
  context: Context,
): Promise<void> {
  const { sharding: texts } = context.catalogue;
  const notes = await context.notes({ quiet });
  const spec = (some: readonly Reached[]): string =>
    arraySpec(some.map(({ shard }) => shard.index).toSorted((a, b) => a - b));
  const said = Map.groupBy(all, (each) => textOf(each, changes, context));
  const lines = [...said].map(([text, some]) => texts.ofShards(spec(some), text));
  if (isChange(changes)) for (const line of lines) notes.note(line);
  else writeStdout(context.host.fs, Buffer.from(toLines(lines)));
}

function textOf(reached: Reached, changes: Changes, context: Context): string {
  const { live } = context.catalogue;
  if ("error" in reached) return describeError(reached.error, context.catalogue).message;
  if (changes.stop === true) return live.ended;
  if (!isChange(changes)) return shownSettings(reached.answer.settings, context).join(", ");
  const { settings, run } = changeTexts(changes, reached.answer, context);
  return [settings, run].filter((text) => text !== null).join(" ");
}

/** The documented fields (docs/scripting.md). */
function reachedJson(reached: Reached, changes: Changes, { catalogue }: Context): object {
  const shard = shardText(reached.shard);
  if ("error" in reached) {
    const { message, hint } = describeError(reached.error, catalogue);
    return { shard, error: { code: reached.error.code, message, hint } };
  }
  return { shard, ...answerJson(changes, reached.answer) };
}
