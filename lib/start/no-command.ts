// `ckpt` alone: the help, and below it the state of the checkpoint if there is one. A damaged one is said, but is no failure of the help.
import { CkptError, EXIT } from "../core/errors.ts";
import { writeStdout } from "../io/stdout.ts";
import { helpText } from "../cli/help.ts";
import { noArguments, parseArguments } from "../cli/strict-reading.ts";
import { COMMON_OPTIONS, commonOptions } from "../cli/common-arguments.ts";
import type { Context, Ending } from "../cli/context.ts";
import { showInfo } from "../commands/info.ts";

export async function state(words: readonly string[], context: Context): Promise<Ending> {
  const args = parseArguments(words, COMMON_OPTIONS);
  noArguments(args);
  const { dir, json } = commonOptions(args, context.host);
  const { host, catalogue } = context;
  if (json) return showInfo(dir, json, context); // there is no help in JSON
  writeStdout(host.fs, Buffer.from(`${helpText(null, catalogue.language)}\n`));
  try {
    await showInfo(dir, json, context);
  } catch (error) {
    if (!(error instanceof CkptError)) throw error;
    const { renderError } = await import("../ui/error.ts");
    context.screen.write(renderError(error, catalogue, context.screen));
  }
  return { exitCode: EXIT.ok };
}
