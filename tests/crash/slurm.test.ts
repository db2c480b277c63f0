// Shards on a real Slurm: which arrays are taken and which refused, and the quick form of an array under blows.
import { expect, setDefaultTimeout } from "bun:test";
import * as fs from "node:fs";
import * as path from "node:path";
import { ckpt, read } from "../helpers/ckpt.ts";
import { rejection } from "../helpers/rejection.ts";
import { seeded } from "../helpers/seed.ts";
import { testUnless } from "../helpers/test-unless.ts";
import { slurm } from "./slurm.ts";
import { pathOf, slurmJob } from "./slurm-array.ts";
import { SlurmCluster, slurmMissing } from "./slurm-cluster.ts";

const DOC = path.join(import.meta.dir, "../../docs/scale-out.md");

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
  "more shards than an array may have tasks are several arrays, as docs/scale-out.md says",
  async () => {
    const [, recipe] =
      /--shard (\$\(\(SLURM_ARRAY_TASK_ID[^`]*\)\)\/4000)/.exec(fs.readFileSync(DOC, "utf8")) ?? [];
    const shard = recipe?.replace("1000", "12").replace("4000", "24") ?? "no recipe";
    await using cluster = await SlurmCluster.start({ nodes: 2, cpus: 4 });
    const folder = slurmJob(60);
    const words = ["run", "q.jsonl", "--id", "id", "-q"];
    await ckpt(folder, [...words, "--dir", "w", "-o", "whole.jsonl", "--", "echo", "{x}"]);
    const script = `#!/bin/bash\nckpt ${words.join(" ")} --shard "${shard}" -- echo {x}\n`;
    fs.writeFileSync(path.join(folder, "task.sh"), script, { mode: 0o755 });
    const submit = (array: string, part: string): Promise<string> =>
      cluster.submit(
        folder,
        { PATH: pathOf(folder), K: part },
        `--array=${array}`,
        "--output=tasks.out",
        "task.sh",
      );
    expect(await rejection(submit("0-23", "0"))).toMatchObject({
      message: expect.stringContaining("sbatch"),
    });
    await submit("0-11", "0");
    await submit("0-11", "1");
    await cluster.idle();
    expect(await ckpt(folder, ["merge", "-o", "o.jsonl"])).toMatchObject({ code: 0 });
    expect(read(folder, "o.jsonl")).toBe(read(folder, "whole.jsonl"));
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
