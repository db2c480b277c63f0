// The commands that are swept, each with the state it begins in and what may be found afterwards.
import * as fs from "node:fs";
import * as path from "node:path";
import { checkpointPaths } from "../../lib/checkpoint/names.ts";
import type { Again } from "./folder-state.ts";
import {
  about,
  ITEMS,
  MERGE,
  mustRun,
  type Needs,
  RESHARD,
  RUN,
  RUN_IMPORT,
  RUN_STDIN,
  shardWords,
  wait,
  WORK,
  writeImport,
  writeItems,
} from "./sweep-job.ts";
import { runTraced, type TracedCall } from "./traced-run.ts";

export type SweepCase = {
  readonly name: string;
  readonly args: readonly string[];
  readonly needs: Needs;
  /** Brings a new job to where the command begins. */
  readonly prepare: (folder: string) => Promise<void>;
  /** What the next command is, and how it may end: default, the same one, with 0. */
  readonly next?: { readonly args: readonly string[]; readonly codes: readonly number[] };
  /**
   * For commands that are no runs: what stands in the checkpoint's place when the command has not happened, and when it has (folder-state.ts).
   * For runs: null, whatever is recorded counts.
   */
  readonly places: { readonly old: string; readonly new: string } | null;
  /** Backups that must be there in the end, where the command had not happened (`old`) and where it had when the next one began. */
  readonly backups: { readonly old: string; readonly new: string };
  /** Whether the items that are recorded stay so whatever happens. */
  readonly keeps: boolean;
  /** Items whose results are imported: none of them is ever given to the module. */
  readonly imported?: readonly number[];
  /** Items that are run again though they are among the first `toSeq` records: a later record of them counts. */
  readonly again?: Again;
  readonly items?: number;
  /** The folder of the checkpoint, below the work folder; default `checkpoints`. */
  readonly dir?: string;
  /** What runs the job to its end; default: RUN. */
  readonly run?: readonly string[];
  /** What follows a call that failed, where that is something else. */
  readonly afterErrors?: Pick<SweepCase, "next" | "run">;
  /** Names of what a kill may leave behind for good. */
  readonly litter?: RegExp;
  /** What writes the output, where the run does not. */
  readonly writes?: readonly string[];
};

const LOG = "checkpoints/checkpoint_results.jsonl";
/** A merge holds no lock: it cannot know whether another one is just writing this. */
const EXPORTS_TMP = /^last_exports\.json\.[0-9a-f-]{36}\.tmp$/;
/** Where it could not note what it has written, it takes that for the file of somebody else. */
const FORCED: SweepCase["afterErrors"] = {
  next: { args: [...MERGE, "--force"], codes: [0] },
  run: [...MERGE, "--force"],
};
const TORN = '{"v":1,"seq":5,"index":4,"sta';

/** Two items committed, and the next two recorded when a kill came; a torn record behind them. */
async function killed(folder: string): Promise<void> {
  await mustRun(folder, [...RUN, "--limit", "2"], 4);
  wait(folder, { 4: ITEMS });
  await killAt(folder, { call: "fdatasync", role: LOG, nth: 2 });
  const paths = checkpointPaths(path.join(folder, WORK, "checkpoints"));
  fs.appendFileSync(paths.log, TORN);
  fs.writeFileSync(`${paths.status}.tmp`, "half a st");
  for (const leftover of [".stage-0123456789abcdef", ".tmp-half"]) {
    fs.mkdirSync(path.join(paths.backups, leftover), { recursive: true });
    fs.writeFileSync(path.join(paths.backups, leftover, "checkpoint_results.jsonl"), "half a lo");
  }
}

async function killAt(folder: string, point: TracedCall): Promise<void> {
  const { exitCode, hits } = await runTraced(folder, RUN, point, { kind: "kill", times: 1 });
  if (exitCode !== null || hits !== 1) throw new Error(`not killed at ${point.call} ${point.role}`);
}

async function stopped(folder: string, items: number): Promise<void> {
  await mustRun(folder, [...RUN, "--limit", `${items}`], 4);
}

