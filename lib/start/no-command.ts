// `ckpt` without arguments: the help, and below it the state of the checkpoint if there is one. A damaged checkpoint is reported but does not change
// the exit code.
import { COMMON_ARGUMENTS, type CommonOptions, commonOptions } from "../cli/common-arguments.ts";
import type { Context, CommandEnd } from "../cli/context.ts";
import { type Command, declareCommand } from "../cli/declaration.ts";
import { showInfo } from "../job/info/show-info.ts";
import { CkptError, EXIT } from "../core/errors.ts";
import { writeStdout } from "../io/stdout.ts";
import { helpText } from "./help-texts.ts";

export const noCommand: Command = declareCommand({
  meta: { name: "", description: "help, and the state of the checkpoint", zh: "帮助与检查点状态" },
  args: COMMON_ARGUMENTS,
  examples: [],
  run: ({ settings }, context) => showState(commonOptions(settings, context.host), context),
});

async function showState({ dir, json }: CommonOptions, context: Context): Promise<CommandEnd> {
  const { host, catalogue } = context;
  if (json) return showInfo(dir, { json, isMissingWanted: false }, context); // help has no JSON form
  writeStdout(host.fs, Buffer.from(`${helpText(null, catalogue.language) ?? ""}\n`));
  try {
    await showInfo(dir, { json, isMissingWanted: false }, context);
  } catch (error) {
    if (!(error instanceof CkptError)) throw error;
    const { renderError } = await import("../ui/render-error.ts");
    (await context.notes({ quiet: true })).error(renderError(error, catalogue, context.screen));
  }
  return { exitCode: EXIT.ok };
}
