// Shards on a real Slurm: which arrays are taken and which refused, and an array of 8 tasks under disturbances, with the scripts of examples/slurm.
import { expect } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, EXECUTABLE, newFolder, read, writeLines } from "../helpers/ckpt.ts";
import { SEED, seeded, seededRandom } from "../helpers/seed.ts";
import { testUnless } from "../helpers/test-unless.ts";
import { until } from "../helpers/until.ts";
import { SlurmCluster, slurmMissing } from "./slurm-cluster.ts";

const EXAMPLES = path.join(import.meta.dir, "../../examples/slurm");

function job(items: number): string {
  const folder = newFolder();
  writeLines(
    folder,
    "q.jsonl",
    Array.from({ length: items }, (_, at) => `{"id":"q${at + 1}","x":${at + 1}}`),
  );
  fs.mkdirSync(path.join(folder, "bin"));
  fs.symlinkSync(EXECUTABLE, path.join(folder, "bin/ckpt"));
  return folder;
}

const pathOf = (folder: string): string => `${path.join(folder, "bin")}:${process.env["PATH"] ?? ""}`;

testUnless(
  slurmMissing(),
  "arrays of Slurm are taken where they are whole, and refused where they may not be",
  async () => {
    await using cluster = await SlurmCluster.start(4);
    const folder = job(60);
    await ckpt(folder, [
      "run",
      "q.jsonl",
      "--id",
      "id",
      "--dir",
      "whole",
      "-o",
      "whole.jsonl",
      "-q",
      "--",
      "echo",
      "{x}",
    ]);
    fs.writeFileSync(
      path.join(folder, "task.sh"),
      "#!/bin/bash\nckpt run q.jsonl --id id --shard auto --dir $D -q -- echo {x}\n",
      { mode: 0o755 },
    );
    // A task of an array that submits a job, which inherits its variables.
    fs.writeFileSync(
      path.join(folder, "outer.sh"),
      "#!/bin/bash\n[ $SLURM_ARRAY_TASK_ID = 2 ] || exit 0\nD=inherited sbatch --output=inherited.out task.sh\n",
    );
    const submit = (dir: string, ...words: readonly string[]): Promise<string> =>
      cluster.submit(folder, { PATH: pathOf(folder), D: dir }, `--output=${dir}.out`, ...words);
    const whole = ["0-3", "1-4", "2-8:2", "0-3%2"];
    for (const array of whole) await submit(`whole-${array}`, `--array=${array}`, "task.sh");
    await submit("whole-srun", "-n", "2", "--wrap", "srun ./task.sh");
    for (const array of ["3,7", "5"]) await submit(`part-${array}`, `--array=${array}`, "task.sh");
    await submit("part-ranks", "-n", "2", "task.sh");
    await submit("outer", "--array=1-3", "outer.sh");
    await cluster.idle();
    for (const dir of [...whole, "srun"].map((name) => `whole-${name}`)) {
      expect([dir, (await ckpt(folder, ["merge", dir, "-o", `${dir}.jsonl`])).code]).toEqual([dir, 0]);
      expect(read(folder, `${dir}.jsonl`)).toBe(read(folder, "whole.jsonl"));
    }
    for (const [dir, words] of [
      ["part-3,7", "may be a part of an array"],
      ["part-5", "may be a part of an array"],
      ["part-ranks", "several tasks were asked for"],
      ["inherited", "another job's"],
    ] as const) {
      expect(read(folder, `${dir}.out`)).toContain(words);
      expect(fs.existsSync(path.join(folder, dir))).toBe(false);
    }
  },
);

const [ITEMS, TASKS, DISTURBANCES] = [160, 8, 8];

type Disturbance = (cluster: SlurmCluster, array: string, task: number, folder: string) => Promise<unknown>;

/** A job of a higher partition takes the nodes. */
const preempt: Disturbance = (cluster, _array, _task, folder) =>
  cluster.submit(folder, {}, "-p", "high", "--array=0-3", "--output=/dev/null", "--wrap", "sleep 1");