/** Runs shards of the job; `limit`: of each that does not come to its end. */
async function runShards(folder: string, which: readonly string[], limit?: number): Promise<void> {
  const words = limit === undefined ? [] : ["--limit", `${limit}`];
  for (const shard of which) await mustRun(folder, shardWords(shard, ...words), limit === undefined ? 0 : 4);
}

/** As many automatic backups as are kept. */
async function fullOfBackups(folder: string): Promise<void> {
  for (let i = 0; i < 2; i++) {
    await stopped(folder, 1);
    await mustRun(folder, about("clear", "-y"));
  }
}

export const CASES: readonly SweepCase[] = [
  {
    name: "run",
    args: RUN,
    needs: { 2: 2, 4: 4 },
    prepare: () => Promise.resolve(),
    places: null,
    keeps: true,
    backups: { old: "completed 5", new: "completed 5" },
  },
  {
    name: "run from standard input",
    args: RUN_STDIN,
    needs: { 2: 2, 4: 4 },
    prepare: () => Promise.resolve(),
    places: null,
    keeps: true,
    backups: { old: "completed 5", new: "completed 5" },
  },
  {
    name: "recovery",
    args: RUN,
    needs: {},
    prepare: killed,
    places: null,
    keeps: true,
    backups: { old: "completed 5", new: "completed 5" },
  },
  {
    name: "recovery of a recovery",
    args: RUN,
    needs: {},
    prepare: async (folder) => {
      await killed(folder);
      await killAt(folder, { call: "ftruncate", role: LOG, nth: 1 });
    },
    places: null,
    keeps: true,
    backups: { old: "completed 5", new: "completed 5" },
  },
  {
    name: "taking over from another machine",
    args: RUN,
    needs: {},
    prepare: async (folder) => {
      await killed(folder);
      const { owner } = checkpointPaths(path.join(folder, WORK, "checkpoints"));
      fs.writeFileSync(owner, JSON.stringify({ pid: 1, host: "elsewhere.example", started_at: "T" }));
    },
    places: null,
    keeps: true,
    backups: { old: "completed 5", new: "completed 5" },
  },
  {
    name: "finishing a move",
    args: RUN,
    needs: {},
    prepare: (folder) => killAt(folder, { call: "rename", role: LOG, nth: 1 }),
    places: null,
    keeps: true,
    backups: { old: "completed 5", new: "completed 5" },
  },
  {
    name: "going on from a backup",
    args: RUN,
    needs: {},
    prepare: async (folder) => {
      await mustRun(folder, RUN);
      writeItems(folder, ITEMS + 1);
    },
    places: null,
    keeps: true,
    backups: { old: "completed 5, completed 6", new: "completed 5, completed 6" },
    items: ITEMS + 1,
  },
  {
    name: "starting over",
    args: [...RUN, "--no-resume"],
    needs: { 2: 2, 4: 4 },
    prepare: async (folder) => {
      await fullOfBackups(folder);
      await stopped(folder, 3);
    },
    next: { args: RUN, codes: [0] },
    places: null,
    keeps: false,
    backups: { old: "completed 5", new: "completed 5, start_over 3" },
  },
  {
    name: "import",
    args: RUN_IMPORT,
    needs: {},
    prepare: (folder) => Promise.resolve(writeImport(folder, [2, 0, 1])),
    places: null,
    keeps: true,
    imported: [0, 1, 2],
    backups: { old: "completed 5", new: "completed 5" },
  },
  {
    name: "import into a checkpoint of version 1",
    args: RUN_IMPORT,
    needs: {},
    prepare: async (folder) => {
      await stopped(folder, 1);
      writeImport(folder, [3, 1, 2]);
    },
    places: null,
    keeps: true,
    imported: [1, 2, 3],
    backups: { old: "completed 5, raised 1", new: "completed 5, raised 1" },
  },
  {
    name: "rerun",
    args: [...RUN, "--rerun", "#1,#3"],
    needs: { 2: 2 },
    prepare: (folder) => stopped(folder, 3),
    // The same words would begin another rerun where this one has come to its end.
    next: { args: RUN, codes: [0] },
    places: null,
    keeps: true,
    again: { items: [0, 2], toSeq: 3 },
    backups: { old: "completed 5", new: "completed 5, raised 3" },
  },
  {
    name: "backup",
    args: about("backup", "mine"),
    needs: {},
    prepare: (folder) => stopped(folder, 3),
    next: { args: about("backup", "mine"), codes: [0, 2] },
    places: { old: "3 of 3", new: "3 of 3" },
    keeps: true,
    backups: { old: "completed 5, manual 3", new: "completed 5, manual 3" },
  },
  {
    name: "backup --delete",
    args: about("backup", "--delete", "mine", "-y"),
    needs: {},
    prepare: async (folder) => {
      await stopped(folder, 3);
      await mustRun(folder, about("backup", "mine"));
    },
    next: { args: about("backup", "--delete", "mine", "-y"), codes: [0, 10] },
    places: { old: "3 of 3", new: "3 of 3" },
    keeps: true,
    backups: { old: "completed 5", new: "completed 5" },
  },
  {
    name: "restore",
    args: about("restore", "mine", "-y"),
    needs: {},
    prepare: async (folder) => {
      await fullOfBackups(folder);
      await stopped(folder, 3);
      await mustRun(folder, about("backup", "mine"));
      await stopped(folder, 1);
    },
    places: { old: "4 of 4", new: "3 of 3" },
    keeps: false,
    backups: {
      old: "before_restore 4, completed 5, manual 3",
      new: "before_restore 3, before_restore 4, completed 5, manual 3",
    },
  },
  {
    name: "clear",
    args: about("clear", "-y"),
    needs: {},
    prepare: async (folder) => {
      await fullOfBackups(folder);
      await stopped(folder, 3);
    },
    next: { args: about("clear", "-y"), codes: [0, 10] },
    places: { old: "3 of 3", new: "none" },
    keeps: false,
    backups: { old: "cleared 3, completed 5", new: "cleared 3, completed 5" },
  },
  {
    name: "clear --no-backup",
    args: about("clear", "--no-backup", "-y"),
    needs: {},
    prepare: (folder) => stopped(folder, 3),
    next: { args: about("clear", "--no-backup", "-y"), codes: [0, 10] },
    places: { old: "3 of 3", new: "none" },
    keeps: false,
    backups: { old: "completed 5", new: "completed 5" },
  },
  {
    name: "verify --repair",
    args: about("verify", "--repair", "-y"),
    needs: {},
    prepare: async (folder) => {
      await stopped(folder, 3);
      const { log } = checkpointPaths(path.join(folder, WORK, "checkpoints"));
      fs.writeFileSync(log, fs.readFileSync(log, "utf8").replace("answer to q1", "answer to qI"));
    },
    places: { old: "damaged 3", new: "2 of 2" },
    keeps: false,
    backups: { old: "before_repair 3, completed 5", new: "before_repair 3, completed 5" },
  },
  {
    name: "merge",
    args: MERGE,
    needs: {},
    prepare: (folder) => runShards(folder, ["1/2", "2/2"]),
    run: MERGE,
    places: null,
    keeps: true,
    litter: EXPORTS_TMP,
    afterErrors: FORCED,
    backups: { old: "", new: "" },
  },
  {
    name: "merge in the place of an earlier one",
    // The earlier one was in another folder, of which this is a copy.
    args: [...MERGE, "--force"],
    needs: {},
    prepare: async (folder) => {
      await runShards(folder, ["1/2", "2/2"]);
      await mustRun(folder, [...MERGE, "--include-input"]);
    },
    run: MERGE,
    places: null,
    keeps: true,
    litter: EXPORTS_TMP,
    afterErrors: FORCED,
    backups: { old: "", new: "" },
  },
  {
    name: "taking over results of other shards",
    args: RESHARD,
    needs: {},
    prepare: async (folder) => {
      await runShards(folder, ["1/2"]);
      await runShards(folder, ["2/2"], 1);
      fs.renameSync(path.join(folder, WORK, "checkpoints"), path.join(folder, WORK, "old"));
      fs.writeFileSync(path.join(folder, "marks"), "");
    },
    run: RESHARD,
    writes: MERGE,
    dir: "checkpoints/shard-001-of-001",
    places: null,
    keeps: true,
    // Those of the first shard, and one of the second.
    imported: [0, 3, 4, 1],
    backups: { old: "", new: "" },
  },
];
