// Every command, in the order of the help, for everything that is made from all declarations. It is loaded when the executable is built, and by
// scripts and tests. A start loads only the command that was called.
import type { Command } from "../cli/declaration.ts";
import { backup } from "../commands/backup.ts";
import { clear } from "../commands/clear.ts";
import { completion } from "../commands/completion.ts";
import { diff } from "../commands/diff.ts";
import { exportCommand } from "../commands/export.ts";
import { info } from "../commands/info.ts";
import { list } from "../commands/list.ts";
import { merge } from "../commands/merge.ts";
import { restore } from "../commands/restore.ts";
import { run } from "../commands/run.ts";
import { set } from "../commands/set.ts";
import { show } from "../commands/show.ts";
import { verify } from "../commands/verify.ts";
import { version } from "../commands/version.ts";
import { view } from "../commands/view.ts";

export const ALL_COMMANDS: readonly Command[] = [
  run,
  info,
  view,
  set,
  show,
  exportCommand,
  diff,
  merge,
  list,
  backup,
  restore,
  verify,
  clear,
  completion,
  version,
];
