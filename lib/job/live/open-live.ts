// Opens the live channel of a run, and closes it with the run's summary. If it cannot be opened, the run says so once and continues without it.
import type { LockedCheckpoint } from "../../checkpoint/locked-checkpoint.ts";
import { causeText } from "../../core/errors.ts";
import { PLATFORM } from "../../io/platform.ts";
import type { Summary } from "../../run/progress.ts";
import { safeText } from "../../ui/escape.ts";
import type { Channel } from "../../view/channel/channel.ts";
import type { RunningJobParts } from "./running-job.ts";

/** The live channel, which may still be opening. */
export type Live = {
  /** @param summary null when the run has failed */
  close(summary: Summary | null): Promise<void>;
};

/** Begins to open the channel. The run does not wait for it. */
export function openLive(parts: RunningJobParts, checkpoint: LockedCheckpoint): Live {
  // On Windows a socket cannot be kept to its user.
  const opened = PLATFORM.trees === "group" ? open(parts, checkpoint) : Promise.resolve(null);
  return {
    close: async (summary) => {
      const channel = await opened;
      try {
        await channel?.close(summary);
      } catch {
        // The results are saved, and a socket that is left is replaced by the next run.
      }
    },
  };
}

async function open(parts: RunningJobParts, checkpoint: LockedCheckpoint): Promise<Channel | null> {
  const { reporter, context } = parts.setup;
  const { host, catalogue } = context;
  const { fs, paths } = checkpoint;
  try {
    const [{ openChannel }, { RunningJob }] = await Promise.all([
      import("../../view/channel/channel.ts"),
      import("./running-job.ts"),
    ]);
    const socket = { fs, path: paths.socket, env: host.env };
    const channel = openChannel(new RunningJob(parts), socket, host.clock);
    if (channel.path !== paths.socket) checkpoint.announce(channel.path);
    return channel;
  } catch (error) {
    reporter.note(catalogue.live.noChannel(safeText(causeText(error))));
    return null;
  }
}
