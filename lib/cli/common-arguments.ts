// Arguments that every command has, and the settings made of them.
import * as path from "node:path";
import type { SettingsOf } from "./declaration.ts";
import type { Host } from "./host.ts";

export const COMMON_ARGUMENTS = {
  dir: {
    type: "string",
    value: "text",
    valueHint: "DIR",
    group: "everywhere",
    once: true,
    complete: "folder",
    description: "folder of the checkpoint (CKPT_DIR, else checkpoints)",
    zh: "检查点目录（CKPT_DIR，否则 checkpoints）",
  },
  config: {
    type: "string",
    value: "string",
    valueHint: "FILE",
    group: "everywhere",
    complete: { extensions: ["toml"] },
    description: "further options, in a TOML file (CKPT_CONFIG)",
    zh: "TOML 格式的选项文件（CKPT_CONFIG）",
  },
  lang: {
    type: "enum",
    options: ["en", "zh"],
    group: "everywhere",
    once: true,
    description: "language (CKPT_LANG, LC_ALL, LC_MESSAGES, LANG)",
    zh: "语言（CKPT_LANG、LC_ALL、LC_MESSAGES、LANG）",
  },
  json: {
    type: "boolean",
    group: "everywhere",
    once: true,
    description: "one JSON value on standard output",
    zh: "在标准输出上给出一个 JSON 值",
  },
  quiet: {
    type: "boolean",
    alias: "q",
    group: "everywhere",
    once: true,
    description: "say only what went wrong",
    zh: "只显示出错信息",
  },
  help: {
    type: "boolean",
    alias: "h",
    group: "everywhere",
    once: true,
    description: "this help",
    zh: "显示本帮助",
  },
  version: {
    type: "boolean",
    alias: "V",
    group: "everywhere",
    once: true,
    description: "the version",
    zh: "显示版本",
  },
} as const;

/** `--yes`, for commands that ask before they act. */
export const YES_ARGUMENT = {
  type: "boolean",
  alias: "y",
  once: true,
  description: "do not ask",
  zh: "不再询问",
} as const;

export const DIR_DEFAULT = "checkpoints";

export type CommonSettings = SettingsOf<typeof COMMON_ARGUMENTS>;

/** The checkpoint folder, and how a command reports. */
export type CommonOptions = {
  /** Absolute path of the checkpoint folder. */
  readonly dir: string;
  /** The folder as given, for commands that are printed to be copied; null when it is the default. */
  readonly dirGiven: string | null;
  readonly json: boolean;
  readonly quiet: boolean;
};

/** The folder of the checkpoint as it was given, by `--dir` or CKPT_DIR; null when it is the default. */
export function givenDir(option: string | null | undefined, { env }: Pick<Host, "env">): string | null {
  return option ?? (env["CKPT_DIR"] || null);
}

export function commonOptions({ dir, json, quiet }: CommonSettings, host: Host): CommonOptions {
  const dirGiven = givenDir(dir, host);
  return { dir: path.resolve(host.cwd, dirGiven ?? DIR_DEFAULT), dirGiven, json, quiet };
}

/** Width of standard output; null when it is not a terminal. */
export function stdoutColumns(host: Host): number | null {
  return host.isTerminal(1) ? host.stdout.columns : null;
}
