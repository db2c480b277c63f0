// Options that every command has.
import * as path from "node:path";
import type { Host } from "./host.ts";
import type { Arguments, OptionSpecs } from "./strict-reading.ts";
import { parseChoice } from "./values.ts";

export const COMMON_OPTIONS: OptionSpecs = {
  dir: { value: true },
  lang: { value: true },
  json: { value: false },
  quiet: { value: false, alias: "q" },
  help: { value: false, alias: "h" },
};

const DEFAULT_DIR = "checkpoints";

export type CommonOptions = {
  /** Absolute path of the checkpoint folder. */
  readonly dir: string;
  /** The same as it was given, for commands that are to be copied; null when it is the default. */
  readonly dirGiven: string | null;
  readonly json: boolean;
  readonly quiet: boolean;
};

/** Width of standard output; null when it is no terminal. */
export function stdoutColumns(host: Host): number | null {
  return host.isTerminal(1) ? host.stdout.columns : null;
}

/** @throws usage.badValue */
export function commonOptions(args: Arguments, host: Host): CommonOptions {
  const lang = args.text("lang");
  if (lang !== undefined) parseChoice("lang", lang, ["en", "zh"]);
  const fromEnv = host.env["CKPT_DIR"];
  const dirGiven = args.text("dir") ?? (fromEnv === undefined || fromEnv === "" ? null : fromEnv);
  return {
    dir: path.resolve(host.cwd, dirGiven ?? DEFAULT_DIR),
    dirGiven,
    json: args.flag("json") ?? false,
    quiet: args.flag("quiet") ?? false,
  };
}