const KINDS: readonly Disturbance[] = [
  (cluster, array, task) => cluster.ask("scontrol", "requeue", `${array}_${task}`),
  (cluster, array, task) => cluster.ask("scancel", "-s", "TERM", "-b", `${array}_${task}`),
  (cluster, array, task) => cluster.ask("scancel", "-s", "TERM", "-f", `${array}_${task}`),
  // kill -9 of ckpt itself, as its owner file names it.
  async (_cluster, _array, task, folder) => {
    const file = path.join(folder, `checkpoints/shard-00${task + 1}-of-00${TASKS}/owner.json`);
    const pid = fs.existsSync(file)
      ? (JSON.parse(fs.readFileSync(file, "utf8")) as { pid: number }).pid
      : null;
    if (pid !== null && fs.existsSync(`/proc/${pid}`)) process.kill(pid, "SIGKILL");
    await Promise.resolve();
  },
  preempt,
];

testUnless(
  slurmMissing(),
  seeded(
    "an array under disturbances has the output of one machine, no false failure, and repeats only what was in flight",
  ),
  async () => {
    await using cluster = await SlurmCluster.start(4);
    const random = seededRandom(SEED);
    const folder = job(ITEMS);
    fs.writeFileSync(path.join(folder, "work.sh"), '#!/bin/sh\necho "$1" >> ran\nsleep 0.2\necho "a$1"\n', {
      mode: 0o755,
    });
    const command = ["--", "./work.sh", "{x}"];
    await ckpt(folder, [
      "run",
      "q.jsonl",
      "--id",
      "id",
      "--dir",
      "w",
      "-o",
      "whole.jsonl",
      "-q",
      "-j",
      "16",
      ...command,
    ]);
    fs.rmSync(path.join(folder, "ran"));
    const env = { PATH: pathOf(folder), SHARDS: String(TASKS) };
    const words = ["q.jsonl", "--id", "id", "-j", "1", "-b", "1", ...command];
    const array = await cluster.submit(
      folder,
      env,
      `--array=0-${TASKS - 1}`,
      "--output=task-%a.out",
      path.join(EXAMPLES, "job.sh"),
      ...words,
    );
    const ran = (): string[] =>
      fs.existsSync(path.join(folder, "ran")) ? read(folder, "ran").trim().split("\n") : [];
    let inFlight = 0;
    for (let number = 1; number <= DISTURBANCES; number++) {
      // Each after some more items, while there are any.
      const before = ran().length;
      await until(
        async () =>
          ran().length >= before + 4 || (await cluster.ask("squeue", "-h", "-r", "-j", array)) === "",
      );
      const running = (await cluster.ask("squeue", "-h", "-r", "-j", array, "-t", "R", "-o", "%K"))
        .split("\n")
        .map(Number);
      const task = running[Math.floor(random() * running.length)] ?? 0;
      const kind = KINDS[(number + Math.floor(random() * KINDS.length)) % KINDS.length] ?? preempt;
      inFlight += kind === preempt ? running.length : 1;
      await kind(cluster, array, task, folder);
    }
    await cluster.idle();
    const merged = await ckpt(folder, ["merge", "-o", "o.jsonl"]);
    expect(merged).toMatchObject({ code: 0 });
    expect(read(folder, "o.jsonl")).toBe(read(folder, "whole.jsonl"));
    // One attempt a task: a blow hits one task, a job of a higher partition at most those that run.
    const again = ran().length - ITEMS;
    expect(new Set(ran()).size).toBe(ITEMS);
    expect(again).toBeLessThanOrEqual(inFlight);
    const logs = Array.from({ length: TASKS }, (_, at) =>
      read(folder, `checkpoints/shard-00${at + 1}-of-00${TASKS}/checkpoint_results.jsonl`),
    );
    expect(logs.join("")).not.toContain('"status":"failed"');
  },
);
