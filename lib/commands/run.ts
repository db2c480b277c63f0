// `ckpt run`: processes a set of items with a command, a worker, a module or an endpoint. Without an input it resumes with the recorded command line.
import { commonOptions } from "../cli/common-arguments.ts";
import type { Context, CommandEnd } from "../cli/context.ts";
import { type Command, declareCommand, type Invocation } from "../cli/declaration.ts";
import { runCommand } from "../cli/run-command.ts";
import { type RunArguments, RUN_ARGUMENTS } from "../job/arguments/run-arguments.ts";
import { wordsOnRecord } from "../job/recorded-words.ts";
import { runJob } from "../job/run-job.ts";
import { placeOptions } from "../job/shards/shard-folder.ts";

export const run: Command = declareCommand({
  meta: {
    name: "run",
    description: "run a set of items; run it again to resume",
    zh: "处理一批条目；再次运行即可继续",
  },
  args: RUN_ARGUMENTS,
  rest: {
    valueHint: "COMMAND…",
    description: "a command for each item; fills in {} {field} {#} {id}",
    zh: "对每个条目运行的命令，可用 {} {字段} {#} {id}",
  },
  examples: [
    {
      line: "ckpt run questions.jsonl --id id -- python solve.py {question}",
      description: "a command for each item; the same line again resumes",
      zh: "对每个条目运行一条命令；再次输入同一行即可继续",
    },
    {
      line: "ckpt run rows.csv --model gpt-4o-mini --prompt 'Summarise: {text}' -o out.csv",
      description: "a chat endpoint; key from OPENAI_API_KEY",
      zh: "请求聊天接口，密钥取自 OPENAI_API_KEY",
    },
  ],
  isPartial: ({ positional }) => positional.length === 0,
  run: runOrResume,
});

async function runOrResume(invocation: Invocation<RunArguments>, context: Context): Promise<CommandEnd> {
  const { settings } = invocation;
  if (settings.input.length > 0) return runJob(invocation, context);
  const { shard } = settings;
  if (shard === null || !/^\d/.test(shard)) {
    const options = commonOptions(settings, context.host);
    return runCommand(run, await wordsOnRecord(invocation, options, run, context), context);
  }
  // The shard's own words say which it is.
  const options = placeOptions({ ...settings, shard }, context.host);
  const typed = { ...invocation.typed, options: new Map(invocation.typed.options) };
  typed.options.delete("shard");
  return runCommand(run, await wordsOnRecord({ typed }, options, run, context), context);
}
