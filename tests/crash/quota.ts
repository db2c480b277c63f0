// A quota that is used up (EDQUOT) and a disk that says only at the sync that it is full, made by strace: waited for, given up with exit code 4, or, where the
// log's own sync failed, the end with exit code 1; the same command then goes on.
import * as fs from "node:fs";
import { checkpointPaths, type CheckpointPaths } from "../../lib/checkpoint/names.ts";
import { newFolder } from "../helpers/ckpt.ts";
import { runInjected } from "../helpers/kill.ts";
import { hasStrace, withStrace } from "../helpers/strace.ts";
import type { Figures, Size } from "./figures.ts";
import { expectSaid, FaultyDiskJob } from "./faulty-disk-job.ts";
import { mostReported } from "./watched-run.ts";

type Injection = {
  readonly name: string;
  readonly calls: string;
  readonly file: (paths: CheckpointPaths) => string;
  readonly error: string;
  /** Which of these calls fail, as in strace(1). */
  readonly when: string;
  readonly code: number;
  /** It takes half a minute. */
  readonly long?: boolean;
};

const log = (paths: CheckpointPaths): string => paths.log;
const status = (paths: CheckpointPaths): string => `${paths.status}.tmp`;

/** strace counts in each thread by itself: the main one writes the status twice, the third time is one of the thread that commits. */
const INJECTIONS: readonly Injection[] = [
  { name: "log, twice", calls: "write", file: log, error: "EDQUOT", when: "4..5", code: 0 },
  { name: "status, once", calls: "write", file: status, error: "EDQUOT", when: "3", code: 0 },
  { name: "status's sync, once", calls: "fsync", file: status, error: "EDQUOT", when: "3", code: 0 },
  { name: "log's sync, EDQUOT", calls: "fdatasync", file: log, error: "EDQUOT", when: "2", code: 1 },
  { name: "log's sync, ENOSPC", calls: "fdatasync", file: log, error: "ENOSPC", when: "2", code: 1 },
  { name: "log, for good", calls: "write", file: log, error: "EDQUOT", when: "4+", code: 4, long: true },
  {
    name: "status, for good",
    calls: "write",
    file: status,
    error: "EDQUOT",
    when: "2+",
    code: 4,
    long: true,
  },
];
const ITEMS = 60;

/** @param size quick: what does not wait until ckpt gives up; full: all */
export async function quota(size: Size): Promise<Figures> {
  const method = "quota";
  if (!hasStrace) return { method, figures: {}, faults: [], skipped: ["not installed: strace"] };
  const chosen = INJECTIONS.filter(({ long }) => size === "full" || long !== true);
  const jobs = await Promise.all(chosen.map((injection) => withStrace(() => injected(injection))));
  return { method, figures: { injections: jobs.length }, faults: jobs.flatMap(({ faults }) => faults) };
}

async function injected({ name, calls, file, error, when, code }: Injection): Promise<FaultyDiskJob> {
  const folder = newFolder();
  const job = new FaultyDiskJob({
    name,
    at: folder,
    strike: () => undefined,
    renew: () => Promise.resolve(),
    folder,
    processor: "command",
    batch: 5,
    items: ITEMS,
  });
  const point = { calls, paths: [file(checkpointPaths(job.dir))], when };
  const { exitCode, errors } = await runInjected(folder, job.runWords, point, `error=${error}`, job.env);
  if (exitCode !== code) job.fault(`exit ${exitCode} instead of ${code}: ${errors.slice(-600)}`);
  if (code === 0 && new Set(job.marks).size < job.marks.length) job.fault("an item was attempted twice");
  if (code !== 0) expectSaid(job, errors, error);
  job.expectReported(mostReported(errors));
  await job.finish(job.runWords);
  job.expectOutput();
  fs.rmSync(folder, { recursive: true });
  return job;
}
