// Folders in which nothing can be kept: read-only, append-only, immutable, or without the right to write. A run that is to keep its checkpoint or its
// output there is refused before the first attempt; what is there can still be read.
import * as fs from "node:fs";
import * as path from "node:path";
import { ENV, EXECUTABLE, newFolder } from "../helpers/ckpt.ts";
import { Disk, disksMissing, tool } from "./disks.ts";
import type { Figures, Size } from "./figures.ts";
import { expectSaid, FaultyDiskJob } from "./faulty-disk-job.ts";

type Refusal = {
  readonly name: string;
  /** Makes the folder one in which nothing can be kept, and back. */
  readonly close: (folder: string, disk: Disk) => Promise<unknown>;
  readonly open: (folder: string, disk: Disk) => Promise<unknown>;
  readonly cause: RegExp;
};

const REFUSALS: readonly Refusal[] = [
  {
    name: "read-only",
    close: (_folder, disk) => disk.setMode("ro"),
    open: (_folder, disk) => disk.setMode("rw"),
    cause: /EROFS/,
  },
  {
    name: "append-only",
    close: (folder) => tool("chattr", "+a", folder),
    open: (folder) => tool("chattr", "-a", folder),
    cause: /EPERM/,
  },
  {
    name: "immutable",
    close: (folder) => tool("chattr", "+i", folder),
    open: (folder) => tool("chattr", "-i", folder),
    cause: /EPERM/,
  },
  {
    name: "without the right to write",
    close: (folder) => tool("chmod", "a-w", folder),
    open: (folder) => tool("chmod", "u+w", folder),
    cause: /EACCES/,
  },
];

/** The right that lets root write everywhere is taken from ckpt, so that the folder's mode counts. */
const WITHOUT_OVERRIDE = ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override"];
const ITEMS = 12;

/** Why it cannot be tried here; empty when it can. */
export function refusedFoldersMissing(): string[] {
  return disksMissing(["mkfs.ext4", "chattr", "setpriv"]);
}

/** The same in both sizes: it takes a few seconds. */
export async function refusedFolders(_size: Size): Promise<Figures> {
  const method = "refused folders";
  const skipped = refusedFoldersMissing();
  if (skipped.length > 0) return { method, figures: {}, faults: [], skipped };
  const faults: string[] = [];
  for (const refusal of REFUSALS) {
    for (const what of ["new checkpoint", "checkpoint", "output"] as const) {
      await using disk = await Disk.make({ kind: "ext4", size: "8M" });
      faults.push(...(await refusedIn(disk, refusal, what)));
    }
  }
  return { method, figures: { folders: REFUSALS.length, cases: REFUSALS.length * 3 }, faults };
}

async function refusedIn(
  disk: Disk,
  refusal: Refusal,
  what: "new checkpoint" | "checkpoint" | "output",
): Promise<readonly string[]> {
  const folder = newFolder();
  const at = path.join(disk.at, "folder");
  fs.mkdirSync(at);
  const job = new FaultyDiskJob({
    name: `${what}, ${refusal.name}`,
    at: what === "output" ? folder : at,
    outputFolder: what === "output" ? at : folder,
    strike: () => undefined,
    renew: () => Promise.resolve(),
    folder,
    processor: "command",
    batch: 5,
    items: ITEMS,
  });
  const limited = ["run", "q.txt", "--limit", "4", ...job.runWords.slice(2)];
  if (what === "checkpoint") await job.finish(limited, [4]);
  else if (what === "new checkpoint") fs.mkdirSync(job.dir);
  const closed = what === "output" ? at : job.dir;
  await refusal.close(closed, disk);
  try {
    await expectRefused(job, folder, refusal);
    if (what === "checkpoint") {
      await job.finish(job.words("info"));
      await job.finish(job.words("verify"));
      await job.finish(job.words("export", "-o", path.join(folder, "so-far.jsonl")));
    }
  } finally {
    await refusal.open(closed, disk);
  }
  await job.finish(job.runWords);
  job.expectOutput();
  fs.rmSync(folder, { recursive: true });
  return job.faults;
}

async function expectRefused(job: FaultyDiskJob, folder: string, { cause }: Refusal): Promise<void> {
  const marks = job.marks.length;
  const child = Bun.spawn([...WITHOUT_OVERRIDE, EXECUTABLE, ...job.runWords], {
    cwd: folder,
    env: { ...ENV, ...job.env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const [errors, code] = await Promise.all([child.stderr.text(), child.exited]);
  // 2: an output that cannot be written is an option that makes no sense.
  if (code !== 1 && code !== 2) job.fault(`exit ${code} instead of 1 or 2: ${errors.slice(-600)}`);
  if (job.marks.length > marks) job.fault("attempts were made");
  expectSaid(job, errors, cause);
}
