// `ckpt` alone: below the help, the state of the checkpoint if there is one.
import { EXIT } from "../core/errors.ts";
import { parseArguments } from "./arguments.ts";
import { COMMON_OPTIONS, commonOptions } from "./common-options.ts";
import type { Context, Ending } from "./context.ts";
import { showInfo } from "./info.ts";

export function state(words: readonly string[], context: Context): Ending {
  const { dir, json } = commonOptions(parseArguments(words, COMMON_OPTIONS), context.host);
  showInfo(dir, json, context);
  return { exitCode: EXIT.ok };
}
