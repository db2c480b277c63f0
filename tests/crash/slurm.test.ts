// Shards on a real Slurm: which arrays are taken and which refused, and the quick form of an array under blows.
import { expect, setDefaultTimeout } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, read } from "../helpers/ckpt.ts";
import { seeded } from "../helpers/seed.ts";
import { testUnless } from "../helpers/test-unless.ts";
import { slurm } from "./slurm.ts";
import { pathOf, slurmJob } from "./slurm-array.ts";
import { SlurmCluster, slurmMissing } from "./slurm-cluster.ts";

// A minute, and all the tests beside it.
setDefaultTimeout(180_000);

testUnless(
  slurmMissing(),
  "arrays of Slurm are taken where they are whole, and refused where they may not be",
  async () => {
    await using cluster = await SlurmCluster.start({ nodes: 4, cpus: 2 });
    const folder = slurmJob(60);
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

testUnless(
  slurmMissing(),
  seeded(
    "an array under blows of all kinds has the output of one machine, no false failure, and repeats only what was in flight",
  ),
  async () => {
    const { figures, faults } = await slurm("quick");
    expect({ figures, faults }).toMatchObject({ faults: [] });
  },
);
