// `ckpt info --watch`: looks at the checkpoint again and again, until the user leaves.
import { type Checkpoint, hasShards, openCheckpoint } from "../../checkpoint/checkpoint.ts";
import { type CommandEnd, type Context, endBy } from "../../cli/context.ts";
import { CkptError, EXIT } from "../../core/errors.ts";
import type { Status } from "../../core/status.ts";
import { writeStdout } from "../../io/stdout.ts";
import { safePath } from "../../ui/escape.ts";
import { formatNumber, formatPercent } from "../../ui/format.ts";
import type { WatchParts } from "../../view/watch/watch.ts";
import { renderInfo } from "../../ui/render-info.ts";
import { completedView, viewOf } from "./info-view.ts";

const INTERVAL_MS_MIN = 100;

export async function watchInfo(dir: string, intervalMs: number, context: Context): Promise<CommandEnd> {
  const { host, catalogue, screen } = context;
  const [{ watch }, { FullScreen }, ways] = await Promise.all([
    import("../../view/watch/watch.ts"),
    import("../../io/full-screen.ts"),
    waysToLook(dir, context),
  ]);
  const moves = host.isTerminal(1) && host.env["TERM"] !== "dumb";
  const stdin = host.isTerminal(0) ? host.stdin : null;
  const signal = await watch({
    ...ways,
    intervalMs: Math.max(INTERVAL_MS_MIN, intervalMs),
    clock: host.clock,
    catalogue,
    onSignal: (action) => host.onSignal(action),
    open: moves ? (events) => new FullScreen(stdin, host.stdout, events) : null,
    write: (line) => writeStdout(host.fs, Buffer.from(`${line}\n`)) && screen.failure() === null,
  });
  return signal === null ? { exitCode: EXIT.ok } : endBy(signal);
}

/** How to look at what is in a folder: a checkpoint, or shards. */
async function waysToLook(dir: string, context: Context): Promise<Pick<WatchParts, "askRun" | "resting">> {
  const { fs } = context.host;
  const checkpoint = openCheckpoint(fs, dir);
  if (hasShards(fs, dir) && !checkpoint.settled().exists()) {
    const { ShardsWatch } = await import("./shards-watch.ts");
    const shards = new ShardsWatch(checkpoint, context);
    return { askRun: (signal) => shards.askRuns(signal), resting: shards.resting };
  }
  const [{ restingScreen, restingWords }, { statusIfRunning }] = await Promise.all([
    import("../live/resting-screen.ts"),
    import("../../view/channel/client.ts"),
  ]);
  const words = (): string => restingWords(checkpoint, context.catalogue);
  return {
    askRun: (signal) => statusIfRunning(checkpoint, signal),
    resting: restingScreen(checkpoint, context, (settled, columns) =>
      restingText(settled, columns, words(), context),
    ),
  };
}

/**
 * What is on disk, while no run answers.
 * @param columns null: on one line
 * @param words whether a process has the checkpoint
 * @throws checkpoint.damaged, checkpoint.newer
 */
function restingText(
  checkpoint: Checkpoint,
  columns: number | null,
  words: string,
  { catalogue }: Context,
): string {
  const { watch } = catalogue;
  const status = restingStatus(checkpoint);
  const view = status === null ? completedView(checkpoint) : viewOf(checkpoint, status, { damaged: false });
  if (view === null) return words === watch.resting ? watch.nothing(safePath(checkpoint.paths.dir)) : words;
  if (columns !== null) return `${words}\n\n${renderInfo(view, catalogue, columns)}`.trimEnd();
  const { completed, total, failed } = view.status;
  const counts = `${formatNumber(completed)}/${formatNumber(total)} ${formatPercent(completed, total)}`;
  return `${counts} | ${catalogue.progress.failed(failed)} | ${words}`;
}

/** The status; null when there is no checkpoint. While a process has the checkpoint, something half done is no damage. @throws checkpoint.damaged, checkpoint.newer */
function restingStatus(checkpoint: Checkpoint): Status | null {
  if (checkpoint.holder() !== null) return checkpoint.readableStatus();
  if (!checkpoint.exists()) return null;
  const status = checkpoint.status();
  const problems = checkpoint.endProblems(status);
  if (problems.length === 0) return status;
  throw new CkptError("checkpoint.damaged", { path: checkpoint.paths.dir, problems });
}
