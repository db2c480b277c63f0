// English: what of ckpt's promises does not hold on a platform, or in a folder's file system.
import type { FolderGap } from "../../../io/folder-facts.ts";
import type { PlatformGap } from "../../../io/platform.ts";

export type Gaps = { readonly [gap in FolderGap | PlatformGap]: string };

export const GAPS: Gaps = {
  folder_sync: "Folders cannot be synced here: a power cut may take back what was saved last.",
  fuse: "A program stands behind this file system (FUSE): what survives a power cut, and whether locks hold between machines, depends on it.",
  link_guard: "A symbolic link that takes a file's place at the moment it is opened is followed.",
  memory: "This file system is in memory: nothing in it survives a restart.",
  mount_options:
    "This file system is mounted without syncs or barriers (volatile, nobarrier): a power cut may take back what was saved.",
  network:
    "This is a network file system: its locks and syncs are not relied upon. Keep the checkpoint on a local disk.",
  network_unknown: "A network file system may not be recognised here. Keep the checkpoint on a local disk.",
  no_term_signal: "A command that is stopped gets no signal first: it cannot tidy up.",
  survivors: "Processes that a killed run has left behind are not found here: end them by hand.",
  untested: "No power cut was tested on this system.",
};
