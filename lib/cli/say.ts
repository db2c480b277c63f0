// Reports the result of a command: a line for people on standard error, an object for scripts on standard output.
import { jsonLine } from "../core/json-line.ts";
import { writeStdout } from "../io/stdout.ts";
import { wrapColumns } from "../ui/width.ts";
import type { CommonOptions } from "./common-arguments.ts";
import type { Context } from "./context.ts";

/** @param text without a line end */
export async function say(
  context: Context,
  options: CommonOptions,
  text: string,
  json: object,
): Promise<void> {
  if (options.json) writeStdout(context.host.fs, Buffer.from(jsonLine(json)));
  else (await context.notes(options)).note(wrapColumns(text, context.screen.wrapsAt()));
}
